"""Both plans of a carry-over compared, and what was decided of their measures so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet

from core.fiscal_years import current_fiscal_year, wareki
from core.lineage import GOES_ON, UNDECIDED, How, LineageLink, Traits, differences
from core.words import Accumulation, Direction, Family, ValueKind
from indicators.queries import service_of
from plans.lineage import earlier_sections, lineages_of
from plans.models import Measure, MeasureLink, Plan, Section
from plans.queries import measures_of

WITH = ("activity_indicator__service", "target_item__outcome_target")
End = tuple[str, str]
"""("old" or "new", 指標コード)."""


@dataclass(frozen=True)
class Comparison:
    """`olds` and `news` are the measures of both plans by code, in their order; `links` the lines of this plan.

    `elsewhere`: old measures that went on into another plan (the children's part of a 障害福祉計画), with that plan.
    """

    plan: Plan
    previous: Plan
    olds: dict[str, Measure]
    news: dict[str, Measure]
    links: tuple[MeasureLink, ...]
    elsewhere: dict[str, Plan]

    @cached_property
    def lineages(self) -> tuple[LineageLink, ...]:
        """What was decided."""
        return tuple(lineages_of(self.links))

    @cached_property
    def by_end(self) -> dict[End, LineageLink]:
        """The decision about each measure that has one."""
        return {end: lineage for lineage in self.lineages for end in lineage.ends}

    @cached_property
    def by_pair(self) -> dict[tuple[str, str], MeasureLink]:
        """The lines by the codes of their measures; "" for none."""
        return {(link.old.code if link.old else "", link.new.code if link.new else ""): link for link in self.links}

    @cached_property
    def sections_before(self) -> dict[int, list[Section]]:
        return earlier_sections(self.links)

    @property
    def open_news(self) -> list[Measure]:
        """Measures of this plan of which nothing is decided."""
        return [measure for code, measure in self.news.items() if ("new", code) not in self.by_end]

    @property
    def open_olds(self) -> list[Measure]:
        """Measures of the plan before of which nothing is decided, and that did not go on into another plan."""
        undecided = (measure for code, measure in self.olds.items() if ("old", code) not in self.by_end)
        return [measure for measure in undecided if measure.code not in self.elsewhere]

    @property
    def must_decide_olds(self) -> bool:
        """Whether every old measure needs a decision here; not where a part left for a plan of its own."""
        return self.plan.kind == self.previous.kind

    @property
    def undecided(self) -> int:
        """How many measures still wait for a decision."""
        return len(self.open_news) + (len(self.open_olds) if self.must_decide_olds else 0)

    def moved_from(self, section: Section) -> tuple[Section, ...]:
        """The 節 of the plan before that one comes from; () where it comes from none, or number and name stayed."""
        before = self.sections_before.get(section.pk, [])
        stayed = [(one.number, one.title) for one in before] == [(section.number, section.title)]
        return () if stayed else tuple(before)

    def gone(self) -> dict[str, str]:
        """By code of an old measure why it cannot go on: the law or the city ended it before this plan begins."""
        found = ((code, why_gone(measure, self.plan.start_year)) for code, measure in self.olds.items())
        return {code: why for code, why in found if why}

    def in_words(self, lineage: LineageLink | None) -> str:
        """「継続：「A」→「A」（理由）」, as the history and a conflict print it; 未定 for none."""
        if lineage is None:
            return UNDECIDED
        olds = "、".join(f"「{self.olds[code].title}」" for code in lineage.olds)
        news = "、".join(f"「{self.news[code].title}」" for code in lineage.news)
        ends = " → ".join(end for end in (olds, news) if end)
        return f"{lineage.how.label}：{ends}{f'（{lineage.note}）' if lineage.note else ''}"

    def changed_since(self, lineage: LineageLink) -> str:
        """What makes a 継続 untrue by now, 「単位：人 → 件」; "" where nothing does."""
        if lineage.how is not How.SAME:
            return ""
        return "、".join(differences(traits(self.olds[lineage.olds[0]]), traits(self.news[lineage.news[0]])))


def comparison_of(plan: Plan) -> Comparison | None:
    """Both plans with what was decided; None where the plan follows none. Four queries."""
    previous = Plan.objects.select_related("municipality").filter(pk=plan.previous_id or 0).first()
    if previous is None:
        return None
    olds, news = _by_code(measures_of(previous)), _by_code(measures_of(plan))
    for measure in olds.values():
        measure.plan = previous
    for measure in news.values():
        measure.plan = plan
    links = list(_links(plan, previous))
    here = tuple(link for link in links if link.plan_id == plan.pk)
    elsewhere = {link.old.code: link.plan for link in links if link.old and link.plan_id != plan.pk}
    return Comparison(plan, previous, olds, news, _with_measures(here, olds, news), elsewhere)


def traits(measure: Measure) -> Traits:
    """What of a measure decides whether another one is the same quantity. No query for what `comparison_of` fetched."""
    service = service_of(measure)
    return Traits(
        code=measure.code,
        title=measure.title,
        family=Family(measure.family),
        unit=measure.unit,
        kind=ValueKind(measure.value_kind),
        direction=Direction(measure.direction),
        accumulation=Accumulation(measure.accumulation),
        place=measure.section.title,
        catalogue_code=measure.catalogue_code,
        service=service.code if service else "",
    )


def traits_by_code(measures: Iterable[Measure]) -> dict[str, Traits]:
    """The traits of these measures by 指標コード."""
    return {measure.code: traits(measure) for measure in measures}


def why_gone(measure: Measure, start_year: int) -> str:
    """Why a measure has no year left from `start_year` on, as a sentence; "" where it has."""
    service = service_of(measure)
    if service and service.until and service.until < date(start_year, 4, 1):
        return f"「{service.name}」は{wareki(current_fiscal_year(service.until))}で終わったサービスです。"
    if measure.until_year is not None and measure.until_year < start_year:
        return f"{wareki(measure.until_year)}までの指標です。"
    return ""


def _by_code(measures: QuerySet[Measure]) -> dict[str, Measure]:
    return {measure.code: measure for measure in measures.select_related(*WITH)}


def _links(plan: Plan, previous: Plan) -> QuerySet[MeasureLink]:
    """The lines of this plan, and those on which old measures went elsewhere."""
    lines = MeasureLink.objects.filter(Q(plan=plan) | Q(old__plan=previous, how__in=GOES_ON))
    return lines.select_related("plan", "old").order_by("id")


def _with_measures(
    links: tuple[MeasureLink, ...], olds: dict[str, Measure], news: dict[str, Measure]
) -> tuple[MeasureLink, ...]:
    """The lines with the measures that are there already, 節 and all."""
    by_id = {measure.pk: measure for measure in (*olds.values(), *news.values())}
    for link in links:
        link.old = by_id[link.old_id] if link.old_id else None
        link.new = by_id[link.new_id] if link.new_id else None
    return links
