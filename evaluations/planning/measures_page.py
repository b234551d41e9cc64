"""The pages on which the 指標 of a plan are kept, as nouns."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import Http404

from core.catalogue import Entry
from evaluations.planning.measure_masters_form import MeasureForm
from indicators.models import Service
from plans.catalogue import guideline_generation, national_catalogue
from plans.measures.removal import why_it_stays
from plans.models import Measure, Plan, Section
from plans.queries import measures_of


@dataclass(frozen=True)
class MeasuresPage:
    """Every 節 of a plan with its measures."""

    sections: tuple[tuple[Section, tuple[Measure, ...]], ...]
    count: int


def measures_page(plan: Plan) -> MeasuresPage:
    """Two queries."""
    measures = list(measures_of(plan))
    found = {pk: tuple(group) for pk, group in groupby(measures, key=lambda measure: measure.section_id)}
    sections = tuple((section, found.get(section.pk, ())) for section in plan.sections.order_by("number"))
    return MeasuresPage(sections, len(measures))


@dataclass(frozen=True)
class MasterPage:
    """One measure with what it is; `why_it_stays` says why it cannot be taken away, "" where it can."""

    plan: Plan
    measure: Measure
    measures: tuple[Measure, ...]
    services: tuple[Service, ...]
    why_it_stays: str

    @property
    def entries(self) -> list[Entry]:
        """The national entries that a measure of this plan may be."""
        catalogue, generation = national_catalogue(), guideline_generation(self.plan.kind, self.plan.generation)
        return [*(catalogue.entries_of(generation) if generation else ()), *catalogue.volumes]

    def form(self, data: Mapping[str, str] | None = None) -> MeasureForm:
        return MeasureForm(
            data,
            plan=self.plan,
            measure=self.measure,
            measures=self.measures,
            services=self.services,
            entries=self.entries,
        )


def master_page(plan: Plan, code: str) -> MasterPage:
    """Http404 for a measure that the plan does not have. Seven queries at most."""
    related = ("target_item", "activity_indicator__service")
    measures: tuple[Any, ...] = tuple(measures_of(plan).select_related(*related))
    measure = next((one for one in measures if one.code == code), None)
    if measure is None:
        raise Http404("この計画にその指標はありません。")
    return MasterPage(plan, measure, measures, tuple(Service.objects.all()), why_it_stays(measure))
