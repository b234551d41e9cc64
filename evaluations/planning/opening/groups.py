"""What a plan may be opened with: the entries of the catalogue that concern it, one group for each 節 to come, and the
基準値 that the plan before gives: the confirmed actual of the very thing that the guideline starts from.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.catalogue import Catalogue, Entry, Goal
from core.fiscal_months import western_day
from core.fiscal_years import current_fiscal_year, wareki
from core.numerals import plain, squeeze
from evaluations.planning.carry_over.baselines import firmness, is_confirmed, last_confirmed
from indicators.models import Service
from indicators.services import counted_years
from plans.catalogue import guideline_generation
from plans.models import Measure, Plan, PlanKind
from plans.queries import MeasureRow, measure_rows, measures_of

_WHEN = re.compile(r"^(?:昭和|平成|令和)(?:元|[0-9]+)年度(?:末)?(?:時点)?(?:の)?")


@dataclass(frozen=True)
class Proposal:
    """An actual of a 確定 year of the plan before. `firmness`: 確定, or 速報 where the figure says so of itself;
    `is_of_year`: it is of the very 年度 that the guideline starts from.
    """

    number: Decimal
    year: int
    title: str
    plan: str
    unit: str
    firmness: str
    is_of_year: bool

    @property
    def origin(self) -> str:
        """「第7期障害福祉計画「施設入所者数」の令和6年度の実績（確定）」."""
        return f"{self.plan}「{self.title}」の{wareki(self.year)}の実績（{self.firmness}）"

    @property
    def words(self) -> str:
        """The number with where it comes from."""
        return f"{plain(self.number)}{self.unit}　{self.origin}"


def proposals(previous: Plan | None, entries: Iterable[Entry], catalogue: Catalogue) -> dict[str, Proposal]:
    """By code of the entry, for those that start from a 基準値. Three queries, none without a plan before."""
    wanted = [entry for entry in entries if entry.level and entry.level.needs_baseline]
    if previous is None or not wanted:
        return {}
    rows = {row.measure: row for row in measure_rows(previous, measures_of(previous), access=None)}
    found = {}
    for entry in wanted:
        measure = _same_thing(entry, list(rows), catalogue)
        if measure and (proposal := _proposal(entry, rows[measure], previous)):
            found[entry.code] = proposal
    return found


def counted_thing(entry: Entry) -> str:
    """What the 基準値 counts: 「施設入所者数」; "" where it is the measure itself (令和6年度実績)."""
    what = _WHEN.sub("", squeeze(entry.baseline_text))
    return "" if what == "実績" else what


def bare_name(title: str) -> str:
    """A title without widths and blanks; cities write 移行者 and 移行者数 for one thing."""
    return squeeze(title).removesuffix("数")


def _same_thing(entry: Entry, measures: list[Measure], catalogue: Catalogue) -> Measure | None:
    """The one measure of the plan before that counts what the 基準値 counts; None for none, or for several."""
    what = counted_thing(entry)
    if what:
        same = [measure for measure in measures if _is_called(measure, {what})]
    else:
        known = catalogue.by_code()
        codes = {follow.code for follow in entry.follows if follow.how == "same"}
        names = {entry.title, *(known[code].title for code in codes if code in known)}
        same = [m for m in measures if m.catalogue_code in codes] or [m for m in measures if _is_called(m, names)]
    same = [measure for measure in same if measure.value_kind == entry.value_kind]
    return same[0] if len(same) == 1 else None


def _is_called(measure: Measure, names: Iterable[str]) -> bool:
    return bare_name(measure.title) in {bare_name(name) for name in names}


def _proposal(entry: Entry, row: MeasureRow, plan: Plan) -> Proposal | None:
    """The actual of the year that the guideline starts from, else the latest; None without any."""
    wanted = next((cell for cell in row.cells if cell.year == entry.baseline_year and is_confirmed(cell)), None)
    cell = wanted or last_confirmed(row)
    number = cell.figures.actual.amount if cell else None
    if cell is None or number is None:
        return None
    measure = row.measure
    return Proposal(
        number, cell.year, measure.title, plan.name, measure.unit, firmness(cell), cell.year == entry.baseline_year
    )


OTHERS = "others"
"""The key of the 活動指標 that belong to no 成果目標."""
CATEGORIES = {
    "訪問系": ("homon", "訪問系サービス"),
    "日中活動系": ("nitchu", "日中活動系サービス"),
    "居住系": ("kyoju", "居住系サービス"),
    "相談支援": ("sodan", "相談支援"),
    "障害児支援": ("shogaiji", "障害児支援"),
    "地域生活支援事業": ("chiiki", "地域生活支援事業"),
}
"""Key and 節名 of each kind of service."""
OTHER_CATEGORY = ("services", "その他のサービス")


@dataclass(frozen=True)
class Scope:
    """Of a plan, or of its draft, what decides which entries concern it."""

    kind: str
    generation: int
    years: tuple[int, ...]
    with_child: bool

    @property
    def guideline(self) -> int | None:
        return guideline_generation(self.kind, self.generation)

    def concerns(self, *, is_child: bool) -> bool:
        """Whether it takes what is for children, or what is not."""
        if self.kind == PlanKind.CHILD:
            return is_child
        return self.kind == PlanKind.DISABILITY and (self.with_child or not is_child)


@dataclass(frozen=True)
class Offered:
    """One entry with its service and the years of the plan in which it is counted."""

    entry: Entry
    years: tuple[int, ...]
    service: Service | None = None

    def since_year(self, years: tuple[int, ...]) -> int | None:
        """The first year it is counted, where the plan begins earlier."""
        return self.years[0] if self.years[0] > years[0] else None

    def until_year(self, years: tuple[int, ...]) -> int | None:
        """The last year it is counted, where the plan goes on."""
        return self.years[-1] if self.years[-1] < years[-1] else None

    @property
    def span(self) -> str:
        """「令和7年度（2025年10月1日）から」 of a service that begins, 「…まで」 of one that ends; else ""."""
        found = [(self.service.since, "から"), (self.service.until, "まで")] if self.service else []
        return "、".join(
            f"{wareki(current_fiscal_year(day))}（{western_day(day)}）{word}" for day, word in found if day
        )


@dataclass(frozen=True)
class Group:
    """The entries of one 節 to come. `goal` is None for volumes, other 活動指標 and 節 of the city's own."""

    key: str
    title: str
    offered: tuple[Offered, ...]
    goal: Goal | None = None

    @property
    def count(self) -> int:
        return len(self.offered)


