"""What 取組記録 propose for the actuals of the 指標 they are counted in, and the action that takes a proposal over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet

from core.prose import circled
from core.record_counts import Counted, CountedRecord, YearFromRecords, counted_by
from core.values import Value
from core.words import Accumulation, ValueKind
from evaluations.models import ActivityRecord
from indicators.months.readings import TakeOver
from plans.actions import record_values
from plans.models import Change, Measure
from plans.refusals import Conflict
from plans.row_locks import lock_section_years

REASON = "取組記録から数えた値を年度の実績に反映"


@dataclass(frozen=True)
class CountOffer:
    """What the records make of one measure and year, next to the actual that the person sees.

    `seen` is what a page had offered, as (the actual, its successor); `problem` why it could not be taken over.
    """

    measure: Measure
    made: YearFromRecords
    actual: Value
    seen: tuple[Value, Value] | None = None
    problem: str = ""

    @property
    def proposal(self) -> Value | None:
        """The actual that the records make."""
        return None if self.obstacle else self.made.taken_over(self.actual)

    @property
    def obstacle(self) -> str:
        return self.made.obstacle(self.actual)

    @property
    def differs(self) -> bool:
        """Whether a typed number is another one than the records make. What is not entered differs from nothing."""
        number = self.made.number
        return number is not None and self.actual.number is not None and self.actual.number != number

    @property
    def can_be_taken_over(self) -> bool:
        """Whether taking it over would change the number."""
        return self.proposal is not None and self.proposal.number != self.actual.number

    @property
    def take_over(self) -> TakeOver | None:
        """What the person saw and requested; None where nothing was offered on the page."""
        return TakeOver(self.measure, self.made.fiscal_year, *self.seen) if self.seen else None


def years_from_records(measures: Iterable[Measure], year: int) -> dict[int, YearFromRecords]:
    """What the records of a year make, by measure id; only of measures that records are linked to. One query."""
    measures = list(measures)
    links = ActivityRecord.counted_in.through.objects.filter(
        measure__in=[measure.pk for measure in measures], activityrecord__fiscal_year=year
    )
    facts = links.values_list("measure_id", "activityrecord__participants", "activityrecord__cancelled_reason")
    found: dict[int, list[CountedRecord]] = defaultdict(list)
    for measure, participants, cancelled in facts.order_by("activityrecord_id"):
        found[measure].append(CountedRecord(participants, is_cancelled=bool(cancelled)))
    return _counted(measures, year, found)


def years_from(records: Iterable[ActivityRecord], measures: Iterable[Measure], year: int) -> dict[int, YearFromRecords]:
    """The same, of records that `with_links` has fetched. No query."""
    found: dict[int, list[CountedRecord]] = defaultdict(list)
    for record in records:
        for measure in record.counted_ids if record.fiscal_year == year else ():
            found[measure].append(CountedRecord(record.participants, is_cancelled=bool(record.cancelled_reason)))
    return _counted(measures, year, found)


def with_links(records: QuerySet[ActivityRecord]) -> tuple[ActivityRecord, ...]:
    """The records in order, each with `counted_ids`, the ids of the measures that count it. One query, by a join."""
    found: dict[int, Any] = {}
    links: dict[int, set[int]] = defaultdict(set)
    for record in records.annotate(counting=F("counted_in")):
        found.setdefault(record.pk, record)
        links[record.pk] |= {record.counting} - {None}
    for pk, record in found.items():
        record.counted_ids = frozenset(links[pk])
    return tuple(found.values())


def name_of(measure: Measure) -> str:
    """「⑤開催回数」."""
    return f"{circled(measure.label)}{measure.title}"


def what_counts(measure: Measure) -> Counted | None:
    """Whether records count for this measure as 回数 or by their 参加者数; None where they cannot."""
    return counted_by(ValueKind(measure.value_kind), Accumulation(measure.accumulation), measure.unit)


@transaction.atomic
def take_over_counts(wanted: TakeOver, *, by: User, channel: str) -> list[Change]:
    """Make what the records say the year's actual.

    Under the lock of the year, which every change of a record takes too, the records are counted again: Conflict
    where they no longer make what the person saw. ChangesRefused is that of `record_values`, which writes.
    """
    measure, year = wanted.measure, wanted.fiscal_year
    lock_section_years(measure.plan, {(measure.section_id, year)})
    current = years_from_records([measure], year).get(measure.pk)
    if current is None or current.taken_over(wanted.old) != wanted.new:
        raise Conflict(current, "取組記録が変わりました。いまの値を確かめて、もう一度反映してください。")
    return record_values([wanted.as_change], by=by, channel=channel, reason=REASON)


def _counted(
    measures: Iterable[Measure], year: int, found: Mapping[int, Iterable[CountedRecord]]
) -> dict[int, YearFromRecords]:
    counted = ((measure.pk, what_counts(measure)) for measure in measures if measure.pk in found)
    return {pk: YearFromRecords(year, what, tuple(found[pk])) for pk, what in counted if what is not None}
