"""What is stored of one plan, by the names a table uses. A fixed number of queries."""

from dataclasses import dataclass, field

from core.values import EMPTY, Value
from evaluations.exchange.importing.changes import PlanKey
from evaluations.models import Evaluation
from indicators.models import MonthlyReading
from plans.access import Access, lock_reason, state_of
from plans.models import Measure, Municipality, Plan, Section, SectionYear, YearlyValue, YearState
from plans.models.section_year import SETTLED
from plans.queries import measures_of, section_years, stored_rows
from plans.tidy import plan_columns


def years_in_use(plan: Plan) -> set[int]:
    """The 年度 with something that the plan would lose without them. One query.

    A year that was locked and in which nothing was done is none.
    """
    kinds = (
        YearlyValue.objects.filter(measure__plan=plan),
        MonthlyReading.objects.filter(indicator__measure__plan=plan),
        SectionYear.objects.filter(section__plan=plan).exclude(state=YearState.DRAFT, version=0),
        plan.opinions.all(),
        plan.action_items.all(),
        plan.publications.all(),
    )
    first, *others = (rows.order_by().values_list("fiscal_year", flat=True) for rows in kinds)
    return set(first.union(*others))


@dataclass
class StoredPlan:
    """`municipality` and `plan` are None where they do not exist. `values` are current; `replaced` are the 計画値 by
    指標コード and year that a 計画変更 replaced, which no table names.
    """

    key: PlanKey
    municipality: Municipality | None = None
    plan: Plan | None = None
    sections: dict[int, Section] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    values: dict[tuple[str, int, str], Value] = field(default_factory=dict)
    replaced: list[tuple[str, int, Value]] = field(default_factory=list)
    states: dict[tuple[int, int], str] = field(default_factory=dict)

    def value(self, code: str, year: int, side: str) -> Value:
        """What is stored in a cell; EMPTY where nothing is."""
        return self.values.get((code, year, side), EMPTY)

    def state(self, number: int, year: int) -> str:
        """The state of a 節 × 年度; 下書き where there is none yet."""
        return self.states.get((number, year), YearState.DRAFT)

    def is_settled(self, number: int) -> bool:
        """Whether any year of this 節 is 確定 or 公表."""
        return any(state in SETTLED for (section, _), state in self.states.items() if section == number)

    def why_not(self, measure: Measure, year: int, new: Value, access: Access | None) -> str:
        """Why a value of this measure may not be changed, or not to this; "" where it may. `access` None is the
        operator, who may all."""
        outside = measure.outside(year)
        if outside and new.number is not None:
            return f"この指標の{outside}の年度です。空欄にしてください。"
        if access and not access.may_enter(measure):
            return "入力する権限がありません。担当課の人に頼んでください。"
        return self.lock_reason(measure.section.number, year, access)

    def lock_reason(self, number: int, year: int, access: Access | None) -> str:
        """Why this 節 × 年度 cannot be changed; "" where it can."""
        state = self.state(number, year)
        return access.lock_reason(state) if access else lock_reason(state)

    def plan_texts(self) -> dict[str, str]:
        """自治体名 … 終了年度 as exported; what is not there is absent."""
        if self.plan:
            return plan_columns(self.plan)
        return {"自治体名": self.municipality.name} if self.municipality else {}


def stored_texts(plan: Plan, year: int) -> dict[int, Evaluation]:
    """The texts of one year by 節番号. One query."""
    written = Evaluation.objects.filter(section_year__section__plan=plan, section_year__fiscal_year=year)
    return {one.section_year.section.number: one for one in written.select_related("section_year__section")}


def stored_plan(key: PlanKey) -> StoredPlan:
    """Everything that an import compares with: six queries at most."""
    municipality = Municipality.objects.filter(code=key.code).first()
    plan = Plan.objects.filter(municipality=municipality, kind=key.kind, generation=key.generation).first()
    if municipality is None or plan is None:
        return StoredPlan(key, municipality)
    plan.municipality = municipality
    sections = {section.number: section for section in plan.sections.all()}
    numbers = {section.pk: section.number for section in sections.values()}
    measures = {m.code: m for m in measures_of(plan).select_related("section", "department", "parent")}
    codes = {measure.pk: measure.code for measure in measures.values()}
    rows = list(stored_rows(measures.values()))
    standing = [row for row in rows if row.replaced_in is None]
    values = {(codes[row.measure_id], row.fiscal_year, row.side): row.value for row in standing}
    replaced = [(codes[row.measure_id], row.fiscal_year, row.value) for row in rows if row.replaced_in is not None]
    states = {(numbers[pk], year): state_of(row) for (pk, year), row in section_years(plan).items()}
    return StoredPlan(key, municipality, plan, sections, measures, values, replaced, states)
