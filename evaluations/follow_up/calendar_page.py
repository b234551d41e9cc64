"""The calendar of a plan: its years by month, what is near, the form of the date being edited, and the file."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Count
from django.http import Http404
from django.utils import timezone

from core.fiscal_months import month_name
from core.fiscal_years import current_fiscal_year, wareki
from core.icalendar import CalendarDay, calendar_file
from core.yearly_round import ProposedDate, RoundStep
from evaluations.follow_up.calendar_lines import CalendarLine, dates_of, lines_of
from evaluations.follow_up.round_facts import RoundFacts, progress_by_year
from evaluations.models import Deadline
from indicators.queries import months_entered
from plans.kept_rows import RowForm
from plans.model_fields import day, label_of, line, listed, number_choice, prose
from plans.models import Plan, SectionYear
from plans.queries import measure_rows, measures_of, section_years

YEARS_AROUND = 2
"""Years before and after the plan on which a date of it may fall: its making, and its last evaluation."""


class DeadlineForm(RowForm):
    """One date. `deadline` is the one that is edited, None for a new one."""

    due_on = day(Deadline, "due_on", "2026-06-15")
    title = line(Deadline, "title", help_text="例：自立支援協議会 全体会へ素案を出す")
    step = listed(Deadline, "step")
    fiscal_year = number_choice(
        label_of(Deadline, "fiscal_year"),
        "一覧の年度から選んでください。",
        help_text="期限の年度ではなく、何年度の実績や評価についての予定か。",
    )
    note = prose(Deadline, "note", 2, help_text="この計画を見られる人すべてに見えます。")

    def __init__(self, data: Any = None, *, plan: Plan, deadline: Deadline | None = None) -> None:
        self.plan = plan
        years = [(year, wareki(year)) for year in range(plan.start_year - 1, plan.end_year + 1)]
        choices = {"fiscal_year": [("", "決まった年度はない"), *years]}
        super().__init__(data, row=deadline, initial={"step": RoundStep.OTHER}, choices=choices, auto_id="deadline-%s")

    def clean_due_on(self) -> date:
        """A day that may belong to this plan: a wrong century is a slip of the hand."""
        day = self.cleaned_data["due_on"]
        first, last = self.plan.start_year - YEARS_AROUND, self.plan.end_year + YEARS_AROUND
        if not date(first, 4, 1) <= day <= date(last + 1, 3, 31):
            raise forms.ValidationError(f"{first}年4月1日から{last + 1}年3月31日までの日を入力してください。")
        return day


@dataclass(frozen=True)
class MonthOfDates:
    """The dates of one month of the calendar; `name` is 「令和8年11月」."""

    name: str
    is_now: bool
    lines: tuple[CalendarLine, ...]


@dataclass(frozen=True)
class YearOfDates:
    """One fiscal year of the calendar. `is_after` is the year after the plan, in which its last year is evaluated."""

    year: int
    is_after: bool
    is_now: bool
    months: tuple[MonthOfDates, ...]


@dataclass(frozen=True)
class CalendarPage:
    """`deadline` is the date being edited, None for a new one; `lines` are all dates in order."""

    plan: Plan
    lines: tuple[CalendarLine, ...]
    years: tuple[YearOfDates, ...]
    deadline: Deadline | None

    @property
    def is_proposed(self) -> bool:
        """Whether the city has set no dates of its own yet."""
        return not any(line.row for line in self.lines)

    @property
    def to_take_over(self) -> tuple[ProposedDate, ...]:
        """What one click makes the city's own: not what is past without anyone knowing whether it was done."""
        kept = (line.due for line in self.lines if not line.is_lost_in_the_past)
        return tuple(one for one in kept if isinstance(one, ProposedDate))

    @property
    def left_behind(self) -> int:
        """How many proposed dates are not taken over."""
        return sum(line.is_lost_in_the_past for line in self.lines)

    @property
    def tally(self) -> tuple[tuple[str, str, int], ...]:
        """(tone, words, count) of the dates, the most urgent first."""
        counts = Counter(line.standing for line in self.lines)
        order = ("期限を過ぎています", "標準の時期を過ぎています", "今月", "来月", "済")
        return tuple(
            (tone, words, counts[tone, words])
            for words in order
            for tone in ("behind", "finding", "missing", "good")
            if counts[tone, words]
        )

    @property
    def opened(self) -> Deadline:
        """The date being edited; Http404 where there is none."""
        if self.deadline is None:
            raise Http404("日程が見つかりません。")
        return self.deadline

    def form(self, data: Any = None) -> DeadlineForm:
        """The form of the date being edited, or of a new one."""
        return DeadlineForm(data, plan=self.plan, deadline=self.deadline)


