"""The action that changes what a measure is, column by column of the tidy table."""

from collections.abc import Iterator, Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import ProtectedError

from core.tidy import Row
from core.words import Family, ValueKind
from plans.access import require_manager
from plans.history_writer import new_line, write_line, write_lines
from plans.measures.columns import measure_fields
from plans.measures.rules import (
    MAY_NOT,
    REASON,
    Objection,
    completed,
    objection_to_kind,
    objection_to_parent,
    objection_to_section,
)
from plans.models import Change, Measure, Plan, Section, Subject, YearlyValue
from plans.models.section_year import SETTLED
from plans.queries import measures_of, section_years, stored_rows
from plans.refusals import FieldRefused, FieldsRefused, Refused
from plans.row_locks import lock_plan, lock_section_years
from plans.tidy import measure_columns


@transaction.atomic
def change_columns(
    plan: Plan, measure: Measure, *, seen: Mapping[str, str], new: Mapping[str, str], by: User, channel: str
) -> int:
    """Change the columns that differ between what the person saw and what they want, both in exported form. Returns
    how many were changed.

    Raises PermissionDenied, or FieldsRefused with a sentence for each column. The plan stays locked.
    """
    require_manager(by, plan.municipality, MAY_NOT)
    differing = {column: text for column, text in new.items() if text != seen[column]}
    wanted = completed(differing, Family(measure.family).label)
    sections = {section.number: section for section in plan.sections.all()}
    _lock_years(plan, measure, wanted, sections)
    lock_plan(plan)
    if not wanted:
        return 0
    measures = {one.code: one for one in measures_of(plan).select_related("section", "parent")}
    current = measures[measure.code]
    before = measure_columns(current)
    objections = list(_objections(plan, current, before | wanted, measures))
    if objections:
        raise FieldsRefused([_at(objection, wanted, measure) for objection in objections])
    changed = {column: text for column, text in wanted.items() if text != before[column]}
    contested = [column for column in changed if seen.get(column, before[column]) != before[column]]
    if contested:
        raise FieldsRefused([_conflict(current, column, before[column], changed[column]) for column in contested])
    history = [_line(plan, current, column, before[column], text, by, channel) for column, text in changed.items()]
    set_columns(current, changed, sections, measures)
    current.save()
    return len(write_lines(history))


def set_columns(measure: Measure, texts: Row, sections: Mapping[int, Section], measures: Mapping[str, Measure]) -> None:
    """Put these columns into the fields of a measure; it is not saved. 節 by number and measures by 指標コード."""
    for field, value in measure_fields(texts).items():
        setattr(measure, field, value)
    if "親指標" in texts:
        measure.parent = measures[texts["親指標"]] if texts["親指標"] else None
    if "節番号" in texts:
        measure.section = sections[int(texts["節番号"])]


def _lock_years(plan: Plan, measure: Measure, wanted: Row, sections: Mapping[int, Section]) -> None:
    """Before the plan, as publishing does: otherwise each would wait for the other. A measure that moves or changes its
    種類 touches every year."""
    if not wanted.keys() & {"節番号", "種類"}:
        return
    entered = sections[int(wanted["節番号"])].pk if "節番号" in wanted else measure.section_id
    lock_section_years(plan, {(pk, year) for pk in (measure.section_id, entered) for year in plan.years})


def _objections(plan: Plan, measure: Measure, final: Row, measures: Mapping[str, Measure]) -> Iterator[Objection]:
    """The objections to a measure with these columns. Two queries at most."""
    parents = {code: one.parent.code if one.parent else "" for code, one in measures.items()}
    found = [
        _objection_to_section(plan, measure, final),
        objection_to_parent(measure.code, final, parents | {measure.code: final["親指標"]}),
        _objection_to_kind(measure, final),
    ]
    return (objection for objection in found if objection)


def _objection_to_section(plan: Plan, measure: Measure, final: Row) -> Objection | None:
    before = measure_columns(measure)
    if final["節番号"] == before["節番号"]:
        return None
    numbers = dict(plan.sections.values_list("pk", "number"))
    settled = {numbers[pk] for (pk, _), row in section_years(plan).items() if row.state in SETTLED}
    return objection_to_section(before, final, settled.__contains__)


def _objection_to_kind(measure: Measure, final: Row) -> Objection | None:
    kind = ValueKind.from_label(final["種類"])
    if kind == measure.value_kind:
        return None
    rows = list(stored_rows([measure]))
    standing = [row.value for row in rows if row.replaced_in is None]
    replaced = [row.value for row in rows if row.replaced_in is not None]
    return objection_to_kind(kind, standing, replaced)


def _at(objection: Objection, wanted: Row, measure: Measure) -> FieldRefused:
    """The refusal at the first of its columns that the person changed."""
    column = next((column for column in objection.columns if column in wanted), measure.code)
    return FieldRefused(column, objection.sentence)


def _conflict(measure: Measure, column: str, current: str, wanted: str) -> FieldRefused:
    sentence = f"「{measure.title}」{column}は、ほかの人が「{current or '空欄'}」に変更しています（入力：{wanted}）。"
    return FieldRefused(column, sentence, current)


def _line(plan: Plan, measure: Measure, column: str, old: str, new: str, by: User, channel: str) -> Change:
    return new_line(
        plan, Subject.MASTER, column, old or None, new or None, by=by, channel=channel, reason=REASON, measure=measure
    )


@transaction.atomic
def remove_measure(plan: Plan, measure: Measure, *, by: User, channel: str) -> None:
    """Remove a measure that has neither values nor history of its own. Raises PermissionDenied, Refused."""
    require_manager(by, plan.municipality, MAY_NOT)
    lock_plan(plan)
    current = plan.measures.select_related("section").filter(pk=measure.pk).first()
    if current is None:
        raise Refused("この指標は、ほかの人が先に取り除きました。")
    if why := why_it_stays(current):
        raise Refused(why)
    more = {"section": current.section, "reason": REASON}
    write_line(plan, Subject.MASTER, "取り除き", str(current), None, by=by, channel=channel, **more)
    try:
        current.delete()
    except ProtectedError as error:
        raise Refused("ほかの記録から使われているため、取り除けません。") from error


def why_it_stays(measure: Measure) -> str:
    """Why this measure cannot be removed; "" where it can. Four queries at most."""
    keep = "数えない年度があるときは、終了年度を入れてください。"
    if YearlyValue.objects.filter(measure=measure).exists():
        return f"値が入力されているため、取り除けません。{keep}"
    if Change.objects.filter(measure=measure).exists():
        return f"変更履歴があるため、取り除けません。{keep}"
    if measure.parts.exists():
        return "この指標の内数や内訳があるため、取り除けません。先に、それらの親指標を変えてください。"
    if measure.earlier_links.exists() or measure.later_links.exists():
        return "前後の期の指標と結び付いているため、取り除けません。"
    return ""
