"""計画の設定: the action that changes the plan's frame: name, bounds, display words, 節 and who enters which 指標."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction

from core.numerals import plain
from core.open_data.licences import CHOICES as LICENCES
from plans.access import require_manager
from plans.history_writer import new_line, write_lines
from plans.model_fields import label_of
from plans.models import Change, Channel, Measure, Municipality, Plan, Section, Subject
from plans.refusals import FieldRefused, FieldsRefused, Refused
from plans.sheet_layouts import EDITIONS, layout_choices


@dataclass(frozen=True)
class SettingChange:
    """One field of one row (the plan, its 自治体, a 節 or a 指標) from `old`, which the person saw, to `new`.

    `name` is the form field it came from.
    """

    name: str
    row: Plan | Municipality | Section | Measure
    field: str
    old: Any
    new: Any


Names = Mapping[str, Mapping[Any, str]]
"""By field, the labels of the values to choose from."""
Written = list[tuple[SettingChange, models.Model]]
"""Changes with the row that took them."""


@transaction.atomic
def change_settings(plan: Plan, changes: Iterable[SettingChange], *, by: User) -> list[Change]:
    """Write all of these changes, or none, with their history. Raises PermissionDenied, FieldsRefused
    for what another user set since, or Refused.

    Rows must be of this plan or its 自治体; a row that is neither is a mistake of the caller.
    """
    # An import changes 節 and names under the plan's lock; the plan before the city, as it does.
    Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    city = Municipality.objects.select_for_update(no_key=True).get(pk=plan.municipality_id)
    require_manager(by, city, "計画の設定を変えられるのは、管理の役割の人だけです。")
    names = _names(city)
    kept = _rows_of(plan, city)
    written: Written = []
    conflicts = []
    for change in changes:
        row = kept[type(change.row), change.row.pk]
        current = getattr(row, change.field)
        if current == change.new:
            continue
        if change.new not in names.get(change.field, {change.new: ""}):
            raise Refused("選んだものは、もうありません。ページを開き直して、選び直してください。")
        if current != change.old:
            conflicts.append(_conflict(change, current, names))
            continue
        setattr(row, change.field, change.new)
        written.append((change, row))
    if conflicts:
        raise FieldsRefused(conflicts)
    _save(written)
    return write_lines(_line(change, row, city, plan, names, by) for change, row in written)


def write_city_history(before: Municipality, after: Municipality, *, by: User) -> None:
    """A line for each field of a 自治体 that differs, as `change_settings` writes it. For a caller that saves `after`
    in the same transaction.
    """
    prefectures: dict[int | None, str] = dict(
        Municipality.objects.filter(kind=Municipality.Kind.PREFECTURE).values_list("pk", "name")
    )
    names = {**_names(after), "kind": dict(Municipality.Kind.choices), "prefecture_id": prefectures}
    fields = [field.attname for field in Municipality._meta.concrete_fields]
    changes = [SettingChange(name, after, name, getattr(before, name), getattr(after, name)) for name in fields]
    write_lines(_line(change, after, after, None, names, by) for change in changes if change.old != change.new)


def _names(city: Municipality) -> Names:
    """No 担当課 is a choice too."""
    departments: dict[int | None, str] = dict(city.departments.values_list("pk", "name"))
    return {
        "department_id": departments | {None: ""},
        "sheet_layout": dict(layout_choices(city)),
        "sheet_edition": dict(EDITIONS),
        "open_data_licence": dict(LICENCES),
    }


def _rows_of(plan: Plan, city: Municipality) -> dict[tuple[type[models.Model], int], models.Model]:
    """Every row that these settings may touch, as it is stored."""
    rows = [city, Plan.objects.get(pk=plan.pk), *plan.sections.all(), *plan.measures.select_related("section")]
    return {(type(row), row.pk): row for row in rows}


def _conflict(change: SettingChange, current: Any, names: Names) -> FieldRefused:
    kept, typed = (_in_words(change.field, side, names) or "（空欄）" for side in (current, change.new))
    return FieldRefused(
        change.name,
        f"ほかの人が「{kept}」に変更しています（入力：「{typed}」）。入力のとおりにするときは、もう一度保存してください。",
        current,
    )


def _save(written: Written) -> None:
    """One statement per model and field; Refused where the plan no longer holds together (上限 under 下限)."""
    by_field: dict[tuple[type[models.Model], str], list[models.Model]] = defaultdict(list)
    for change, row in written:
        by_field[type(row), change.field].append(row)
        if isinstance(row, Plan):
            _check(row)
    for (model, field), rows in by_field.items():
        model._default_manager.bulk_update(rows, [field])


def _check(plan: Plan) -> None:
    try:
        plan.validate_constraints()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error


def _line(
    change: SettingChange, row: models.Model, city: Municipality, plan: Plan | None, names: Names, by: User
) -> Change:
    """表記 belong to the 自治体 and so to no plan; a 節 and a 指標 are named by the line's place."""
    is_master = isinstance(row, Section | Measure)
    section = row if isinstance(row, Section) else getattr(row, "section", None)
    return new_line(
        city if plan is None or isinstance(row, Municipality) else plan,
        Subject.MASTER if is_master else Subject.SETTING,
        label_of(type(row), change.field),
        _in_words(change.field, change.old, names),
        _in_words(change.field, change.new, names),
        by=by,
        channel=Channel.SCREEN,
        section=section,
        measure=row if isinstance(row, Measure) else None,
    )


def _in_words(field: str, side: Any, names: Names) -> str | None:
    """A setting as the history prints it; None for no 担当課."""
    if side is None:
        return None
    if field in names:
        return names[field].get(side, side if field == "sheet_layout" else "")
    if isinstance(side, bool):
        return "はい" if side else "いいえ"
    return plain(side) if isinstance(side, Decimal) else str(side)
