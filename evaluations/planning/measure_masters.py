"""The action that changes what a 指標 of a plan is.

What the tidy table knows of a measure is changed by `plans.measures.changes`; what it does not know is written here, in
the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction

from core.fiscal_years import wareki
from core.words import Family
from indicators.models import ActivityIndicator, Service
from plans.history_writer import new_line, write_lines
from plans.measures.changes import change_columns
from plans.measures.rules import REASON
from plans.models import Change, Measure, Plan, Subject, YearlyValue
from plans.refusals import FieldRefused, FieldsRefused
from targets.goals import follow_section
from targets.models import TargetItem

LABELS = {"catalogue_code": "国のカタログの項目"}
"""Where the model has no word for people."""


@dataclass(frozen=True)
class Side:
    """What a form says of a measure: the columns of the table in exported form, and the other fields."""

    columns: Mapping[str, str]
    details: Mapping[str, Any]


@transaction.atomic
def change_measure(plan: Plan, measure: Measure, *, seen: Side, new: Side, by: User, channel: str) -> int:
    """Change what differs between what the person saw and what they want. Returns how many things were changed.

    Raises PermissionDenied, or FieldsRefused with a sentence for each field.
    """
    changed = change_columns(plan, measure, seen=seen.columns, new=new.columns, by=by, channel=channel)
    current = plan.measures.select_related("section").get(pk=measure.pk)
    if current.section_id != measure.section_id and current.family == Family.TARGET:
        follow_section(current)
    return changed + _change_details(plan, measure, seen.details, new.details, by, channel)


def _change_details(
    plan: Plan, measure: Measure, seen: Mapping[str, Any], new: Mapping[str, Any], by: User, channel: str
) -> int:
    rows = _rows(measure)
    refused, history = [], []
    for name, value in new.items():
        row = next(row for row in rows if _field(row, name))
        current = getattr(row, name)
        if value in (current, seen[name]):
            continue
        if current != seen[name]:
            words = _in_words(row, name, current) or "（空欄）"
            kept = "" if current is None else str(current)
            refused.append(FieldRefused(name, f"ほかの人が「{words}」に変更しています。", kept))
            continue
        history.append(_line(plan, measure, row, name, value, by, channel))
        setattr(row, name, value)
    if refused:
        raise FieldsRefused(refused)
    if not history:
        return 0
    _check_years(rows[0])
    for row in rows:
        row.save()
    return len(write_lines(history))


def _rows(measure: Measure) -> list[Any]:
    """The measure and its row of 成果目標 or 活動指標 as they are stored."""
    current = Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    items: list[Any] = [*TargetItem.objects.filter(measure=current), *ActivityIndicator.objects.filter(measure=current)]
    return [current, *items]


def _check_years(measure: Measure) -> None:
    """No number may be left behind in a year in which the measure is no longer counted."""
    since, until = measure.since_year, measure.until_year
    if since is not None and until is not None and until < since:
        raise FieldsRefused([FieldRefused("until_year", "終了年度は開始年度以後にしてください。")])
    kept = YearlyValue.objects.filter(measure=measure, number__isnull=False).values_list("fiscal_year", flat=True)
    for year in sorted(set(kept)):
        if measure.outside(year):
            name = "since_year" if since is not None and year < since else "until_year"
            raise FieldsRefused([FieldRefused(name, f"{wareki(year)}に値が入力されているため、変えられません。")])


def _line(plan: Plan, measure: Measure, row: Any, name: str, value: Any, by: User, channel: str) -> Change:
    field = LABELS.get(name) or str(_field(row, name).verbose_name)
    words = (_in_words(row, name, side) or None for side in (getattr(row, name), value))
    return new_line(plan, Subject.MASTER, field, *words, by=by, channel=channel, reason=REASON, measure=measure)


def _field(row: models.Model, name: str) -> Any:
    """The column with this name; None where the row has none."""
    return next((field for field in row._meta.concrete_fields if field.attname == name), None)


def _in_words(row: models.Model, name: str, value: Any) -> str:
    """A field as the history prints it."""
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if name == "service_id":
        return str(Service.objects.get(pk=value))
    if name.endswith("_year"):
        return wareki(value)
    return str(dict(_field(row, name).flatchoices).get(value, value))
