"""The history of one volume: users, amount and 1人当たり量 by year, for one service or several added up, from this
plan and the plans before as far as 継続 leads back.

Several are added only over the services of which both figures are numbers; the others are named. Everything is what one
reader may see; what they may not see is 確認中. `access` None is the operator.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.lineage import How
from core.values import EMPTY, Value
from core.volumes import Use
from core.words import NOT_ENTERED, UNDER_REVIEW, Certainty, Side, State
from indicators.volumes.services import ServiceMeasures, Volume
from plans.access import Access, States, state_of
from plans.models import Measure, MeasureLink, Plan, SectionYear, YearlyValue
from plans.queries import MeasureRow


@dataclass(frozen=True)
class SeenActual:
    """One actual as a reader may see it. `plan_name` is "" in this plan; `section_id` is where its state is kept."""

    value: Value
    section_id: int
    plan_name: str = ""
    is_hidden: bool = False

    @property
    def word(self) -> str:
        """Why no number is shown; "" where one is."""
        return UNDER_REVIEW if self.is_hidden else self.value.missing_word

    @property
    def is_expected(self) -> bool:
        """Whether the number is itself only an outlook (確定度 見込み)."""
        return self.value.certainty is Certainty.EXPECTED

    @property
    def certainty_word(self) -> str:
        certainty = self.value.certainty
        return certainty.label if certainty and certainty is not Certainty.FINAL else ""


Actuals = Mapping[int, SeenActual]
"""By fiscal year; a year that is absent is 未入力."""


def line_states(plan: Plan) -> States:
    """The states of all plans of the city, by section id and fiscal year. One query."""
    # Plans of every kind: the part on children may have left a 障害福祉計画.
    found = SectionYear.objects.filter(section__plan__municipality=plan.municipality_id)
    rows = found.only("section", "fiscal_year", "state")
    return {(row.section_id, row.fiscal_year): row for row in rows}


def actuals_of(
    plan: Plan, rows: Iterable[MeasureRow], states: States, access: Access | None
) -> dict[int, dict[int, SeenActual]]:
    """The actuals of finished rows of this plan and of what they continue, by measure id and year. Two queries.

    `states` are those of `line_states`. Of this plan only years that are over, or have an actual, are there.
    """
    rows = list(rows)
    before = _predecessors(plan, [row.measure for row in rows])
    found = _earlier(before, states, access)
    for row in rows:
        seen = found.setdefault(row.measure.pk, {})
        for cell in row.cells:
            if cell.figures.actual.is_entered or cell.year <= plan.due_year:
                hidden = bool(cell.figures.withheld)
                seen[cell.year] = SeenActual(cell.figures.actual, row.measure.section_id, is_hidden=hidden)
    return found


def _predecessors(plan: Plan, measures: Iterable[Measure]) -> dict[int, int]:
    """The measures (by id) that these continue, step by step back, each with the one of this plan that it leads to."""
    links = dict(
        MeasureLink.objects.filter(
            how=How.SAME, plan__municipality=plan.municipality_id, plan__kind=plan.kind
        ).values_list("new_id", "old_id")
    )
    found: dict[int, int] = {}
    for measure in measures:
        older = links.get(measure.pk)
        # A chain that returned to itself would have no end.
        while older is not None and older not in found:
            found[older] = measure.pk
            older = links.get(older)
    return found


def _earlier(before: Mapping[int, int], states: States, access: Access | None) -> dict[int, dict[int, SeenActual]]:
    values = YearlyValue.objects.filter(measure__in=list(before), side=Side.ACTUAL, revision=0)
    found: dict[int, dict[int, SeenActual]] = {}
    for row in values.select_related("measure__plan"):
        measure = row.measure
        state = state_of(states.get((measure.section_id, row.fiscal_year)))
        is_hidden = access is not None and not access.sees_actuals(state)
        value = EMPTY if is_hidden else row.value
        seen = SeenActual(value, measure.section_id, measure.plan.name, is_hidden)
        found.setdefault(before[row.measure_id], {})[row.fiscal_year] = seen
    return found


def word_of(actual: SeenActual | None) -> str:
    """Why there is no number; 未入力 for a year that is absent."""
    return actual.word if actual else NOT_ENTERED


EXPECTED_ONLY = "確定度が「見込み」のため、もとにしません。"
NOTHING_THERE = (State.NOT_APPLICABLE, State.CANCELLED)
"""No one used it, and the city said so: such a service is missing from no sum."""


@dataclass(frozen=True)
class HistoryYear:
    """One year as the table prints it. Numbers are None where `users_word` and `amount_word` say why.

    `excluded` names the services that are not in the sums; `parts` are those that are, by code; `why_not` says why no
    forecast is based on this year, "" where one may be. `stands_on` are the (節 id, 年度) of the actuals.
    """

    year: int
    plan_name: str
    users: Decimal | None
    users_word: str
    amount: Decimal | None
    amount_word: str
    certainty: str = ""
    excluded: tuple[str, ...] = ()
    why_not: str = ""
    parts: Mapping[str, Use] = field(default_factory=dict)
    stands_on: tuple[tuple[int, int], ...] = ()
    is_hidden: bool = False

    @property
    def use(self) -> Use:
        return Use(self.year, self.users, self.amount)

    @property
    def per_user(self) -> Decimal | None:
        return self.use.per_user

    @property
    def is_usable(self) -> bool:
        """Whether a forecast may be based on it."""
        return self.users is not None and not self.why_not


def history_of(volume: Volume, actuals: Mapping[int, Actuals]) -> tuple[HistoryYear, ...]:
    """Every year of which something is known of any of its measures, oldest first."""
    years = {year for measure in volume.measures for year in actuals.get(measure.pk, {})}
    make = _sum_year if volume.is_group else _one_year
    return tuple(make(volume, actuals, year) for year in sorted(years))


def is_hidden_from(history: Iterable[HistoryYear], basis_year: int | None) -> bool:
    """Whether a forecast up to this year may speak of actuals that the reader of the history may not see."""
    return basis_year is not None and any(one.is_hidden for one in history if one.year <= basis_year)


def _one_year(volume: Volume, actuals: Mapping[int, Actuals], year: int) -> HistoryYear:
    [member] = volume.members
    users, amount = _seen(member, actuals, year)
    return HistoryYear(
        year=year,
        plan_name=_plan_name(users, amount),
        users=_number(users),
        users_word=word_of(users),
        amount=_number(amount),
        amount_word=word_of(amount) if member.amount else "",
        certainty=users.certainty_word if users else "",
        why_not=_why_not(users, amount),
        stands_on=_stands_on(year, users, amount),
        is_hidden=any(one is not None and one.is_hidden for one in (users, amount)),
    )


def _sum_year(volume: Volume, actuals: Mapping[int, Actuals], year: int) -> HistoryYear:
    seen = {member.service.code: (member, *_seen(member, actuals, year)) for member in volume.members}
    parts, excluded, is_whole = {}, [], True
    for code, (member, users, amount) in seen.items():
        numbers = (_number(users), _number(amount))
        if None not in numbers:
            parts[code] = Use(year, *numbers)
            continue
        nothing = all(one is not None and one.value.state in NOTHING_THERE for one in (users, amount))
        is_whole = is_whole and nothing
        excluded.append(f"{member.service.name}（{_missing(users, amount)}）")
    everything = [one for _, users, amount in seen.values() for one in (users, amount)]
    hidden = any(one is not None and one.is_hidden for one in everything)
    words = {one.certainty_word for one in everything if one} - {""}
    expected = any(one is not None and one.is_expected for one in everything)
    why_not = "" if is_whole and parts else "そろっていないサービスがあるため、見込みのもとにしません。"
    nothing_word = UNDER_REVIEW if hidden else "足せる実績なし"
    return HistoryYear(
        year=year,
        plan_name=_plan_name(*everything),
        users=total(use.users for use in parts.values()),
        users_word="" if parts else nothing_word,
        amount=total(use.amount for use in parts.values()),
        amount_word="" if parts else nothing_word,
        certainty="・".join(sorted(words)),
        excluded=tuple(excluded),
        why_not=why_not or (EXPECTED_ONLY if expected else ""),
        parts=parts,
        stands_on=_stands_on(year, *everything),
        is_hidden=hidden,
    )


def _why_not(users: SeenActual | None, amount: SeenActual | None) -> str:
    if users is not None and users.is_hidden:
        return "確定していません。"
    if _number(users) is None:
        return "数値でないため、もとにしません。"
    return EXPECTED_ONLY if any(one is not None and one.is_expected for one in (users, amount)) else ""


def _seen(
    member: ServiceMeasures, actuals: Mapping[int, Actuals], year: int
) -> tuple[SeenActual | None, SeenActual | None]:
    users = actuals.get(member.users.pk, {}).get(year)
    amount = actuals.get(member.amount.pk, {}).get(year) if member.amount else None
    return users, amount


def _number(actual: SeenActual | None) -> Decimal | None:
    return actual.value.number if actual else None


def _missing(users: SeenActual | None, amount: SeenActual | None) -> str:
    """「人数が集計中、量が未入力」; one word where both say the same."""
    words = (word_of(users), word_of(amount))
    if words[0] == words[1]:
        return words[0]
    return "、".join(f"{what}が{word}" for what, word in zip(("人数", "量"), words, strict=True) if word)


def _plan_name(*seen: SeenActual | None) -> str:
    return next((one.plan_name for one in seen if one and one.plan_name), "")


def _stands_on(year: int, *seen: SeenActual | None) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({(one.section_id, year) for one in seen if one is not None}))


def total(numbers: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None where nothing is."""
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if known else None
