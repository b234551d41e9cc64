"""Small builders: one plan, one measure, one person, with everything else at its plainest."""

from decimal import Decimal
from itertools import count

from django.contrib.auth.models import User
from django.utils import timezone

from core.values import Value
from core.words import Family, Side, State
from indicators.models import ActivityIndicator
from plans.models import (
    Measure,
    Membership,
    Municipality,
    Plan,
    PlanRevision,
    Role,
    Section,
    SectionYear,
    YearlyValue,
    YearState,
)
from plans.models.plan import plan_slug
from targets.models import OutcomeTarget, TargetItem

_serial = count(1)


def a_municipality(code: str = "122319", name: str = "印西市", **fields) -> Municipality:
    """The city with this code, made where absent."""
    return Municipality.objects.get_or_create(code=code, defaults={"name": name, **fields})[0]


def a_plan(
    municipality: Municipality | None = None, *, generation: int = 6, start: int = 2021, end: int = 2023, **fields
) -> Plan:
    """A 障害福祉計画 without 節."""
    city = municipality or a_municipality()
    kind = fields.pop("kind", "disability")
    plan = Plan.objects.create(
        municipality=city,
        kind=kind,
        generation=generation,
        name=fields.pop("name", f"第{generation}期障害福祉計画"),
        start_year=start,
        end_year=end,
        slug=plan_slug(city.code, kind, generation),
        **fields,
    )
    PlanRevision.objects.create(plan=plan)
    return plan


def a_section(plan: Plan, number: int = 1, title: str = "施設入所者の地域生活への移行") -> Section:
    """One 節."""
    return Section.objects.create(plan=plan, number=number, title=title)


def a_measure(section: Section, code: str = "", *, family: str = Family.TARGET, **fields) -> Measure:
    """A measure of this 節 with its row in targets or indicators."""
    number = next(_serial)
    measure = Measure.objects.create(
        plan=section.plan,
        section=section,
        family=family,
        code=code or f"m{number}",
        order=fields.pop("order", number % 30000),
        title=fields.pop("title", f"指標{number}"),
        unit=fields.pop("unit", "人"),
        **fields,
    )
    if family == Family.TARGET:
        target, _ = OutcomeTarget.objects.get_or_create(section=section, order=1, defaults={"title": section.title})
        TargetItem.objects.create(measure=measure, outcome_target=target)
    else:
        ActivityIndicator.objects.create(measure=measure)
    return measure


def a_value(
    measure: Measure,
    year: int,
    number: int | str | None = None,
    *,
    side: str = Side.ACTUAL,
    state: State | None = None,
    **fields,
) -> YearlyValue:
    """One stored value, past the verb: for arranging, never for acting."""
    row = YearlyValue(measure=measure, fiscal_year=year, side=side)
    row.take(Value(number=None if number is None else Decimal(number), state=state, **fields))
    row.save()
    return row


def a_user(
    role: str | None = Role.EDITOR, municipality: Municipality | None = None, *, username: str = "", department=None
) -> User:
    """A person with this role in this city (印西市 unless said); role None: nobody's member."""
    user = User.objects.create_user(username or f"{role or 'nobody'}{next(_serial)}", password="pass-word-12")
    if role:
        Membership.objects.create(
            user=user, municipality=municipality or a_municipality(), role=role, department=department
        )
    return user


def a_prefecture_user(prefecture: Municipality) -> User:
    """A person of the 県 in this prefecture."""
    return a_user(Role.PREFECTURE, prefecture)


def in_state(section: Section, year: int, state: str, by: User | None = None) -> SectionYear:
    """A 節 × 年度 put into a state, stamps and all, past the verbs."""
    by = by or a_user(Role.CONFIRMER, section.plan.municipality)
    now = timezone.now()
    stamps: dict = {}
    if state in (YearState.SUBMITTED, YearState.CONFIRMED, YearState.PUBLISHED):
        stamps |= {"submitted_at": now, "submitted_by": by}
    if state in (YearState.CONFIRMED, YearState.PUBLISHED):
        stamps |= {"confirmed_at": now, "confirmed_by": by}
    if state == YearState.PUBLISHED:
        stamps |= {"published_at": now, "published_by": by}
    if state == YearState.RETURNED:
        stamps |= {"returned_at": now, "returned_by": by, "return_note": "直してください。"}
    return SectionYear.objects.update_or_create(section=section, fiscal_year=year, defaults={"state": state, **stamps})[
        0
    ]


def a_full_plan(measures: int = 1, **fields) -> Plan:
    """A plan with one 節, this many 成果目標 items and as many 活動指標, each with values in its first two years."""
    plan = a_plan(**fields)
    section = a_section(plan)
    for number in range(measures):
        for family, letter in ((Family.TARGET, "t"), (Family.INDICATOR, "i")):
            measure = a_measure(section, f"{letter}{number + 1}", family=family, order=number)
            for year in plan.years[:2]:
                a_value(measure, year, number + 1, side=Side.PLANNED)
                a_value(measure, year, number + 2)
    return plan
