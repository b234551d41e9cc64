"""A synthetic prefecture for tests and measurements: cities that plainly do not exist, with made-up figures.

The codes begin with 99, 98 … 48, which no prefecture has. Each city is drawn by its own number and the seed, so that
sixty cities are the first sixty of a nation; what is there already is left alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from core.municipality_codes import check_digit
from core.words import Family, Side, State, ValueKind
from evaluations.demo.sample_measures import SECTIONS, SampleMeasure, SampleSection
from indicators.models import ActivityIndicator
from plans.models import (
    Measure,
    Municipality,
    Plan,
    PlanKind,
    PlanRevision,
    Section,
    SectionYear,
    YearlyValue,
    YearState,
)
from plans.models.measure import KIND_COLUMNS
from plans.models.plan import plan_slug
from targets.models import OutcomeTarget, TargetItem

GENERATION, START, END = 7, 2024, 2026
ACTUAL_YEARS = (2024, 2025)
PER_PREFIX = 999
HIGHEST_PREFIX, LOWEST_PREFIX = 99, 48
MOST_CITIES = PER_PREFIX * (HIGHEST_PREFIX - LOWEST_PREFIX + 1)
AT_ONCE = 50
"""Cities written together: enough to be quick, few enough to stay small in memory."""

PREFECTURE_CODE = "99000" + check_digit("99000")
CITIZENS_COUNTED = date(2024, 4, 1)
CONFIRMED_AT = datetime(2025, 7, 1, tzinfo=UTC)
WITHOUT_PLAN, OTHER_WORDING, UNSETTLED, PENDING, NO_ENTRY, NO_GOAL, NO_PARTS = 0.03, 0.1, 0.15, 0.03, 0.03, 0.05, 0.1
"""Shares of cities or cells that are not as they should be: every exclusion must occur."""


@dataclass
class Drawn:
    """Rows of some cities, not yet written."""

    plans: list[Plan] = field(default_factory=list)
    revisions: list[PlanRevision] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    section_years: list[SectionYear] = field(default_factory=list)
    targets: list[OutcomeTarget] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    items: list[TargetItem] = field(default_factory=list)
    indicators: list[ActivityIndicator] = field(default_factory=list)
    values: list[YearlyValue] = field(default_factory=list)

    def write(self) -> None:
        """In the order of the fields, which is that in which the rows need each other."""
        for kind in fields(self):
            if rows := getattr(self, kind.name):
                type(rows[0])._default_manager.bulk_create(rows)


def city_code(number: int) -> str:
    """The code of the n-th city, counted from one; ValueError beyond the unused prefixes."""
    prefix = HIGHEST_PREFIX - (number - 1) // PER_PREFIX
    if number < 1 or prefix < LOWEST_PREFIX:
        raise ValueError(f"市区町村の数は1から{MOST_CITIES}までにしてください（入力：{number}）")
    first_five = f"{prefix}{(number - 1) % PER_PREFIX + 1:03}"
    return first_five + check_digit(first_five)


def create_sample(
    cities: int, *, seed: int = 1, sections: Sequence[SampleSection] = SECTIONS
) -> tuple[Municipality, int]:
    """The prefecture, and how many of these cities were made now, each with these 節 and measures."""
    codes = {city_code(number): number for number in range(1, cities + 1)}
    prefecture, _ = Municipality.objects.get_or_create(
        code=PREFECTURE_CODE,
        defaults={"name": "架空県", "kind": Municipality.Kind.PREFECTURE, "is_fictional": True},
    )
    by = _stamping_user()
    known = set(Municipality.objects.filter(code__in=codes).values_list("code", flat=True))
    missing = [number for code, number in codes.items() if code not in known]
    for start in range(0, len(missing), AT_ONCE):
        _create(missing[start : start + AT_ONCE], prefecture, seed, by, sections)
    return prefecture, len(missing)


def sample_cities() -> QuerySet[Municipality]:
    """The cities that were made here."""
    return Municipality.objects.filter(prefecture__code=PREFECTURE_CODE, is_fictional=True)


def _stamping_user() -> User:
    """A name for the stamps of 確定; no one can log in with it."""
    return User.objects.get_or_create(
        username="sample", defaults={"last_name": "架空の担当者", "is_active": False, "password": make_password(None)}
    )[0]


@transaction.atomic
def _create(
    numbers: list[int], prefecture: Municipality, seed: int, by: User, sections: Sequence[SampleSection]
) -> None:
    drawn = Drawn()
    cities = []
    for number in numbers:
        chance = Random(f"{seed}-{number}")  # noqa: S311 - figures of a sample, no secret
        city = _city(number, prefecture, chance)
        cities.append(city)
        if chance.random() >= WITHOUT_PLAN:
            _plan(drawn, city, chance, by, sections)
    Municipality.objects.bulk_create(cities)
    drawn.write()


def _city(number: int, prefecture: Municipality, chance: Random) -> Municipality:
    return Municipality(
        code=city_code(number),
        name=f"架空{number:03}市",
        prefecture=prefecture,
        is_fictional=True,
        population=round(min(max(chance.lognormvariate(10.6, 1.1), 800), 900_000)),
        population_as_of=CITIZENS_COUNTED,
    )


def _plan(drawn: Drawn, city: Municipality, chance: Random, by: User, sections: Sequence[SampleSection]) -> None:
    plan = Plan(
        municipality=city,
        kind=PlanKind.DISABILITY,
        generation=GENERATION,
        name=f"第{GENERATION}期障害福祉計画（架空）",
        start_year=START,
        end_year=END,
        slug=plan_slug(city.code, PlanKind.DISABILITY, GENERATION),
    )
    drawn.plans.append(plan)
    drawn.revisions.append(PlanRevision(plan=plan))
    other_wording = chance.random() < OTHER_WORDING
    for number, (title, measures) in enumerate(sections, start=1):
        section = Section(plan=plan, number=number, title=title)
        target = OutcomeTarget(section=section, order=1, title=title)
        drawn.sections.append(section)
        if any(shape.family is Family.TARGET for shape in measures):
            drawn.targets.append(target)
        drawn.section_years += [_confirmed(section, year, by) for year in ACTUAL_YEARS if chance.random() >= UNSETTLED]
        for order, shape in enumerate(measures):
            measure = _measure(section, shape, order, other_wording=other_wording)
            drawn.measures.append(measure)
            if shape.family is Family.TARGET:
                drawn.items.append(TargetItem(measure=measure, outcome_target=target))
            else:
                drawn.indicators.append(ActivityIndicator(measure=measure))
            drawn.values += _values(measure, shape, (city.population or 0) / 10_000, chance)


def _confirmed(section: Section, year: int, by: User) -> SectionYear:
    return SectionYear(
        section=section,
        fiscal_year=year,
        state=YearState.CONFIRMED,
        submitted_at=CONFIRMED_AT,
        submitted_by=by,
        confirmed_at=CONFIRMED_AT,
        confirmed_by=by,
    )


def _measure(section: Section, shape: SampleMeasure, order: int, *, other_wording: bool) -> Measure:
    """Some cities write the same name in other widths and with blanks."""
    title = shape.title.replace("（", " (").replace("）", ") ").replace("A型", "Ａ型") if other_wording else shape.title
    columns = {name: getattr(shape, name) for name in (*KIND_COLUMNS, "code", "catalogue_code")}
    return Measure(plan=section.plan, section=section, order=order, **(columns | {"title": title}))


def _values(measure: Measure, shape: SampleMeasure, size: float, chance: Random) -> list[YearlyValue]:
    usual = shape.per_ten_thousand * (size if shape.value_kind is ValueKind.NUMBER else 1)
    rows = []
    if chance.random() >= NO_GOAL:
        goals = {year: round(usual * (1 + 0.03 * (year - START))) for year in range(START, END + 1)}
        rows += [_row(measure, year, Side.PLANNED, number=Decimal(goal)) for year, goal in goals.items()]
    for year in ACTUAL_YEARS:
        drawn = chance.random()
        if drawn < PENDING:
            rows.append(_row(measure, year, Side.ACTUAL, state=State.PENDING))
        elif drawn >= PENDING + NO_ENTRY:
            rows.append(_actual(measure, shape, year, usual * chance.uniform(0.6, 1.4), size, chance))
    return rows


def _actual(
    measure: Measure, shape: SampleMeasure, year: int, number: float, size: float, chance: Random
) -> YearlyValue:
    if shape.value_kind is ValueKind.PRESENCE:
        return _row(measure, year, Side.ACTUAL, number=Decimal(int(number > 0.8)))
    if shape.value_kind is ValueKind.RATE:
        share = min(number, 100)
        if chance.random() < NO_PARTS:
            return _row(measure, year, Side.ACTUAL, number=Decimal(round(share)))
        whole = Decimal(max(round(size * 2), 1))
        part = (whole * round(share) / 100).to_integral_value()
        percent = (part * 100 / whole).quantize(Decimal("0.0001"))
        return _row(measure, year, Side.ACTUAL, number=percent, numerator=part, denominator=whole)
    return _row(measure, year, Side.ACTUAL, number=Decimal(round(number)))


def _row(measure: Measure, year: int, side: Side, **fields) -> YearlyValue:
    return YearlyValue(measure=measure, fiscal_year=year, side=side, **fields)
