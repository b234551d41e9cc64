"""A computed forecast: the scenarios side by side, and the planned values that the chosen one gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from core.values import Value
from core.volume_words import (
    few_in_words,
    per_user_in_words,
    remarks_of,
    rounding_in_words,
    scenario_in_words,
    shown,
    signed,
)
from core.volumes import Assumptions, Projection, VolumeYear, scenarios, shared_out
from indicators.volumes.content import ForecastContent
from indicators.volumes.ground import Ground
from indicators.volumes.services import Volume
from plans.access import lock_reason
from plans.models import Measure
from plans.queries import YearCell


@dataclass(frozen=True)
class ScenarioYear:
    """One year of one scenario in words."""

    made: VolumeYear
    effect: str
    users_exact: str
    amount_exact: str
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class ScenarioLine:
    """One scenario as a line of the table."""

    projection: Projection
    formula: str
    years: tuple[ScenarioYear, ...]
    is_chosen: bool


@dataclass(frozen=True)
class PlannedCell:
    """The figure of the chosen scenario for one planned value. `exact` is before rounding, or before dividing among
    services.
    """

    measure: Measure
    cell: YearCell
    number: Decimal
    exact: Decimal

    @property
    def year(self) -> int:
        return self.cell.year

    @property
    def name(self) -> str:
        return f"{self.measure.code}.{self.year}"

    @property
    def old(self) -> Value:
        """The value planned now."""
        return self.cell.figures.planned

    @property
    def new(self) -> Value:
        return Value(number=self.number)

    @property
    def is_changed(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True)
class PlannedYear:
    """The planned values of one year that a taking would write; `lock_reason` says why it cannot."""

    year: int
    cells: tuple[PlannedCell, ...]
    lock_reason: str

    @property
    def is_changed(self) -> bool:
        return any(cell.is_changed for cell in self.cells)


@dataclass(frozen=True)
class Workbench:
    """A ground with what a person decided: stored, or just typed."""

    ground: Ground
    content: ForecastContent

    @property
    def volume(self) -> Volume:
        return self.ground.volume

    @cached_property
    def given(self) -> Assumptions:
        return self.content.assumptions(self.ground.history, self.ground.plan_years, has_amount=self.volume.has_amount)

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        return scenarios(self.given)

    @cached_property
    def lines(self) -> tuple[ScenarioLine, ...]:
        return tuple(self._line(projection) for projection in self.projections)

    @property
    def chosen(self) -> Projection | None:
        """The scenario that was chosen; None where none was."""
        return next((one for one in self.projections if one.scenario == self.content.scenario), None)

    @property
    def basis_is_gone(self) -> bool:
        """Whether the last year it was to be based on has no usable actual (or no longer has one)."""
        basis = self.content.basis_year
        return basis is not None and self.last_used_year != basis

    @property
    def last_used_year(self) -> int | None:
        """The last year that the figures are in fact based on; None where there is none."""
        return self.given.uses[-1].year if self.given.uses else None

    @property
    def per_user_words(self) -> str:
        return per_user_in_words(self.given, self.volume.use_unit) if self.volume.has_amount else ""

    @property
    def rounding_words(self) -> str:
        return rounding_in_words(self.content.places, has_amount=self.volume.has_amount)

    @property
    def few_words(self) -> str:
        return few_in_words(self.given, self.volume.unit)

    @property
    def formula(self) -> str:
        """How the chosen figures were computed, in one text; "" where none were chosen."""
        if self.chosen is None:
            return ""
        effects = "、".join(
            f"{one.name}（{signed(one.running[year])}{self.volume.unit}）"
            for one in self.given.effects
            for year in self.given.years[-1:]
        )
        lines = [
            f"{self.volume.users_word}：{scenario_in_words(self.chosen, self.given, self.volume.unit)}。",
            f"加減（最終年度まで）：{effects}。" if effects else "",
            f"1人当たり量：{self.per_user_words}。" if self.per_user_words else "",
            self.rounding_words,
            "訪問系サービスの合計を、もとにした最後の年度の割合で分けた値です。" if self.volume.is_group else "",
        ]
        return "\n".join(line for line in lines if line)

    @cached_property
    def planned(self) -> tuple[PlannedYear, ...]:
        """The planned values that the chosen scenario gives, by year; empty where it gives none."""
        if self.chosen is None:
            return ()
        return tuple(
            PlannedYear(made.year, cells, self._lock_reason(cells))
            for made in self.chosen.years
            if (cells := self._cells(made))
        )

    @property
    def why_not_planned(self) -> str:
        """Why the chosen scenario gives no planned values; "" where it does, or none is chosen."""
        if self.chosen is None or self.planned:
            return ""
        if self.chosen.obstacle:
            return self.chosen.obstacle.label
        return "分けるもとになる実績の割合がないため、サービスごとの計画値に分けられません。"

    @property
    def stands_on(self) -> list[tuple[int, int]]:
        """(節 id, 年度) of every actual that the forecast may speak of."""
        basis = self.content.basis_year
        years = (one for one in self.ground.history if basis is not None and one.year <= basis)
        return sorted({place for one in years for place in one.stands_on})

    def _line(self, projection: Projection) -> ScenarioLine:
        unit, amount_unit = self.volume.unit, self.volume.amount_unit
        return ScenarioLine(
            projection,
            scenario_in_words(projection, self.given, unit),
            tuple(
                ScenarioYear(
                    made,
                    signed(made.effect) if self.given.effects else "",
                    _before_rounding(made.users_exact, made.users, unit),
                    _before_rounding(made.amount_exact, made.amount, amount_unit),
                    tuple(remarks_of(made, unit)),
                )
                for made in projection.years
            ),
            is_chosen=projection.scenario == self.content.scenario,
        )

    def _cells(self, made: VolumeYear) -> tuple[PlannedCell, ...]:
        if not self.volume.is_group:
            [member] = self.volume.members
            cells = [self._cell(member.users, made.year, made.users, made.users_exact)]
            if member.amount and made.amount is not None and made.amount_exact is not None:
                cells.append(self._cell(member.amount, made.year, made.amount, made.amount_exact))
            return tuple(cells)
        return self._shared(made)

    def _shared(self, made: VolumeYear) -> tuple[PlannedCell, ...]:
        """The sums of several services, divided in the proportions of the last year."""
        users = self._parts(made.users, "users")
        amounts = self._parts(made.amount, "amount")
        cells = []
        for member in self.volume.members:
            code = member.service.code
            if code in users:
                cells.append(self._cell(member.users, made.year, *users[code]))
            if member.amount and code in amounts:
                cells.append(self._cell(member.amount, made.year, *amounts[code]))
        return tuple(cells)

    def _parts(self, total: Decimal | None, side: str) -> Mapping[str, tuple[Decimal, Decimal]]:
        """By service: its whole part of the total, and the part unrounded."""
        last = next((one for one in self.ground.history if one.year == self.last_used_year), None)
        weights = {code: getattr(use, side) for code, use in last.parts.items()} if last else {}
        parts = shared_out(total, weights, self.content.places) if total is not None else None
        whole = sum(weights.values(), Decimal(0))
        return {code: (part, (total or Decimal(0)) * weights[code] / whole) for code, part in (parts or {}).items()}

    def _cell(self, measure: Measure, year: int, number: Decimal, exact: Decimal) -> PlannedCell:
        return PlannedCell(measure, self.ground.rows[measure.pk].cell(year), number, exact)

    def _lock_reason(self, cells: tuple[PlannedCell, ...]) -> str:
        access = self.ground.access
        reasons = (access.lock_reason(c.cell.state) if access else lock_reason(c.cell.state) for c in cells)
        return next((reason for reason in reasons if reason), "")


def _before_rounding(exact: Decimal | None, number: Decimal | None, unit: str) -> str:
    """A figure before rounding where it prints as another one; else ""."""
    if exact is None or number is None or shown(exact) == shown(number):
        return ""
    return f"{shown(exact)}{unit}"
