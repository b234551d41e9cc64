"""One publication read back from its body, and from nothing else.

A body becomes model objects again, so that the templates and charts of the PDCA page print it as they print live rows.
They have no key and are never saved; nothing behind them can change what was published.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

from core.figures import Figures, hidden
from core.pace import interim
from core.tidy import Row, actual_of, planned_of
from core.words import UNPUBLISHED, Accumulation
from evaluations.models import ActivityRecord, Evaluation, Publication
from evaluations.publishing.publication_body import Body
from evaluations.publishing.report_sections import ReportOpinion, ReportSection
from plans.models import Measure, Municipality, Plan, Section, YearState
from plans.planned_versions import PlannedVersion, Versions
from plans.queries import MeasureRow, YearCell
from targets.models import OutcomeTarget, TargetItem


class PublishedYear:
    """One publication read back: the plan and its 節 as they were then."""

    def __init__(self, publication: Publication, body: Body) -> None:
        self.publication, self.body = publication, body
        self.year: int = body["fiscal_year"]

    @cached_property
    def plan(self) -> Plan:
        """The plan as it was called and counted then."""
        facts = dict(self.body["plan"])
        bounds = {name: Decimal(facts.pop(name)) for name in ("near_low", "near_high")}
        return Plan(municipality=Municipality(**self.body["municipality"]), **bounds, **facts)

    @cached_property
    def sections(self) -> tuple[ReportSection, ...]:
        """Every 節 of the plan, also those 未公表."""
        measures, cells = self._measures(), self._cells()
        return tuple(self._section(facts, measures, cells) for facts in self.body["sections"])

    @property
    def published_sections(self) -> tuple[ReportSection, ...]:
        return tuple(section for section in self.sections if not section.is_unpublished)

    @property
    def unpublished_sections(self) -> tuple[ReportSection, ...]:
        return tuple(section for section in self.sections if section.is_unpublished)

    @property
    def opinions(self) -> tuple[ReportOpinion, ...]:
        """The opinions on the evaluation as a whole."""
        return _opinions(self.body)

    @property
    def all_opinions(self) -> tuple[ReportOpinion, ...]:
        """Those on the whole, and those on each 節."""
        return (*self.opinions, *(one for section in self.published_sections for one in section.opinions))

    def holds(self, number: int) -> bool:
        """Whether the 節 with this number was published."""
        return any(facts["number"] == number and facts["published"] for facts in self.body["sections"])

    def section(self, number: int) -> ReportSection | None:
        """The 節 with this number, if it was published."""
        return next((s for s in self.published_sections if s.section.number == number), None)

    def _section(
        self, facts: Body, measures: Mapping[str, Measure], cells: Mapping[str, Iterable[Row]]
    ) -> ReportSection:
        section = Section(plan=self.plan, number=facts["number"], title=facts["title"])
        for code in facts["measures"]:
            measures[code].section = section
        rows = tuple(self._row(measures[code], cells[code]) for code in facts["measures"])
        if not facts["published"]:
            return ReportSection(section, self.year, UNPUBLISHED, UNPUBLISHED, rows)
        return ReportSection(
            section,
            self.year,
            YearState.PUBLISHED.label,
            "",
            rows,
            targets=tuple(OutcomeTarget(**target) for target in facts["targets"]),
            evaluation=Evaluation(**facts["texts"]),
            records=tuple(_record(record) for record in facts["records"]),
            opinions=_opinions(facts),
        )

    def _measures(self) -> dict[str, Measure]:
        """The measures by code, each with its whole where it is a part."""
        measures = {code: _measure(facts) for code, facts in self.body["measures"].items()}
        for code, facts in self.body["measures"].items():
            if facts["parent"]:
                measures[code].parent = measures[facts["parent"]]
        return measures

    def _cells(self) -> dict[str, list[Row]]:
        """The tidy rows by 指標コード."""
        rows: dict[str, list[Row]] = {code: [] for code in self.body["measures"]}
        for row in self.body["rows"]:
            rows[row["指標コード"]].append(row)
        return rows

    def _row(self, measure: Measure, cells: Iterable[Row]) -> MeasureRow:
        texts = {int(cell["年度"]): cell for cell in cells}
        nature = measure.nature(self.plan)
        planned = {year: planned_of(cell) for year, cell in texts.items()}
        finished = []
        for year, cell in texts.items():
            outside = measure.outside(year)
            figures = Figures(planned[year], actual_of(cell), nature, measure.baseline, outside=outside)
            if cell["実績値状態"] == UNPUBLISHED:
                figures = hidden(figures, UNPUBLISHED)
            on_the_way = interim(
                planned,
                self.plan.years,
                year,
                accumulation=Accumulation(measure.accumulation),
                baseline=measure.baseline,
                baseline_is_same_quantity=measure.baseline_is_same_quantity,
            )
            versions = self._versions(measure.code, year)
            finished.append(YearCell(year, figures, interim=on_the_way, versions=versions))
        return MeasureRow(measure, tuple(finished))

    def _versions(self, code: str, year: int) -> Versions:
        """The 計画値 of a year from 当初 on; () where no 計画変更 touched it, and before format 3, which knew none."""
        versions = self.body["measures"][code].get("versions", {}).get(str(year), ())
        return tuple(
            PlannedVersion(one["number"], planned_of(one), *self._decisions.get(one["number"], ())) for one in versions
        )

    @cached_property
    def _decisions(self) -> dict[int, tuple[date, str]]:
        """Day and reason of each 計画変更 by its number."""
        revisions = self.body.get("revisions", ())
        return {one["number"]: (date.fromisoformat(one["decided_on"]), one["reason"]) for one in revisions}


def _measure(facts: Body) -> Measure:
    apart = ("parent", "rationale", "national_level", "versions")
    kept = {name: fact for name, fact in facts.items() if name not in apart}
    if kept["baseline"] is not None:
        kept["baseline"] = Decimal(kept["baseline"])
    measure = Measure(**kept)
    if facts["rationale"] or facts["national_level"]:
        measure.target_item = TargetItem(rationale=facts["rationale"], national_level=facts["national_level"])
    return measure


def _opinions(facts: Body) -> tuple[ReportOpinion, ...]:
    """Of a body or of a 節; none in a body of format 1, which knew no opinions."""
    return tuple(
        ReportOpinion(**(opinion | {"held_on": date.fromisoformat(opinion["held_on"])}))
        for opinion in facts.get("opinions", ())
    )


def _record(facts: Body) -> ActivityRecord:
    held_on = facts["held_on"] and date.fromisoformat(facts["held_on"])
    return ActivityRecord(**(facts | {"held_on": held_on}))
