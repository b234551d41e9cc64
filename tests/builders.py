"""Small builders: one plan, one measure, one person, with everything else at its plainest."""

from datetime import date
from decimal import Decimal
from itertools import count

from django.contrib.auth.models import User
from django.utils import timezone

from core.values import Value
from core.words import Direction, Family, Side, State
from core.yearly_round import RoundStep
from evaluations.models import Deadline, LongWork, PlanDraft
from evaluations.planning.opening.drafts import start_draft
from indicators.models import ActivityIndicator, Service
from indicators.services import create_missing_services
from plans.catalogue import FIXTURE as CATALOGUE
from plans.models import (
    Measure,
    MeasureLink,
    Membership,
    Municipality,
    Plan,
    PlanRevision,
    Role,
    Section,
    SectionYear,
    YearlyValue,
    YearState,
)
from plans.models.plan import plan_slug
from targets.models import OutcomeTarget, TargetItem

_serial = count(1)


def a_municipality(code: str = "122319", name: str = "印西市", **fields) -> Municipality:
    """The city with this code, made where absent."""
    return Municipality.objects.get_or_create(code=code, defaults={"name": name, **fields})[0]


def a_plan(
    municipality: Municipality | None = None, *, generation: int = 6, start: int = 2021, end: int = 2023, **fields
) -> Plan:
    """A 障害福祉計画 without 節."""
    city = municipality or a_municipality()
    kind = fields.pop("kind", "disability")
    plan = Plan.objects.create(
        municipality=city,
        kind=kind,
        generation=generation,
        name=fields.pop("name", f"第{generation}期障害福祉計画"),
        start_year=start,
        end_year=end,
        slug=plan_slug(city.code, kind, generation),
        **fields,
    )
    PlanRevision.objects.create(plan=plan)
    return plan


def a_revision(plan: Plan, number: int = 1, *, day: date = date(2022, 10, 1), reason: str = "") -> PlanRevision:
    """A 計画変更, past the verb: from now on 計画値 go into it."""
    return PlanRevision.objects.create(plan=plan, number=number, decided_on=day, reason=reason or f"第{number}回の理由")


def a_section(plan: Plan, number: int = 1, title: str = "施設入所者の地域生活への移行") -> Section:
    """One 節."""
    return Section.objects.create(plan=plan, number=number, title=title)


def a_measure(section: Section, code: str = "", *, family: str = Family.TARGET, **fields) -> Measure:
    """A measure of this 節 with its row in targets or indicators."""
    number = next(_serial)
    measure = Measure.objects.create(
        plan=section.plan,
        section=section,
        family=family,
        code=code or f"m{number}",
        order=fields.pop("order", number % 30000),
        title=fields.pop("title", f"指標{number}"),
        unit=fields.pop("unit", "人"),
        **fields,
    )
    if family == Family.TARGET:
        target, _ = OutcomeTarget.objects.get_or_create(section=section, order=1, defaults={"title": section.title})
        TargetItem.objects.create(measure=measure, outcome_target=target)
    else:
        ActivityIndicator.objects.create(measure=measure)
    return measure


def a_service(code: str = "kyotaku_kaigo") -> Service:
    """A service of the law, with all others beside it."""
    create_missing_services(CATALOGUE.with_name("services.json"))
    return Service.objects.get(code=code)


def a_volume(section: Section, code: str = "kyotaku_kaigo", amount_of: str = "hours", **fields) -> list[Measure]:
    """The 活動指標 of one service in this 節: its users and, unless `amount_of` is "", their days or hours."""
    service, units = a_service(code), {"users": "人/月", "hours": "時間/月", "days": "人日/月"}
    measures = []
    for counted in filter(None, ("users", amount_of)):
        title = f"{service.name}の{ActivityIndicator.AmountOf(counted).label}"
        facts = {"title": title, "unit": units[counted], "direction": "near", "accumulation": "monthly_average"}
        measure = a_measure(section, f"{code}-{counted}", family=Family.INDICATOR, **(facts | fields))
        ActivityIndicator.objects.filter(measure=measure).update(service=service, amount_of=counted)
        measures.append(measure)
    return measures


def an_indicator(section: Section, code: str, service: str = "", amount_of: str = "users", **fields) -> Measure:
    """A 活動指標 of this 節 in the direction 見込, of the service with this code where one is named."""
    fields = {"direction": Direction.NEAR, "unit": "人/月"} | fields
    measure = a_measure(section, code, family=Family.INDICATOR, **fields)
    if service:
        kept, _ = Service.objects.get_or_create(code=service, defaults={"name": service, "category": "日中活動系"})
        ActivityIndicator.objects.filter(measure=measure).update(service=kept, amount_of=amount_of)
    return measure


def linked(measure: Measure, *sections: Section) -> Measure:
    """The 活動指標 tied to the 成果目標 of these 節, past the verb."""
    measure.activity_indicator.related_sections.set(sections)
    return measure


