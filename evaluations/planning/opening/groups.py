"""What a plan may be opened with: the entries of the catalogue that concern it, one group for each 節 to come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.catalogue import Catalogue, Entry, Goal
from core.fiscal_months import western_day
from core.fiscal_years import current_fiscal_year, wareki
from indicators.models import Service
from indicators.services import counted_years
from plans.catalogue import guideline_generation
from plans.models import PlanKind

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
