"""Two plans of one city that follow each other, for the tests of the carry-over."""

from collections.abc import Sequence

from django.conf import settings

from core.words import Side
from evaluations.planning.carry_over.comparison import comparison_of
from indicators.models import ActivityIndicator, Service
from indicators.services import create_missing_services
from plans.models import MeasureLink, Municipality, Plan, YearState
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_value, in_state


def two_plans(city: Municipality | None = None) -> tuple[Plan, Plan]:
    """第6期 and the 第7期 that follows it, without 節."""
    city = city or a_municipality()
    old = a_plan(city)
    return old, a_plan(city, generation=7, start=2024, end=2026, previous=old)


def measures(plan: Plan, *codes: str, number: int = 1, named: str = "節", **fields) -> list:
    """Measures with these codes in one 節 of a plan, each with its code as its title."""
    section = plan.sections.filter(number=number).first() or a_section(plan, number, named)
    return [a_measure(section, code, **{"title": f"指標{code}", **fields}) for code in codes]


def confirmed(measure, **years) -> None:
    """Actuals that are 確定: confirmed(measure, y2022=27). The 節 is brought to 確定 in these years."""
    for name, number in years.items():
        year = int(name.removeprefix("y"))
        a_value(measure, year, number)
        in_state(measure.section, year, YearState.CONFIRMED)


def a_goal(measure, year: int, number) -> None:
    a_value(measure, year, number, side=Side.PLANNED)


def lines(plan: Plan) -> list[tuple[str, str, str, str]]:
    """What is kept of a carry-over: old code, new code, how, note; "" for none."""
    found = MeasureLink.objects.filter(plan=plan).select_related("old", "new")
    return sorted(
        (line.old.code if line.old else "", line.new.code if line.new else "", line.how, line.note) for line in found
    )


def seen(plan: Plan) -> dict:
    """What a page that is opened now shows as decided."""
    comparison = comparison_of(plan)
    assert comparison is not None
    return comparison.by_end


def ticked(keys: Sequence[str]) -> dict[str, list[str]]:
    """The POST of the proposals with these keys."""
    return {"do": ["accept"], "accept": list(keys)}


def counts(measure, service: str, amount_of: str = "users") -> None:
    """Let a 活動指標 count this service of the law."""
    create_missing_services(settings.BASE_DIR / "fixtures" / "services.json")
    kept = Service.objects.get(code=service)
    ActivityIndicator.objects.filter(measure=measure).update(service=kept, amount_of=amount_of)