def groups_of(catalogue: Catalogue, scope: Scope, services: Mapping[str, Service]) -> list[Group]:
    """In the order of the guideline: 成果目標, other 活動指標, volumes by kind of service; none that is empty."""
    generation = scope.guideline
    if generation is None:
        return []
    entries = [_offer(entry, scope, services) for entry in catalogue.entries_of(generation)]
    goals = catalogue.goals_of(generation)
    groups = [
        Group(goal.code, goal.title, tuple(one for one in entries if one and one.entry.goal == goal.code), goal)
        for goal in goals
        if scope.concerns(is_child=goal.is_child)
    ]
    known = {goal.code for goal in goals}
    if scope.concerns(is_child=False):
        others = tuple(one for one in entries if one and one.entry.goal not in known)
        groups.append(Group(OTHERS, "その他の活動指標", others))
    volumes = [_offer(one, scope, services) for one in catalogue.volumes if scope.concerns(is_child=one.is_child)]
    groups += _by_category(one for one in volumes if one)
    return [group for group in groups if group.offered]


def _by_category(volumes: Iterable[Offered]) -> list[Group]:
    found: dict[tuple[str, str], list[Offered]] = {}
    for one in volumes:
        found.setdefault(CATEGORIES.get(one.entry.category, OTHER_CATEGORY), []).append(one)
    return [Group(key, title, tuple(group)) for (key, title), group in found.items()]


def _offer(entry: Entry, scope: Scope, services: Mapping[str, Service]) -> Offered | None:
    """None for a service that does not exist on any day of the plan."""
    service = services.get(entry.service)
    years = counted_years(service, scope.years)
    return Offered(entry, years, service) if years else None
