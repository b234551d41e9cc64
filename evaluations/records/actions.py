"""The verbs that write 取組記録: the rights, locks and history of the years whose evaluation rests on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction

from core.fiscal_years import wareki
from evaluations.models import ActivityRecord
from plans.history_writer import new_line, write_lines
from plans.kept_rows import lock_open_years, made_just_now, require_writer
from plans.models import Measure, Plan, Section, Subject
from plans.queries import measures_of
from plans.refusals import Conflict


@dataclass(frozen=True)
class RecordContent:
    """What one record says. `section_ids` are 節 of its plan, at least one; `counted_ids` 指標 of these 節 that count
    it. None of a count means not written down.
    """

    fiscal_year: int
    title: str
    section_ids: frozenset[int]
    held_on: date | None = None
    participants: int | None = None
    organisations: int | None = None
    content: str = ""
    cancelled_reason: str = ""
    counted_ids: frozenset[int] = frozenset()

    @classmethod
    def of(cls, record: ActivityRecord) -> "RecordContent":
        """What is kept of a record."""
        return cls(
            fiscal_year=record.fiscal_year,
            title=record.title,
            section_ids=frozenset(section.pk for section in record.sections.all()),
            held_on=record.held_on,
            participants=record.participants,
            organisations=record.organisations,
            content=record.content,
            cancelled_reason=record.cancelled_reason,
            counted_ids=frozenset(measure.pk for measure in record.counted_in.all()),
        )

    def in_words(self, sections: Iterable[Section], measures: Iterable[Measure] = ()) -> str:
        """One line for the history. `measures` are those that may count it."""
        counting = "・".join(measure.title for measure in measures if measure.pk in self.counted_ids)
        parts = [
            self.title,
            wareki(self.fiscal_year),
            self.held_on.isoformat() if self.held_on else "",
            "・".join(section.label for section in sections if section.pk in self.section_ids),
            f"参加者{self.participants}人" if self.participants is not None else "",
            f"{self.organisations}事業所・機関" if self.organisations is not None else "",
            self.content,
            f"中止：{self.cancelled_reason}" if self.cancelled_reason else "",
            f"数える指標：{counting}" if counting else "",
        ]
        return "／".join(part for part in parts if part)


def changed_meanwhile(current: RecordContent | None) -> Conflict:
    """The refusal where another user changed or deleted a record in between."""
    changed = "ほかの人がこの記録を先に変更しました。いまの内容を確かめてください。"
    return Conflict(current, changed if current else "ほかの人がこの記録を先に削除しました。")


@transaction.atomic
def add_record(plan: Plan, new: RecordContent, *, by: User, channel: str) -> ActivityRecord:
    """Keep a new record; sent twice, it is one. Raises PermissionDenied or Locked."""
    sections = _start(plan, None, new, by)
    same = plan.records.filter(**_columns(new)).order_by("-pk").first()
    measures = measures_of(plan).filter(pk__in=new.counted_ids)
    if same and made_just_now(plan, Subject.RECORD, new.in_words(sections, measures), by=by):
        return same
    record = ActivityRecord.objects.create(plan=plan, **_columns(new))
    record.sections.set(new.section_ids)
    record.counted_in.set(new.counted_ids)
    _finish(plan, sections, None, new, by, channel)
    return record


@transaction.atomic
def change_record(record: ActivityRecord, new: RecordContent, *, seen: RecordContent, by: User, channel: str) -> None:
    """Change a record from what the person saw. Raises PermissionDenied, Locked or Conflict."""
    if new == seen:
        return
    sections = _start(record.plan, seen, new, by)
    current = _as_it_stands(record)
    if current == new:
        return
    if current != seen:
        raise changed_meanwhile(current)
    ActivityRecord.objects.filter(pk=record.pk).update(**_columns(new))
    record.sections.set(new.section_ids)
    record.counted_in.set(new.counted_ids)
    _finish(record.plan, sections, seen, new, by, channel)


@transaction.atomic
def delete_record(record: ActivityRecord, *, seen: RecordContent, by: User, channel: str) -> None:
    """Delete a record that is still what the person saw. Raises PermissionDenied, Locked or Conflict."""
    sections = _start(record.plan, seen, None, by)
    current = _as_it_stands(record)
    if current != seen:
        raise changed_meanwhile(current)
    ActivityRecord.objects.filter(pk=record.pk).delete()
    _finish(record.plan, sections, seen, None, by, channel)


def _start(plan: Plan, old: RecordContent | None, new: RecordContent | None, by: User) -> list[Section]:
    """Rights, then the locks of every 節 × 年度 of the plan that the record touches. Hands back the plan's 節."""
    access = require_writer(by, plan, "取組記録を書く権限がありません。")
    sections = list(plan.sections.order_by("number"))
    if new and not (new.section_ids and new.section_ids <= {section.pk for section in sections}):
        raise ValueError("a record belongs to at least one section of its plan")
    if new and new.counted_ids:
        counting = Measure.objects.filter(pk__in=new.counted_ids, section__in=new.section_ids)
        if counting.count() != len(new.counted_ids):
            raise ValueError("a record is counted in measures of its own sections")
    lock_open_years(plan, sections, _touched(plan, old, new), access)
    return sections


def _touched(plan: Plan, old: RecordContent | None, new: RecordContent | None) -> set[tuple[int, int]]:
    """Section id and year of each side; years before the plan have no state and so no lock."""
    sides = [side for side in (old, new) if side and side.fiscal_year in plan.years]
    return {(section, side.fiscal_year) for side in sides for section in side.section_ids}


def _as_it_stands(record: ActivityRecord) -> RecordContent | None:
    """What is kept now, locked until the transaction ends; None where it was deleted."""
    current = ActivityRecord.objects.select_for_update().filter(pk=record.pk).first()
    return RecordContent.of(current) if current else None


def _columns(new: RecordContent) -> dict[str, object]:
    return {
        "fiscal_year": new.fiscal_year,
        "title": new.title,
        "held_on": new.held_on,
        "participants": new.participants,
        "organisations": new.organisations,
        "content": new.content,
        "cancelled_reason": new.cancelled_reason,
    }


def _finish(
    plan: Plan, sections: list[Section], old: RecordContent | None, new: RecordContent | None, by: User, channel: str
) -> None:
    """One line of history for each 節 that the record belongs or belonged to: each page shows its own."""
    sides = [side for side in (old, new) if side]
    belonging = frozenset().union(*(side.section_ids for side in sides))
    counting = frozenset().union(*(side.counted_ids for side in sides))
    measures = list(measures_of(plan).filter(pk__in=counting)) if counting else []
    words = (side.in_words(sections, measures) if side else None for side in (old, new))
    year = sides[-1].fiscal_year
    line = partial(new_line, plan, Subject.RECORD, "取組記録", *words, by=by, channel=channel, fiscal_year=year)
    write_lines(line(section=section) for section in sections if section.pk in belonging)
