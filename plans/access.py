"""Who may do what in a plan. Fetching is authorising: every page starts at `plan_for`, every action checks `Access`.

Source: the design's table of roles. Deny is the default.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from plans.models import Measure, Membership, Municipality, Plan, Role, SectionYear, YearState
from plans.models.section_year import SETTLED

WRITERS = (Role.EDITOR, Role.CHECKER, Role.CONFIRMER, Role.MANAGER)
CHECKERS = (Role.CHECKER, Role.CONFIRMER, Role.MANAGER)
CONFIRMERS = (Role.CONFIRMER, Role.MANAGER)

NO_MEMBERSHIP = (
    "このユーザーは、まだどの自治体にも登録されていません。"
    "システム管理者か、自治体の管理の担当者に登録を頼んでください。"
)

Person = User | AnonymousUser | AbstractBaseUser
States = Mapping[tuple[int, int], SectionYear]
"""The states of 節 by section id and fiscal year; a key that is absent is 下書き."""


@dataclass(frozen=True)
class Access:
    """What one person may do in the plans of one 自治体. `department_id` narrows entering to its measures."""

    role: Role
    department_id: int | None = None

    @property
    def sees_drafts(self) -> bool:
        """Actuals and texts before 確定."""
        return self.role in WRITERS

    @property
    def may_write(self) -> bool:
        """入力: values, months, texts, opinions, 取組, imports, submit, withdraw, the file for the prefecture."""
        return self.role in WRITERS

    @property
    def may_check(self) -> bool:
        """Mark checked, return with a note."""
        return self.role in CHECKERS

    @property
    def may_confirm(self) -> bool:
        """Confirm, reopen, publish, withdraw a publication."""
        return self.role in CONFIRMERS

    @property
    def may_manage(self) -> bool:
        """People, plan settings, 節 and 指標."""
        return self.role == Role.MANAGER

    @property
    def may_receive(self) -> bool:
        """In a 都道府県: import the files of its cities."""
        return self.role in (Role.PREFECTURE, Role.MANAGER)

    def may_enter(self, measure: Measure) -> bool:
        """Own 担当課; without one, all."""
        return self.may_write and self.department_id in (None, measure.department_id)

    def why_not_enter(self, measure: Measure) -> str:
        """Why a person who enters others may not enter this one: its 担当課. "" where they may."""
        if self.may_enter(measure):
            return ""
        owner = f"担当は{measure.department.name}です。" if measure.department else "担当課が決まっていません。"
        return f"{owner}ほかの課の人は変更できません。"

    def sees_actuals(self, state: str) -> bool:
        """Whether actuals and texts of a 節 × 年度 in this state are shown."""
        return self.sees_drafts or state in SETTLED

    def lock_reason(self, state: str) -> str:
        """Why values and texts of a 節 × 年度 in this state cannot be changed by this person; "" where they can."""
        return lock_reason(state, is_editor=self.role == Role.EDITOR)


def lock_reason(state: str, *, is_editor: bool = False) -> str:
    """Why a 節 × 年度 is locked: 確認待ち for editors, 確定 and 公表 for everyone."""
    if state == YearState.CONFIRMED:
        return "確定しているため変更できません。直すときは、確定の担当者が理由を書いて確定を解除します。"
    if state == YearState.PUBLISHED:
        return "公表しているため変更できません。直すときは、確定の担当者が理由を書いて確定を解除します。"
    if state == YearState.SUBMITTED and is_editor:
        return "確認待ちのため変更できません。直すときは、提出を取り下げるか、差し戻しを受けてください。"
    return ""


def memberships_of(user: Person) -> QuerySet[Membership]:
    """The roles of a person who may log in, with their 自治体."""
    return Membership.objects.filter(user=user.pk or 0, user__is_active=True).select_related("municipality")


def is_operator_alone(user: Person) -> bool:
    """Whether this person may use the admin and has no role in any 自治体. One query, for staff and superusers only."""
    is_operator = isinstance(user, User) and (user.is_staff or user.is_superuser)
    return is_operator and not memberships_of(user).exists()


def prefectures_of(memberships: Iterable[Membership]) -> list[Municipality]:
    """The 都道府県 whose 集計 these memberships open."""
    found = (membership.municipality for membership in memberships)
    return [municipality for municipality in found if municipality.kind == Municipality.Kind.PREFECTURE]


def is_manager_among(memberships: Iterable[Membership]) -> bool:
    """Whether one of these is the role 管理, which opens 利用者."""
    return any(membership.role == Role.MANAGER for membership in memberships)


def require_membership(user: Person) -> list[Membership]:
    """The roles of a person. Raises PermissionDenied, with what to do, for anyone without a role, superusers too. One
    query.
    """
    memberships = list(memberships_of(user))
    require(bool(memberships), NO_MEMBERSHIP)
    return memberships


def managed_by(user: Person, sentence: str) -> list[Municipality]:
    """The 自治体 in which this person has the role 管理. Raises PermissionDenied with the sentence where there is none.
    One query.
    """
    managed = [m.municipality for m in require_membership(user) if m.role == Role.MANAGER]
    require(bool(managed), sentence)
    return managed


def access_for(user: Person, municipality: Municipality) -> Access | None:
    """What this person may do in this 自治体; None for a stranger. One query.

    A role in the 自治体 itself comes before the role 県 in its prefecture. A superuser is what the membership says.
    """
    if user.pk is None:
        return None
    own, prefecture = Q(municipality=municipality), Q(role=Role.PREFECTURE)
    wanted = own
    if municipality.prefecture_id is not None:
        wanted = own | (prefecture & Q(municipality=municipality.prefecture_id))
    roles = memberships_of(user).filter(wanted).select_related(None).order_by()
    found = sorted(roles, key=lambda role: role.municipality_id != municipality.pk)
    return Access(Role(found[0].role), found[0].department_id) if found else None


def visible_plans(user: Person) -> QuerySet[Plan]:
    """The plans a person may open, with their 自治体."""
    own = Q(municipality__memberships__user=user.pk)
    as_prefecture = Q(
        municipality__prefecture__memberships__user=user.pk,
        municipality__prefecture__memberships__role=Role.PREFECTURE,
    )
    return Plan.objects.filter(own | as_prefecture).select_related("municipality").distinct()


def plan_for(user: Person, slug: str) -> Plan:
    """The plan, with `plan.access` set. Raises Http404 for strangers, here and nowhere else. Two queries."""
    plan = Plan.objects.select_related("municipality").filter(slug=slug).order_by("pk").first()
    access = access_for(user, plan.municipality) if plan else None
    if plan is None or access is None:
        raise Http404("計画が見つかりません。")
    plan.access = access
    return plan


def prefecture_for(memberships: QuerySet[Membership], code: str) -> Municipality:
    """The 都道府県 with `access` set, for its members whatever their role. Raises PermissionDenied with a sentence for
    people of its cities, Http404 for strangers.
    """
    for membership in memberships:
        if membership.municipality.code == code and prefectures_of([membership]):
            membership.municipality.access = Access(Role(membership.role))
            return membership.municipality
    for city in (membership.municipality for membership in memberships):
        if city.prefecture and code in (city.code, city.prefecture.code):
            name = city.prefecture.name
            raise PermissionDenied(f"{name}の集計を見られるのは、{name}に登録された人だけです。")
    raise Http404("都道府県が見つかりません。")


def require(allowed: bool, sentence: str) -> None:
    """Raises PermissionDenied with the sentence unless allowed."""
    if not allowed:
        raise PermissionDenied(sentence)


def require_manager(user: Person, municipality: Municipality, sentence: str) -> None:
    """Raises PermissionDenied with the sentence for everyone but the managers of this 自治体. One query."""
    access = access_for(user, municipality)
    require(access is not None and access.may_manage, sentence)


def require_year(plan: Plan, year: int) -> None:
    """Raises Http404 for a 年度 that the plan does not have."""
    if year not in plan.years:
        raise Http404("この計画の期間にない年度です。")


def state_of(section_year: SectionYear | None) -> str:
    """No row means 下書き."""
    return section_year.state if section_year else YearState.DRAFT


class WithState:
    """For a page or a part of one that is about one 節 × 年度: its state, and the label of it."""

    section_year: SectionYear | None

    @property
    def state(self) -> str:
        return state_of(self.section_year)

    @property
    def state_label(self) -> str:
        return YearState(self.state).label
