"""The verbs of the months: rights, locks, conflicts, history, and the take-over into the year."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.values import EMPTY, Value
from core.words import Accumulation, Certainty, Family, State, ValueKind
from indicators.models import MonthlyReading, Service
from indicators.months.readings import (
    ReadingChange,
    TakeOver,
    record_readings,
    stored_readings,
    take_over,
    year_from_months,
)
from plans.access import plan_for
from plans.history import measure_history
from plans.models import Change, Channel, Department, Role, SectionYear, YearlyValue, YearState
from plans.models.section_year import SETTLED
from plans.refusals import Cause, ChangesRefused, Conflict
from tests.builders import (
    a_measure,
    a_municipality,
    a_prefecture_user,
    a_user,
    a_value,
    in_state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def users(section):
    return a_measure(
        section, "home-users", family=Family.INDICATOR, title="居宅介護", accumulation=Accumulation.MONTHLY_AVERAGE
    )


def number(text, *, provisional=False):
    return Value(Decimal(text), certainty=Certainty.PRELIMINARY if provisional else None)


def month(measure, new, *, old=EMPTY, month=4, year=2022):
    return ReadingChange(measure, year, month, old, new)


def record(measure, values, by=None):
    """These months of 2022 from April on, over nothing."""
    months = (*range(4, 13), 1, 2, 3)
    changes = [month(measure, value, month=m) for m, value in zip(months, values, strict=False)]
    return record_readings(changes, by=by, channel=Channel.COMMAND)


def kept(measure, year=2022):
    return {m: value for (_, m), value in stored_readings([measure], year).items()}


def refusals(changes, person):
    with pytest.raises(ChangesRefused) as refused:
        record_readings(changes, by=person, channel=Channel.SCREEN)
    return [(refusal.cause, refusal.sentence) for refusal in refused.value.refusals]


def test_months_are_kept_with_their_state_and_mark_and_cleared_again(users):
    record(users, [number(60), number("61.5", provisional=True), Value(state=State.PENDING)])
    first = kept(users)

    record_readings([month(users, EMPTY, old=number(60))], by=None, channel=Channel.COMMAND)

    assert first == {4: number(60), 5: number("61.5", provisional=True), 6: Value(state=State.PENDING)}
    assert kept(users) == {5: number("61.5", provisional=True), 6: Value(state=State.PENDING)}


def test_each_month_is_one_line_of_history_with_who_and_by_which_door(users, editor):
    record_readings([month(users, number(12, provisional=True), month=1)], by=editor, channel=Channel.UPLOAD)

    line = Change.objects.get()
    assert (line.by, line.channel, line.subject, line.measure, line.fiscal_year) == (
        editor,
        "upload",
        "monthly",
        users,
        2022,
    )
    assert (line.field, line.old, line.new) == ("令和5年1月", None, {"number": "12", "certainty": "preliminary"})


def test_the_history_says_a_month_in_words_and_hides_a_draft(users, section):
    record(users, [number(12, provisional=True)], a_user(Role.EDITOR))

    said = {}
    for role in (Role.MANAGER, Role.VIEWER):
        line = measure_history(plan_for(a_user(role), section.plan.slug), users)[0]
        said[role] = (line.subject, line.field, line.old, line.new)

    assert said == {
        Role.MANAGER: ("月別の値", "令和4年4月", "未入力", "12（確定度：速報）"),
        Role.VIEWER: ("月別の値", "令和4年4月", "確認中", "確認中"),
    }


def test_viewers_strangers_other_cities_and_the_prefecture_may_not(users):
    prefecture = a_municipality("120006", "千葉県", kind="prefecture")
    users.plan.municipality.prefecture = prefecture
    users.plan.municipality.save()
    there = a_municipality("129992", "みほん市")
    people = [a_user(Role.VIEWER), a_user(None), a_user(Role.MANAGER, there), a_prefecture_user(prefecture)]

    said = [refusals([month(users, number(1))], person) for person in people]

    assert said == [[(Cause.FORBIDDEN, "「居宅介護」令和4年4月を入力する権限がありません。")]] * 4
    assert kept(users) == {}


def test_somebody_with_a_department_enters_its_measures_alone(section):
    department = Department.objects.create(municipality=section.plan.municipality, name="福祉課")
    own = a_measure(section, "own", family=Family.INDICATOR, department=department)
    other = a_measure(section, "other", family=Family.INDICATOR)
    person = a_user(Role.MANAGER, department=department)

    said = refusals([month(own, number(1)), month(other, number(1))], person)
    record_readings([month(own, number(1))], by=person, channel=Channel.SCREEN)

    assert [cause for cause, _ in said] == [Cause.FORBIDDEN]
    assert (kept(own), kept(other)) == ({4: number(1)}, {})


@pytest.mark.parametrize("state", YearState.values)
@pytest.mark.parametrize("role", [Role.EDITOR, Role.CHECKER, Role.MANAGER])
def test_the_state_of_the_year_locks_its_months(users, role, state):
    in_state(users.section, 2022, state)
    locked = state in SETTLED or (state == YearState.SUBMITTED and role == Role.EDITOR)

    try:
        record_readings([month(users, number(1))], by=a_user(role), channel=Channel.SCREEN)
        causes = []
    except ChangesRefused as refused:
        causes = [refusal.cause for refusal in refused.refusals]

    assert causes == ([Cause.LOCKED] if locked else [])
    assert bool(kept(users)) is not locked


def test_a_colleagues_newer_month_is_a_conflict_that_names_both_and_nothing_is_written(users):
    record(users, [number(15)])

    said = refusals([month(users, number(12), old=number(10)), month(users, number(1), month=5)], a_user())

    assert said == [(Cause.CONFLICT, "「居宅介護」令和4年4月は、ほかの人が「15」に変更しています（入力：12）。")]
    assert kept(users) == {4: number(15)}


def test_the_mark_of_a_month_is_part_of_what_was_seen(users):
    record(users, [number(15, provisional=True)])

    said = refusals([month(users, number(16), old=number(15))], a_user())

    assert [cause for cause, _ in said] == [Cause.CONFLICT]


def test_the_same_months_sent_twice_are_written_once(users):
    first = record(users, [number(1), number(2)])
    second = record(users, [number(1), number(2)])

    assert (len(first), len(second), Change.objects.count()) == (2, 0, 2)


@pytest.mark.parametrize(
    ("fields", "new", "year", "why"),
    [
        ({"family": Family.TARGET}, number(1), 2022, "は、月別の値を入力する指標ではありません。"),
        ({"value_kind": ValueKind.RATE}, number(1), 2022, "は、月別の値を入力する指標ではありません。"),
        ({}, number(1), 2024, "は計画の期間（令和3年度から令和5年度まで）の外です。"),
        ({}, Value(state=State.NOT_SET), 2022, "に「設定しない」は使えません。"),
        ({}, Value(state=State.WORDS_ONLY), 2022, "に「記述のみ」は使えません。"),
        ({}, Value(number=Decimal(1), note="注"), 2022, "に書けるのは、数値か状態と、速報の印だけです。"),
        ({}, Value(state=State.PENDING, certainty=Certainty.PRELIMINARY), 2022, "に書けるのは"),
    ],
)
def test_what_is_no_month_of_the_plan_is_refused(section, fields, new, year, why):
    measure = a_measure(section, "a", **{"family": Family.INDICATOR, "title": "甲"} | fields)

    said = refusals([month(measure, new, year=year)], a_user())

    assert [(cause, why in sentence) for cause, sentence in said] == [(Cause.INVALID, True)]


def test_months_before_the_service_existed_take_nothing_and_are_not_missing(users):
    service = Service.objects.create(code="sentaku", name="就労選択支援", category="日中", since=date(2022, 10, 1))
    users.activity_indicator.service = service
    users.activity_indicator.save()

    said = refusals([month(users, number(0), month=9)], a_user())
    record_readings([month(users, number(3), month=m) for m in (10, 11, 12, 1, 2, 3)], by=None, channel=Channel.COMMAND)

    made = year_from_months(users, 2022, stored_readings([users], 2022))
    assert said == [(Cause.INVALID, "「居宅介護」令和4年9月は、サービスの制度がない月です。空欄にしてください。")]
    assert (made.rounded, made.words, made.is_complete) == (3, "6か月分の平均（ほかの月は該当なし・中止）", True)


def test_every_change_of_months_counts_as_one_of_the_year(users):
    record(users, [number(1)])
    record_readings([month(users, number(2), old=number(1))], by=None, channel=Channel.COMMAND)

    assert SectionYear.objects.get(section=users.section, fiscal_year=2022).version == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"month": 13, "number": 1},
        {"month": 0, "number": 1},
        {"month": 4},
        {"month": 4, "number": 1, "state": "pending"},
        {"month": 4, "state": "not_set"},
        {"month": 4, "state": "pending", "provisional": True},
    ],
)
def test_the_database_refuses_what_is_no_month(users, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyReading.objects.create(indicator=users.activity_indicator, fiscal_year=2022, **fields)


# --- Into the year ---


def offered(measure, current=EMPTY):
    made = year_from_months(measure, 2022, stored_readings([measure], 2022))
    return TakeOver(measure, 2022, current, made.taken_over(current))


def actual(measure):
    return {row.value.number: row.value for row in YearlyValue.objects.filter(measure=measure, side="actual")}


def test_the_year_changes_only_when_it_is_taken_over_and_says_from_where(users):
    record(users, [number(60)] * 11 + [number(63)])
    untouched = actual(users)

    take_over([offered(users)], by=a_user(), channel=Channel.SCREEN)

    assert untouched == {}
    assert actual(users) == {
        Decimal("60.3"): Value(
            number=Decimal("60.3"),
            as_of="令和4年4月〜令和5年3月の月別値から",
            certainty=Certainty.FINAL,
            note="月別値から：12か月の平均、合計 723 ÷ 12 ＝ 60.25",
        )
    }
    assert Change.objects.filter(subject="value").get().reason == "月別の値を年度の実績に反映"


def test_a_colleagues_newer_actual_is_a_conflict_and_stands(users):
    record(users, [number(60)])
    seen = offered(users)
    a_value(users, 2022, 99)

    with pytest.raises(ChangesRefused) as refused:
        take_over([seen], by=a_user(), channel=Channel.SCREEN)

    assert [refusal.cause for refusal in refused.value.refusals] == [Cause.CONFLICT]
    assert list(actual(users)) == [99]


def test_months_that_moved_since_are_not_taken_over_unseen(users, section):
    other = a_measure(section, "other", family=Family.INDICATOR)
    record(users, [number(60)])
    record(other, [number(5)])
    seen = [offered(users), offered(other)]
    record_readings([month(users, number(70), old=number(60))], by=None, channel=Channel.COMMAND)

    with pytest.raises(Conflict) as moved:
        take_over(seen, by=a_user(), channel=Channel.SCREEN)

    assert moved.value.current == (users,)
    assert (actual(users), actual(other)) == ({}, {})


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.MANAGER])
@pytest.mark.parametrize("state", [YearState.DRAFT, YearState.SUBMITTED, YearState.CONFIRMED])
def test_the_take_over_asks_the_rights_and_locks_of_the_year(users, role, state):
    record(users, [number(60)])
    in_state(users.section, 2022, state)
    allowed = role != Role.VIEWER and (
        state == YearState.DRAFT or (state == YearState.SUBMITTED and role == Role.MANAGER)
    )

    with suppress(ChangesRefused):
        take_over([offered(users)], by=a_user(role), channel=Channel.SCREEN)

    assert bool(actual(users)) is allowed
