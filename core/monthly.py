"""What twelve monthly readings make of their fiscal year, by the way the measure adds up.

月平均 is the sum of the months ÷ 12, 年度計 their sum, 年度末 the value of March, 累計 the latest running value.
Source: the field's practice (人/月 is the monthly average, twelve months ÷ 12, for plan and actual alike). While months
are missing, the figure is that of the months that are in, and every sentence about it says how many those are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from core.cell_texts import NotUnderstood
from core.fiscal_months import LAST_MONTH, MONTHS, month_name
from core.numerals import MAX_PLACES, MAX_WHOLE_DIGITS, plain, typed
from core.reader import CellTexts, read_cell
from core.take_over_note import FROM_MONTHS, too_long, with_line
from core.values import EMPTY, Value
from core.words import Accumulation, Certainty, Side, State, ValueKind

STATES = (State.PENDING, State.NOT_APPLICABLE, State.CANCELLED, State.WITHHELD)
"""What may be said of a month instead of a number."""
WITHOUT_NUMBER = (State.NOT_APPLICABLE, State.CANCELLED)
"""Months that will never have a number: nothing is missing there, and nothing is counted."""
AVERAGE_PLACES = Decimal("0.1")
"""An average is taken over into the year with one decimal, as cities print 人/月 (0.3)."""


def read_month_value(text: str, *, provisional: bool = False) -> Value:
    """One month as typed: a number (速報 where provisional), a state, or nothing. NotUnderstood with the remedy."""
    value = read_cell(CellTexts(value=text), kind=ValueKind.NUMBER, side=Side.ACTUAL).value
    if value.state is not None and value.state not in STATES:
        words = "・".join(state.label for state in STATES)
        raise NotUnderstood("value", f"月別の値は数値か、{words}のどれかで入力してください{typed(text)}")
    is_provisional = provisional and value.number is not None
    return Value(value.number, value.state, certainty=Certainty.PRELIMINARY if is_provisional else None)


def is_provisional(value: Value) -> bool:
    """Whether a month's number is marked 速報."""
    return value.number is not None and value.certainty is Certainty.PRELIMINARY


@dataclass(frozen=True)
class YearFromMonths:
    """What the months make of the year. `months` holds those with a number or a state; an absent one is 未入力."""

    fiscal_year: int
    accumulation: Accumulation
    months: Mapping[int, Value]

    @cached_property
    def numbers(self) -> dict[int, Decimal]:
        """The months that are in, in the order of the year."""
        values = ((month, self.months.get(month, EMPTY).number) for month in MONTHS)
        return {month: number for month, number in values if number is not None}

    @property
    def count(self) -> int:
        """How many months are in."""
        return len(self.numbers)

    @cached_property
    def missing(self) -> tuple[int, ...]:
        """The months whose number is still to come (未入力, 集計中, 非公表)."""
        return tuple(
            month
            for month in MONTHS
            if month not in self.numbers and self.months.get(month, EMPTY).state not in WITHOUT_NUMBER
        )

    @property
    def is_of_one_month(self) -> bool:
        """Whether one month alone is the figure (年度末 and 累計)."""
        return self.accumulation in (Accumulation.YEAR_END, Accumulation.CUMULATIVE)

    @property
    def sources(self) -> tuple[int, ...]:
        """The months that the figure comes from."""
        return tuple(self.numbers)[-1:] if self.is_of_one_month else tuple(self.numbers)

    @property
    def provisional(self) -> tuple[int, ...]:
        """The 速報 among the months that the figure comes from."""
        return tuple(month for month in self.sources if is_provisional(self.months[month]))

    @property
    def is_complete(self) -> bool:
        """Whether no further month can change the figure."""
        return LAST_MONTH in self.numbers if self.is_of_one_month else bool(self.numbers) and not self.missing

    @property
    def amount(self) -> Decimal | None:
        """The figure, unrounded; None where no month is entered."""
        if not self.numbers:
            return None
        if self.is_of_one_month:
            return self.numbers[self.sources[0]]
        total = sum(self.numbers.values(), Decimal(0))
        return total / self.count if self.accumulation is Accumulation.MONTHLY_AVERAGE else total

    @property
    def rounded(self) -> Decimal | None:
        """The figure as it is taken over into the year: an average with one decimal, everything else as it is."""
        if self.amount is None or self.accumulation is not Accumulation.MONTHLY_AVERAGE:
            return self.amount
        return self.amount.quantize(AVERAGE_PLACES, rounding=ROUND_HALF_UP)

    @property
    def words(self) -> str:
        """What kind of figure this is: 12か月の平均, 9か月分の平均（あと3か月）, 3月の値."""
        if not self.numbers:
            return "月別の値はまだありません"
        if self.is_of_one_month:
            name = "の値" if self.accumulation is Accumulation.YEAR_END else "までの累計"
            return f"{self.sources[0]}月{name}" + ("" if self.is_complete else "（3月はまだありません）")
        name = "平均" if self.accumulation is Accumulation.MONTHLY_AVERAGE else "合計"
        if self.count == len(MONTHS):
            return f"{self.count}か月の{name}"
        rest = f"あと{len(self.missing)}か月" if self.missing else "ほかの月は該当なし・中止"
        return f"{self.count}か月分の{name}（{rest}）"

    @property
    def formula(self) -> str:
        """How the figure came about, exactly: 合計 759 ÷ 12 = 63.25."""
        if self.amount is None:
            return ""
        if self.is_of_one_month:
            return f"{self.words} {plain(self.amount)}"
        total = sum(self.numbers.values(), Decimal(0))
        if self.accumulation is Accumulation.YEAR_TOTAL:
            return f"{self.count}か月の合計 {plain(total)}"
        shown = self.amount.quantize(Decimal(1).scaleb(-MAX_PLACES), rounding=ROUND_HALF_UP)
        equal = "＝" if shown * self.count == total else "≒"
        return f"合計 {plain(total)} ÷ {self.count} {equal} {plain(shown)}"

    @property
    def as_of(self) -> str:
        """時点 of a year's value that comes from these months: 令和7年4月〜令和8年3月の月別値から."""
        if not self.numbers:
            return ""
        names = [month_name(self.fiscal_year, month) for month in self.sources]
        if len(names) == 1:
            return f"{names[0]}の月別値から"
        part = "" if self.count == len(MONTHS) else f"（{self.count}か月分）"
        return f"{names[0]}〜{names[-1]}の月別値{part}から"

    @property
    def certainty(self) -> Certainty:
        """確定値 only where every month is in and none of them is 速報."""
        return Certainty.FINAL if self.is_complete and not self.provisional else Certainty.PRELIMINARY

    def taken_over(self, current: Value) -> Value | None:
        """The year's actual that these months make; None where no month is entered.

        Of the stored actual only the 注記 is kept, without the line of an earlier take-over.
        """
        if self.rounded is None:
            return None
        how = self.formula if self.is_of_one_month else f"{self.words}、{self.formula}"
        note = with_line(current.note, FROM_MONTHS, how)
        return Value(self.rounded, as_of=self.as_of, certainty=self.certainty, note=note)

    def obstacle(self, current: Value) -> str:
        """Why the figure cannot be taken over; "" where it can."""
        taken = self.taken_over(current)
        if taken is None or taken.number is None:
            return "月別の値がまだありません。"
        if abs(taken.number) >= Decimal(10) ** MAX_WHOLE_DIGITS:
            return f"値が大きすぎます。整数部は{MAX_WHOLE_DIGITS}桁までです。"
        return too_long(taken.note)
