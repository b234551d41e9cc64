"""The round of a plan's years as proposed dates, from which a city starts when it sets its own.

Source: the field's practice. A year ends on 31 March, claims come about two months later, the 担当課 report from April
to June, drafts reach the committee from May to July, then publication, then the budget of the year after. Year 1
reviews the plan before, the last year writes the next one.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.fiscal_months import MONTHS, first_day
from core.fiscal_years import wareki
from core.words import Word

CLAIMS_COME_AFTER = 2
"""Months after which the claims of a month are in."""
FRIDAY = 4


class RoundStep(Word):
    """区分: what of the round is due."""

    MONTHS = "months", "月別の値"
    ENTRY = "entry", "実績の入力"
    CONFIRM = "confirm", "確認・確定"
    COUNCIL = "council", "協議会への提出"
    PUBLISH = "publish", "公表"
    BUDGET = "budget", "次年度予算への反映"
    REVIEW = "review", "前期計画の評価"
    NEXT_PLAN = "next_plan", "次期計画の策定"
    OTHER = "other", "その他"


@dataclass(frozen=True)
class ProposedDate:
    """One date of the round. `key` names it within its plan; `fiscal_year` is the 年度 it is about, None for none in
    particular.
    """

    key: str
    due_on: date
    step: RoundStep
    title: str
    fiscal_year: int | None


# Calendar month and day in the fiscal year after the one that is evaluated.
_AFTER_THE_YEAR = (
    (RoundStep.ENTRY, 6, 15),
    (RoundStep.CONFIRM, 6, 30),
    (RoundStep.COUNCIL, 7, 31),
    (RoundStep.PUBLISH, 9, 30),
    (RoundStep.BUDGET, 10, 31),
)
# Months whose figures are entered together, and the calendar month by whose first day all their claims are in.
_QUARTERS = (("4〜6月", 9), ("7〜9月", 12), ("10〜12月", 3), ("1〜3月", 6))
_NEXT_PLAN = (
    (8, 31, "次期計画の骨子をまとめる"),
    (11, 30, "次期計画の素案を協議会へ出す"),
    (1, 31, "次期計画の素案への意見公募を終える"),
    (3, 31, "次期計画を決定し、公表する"),
)


def yearly_round(start_year: int, end_year: int, *, with_months: bool = True) -> tuple[ProposedDate, ...]:
    """Every date that is usual for a plan of these fiscal years, in order.

    The last year is evaluated in the year after the plan. `with_months` False: no 活動指標 is counted by month.
    """
    years = range(start_year, end_year + 1)
    found = [_review(start_year), *_next_plan(end_year)]
    for year in years:
        found += _evaluation(year)
        found += _months(year) if with_months else []
    found = [replace(one, due_on=_working_day(one.due_on)) for one in found]
    return tuple(sorted(found, key=lambda one: (one.due_on, one.key)))


def months_due(fiscal_year: int, day: date) -> tuple[int, ...]:
    """The months of a fiscal year whose values can be expected on that day, in order."""
    return tuple(month for place, month in enumerate(MONTHS) if _claims_begin(fiscal_year, place) <= day)


def _claims_begin(fiscal_year: int, place: int) -> date:
    """The first day of the month in which the claims of the n-th month of the year come."""
    later = place + CLAIMS_COME_AFTER
    return first_day(fiscal_year + later // len(MONTHS), MONTHS[later % len(MONTHS)])


def _working_day(day: date) -> date:
    """The Friday before, for a day of the weekend. Holidays move by law and are left to the city."""
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


def _evaluation(year: int) -> list[ProposedDate]:
    return [
        ProposedDate(f"{step.value}-{year}", date(year + 1, month, day), step, _title(step, year), year)
        for step, month, day in _AFTER_THE_YEAR
    ]


def _title(step: RoundStep, year: int) -> str:
    return f"{wareki(year + 2)}予算への反映" if step is RoundStep.BUDGET else step.label


def _months(year: int) -> list[ProposedDate]:
    found = []
    for number, (name, month) in enumerate(_QUARTERS, start=1):
        due = date(year if month > _QUARTERS[-1][1] else year + 1, month, 1) - timedelta(days=1)
        found.append(ProposedDate(f"months-{year}-{number}", due, RoundStep.MONTHS, f"{name}の月別の値", year))
    return found


def _review(start_year: int) -> ProposedDate:
    before = start_year - 1
    return ProposedDate(f"review-{before}", date(start_year, 9, 30), RoundStep.REVIEW, RoundStep.REVIEW.label, before)


def _next_plan(end_year: int) -> list[ProposedDate]:
    return [
        ProposedDate(
            f"next_plan-{number}",
            date(end_year + 1 if month < MONTHS[0] else end_year, month, day),
            RoundStep.NEXT_PLAN,
            title,
            None,
        )
        for number, (month, day, title) in enumerate(_NEXT_PLAN, start=1)
    ]