def calendar_page(plan: Plan, key: str = "") -> CalendarPage:
    """The calendar for the person of `plan.access`; Http404 for a date that they may not edit or is not of this plan.

    Seven queries at most, however many dates and measures.
    """
    sections = list(plan.sections.order_by("number"))
    states = section_years(plan, along=["evaluation"])
    rows = measure_rows(plan, measures_of(plan), access=plan.access, states=states)
    sees_drafts = plan.access.sees_drafts
    facts = RoundFacts(
        progress=progress_by_year(plan, sections, rows, states),
        sees_drafts=sees_drafts,
        months=months_entered(plan, plan.years) if sees_drafts else {},
        heard=_heard(plan) if sees_drafts else {},
        budgeted=_budgeted(states.values()) if sees_drafts else {},
    )
    lines = lines_of(plan, dates_of(plan, rows), facts)
    return CalendarPage(plan, lines, _by_year(plan, lines), _chosen(plan, lines, key))


def calendar_days(page: CalendarPage, url: str) -> bytes:
    """The dates as an iCalendar file; a proposal says that it is one."""
    now = timezone.now()
    days = (
        CalendarDay(
            uid=f"{line.due.key}.{page.plan.slug}@fukushi-pdca",
            day=line.due.due_on,
            summary=f"{_mark(line)}{line.title_in_words} {page.plan.municipality.name}",
            changed_at=line.row.changed_at if line.row else now,
            revision=line.row.version if line.row else 0,
            description="\n".join(part for part in (page.plan.name, line.step_label, line.note) if part),
            url=url,
            is_tentative=line.row is None,
        )
        for line in page.lines
    )
    return calendar_file(f"{page.plan.municipality.name} {page.plan.name} 日程", days)


def _mark(line: CalendarLine) -> str:
    return "【案】" if line.row is None else "【済】" if line.is_done else ""


def _by_year(plan: Plan, lines: Iterable[CalendarLine]) -> tuple[YearOfDates, ...]:
    today = timezone.localdate()
    now = (today.year, today.month)
    found = []
    for year, of_year in groupby(lines, key=lambda line: current_fiscal_year(line.due.due_on)):
        by_month = groupby(of_year, key=lambda line: (line.due.due_on.year, line.due.due_on.month))
        months = tuple(MonthOfDates(month_name(year, at[1]), at == now, tuple(group)) for at, group in by_month)
        found.append(YearOfDates(year, year > plan.end_year, year == current_fiscal_year(today), months))
    return tuple(found)


def _heard(plan: Plan) -> dict[int, int]:
    """How many opinions were recorded on each 年度. One query."""
    return dict(plan.opinions.order_by().values_list("fiscal_year").annotate(Count("pk")))


def _budgeted(states: Iterable[SectionYear]) -> dict[int, int]:
    """In how many 節 of each 年度 something is written on the budget."""
    return Counter(row.fiscal_year for row in states if hasattr(row, "evaluation") and row.evaluation.budget_text)


def _chosen(plan: Plan, lines: Iterable[CalendarLine], key: str) -> Deadline | None:
    if not key:
        return None
    for listed_date in lines:
        if listed_date.row and str(listed_date.row.pk) == key and plan.access.may_manage:
            listed_date.row.plan = plan
            return listed_date.row
    raise Http404("この計画の日程ではありません。")
