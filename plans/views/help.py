"""使い方."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans import manual


@require_safe
@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    """The manual, on one page, for everyone."""
    context = {
        "rights": manual.RIGHTS,
        "roles": manual.role_rights(),
        "typed": manual.typed_examples(),
        "zeros": manual.zero_examples(),
        "examples": manual.figure_examples(),
        "reduction": manual.reduction_example().figures,
        "columns": manual.columns(),
        "volume_examples": manual.volume_examples(),
        "split_example": manual.split_example(),
        "link_examples": manual.link_examples(),
        "question_examples": manual.question_examples(),
    }
    return render(request, "plans/help.html", context)
