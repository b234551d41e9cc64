"""オープンデータ of a published plan: what the files are, and the files."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from core.open_data.dictionary import ITEMS
from core.open_data.machine_characters import EXAMPLES
from evaluations.public_site.open_data import open_data
from plans.downloads import as_download


@require_safe
@login_not_required
def published_open_data(request: HttpRequest, slug: str) -> HttpResponse:
    """Title, publisher, terms and files, and the dictionary as tables; 404 where no publication is current."""
    data = open_data(slug)
    context = {
        "plan": data.published.plan,
        "data": data,
        "dataset": data.dataset,
        "items": ITEMS,
        "signs": EXAMPLES,
    }
    return render(request, "published/open_data.html", context)


@require_safe
@login_not_required
@conditional_page
def published_open_data_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One of its files, or all of them as a zip. Unchanged data return 304."""
    file = open_data(slug).file(name)
    return as_download(file.content, file.content_type, f"{slug}_{file.name}")
