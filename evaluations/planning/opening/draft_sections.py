"""The verbs of the 節 of a draft: keep what was typed for their lines, add and remove what is the city's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Max

from evaluations.models import DraftSection, PlanDraft
from evaluations.models.opening import OWN
from evaluations.planning.opening.drafts import locked_draft
from plans.kept_rows import refuse_outdated
from plans.refusals import Conflict, Refused

MOST_SECTIONS = 60
MOST_OWN = 40
"""指標 of its own that a city may add to one 節: a form has no more than 1,000 fields."""


@dataclass(frozen=True)
class OwnMeasure:
    """What a 指標 of the city's own is; `code` "" for a new one."""

    code: str
    masters: Mapping[str, Any]


@transaction.atomic
def save_section(
    draft: PlanDraft,
    section: DraftSection,
    lines: Mapping[str, Mapping[str, str]],
    *,
    own: OwnMeasure | None = None,
    removed: str = "",
    version: int,
    by: User,
) -> DraftSection:
    """Keep what was typed for the lines of one 節, as it was typed, from the version that was drawn; with it, a 指標 of
    the city's own that is added or changed, or the code of one that is removed.

    Raises PermissionDenied, Conflict, or Refused where there are too many.
    """
    locked_draft(draft, by)
    current = _section_as_it_stands(draft, section)
    refuse_outdated(current, version)
    masters = {code: typed["own"] for code, typed in current.lines.items() if "own" in typed}
    if own is not None:
        if own.code and own.code not in masters:
            raise Conflict(None)
        if not own.code and len(masters) >= MOST_OWN:
            raise Refused(f"一つの節に加えられる市の指標は{MOST_OWN}件までです。別の節に加えてください。")
        masters[own.code or _free_code(draft)] = dict(own.masters)
    typed = {code: dict(texts) for code, texts in lines.items() if code not in masters}
    typed |= {code: {**lines.get(code, {}), "own": one} for code, one in masters.items() if code != removed}
    if current.lines == typed and current.is_seen:
        return current
    DraftSection.objects.filter(pk=current.pk).update(lines=typed, is_seen=True, version=F("version") + 1)
    current.refresh_from_db()
    return current


@transaction.atomic
def add_own_section(draft: PlanDraft, title: str, *, by: User) -> DraftSection:
    """A 節 of the city's own, behind the others. Raises PermissionDenied, Refused."""
    current = locked_draft(draft, by)
    if current.sections.count() >= MOST_SECTIONS:
        raise Refused(f"節は{MOST_SECTIONS}までです。")
    numbers = [int(row.key.removeprefix(OWN)) for row in current.sections.all() if row.is_own]
    key = f"{OWN}{max(numbers, default=0) + 1}"
    last = current.sections.aggregate(last=Max("order"))["last"] or 0
    return DraftSection.objects.create(draft=current, key=key, title=title, order=last + 1)


@transaction.atomic
def remove_own_section(draft: PlanDraft, key: str, *, by: User) -> None:
    """Take a 節 of the city's own out of the draft, with its 指標. Raises PermissionDenied, Refused."""
    current = locked_draft(draft, by)
    section = next((row for row in current.sections.all() if row.key == key), None)
    if section is None or not section.is_own:
        raise Refused("この節はもうありません。")
    section.delete()


def _section_as_it_stands(draft: PlanDraft, section: DraftSection) -> DraftSection:
    """The row, locked; made where the catalogue got the 成果目標 after the draft was begun."""
    if section.pk is None:
        DraftSection.objects.bulk_create(
            [DraftSection(draft=draft, key=section.key, title=section.title, order=section.order)],
            ignore_conflicts=True,
        )
    found = DraftSection.objects.select_for_update().filter(draft=draft, key=section.key).first()
    if found is None:
        raise Conflict(None)
    return found


def _free_code(draft: PlanDraft) -> str:
    taken = {code for row in draft.sections.all() for code in row.lines}
    return next(code for number in range(1, len(taken) + 2) if (code := f"city-{number}") not in taken)
