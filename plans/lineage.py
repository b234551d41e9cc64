"""Queries for what became of measures and 節 from plan to plan: the decisions of a carry-over, and lines of descent."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from core.lineage import How, LineageLink
from plans.models import Measure, MeasureLink, Municipality, Plan, PlanKind, Section

FROM_KINDS = {
    PlanKind.DISABILITY: (PlanKind.DISABILITY,),
    PlanKind.CHILD: (PlanKind.CHILD, PlanKind.DISABILITY),
    PlanKind.COMPREHENSIVE: (PlanKind.COMPREHENSIVE,),
}
"""The kinds of plan that a plan may follow. Until 2018 the part on children was in the 障害福祉計画."""


@dataclass(frozen=True)
class Step:
    """One line from a measure to what it became in the plan of this name and slug, by id; `new_id` None: it ended.

    `shortfall`, `added` and `added_reason` are the trace of a 上乗せ, None and "" without one.
    """

    old_id: int
    new_id: int | None
    how: How
    note: str
    plan_name: str
    plan_slug: str
    shortfall: Decimal | None = None
    added: Decimal | None = None
    added_reason: str = ""


@dataclass(frozen=True)
class PlansAround:
    """The plan before and those that follow (a 障害児福祉計画 may have left a 障害福祉計画)."""

    previous: Plan | None
    following: tuple[Plan, ...]


@dataclass(frozen=True)
class NextPlace:
    """The place of something of a plan in the next one; `section` and `measure` are None where nothing follows them."""

    plan: Plan
    section: Section | None
    measure: Measure | None


def plans_around(plan: Plan) -> PlansAround:
    """The plans before and after. One query."""
    found = Plan.objects.filter(Q(pk=plan.previous_id) | Q(previous=plan)).order_by("start_year", "kind", "pk")
    plans = list(found)
    return PlansAround(
        previous=next((one for one in plans if one.pk == plan.previous_id), None),
        following=tuple(one for one in plans if one.pk != plan.previous_id),
    )


def possible_previous(plan: Plan) -> list[Plan]:
    """The plans of the city that ended before this one begins, nearest first, its own kind before others. One query."""
    kinds = FROM_KINDS[PlanKind(plan.kind)]
    found = Plan.objects.filter(municipality=plan.municipality_id, kind__in=kinds, end_year__lt=plan.start_year)
    return sorted(found, key=lambda one: (-one.end_year, kinds.index(PlanKind(one.kind)), -one.generation))


def lineages_of(links: Iterable[MeasureLink]) -> list[LineageLink]:
    """The decisions that these lines of one plan make up, in their order. The lines must have their measures loaded."""
    groups: dict[tuple[str, int | None], list[MeasureLink]] = defaultdict(list)
    for link in links:
        groups[_group(link)].append(link)
    return [
        LineageLink(
            How(group[0].how),
            tuple({link.old.code for link in group if link.old}),
            tuple({link.new.code for link in group if link.new}),
            group[0].note,
        )
        for group in groups.values()
    ]


def _group(link: MeasureLink) -> tuple[str, int | None]:
    if link.how == How.SPLIT:
        return "old", link.old_id
    return ("new", link.new_id) if link.how == How.MERGED else ("line", link.pk)


def steps_of(municipality: Municipality) -> list[Step]:
    """Every line from a measure to a later one, or to its end, in all plans of a city. One query, however many 期."""
    lines = MeasureLink.objects.filter(plan__municipality=municipality, old__isnull=False)
    names = ("old", "new", "how", "note", "plan__name", "plan__slug", "shortfall", "added", "added_reason")
    found = lines.order_by("plan__start_year", "id").values_list(*names)
    return [Step(old, new, How(how), *more) for old, new, how, *more in found]


def ancestors(steps: Iterable[Step], measure_id: int) -> list[int]:
    """Every measure that this one comes from, the nearest first."""
    before = steps_to(steps)
    found: list[int] = []
    todo = [measure_id]
    while todo:
        earlier = [step.old_id for one in todo for step in before.get(one, ()) if step.old_id not in found]
        found += (todo := list(dict.fromkeys(earlier)))
    return found


def steps_to(steps: Iterable[Step]) -> Mapping[int | None, list[Step]]:
    """By measure, the lines that lead to it."""
    found: dict[int | None, list[Step]] = defaultdict(list)
    for step in steps:
        found[step.new_id].append(step)
    return found


def earlier_sections(links: Iterable[MeasureLink]) -> dict[int, list[Section]]:
    """By 節 of the new plan, the 節 of the old one that its measures come from, the one with most of them first.

    The number of a 節 is no identity: its measures show which 節 it was. `links` must have both 節 loaded.
    """
    counted: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    sections: dict[int, Section] = {}
    for link in links:
        if link.old and link.new:
            sections[link.old.section_id] = link.old.section
            counted[link.new.section_id][link.old.section_id] += 1
    return {
        new: [sections[old] for old in sorted(olds, key=lambda old: (-olds[old], sections[old].number))]
        for new, olds in counted.items()
    }


def next_place(plan: Plan, section_id: int | None, measure_id: int | None) -> NextPlace | None:
    """The place of a 節 or a 指標 in the plan that follows, for what is continued there. Two queries.

    None where no plan follows. Of several it is the one in which the 指標 or the 節 goes on, else that of the same
    kind. A 指標 that was divided leads to its 節 alone.
    """
    following = plans_around(plan).following
    if not following:
        return None
    lines: dict[int, list[MeasureLink]] = defaultdict(list)
    for line in MeasureLink.objects.filter(old__plan=plan, new__isnull=False).select_related("new__section", "old"):
        lines[line.plan_id].append(line)
    places = [_place_in(one, lines[one.pk], section_id, measure_id) for one in following]
    return max(places, key=lambda place: (bool(place.measure), bool(place.section), place.plan.kind == plan.kind))


def _place_in(plan: Plan, lines: list[MeasureLink], section_id: int | None, measure_id: int | None) -> NextPlace:
    news = [line.new for line in lines if line.new and line.old_id == measure_id]
    measure = news[0] if len(news) == 1 else None
    stays = Counter(line.new.section for line in lines if line.new and line.old and line.old.section_id == section_id)
    section = measure.section if measure else next((one for one, _ in stays.most_common(1)), None)
    return NextPlace(plan, section, measure)
