"""The pages on which a plan is begun and overlooked, as nouns. One 節 of it is in `section_page`."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.http import Http404

from core.catalogue import Period
from evaluations.models import PlanDraft
from evaluations.planning.opening.drafts import MAY_NOT, former_plans, seen_token
from evaluations.planning.opening.forms import FrameForm, StartForm
from evaluations.planning.opening.parts import Part, parts_of, scope_of
from plans.access import Person, access_for, managed_by, require
from plans.catalogue import national_catalogue
from plans.models import Municipality, Plan, PlanKind

FIRST_GENERATION = {PlanKind.DISABILITY: 8, PlanKind.CHILD: 4, PlanKind.COMPREHENSIVE: 1}
"""What is proposed to a city without any plan: what cities write in 令和8年度."""


@dataclass(frozen=True)
class StartPage:
    """`drafts` are the plans that are being put together in the cities of this person."""

    cities: tuple[Municipality, ...]
    drafts: tuple[PlanDraft, ...]
    next_generation: int

    @property
    def newest_period(self) -> Period:
        """The newest 期 of the catalogue."""
        return national_catalogue().periods[-1]

    def form(self, data: Any = None) -> StartForm:
        return StartForm(data, cities=self.cities, initial={"generation": self.next_generation})


def start_page(user: Person) -> StartPage:
    """Where a plan is begun; 403 for somebody who manages no 自治体. Three queries."""
    cities = managed_by(user, MAY_NOT)
    drafts = PlanDraft.objects.filter(municipality__in=cities).select_related("municipality", "started_by")
    newest = Plan.objects.filter(municipality__in=cities[:1], kind=PlanKind.DISABILITY).aggregate(n=Max("generation"))
    generation = newest["n"] + 1 if newest["n"] else FIRST_GENERATION[PlanKind.DISABILITY]
    return StartPage(tuple(cities), tuple(drafts), generation)


def draft_for(user: Person, slug: str) -> PlanDraft:
    """The draft with `draft.access` set, for the managers of its 自治体: 404 for strangers, 403 for others of the city.

    Two queries.
    """
    related = ("municipality", "previous")
    draft = PlanDraft.objects.select_related(*related).filter(slug=slug).first()
    access = access_for(user, draft.municipality) if draft else None
    if draft is None or access is None:
        raise Http404("計画の下書きが見つかりません。")
    require(access.may_manage, MAY_NOT)
    draft.access = access
    return draft


@dataclass(frozen=True)
class DraftPage:
    """The draft with its 節 to come. `former_plans` are those that it may follow."""

    draft: PlanDraft
    parts: tuple[Part, ...]
    former_plans: tuple[Plan, ...]

    @property
    def seen(self) -> str:
        """What this page shows, for the verb that makes the plan."""
        return seen_token(part.row for part in self.parts)

    @property
    def guideline(self) -> int | None:
        """By which 期 of the catalogue the plan is made."""
        return scope_of(self.draft).guideline

    @property
    def made(self) -> list[Part]:
        return [part for part in self.parts if part.is_made]

    @property
    def measures(self) -> int:
        """How many 指標 the plan will have."""
        return sum(len(part.made_lines) for part in self.parts)

    @property
    def to_check(self) -> int:
        return sum(part.to_check for part in self.parts)

    @property
    def unseen(self) -> list[Part]:
        """The 節 of the catalogue that the plan will have and that nobody has looked at."""
        return [part for part in self.made if not part.is_seen and part.lines]

    @property
    def with_problems(self) -> list[Part]:
        return [part for part in self.made if part.problems]

    @property
    def has_planned_values(self) -> bool:
        return any(line.values for part in self.parts for line in part.lines)

    def form(self, data: Any = None) -> FrameForm:
        return FrameForm(data, draft=self.draft, parts=self.parts, plans=self.former_plans)


def draft_page(draft: PlanDraft) -> DraftPage:
    """The overview of a draft. Four queries."""
    return DraftPage(draft, tuple(parts_of(draft)), tuple(former_plans(draft)))
