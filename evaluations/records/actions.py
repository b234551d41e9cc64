"""The actions that write 取組記録: the rights, locks and history of the years whose evaluation rests on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from core.fiscal_years import wareki
from evaluations.models import ActivityRecord
from plans.history_writer import new_line, write_lines
from plans.kept_rows import lock_open_years, made_just_now, require_writer
from plans.models import Measure, Plan, Section, Subject
from plans.queries import measures_of
from plans.refusals import Conflict

COLUMNS = ("fiscal_year", "title", "held_on", "participants", "organisations", "content", "cancelled_reason")


@dataclass(frozen=True)
class RecordContent:
    """What one record says. `section_ids` are 節 of its plan, at least one; `counted_ids` 指標 of these 節 that count
    it. None for a count: it was not written down.
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
        """What is stored of a record. Two queries."""
        columns = {name: getattr(record, name) for name in COLUMNS}
        sections = frozenset(section.pk for section in record.sections.all())
        return cls(**columns, section_ids=sections, counted_ids=frozenset(one.pk for one in record.counted_in.all()))

    @property
    def columns(self) -> dict[str, Any]:
        """What is stored in the row itself."""
        return {name: getattr(self, name) for name in COLUMNS}

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


@transaction.atomic
def add_record(plan: Plan, new: RecordContent, *, by: User, channel: str) -> ActivityRecord:
    """Store a new record; sent twice, it is one. Raises PermissionDenied or Locked."""
    sections = _start(plan, None, new, by)
    same = plan.records.filter(**new.columns).order_by("-pk").first()
    measures = measures_of(plan).filter(pk__in=new.counted_ids)
    if same and made_just_now(plan, Subject.RECORD, new.in_words(sections, measures), by=by):
        return same
    record = ActivityRecord.objects.create(plan=plan, **new.columns)
    record.sections.set(new.section_ids)
    record.counted_in.set(new.counted_ids)
    _note(plan, sections, None, new, by, channel)
    return record


@transaction.atomic
def change_record(record: ActivityRecord, new: RecordContent, *, version: int, by: User, channel: str) -> None:
    """Change a record from the version that was drawn. Raises PermissionDenied, Locked or Conflict."""
    old = RecordContent.of(record)
    if new == old:
        return
    sections = _start(record.plan, old, new, by)
    current = _locked(record)
    if RecordContent.of(current) == new:
        return
    _refuse_outdated(current, version)
    ActivityRecord.objects.filter(pk=record.pk).update(**new.columns, version=F("version") + 1)
    current.sections.set(new.section_ids)
    current.counted_in.set(new.counted_ids)
    _note(record.plan, sections, old, new, by, channel)


@transaction.atomic
def delete_record(record: ActivityRecord, *, version: int, by: User, channel: str) -> None:
    """Delete a record that is still what was drawn. Raises PermissionDenied, Locked or Conflict."""
    old = RecordContent.of(record)
    sections = _start(record.plan, old, None, by)
    current = _locked(record)
    _refuse_outdated(current, version)
    current.delete()
    _note(record.plan, sections, old, None, by, channel)


def _start(plan: Plan, old: RecordContent | None, new: RecordContent | None, by: User) -> list[Section]:
    """Rights, then the locks of every 節 × 年度 of the plan that the record touches. Returns the plan's 節."""
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


def _locked(record: ActivityRecord) -> ActivityRecord:
    """The record as it is stored now, locked until the transaction ends. Raises Conflict where it was deleted."""
    current = ActivityRecord.objects.select_for_update().filter(pk=record.pk).first()
    if current is None:
        raise Conflict(None, "ほかの人がこの記録を先に削除しました。")
    return current


def _refuse_outdated(current: ActivityRecord, version: int) -> None:
    if current.version != version:
        current.counted_ids = frozenset(current.counted_in.values_list("pk", flat=True))
        raise Conflict(current, "ほかの人がこの記録を先に変更しました。いまの内容を確かめてください。")


def _note(
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
