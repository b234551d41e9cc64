"""What the 取組記録 of a year come to: how often something was held, or how many people came.

A meeting that was cancelled was not held: it counts for nothing, and its 参加者数 is not missing. A record without
参加者数 says nothing about how many came; the sum then says of how many records it is.
"""

from dataclasses import dataclass
from decimal import Decimal

from core.fiscal_years import wareki
from core.numerals import squeeze
from core.take_over_note import FROM_RECORDS, too_long, with_line
from core.values import Value
from core.words import Accumulation, Certainty, ValueKind, Word


class Counted(Word):
    """What of the records a measure counts."""

    TIMES = "times", "回数"
    PEOPLE = "people", "参加者数"


_BY_UNIT = {"回": Counted.TIMES, "件": Counted.TIMES, "人": Counted.PEOPLE, "名": Counted.PEOPLE}


def counted_by(kind: ValueKind, accumulation: Accumulation, unit: str) -> Counted | None:
    """What of its records a measure counts, by its unit; None for measures that records cannot count.

    Only a 年度計 is a sum over the records of one year; a 累計 runs on, and 人/月 is an average of months.
    """
    if kind is not ValueKind.NUMBER or accumulation is not Accumulation.YEAR_TOTAL:
        return None
    return _BY_UNIT.get(squeeze(unit))


@dataclass(frozen=True)
class CountedRecord:
    """One 取組記録 as it is counted. `participants` None: not written down."""

    participants: int | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class YearFromRecords:
    """What the linked records make of one year of a measure."""

    fiscal_year: int
    counted: Counted
    records: tuple[CountedRecord, ...]

    @property
    def held(self) -> tuple[CountedRecord, ...]:
        return tuple(record for record in self.records if not record.is_cancelled)

    @property
    def cancelled(self) -> int:
        return len(self.records) - len(self.held)

    @property
    def known(self) -> tuple[int, ...]:
        """The 参加者数 that were written down."""
        return tuple(record.participants for record in self.held if record.participants is not None)

    @property
    def is_partial(self) -> bool:
        """Whether records without 参加者数 make the sum one of a part."""
        return self.counted is Counted.PEOPLE and len(self.known) < len(self.held)

    @property
    def number(self) -> Decimal | None:
        """The figure; None where no record is linked, or where none of those held says how many came."""
        if not self.records:
            return None
        if self.counted is Counted.TIMES:
            return Decimal(len(self.held))
        return None if self.held and not self.known else Decimal(sum(self.known))

    @property
    def words(self) -> str:
        """What the figure is made of: 「2件の記録から」「3件中2件の参加者数から」「中止1件」."""
        if not self.records:
            return "取組記録はまだありません"
        parts = []
        if self.is_partial:
            parts.append(f"{len(self.held)}件中{len(self.known)}件の参加者数から")
        elif self.held:
            parts.append(f"{len(self.held)}件の記録から")
        if self.cancelled:
            parts.append(f"中止{self.cancelled}件")
        return "、".join(parts)

    @property
    def as_of(self) -> str:
        """時点 of a year's value that comes from these records."""
        return f"{wareki(self.fiscal_year)}の取組記録から"

    def taken_over(self, current: Value) -> Value | None:
        """The year's actual that these records make; None where they make none.

        Of the stored actual only the 注記 is kept, without the line of an earlier take-over. A sum of a part is 速報.
        """
        if self.number is None:
            return None
        note = with_line(current.note, FROM_RECORDS, f"{self.counted.label}、{self.words}")
        certainty = Certainty.PRELIMINARY if self.is_partial else None
        return Value(self.number, as_of=self.as_of, certainty=certainty, note=note)

    def obstacle(self, current: Value) -> str:
        """Why the figure cannot be taken over; "" where it can."""
        taken = self.taken_over(current)
        if taken is None:
            return "参加者数を書いた記録がありません。" if self.records else "取組記録がまだありません。"
        return too_long(taken.note)