def a_value(
    measure: Measure,
    year: int,
    number: int | str | None = None,
    *,
    side: str = Side.ACTUAL,
    state: State | None = None,
    **fields,
) -> YearlyValue:
    """One stored value, past the verb: for arranging, never for acting."""
    row = YearlyValue(measure=measure, fiscal_year=year, side=side)
    row.take(Value(number=None if number is None else Decimal(number), state=state, **fields))
    row.save()
    return row


def a_link(plan: Plan, old: Measure | None = None, new: Measure | None = None, how: str = "same", **fields):
    """One line of the carry-over into this plan, past the verb; the plan follows that of the old measure."""
    if old and plan.previous_id is None:
        plan.previous = old.plan
        plan.save(update_fields=["previous"])
    return MeasureLink.objects.create(plan=plan, old=old, new=new, how=how, **fields)


def changed_plan(measure: Measure, year: int, *numbers: int | str | None) -> None:
    """計画値 of one year: 当初, then what each 計画変更 made of it; None leaves it alone in that one."""
    current: YearlyValue | None = None
    for revision, number in enumerate(numbers):
        if number is None:
            continue
        if current:
            current.replaced_in = revision
            current.save()
        current = YearlyValue(measure=measure, fiscal_year=year, side=Side.PLANNED, revision=revision)
        current.take(Value(Decimal(number)))
        current.save()


def a_user(
    role: str | None = Role.EDITOR, municipality: Municipality | None = None, *, username: str = "", department=None
) -> User:
    """A person with this role in this city (印西市 unless said); role None: nobody's member."""
    user = User.objects.create_user(username or f"{role or 'nobody'}{next(_serial)}", password="pass-word-12")
    if role:
        Membership.objects.create(
            user=user, municipality=municipality or a_municipality(), role=role, department=department
        )
    return user


def a_prefecture_user(prefecture: Municipality) -> User:
    """A person of the 県 in this prefecture."""
    return a_user(Role.PREFECTURE, prefecture)


def a_work(plan: Plan, by: User, *, key: str | None = None, state: str = "DONE", **fields) -> LongWork:
    """A person's work that made all evaluation sheets, past the runner; the file of a finished one says 「結果」."""
    now = timezone.now()
    is_running, is_under_way = state == "RUNNING", state in ("RUNNING", "WAITING")
    facts = {
        "kind": "all_sheets",
        "title": "すべての年度の評価シート",
        "municipality": plan.municipality,
        "parameters": {"layout": "", "edition": ""},
        "slot": 0 if is_running else None,
        "runner": "somebody" if is_running else "",
        "started_at": None if state == "WAITING" else now,
        "heartbeat": now if is_running else None,
        "ended_at": None if is_under_way else now,
        "failure": "できませんでした。" if state == "FAILED" else "",
    }
    work = LongWork.objects.create(plan=plan, by=by, state=state, **({"key": key} if key else {}), **(facts | fields))
    if state == "DONE":
        content = "結果".encode()
        work.files.create(side="result", name="結果.txt", content_type="text/plain", size=len(content), content=content)
    return work


def in_state(section: Section, year: int, state: str, by: User | None = None) -> SectionYear:
    """A 節 × 年度 put into a state, stamps and all, past the verbs."""
    by = by or a_user(Role.CONFIRMER, section.plan.municipality)
    now = timezone.now()
    stamps: dict = {}
    if state in (YearState.SUBMITTED, YearState.CONFIRMED, YearState.PUBLISHED):
        stamps |= {"submitted_at": now, "submitted_by": by}
    if state in (YearState.CONFIRMED, YearState.PUBLISHED):
        stamps |= {"confirmed_at": now, "confirmed_by": by}
    if state == YearState.PUBLISHED:
        stamps |= {"published_at": now, "published_by": by}
    if state == YearState.RETURNED:
        stamps |= {"returned_at": now, "returned_by": by, "return_note": "直してください。"}
    return SectionYear.objects.update_or_create(section=section, fiscal_year=year, defaults={"state": state, **stamps})[
        0
    ]


def a_full_plan(measures: int = 1, **fields) -> Plan:
    """A plan with one 節, this many 成果目標 items and as many 活動指標, each with values in its first two years."""
    plan = a_plan(**fields)
    section = a_section(plan)
    for number in range(measures):
        for family, letter in ((Family.TARGET, "t"), (Family.INDICATOR, "i")):
            measure = a_measure(section, f"{letter}{number + 1}", family=family, order=number)
            for year in plan.years[:2]:
                a_value(measure, year, number + 1, side=Side.PLANNED)
                a_value(measure, year, number + 2)
    return plan


def a_deadline(plan: Plan, due_on: str, **fields) -> Deadline:
    """One date of the plan's calendar, past the verb."""
    given = {"key": f"own-{next(_serial)}", "title": "予定", "step": RoundStep.OTHER, "changed_at": timezone.now()}
    return Deadline.objects.create(plan=plan, due_on=date.fromisoformat(due_on), **given | fields)


def a_draft(
    municipality: Municipality | None = None, *, generation: int = 7, kind: str = "disability", by: User | None = None
) -> PlanDraft:
    """A draft of a plan as its manager begins it."""
    city = municipality or a_municipality()
    return start_draft(city, kind, generation, first_year=2027, by=by or a_user(Role.MANAGER, city))
