"""The moves of one 節 and 年度: submit, withdraw, mark checked, return, confirm, reopen. POST only."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from plans.access import plan_for
from plans.kept_rows import read_version
from plans.models import Channel
from plans.places import section_in_year
from plans.prose_field import without_controls
from plans.refusals import Refused
from plans.requests import PersonRequest
from plans.workflow import MOVE_BY_NAME, move_section_year


@require_POST
def move(request: PersonRequest, slug: str, number: int, year: int, name: str) -> HttpResponse:
    """Make the move and go back to the PDCA page. A refusal is shown there, with the text that was typed."""
    plan = plan_for(request.user, slug)
    section = section_in_year(plan, number, year)
    wanted = MOVE_BY_NAME[name]
    text = without_controls(request.POST.get(wanted.wants_field, "")) if wanted.wants else ""
    try:
        moved = move_section_year(
            section,
            year,
            wanted,
            by=request.user,
            channel=Channel.SCREEN,
            text=text,
            seen_version=_seen_version(request),
        )
    except Refused as refused:
        kept = f"（書いた{wanted.wants}：{text.strip()}）" if text.strip() else ""
        messages.error(request, f"{refused}{kept}")
    else:
        messages.success(request, f"{wanted.done}。いまの状態は「{moved.get_state_display()}」です。")
    return redirect("evaluations:section_year", slug, number, year)


def _seen_version(request: PersonRequest) -> int | None:
    """The version that the page showed; None where the form did not name one, which is not checked.

    Anything that no page of ours can have sent counts as a version that does not exist.
    """
    seen = request.POST.get("version", "")
    return read_version(seen) if seen else None
