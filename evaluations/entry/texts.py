"""The action that writes the texts of an evaluation: same locks, conflicts and history as values."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from evaluations.models import TEXT_LABELS, Evaluation
from plans.access import access_for, lock_reason
from plans.actions import bump
from plans.history_writer import new_line, write_lines
from plans.models import Section, Subject
from plans.refusals import Conflict, Locked
from plans.row_locks import lock_section_year


@transaction.atomic
def save_texts(
    section: Section,
    year: int,
    texts: Mapping[str, str],
    *,
    version: int,
    by: User | None,
    channel: str,
    reason: str = "",
) -> Evaluation:
    """Save these texts of one 節 × 年度 and their history. `version` is the one the person started from; 0 = none yet.

    Raises PermissionDenied, Locked, or Conflict. `by` None is the operator, whose rights are not checked.
    """
    plan = section.plan
    access = access_for(by, plan.municipality) if by else None
    if by and (access is None or not access.may_write):
        raise PermissionDenied("評価の文章を書く権限がありません。")
    section_year = lock_section_year(section, year)
    locked = access.lock_reason(section_year.state) if access else lock_reason(section_year.state)
    if locked:
        raise Locked(locked)
    evaluation, _ = Evaluation.objects.get_or_create(section_year=section_year)
    changes = {
        field: (getattr(evaluation, field), text)
        for field, text in texts.items()
        if field in TEXT_LABELS and text != getattr(evaluation, field)
    }
    if not changes:
        return evaluation
    fresh = {field: new for field, (_, new) in changes.items()}
    saved = Evaluation.objects.filter(pk=evaluation.pk, version=version).update(**fresh, version=F("version") + 1)
    if not saved:
        raise Conflict(evaluation, "ほかの人が先に保存しました。両方の文章を見比べて、残すものを選んでください。")
    bump([section_year])
    more: dict[str, Any] = {"by": by, "channel": channel, "reason": reason, "section": section, "fiscal_year": year}
    write_lines(
        new_line(plan, Subject.TEXT, TEXT_LABELS[field], old or None, new or None, **more)
        for field, (old, new) in changes.items()
    )
    evaluation.refresh_from_db()
    return evaluation
