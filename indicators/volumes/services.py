"""What a plan forecasts: each service with the measures that count it, and the 訪問系 together, as 参考5 does."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from core.words import Accumulation, Family, ValueKind
from indicators.models import ActivityIndicator, Service
from indicators.queries import service_of
from plans.access import Access
from plans.catalogue import national_catalogue
from plans.models import Measure, Plan
from plans.queries import measures_of

HOME_VISITS = "homon_kei"
"""The address of the 訪問系 together; no service has this code."""
HOME_VISIT = "kyotaku_kaigo"
HOME_VISIT_NAME = "訪問系サービス（まとめて）"
CHILDREN = "障害児支援"
AmountOf = ActivityIndicator.AmountOf
USE_UNITS = {AmountOf.DAYS: "日", AmountOf.HOURS: "時間"}


@dataclass(frozen=True)
class ServiceMeasures:
    """One service of the plan. `users` is what is forecast first: its users, or where it counts none, its 件数 or days.

    `amount` is what follows from them (days, hours); None where the plan does not count it.
    """

    service: Service
    users: Measure
    amount: Measure | None = None

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.users, self.amount) if self.amount else (self.users,)

    @property
    def counts_users(self) -> bool:
        return amount_of(self.users) == AmountOf.USERS


@dataclass(frozen=True)
class Volume:
    """What one forecast is of: a service, or several together. `left_out` names services that cannot be added."""

    key: str
    name: str
    category: str
    members: tuple[ServiceMeasures, ...]
    left_out: tuple[str, ...] = ()

    @property
    def is_group(self) -> bool:
        return self.key == HOME_VISITS

    @property
    def service(self) -> Service | None:
        """Its service; None for several together."""
        return None if self.is_group else self.members[0].service

    @property
    def has_amount(self) -> bool:
        return self.members[0].amount is not None

    @property
    def measures(self) -> list[Measure]:
        return [measure for member in self.members for measure in member.measures]

    @property
    def unit(self) -> str:
        """Of the users: 人/月."""
        return self.members[0].users.unit

    @property
    def amount_unit(self) -> str:
        """Of the amount: 時間/月; "" where there is none."""
        amount = self.members[0].amount
        return amount.unit if amount else ""

    @property
    def use_unit(self) -> str:
        """Of the 1人当たり量: 時間, 日."""
        amount = self.members[0].amount
        return USE_UNITS.get(AmountOf(amount_of(amount)), "") if amount and amount_of(amount) else ""

    @property
    def users_word(self) -> str:
        """The name of the first figure: 利用者数, 利用児童数, or the name of the measure that is used instead."""
        if not self.members[0].counts_users:
            return self.members[0].users.title
        return "利用児童数" if self.category == CHILDREN else "利用者数"

    @property
    def amount_word(self) -> str:
        amount = self.members[0].amount
        return AmountOf(amount_of(amount)).label if amount and amount_of(amount) else ""

    def reason_not_to_enter(self, access: Access) -> str:
        """Why this person may not work on it; "" where they may enter all of its measures."""
        if not access.may_write:
            return "見込量の算出は、入力・確認・確定・管理の役割の人が行います。"
        others = {m.department.name if m.department else "" for m in self.measures if not access.may_enter(m)}
        named = "、".join(sorted(others - {""}))
        if not others:
            return ""
        return (
            f"担当は{named}です。ほかの課の人は変更できません。" if named else "担当課が決まっていない指標があります。"
        )


FORECAST = Q(
    family=Family.INDICATOR,
    value_kind=ValueKind.NUMBER,
    parent__isnull=True,
    activity_indicator__service__isnull=False,
) & ~Q(accumulation=Accumulation.CUMULATIVE)
"""The 活動指標 that are forecast: numbers of a service which are no part of a whole and no running total."""


def with_service(plan: Plan) -> QuerySet[Measure]:
    """The measures of a plan in their order, each with its service."""
    return measures_of(plan).select_related("activity_indicator__service")


def home_visit_codes() -> tuple[str, ...]:
    """The five services that 参考5 forecasts together."""
    return next(group.services for group in national_catalogue().factors if HOME_VISIT in group.services)


def volumes_of(measures: Iterable[Measure]) -> list[Volume]:
    """What these measures forecast, in their order; the 訪問系 together come before the first of them."""
    by_service: dict[int, list[Measure]] = {}
    for measure in measures:
        if service := service_of(measure):
            by_service.setdefault(service.pk, []).append(measure)
    members = [_members(found) for found in by_service.values()]
    volumes = [Volume(one.service.code, one.service.name, one.service.category, (one,)) for one in members]
    group = home_visits(members)
    if group:
        place = next(i for i, one in enumerate(volumes) if one.key in home_visit_codes())
        volumes.insert(place, group)
    return volumes


def home_visits(members: Iterable[ServiceMeasures]) -> Volume | None:
    """The 訪問系 together, with the services whose units are the same; None where there are not two to add."""
    ours = [one for one in members if one.service.code in home_visit_codes()]
    counted = [one for one in ours if one.counts_users and one.amount]
    alike = [one for one in counted if _units(one) == _units(counted[0])]
    if len(alike) < 2:
        return None
    left_out = tuple(
        f"{one.service.name}（{'単位か集計が違います' if one in counted else '量の指標がありません'}）"
        for one in ours
        if one not in alike
    )
    return Volume(HOME_VISITS, HOME_VISIT_NAME, alike[0].service.category, tuple(alike), left_out)


def amount_of(measure: Measure | None) -> str:
    """What a 活動指標 counts of its service: users, days, hours, count; "" where nothing is said."""
    indicator: ActivityIndicator | None = getattr(measure, "activity_indicator", None)
    return indicator.amount_of if indicator else ""


def _members(measures: list[Measure]) -> ServiceMeasures:
    """Users before 件数 before anything else; days or hours only where there are users to multiply."""
    service = service_of(measures[0])
    if service is None:
        raise ValueError("a measure without a service is no volume")
    ranked = sorted(measures, key=lambda one: (amount_of(one) != AmountOf.USERS, amount_of(one) != AmountOf.COUNT))
    first = ranked[0]
    amounts = [one for one in measures if amount_of(one) in USE_UNITS]
    has_users = amount_of(first) == AmountOf.USERS
    return ServiceMeasures(service, first, amounts[0] if has_users and amounts else None)


def _units(one: ServiceMeasures) -> tuple[str, ...]:
    amount = one.amount
    return (
        one.users.unit,
        one.users.accumulation,
        amount.unit if amount else "",
        amount.accumulation if amount else "",
    )
