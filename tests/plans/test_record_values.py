"""The one verb that writes values: rights, locks, conflicts, all or nothing, history."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection, transaction

from core.values import EMPTY, Value
from core.words import Certainty, Side, State
from evaluations.models import ActionItem
from plans.actions import CellChange, record_values
from plans.kept_rows import as_it_stands
from plans.models import Change, Channel, Department, Measure, Role, SectionYear, YearlyValue, YearState
from plans.plan_settings import SettingChange, change_settings
from plans.refusals import Cause, ChangesRefused
from tests.builders import a_draft, a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db

SETTLED = (YearState.CONFIRMED, YearState.PUBLISHED)


@pytest.fixture
def measure(section):
    return a_measure(section, "a", title="地域移行者数")


def number(value):
    return Value(number=Decimal(value))


def change(measure, new, *, old=EMPTY, year=2022, side=Side.ACTUAL):
    return CellChange(measure, year, side, old, new)


def refusals(changes, by):
    with pytest.raises(ChangesRefused) as refused:
        record_values(changes, by=by, channel=Channel.SCREEN)
    return [(refusal.cause, refusal.sentence) for refusal in refused.value.refusals]


def kept():
    return {(row.measure.code, row.fiscal_year, row.side): row.value for row in YearlyValue.objects.all()}


def test_a_value_is_written_with_everything_it_says(measure):
    new = Value(
        number=Decimal("66.6667"),
        wording="66.7%",
        numerator=Decimal(2),
        denominator=Decimal(3),
        as_of="3月末",
        certainty=Certainty.FINAL,
        note="確認済み",
    )

    record_values([change(measure, new)], by=a_user(Role.EDITOR), channel=Channel.SCREEN)

    assert kept() == {("a", 2022, "actual"): new}


def test_each_change_is_one_line_of_history_with_who_how_and_why(measure):
    a_value(measure, 2022, 3)
    editor = a_user(Role.EDITOR)
    two = [change(measure, number(4), old=number(3)), change(measure, number(5), side=Side.PLANNED)]

    record_values(two, by=editor, channel=Channel.UPLOAD, reason="年度末の集計")

    lines = [
        (c.by, c.channel, c.reason, c.measure, c.section, c.plan, c.fiscal_year, c.side, c.field, c.old, c.new)
        for c in Change.objects.order_by("side")
    ]
    place = (measure, measure.section, measure.plan, 2022)
    assert lines == [
        (editor, "upload", "年度末の集計", *place, "actual", "実績値", {"number": "3"}, {"number": "4"}),
        (editor, "upload", "年度末の集計", *place, "planned", "計画値", None, {"number": "5"}),
    ]


def test_a_number_in_the_history_has_one_form_whether_typed_or_stored(measure, editor):
    """What one line writes as new, the next one writes as old."""
    for new in ("1003", "1003.50", "0.0001"):
        stored = kept().get(("a", 2022, Side.ACTUAL), EMPTY)
        record_values([change(measure, number(new), old=stored)], by=editor, channel=Channel.SCREEN)

    written = [(line.old, line.new) for line in Change.objects.order_by("pk")]
    numbers = [side and side["number"] for line in written for side in line]
    assert numbers == [None, "1003", "1003", "1003.5", "1003.5", "0.0001"]


def test_clearing_a_value_takes_its_row_away(measure):
    a_value(measure, 2022, 3)

    record_values([change(measure, EMPTY, old=number(3))], by=a_user(), channel=Channel.SCREEN)

    assert kept() == {}
    assert Change.objects.get().new is None


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CHECKER, Role.CONFIRMER, Role.MANAGER])
def test_those_who_write_may_enter(measure, role):
    record_values([change(measure, number(1))], by=a_user(role), channel=Channel.SCREEN)

    assert kept() == {("a", 2022, "actual"): number(1)}


def test_viewers_strangers_other_cities_and_the_prefecture_may_not(measure):
    prefecture = a_municipality("120006", "千葉県", kind="prefecture")
    measure.plan.municipality.prefecture = prefecture
    measure.plan.municipality.save()
    there = a_municipality("129992", "みほん市")
    people = [a_user(Role.VIEWER), a_user(None), a_user(Role.MANAGER, there), a_user(Role.PREFECTURE, prefecture)]

    said = [refusals([change(measure, number(1))], person) for person in people]

    assert said == [[(Cause.FORBIDDEN, "「地域移行者数」令和4年度 実績値を入力する権限がありません。")]] * 4
    assert kept() == {}


def test_somebody_with_a_department_enters_its_measures_alone(section):
    department = Department.objects.create(municipality=section.plan.municipality, name="福祉課")
    own, other = a_measure(section, "own", department=department), a_measure(section, "other")
    person = a_user(Role.MANAGER, department=department)

    said = refusals([change(own, number(1)), change(other, number(1))], person)
    record_values([change(own, number(1))], by=person, channel=Channel.SCREEN)

    assert [cause for cause, _ in said] == [Cause.FORBIDDEN]
    assert kept() == {("own", 2022, "actual"): number(1)}


@pytest.mark.parametrize("side", [Side.PLANNED, Side.ACTUAL])
@pytest.mark.parametrize("state", YearState.values)
@pytest.mark.parametrize("role", [Role.EDITOR, Role.CHECKER, Role.MANAGER])
def test_a_year_locks_plan_and_actual_alike(measure, role, state, side):
    in_state(measure.section, 2022, state)
    locked = state in SETTLED or (state == YearState.SUBMITTED and role == Role.EDITOR)
    person = a_user(role)

    causes = []
    try:
        record_values([change(measure, number(1), side=side)], by=person, channel=Channel.SCREEN)
    except ChangesRefused as refused:
        causes = [refusal.cause for refusal in refused.refusals]

    assert causes == ([Cause.LOCKED] if locked else [])
    assert bool(kept()) is not locked


def test_a_lock_says_why_and_other_years_stay_open(measure):
    in_state(measure.section, 2022, YearState.CONFIRMED)
    editor = a_user(Role.EDITOR)

    said = refusals([change(measure, number(1))], editor)
    record_values([change(measure, number(1), year=2023)], by=editor, channel=Channel.SCREEN)

    why = "確定しているため変更できません。直すときは、確定の担当者が理由を書いて確定を解除します。"
    assert said == [(Cause.LOCKED, f"「地域移行者数」令和4年度 実績値は{why}")]


def test_the_operator_is_asked_for_no_rights_but_locks_and_conflicts_hold(measure):
    in_state(measure.section, 2022, YearState.CONFIRMED)
    a_value(measure, 2023, 9)

    lines = record_values([change(measure, number(1), year=2021)], by=None, channel=Channel.COMMAND)
    said = refusals([change(measure, number(1)), change(measure, number(1), year=2023)], None)

    assert [(line.by, line.channel) for line in lines] == [(None, "command")]
    assert [cause for cause, _ in said] == [Cause.LOCKED, Cause.CONFLICT]


def test_a_colleagues_newer_value_is_a_conflict_that_names_both(measure):
    a_value(measure, 2022, 15)

    with pytest.raises(ChangesRefused) as refused:
        record_values([change(measure, number(12), old=number(10))], by=a_user(), channel=Channel.SCREEN)

    refusal = refused.value.refusals[0]
    assert (refusal.cause, refusal.current) == (Cause.CONFLICT, number(15))
    assert refusal.sentence == ("「地域移行者数」令和4年度 実績値は、ほかの人が「15」に変更しています（入力：12）。")
    assert kept() == {("a", 2022, "actual"): number(15)}


@pytest.mark.parametrize("current", [EMPTY, Value(state=State.PENDING), Value(number=Decimal(10), note="別の注記")])
def test_a_value_cleared_or_changed_in_any_part_is_a_conflict_too(measure, current):
    if current.is_entered:
        a_value(measure, 2022, current.number, state=current.state, note=current.note)

    said = refusals([change(measure, number(12), old=number(10))], a_user())

    assert [cause for cause, _ in said] == [Cause.CONFLICT]


def test_one_refusal_writes_nothing_at_all(section, measure):
    other = a_measure(section, "b")
    a_value(other, 2022, 7)

    refusals([change(measure, number(1)), change(other, number(2))], a_user())

    assert kept() == {("b", 2022, "actual"): number(7)}
    assert Change.objects.count() == 0
    assert SectionYear.objects.count() == 0


def test_the_same_change_sent_twice_is_written_once(measure):
    editor = a_user()

    first = record_values([change(measure, number(1))], by=editor, channel=Channel.SCREEN)
    second = record_values([change(measure, number(1))], by=editor, channel=Channel.SCREEN)

    assert (len(first), len(second), Change.objects.count()) == (1, 0, 1)


def test_clearing_what_somebody_else_has_just_cleared_leaves_no_line(measure):
    lines = record_values([change(measure, EMPTY, old=number(3))], by=a_user(), channel=Channel.SCREEN)

    assert (lines, Change.objects.count(), kept()) == ([], 0, {})


def test_a_measure_that_was_moved_meanwhile_is_refused_because_other_locks_hold_there(section, measure):
    confirmed = a_section(section.plan, 2)
    in_state(confirmed, 2022, YearState.CONFIRMED)
    Measure.objects.filter(pk=measure.pk).update(section=confirmed)

    said = refusals([change(measure, number(1))], a_user())

    assert [cause for cause, _ in said] == [Cause.CONFLICT]
    assert "別の節に移しています" in said[0][1]
    assert kept() == {}


def test_a_change_to_what_was_seen_is_no_change(measure):
    lines = record_values([change(measure, number(1), old=number(1))], by=a_user(), channel=Channel.SCREEN)

    assert (lines, kept(), SectionYear.objects.count()) == ([], {}, 0)


@pytest.mark.parametrize("year", [2020, 2024])
def test_a_year_outside_the_plan_is_refused(measure, year):
    said = refusals([change(measure, number(1), year=year)], a_user())

    assert [cause for cause, _ in said] == [Cause.INVALID]
    assert "計画の期間（令和3年度から令和5年度まで）の外です。" in said[0][1]


def test_a_cell_named_twice_is_refused(measure):
    said = refusals([change(measure, number(1)), change(measure, number(2))], a_user())

    assert [cause for cause, _ in said] == [Cause.INVALID]


def test_only_a_plan_can_be_not_set(measure):
    said = refusals([change(measure, Value(state=State.NOT_SET))], a_user())
    record_values([change(measure, Value(state=State.NOT_SET), side=Side.PLANNED)], by=a_user(), channel=Channel.SCREEN)

    assert [cause for cause, _ in said] == [Cause.INVALID]
    assert kept() == {("a", 2022, "planned"): Value(state=State.NOT_SET)}


def test_the_changes_of_two_plans_are_a_mistake_of_the_caller(measure):
    there = a_measure(a_section(a_plan(a_municipality("129992", "みほん市"))))

    with pytest.raises(ValueError, match="one plan"):
        record_values([change(measure, number(1)), change(there, number(1))], by=a_user(), channel=Channel.SCREEN)


def test_every_write_counts_the_version_of_its_year(measure):
    editor = a_user()

    record_values([change(measure, number(1))], by=editor, channel=Channel.SCREEN)
    record_values([change(measure, number(2), old=number(1))], by=editor, channel=Channel.SCREEN)

    assert SectionYear.objects.get(section=measure.section, fiscal_year=2022).version == 2


@pytest.mark.parametrize("count", [1, 30])
def test_writing_more_cells_asks_no_more(section, django_assert_max_num_queries, count):
    editor = a_user()
    changes = [change(a_measure(section, f"n{n}"), number(n)) for n in range(count)]

    with django_assert_max_num_queries(14):
        record_values(changes, by=editor, channel=Channel.SCREEN)


# --- At the same moment ---


def elsewhere(act):
    """What `act` gives in a transaction of its own, which may not have to wait for this one."""

    def go():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = %s", [f"{PATIENCE}s"])
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(go).result()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_whoever_writes_one_year_of_a_section_does_not_wait_for_another_year(measure):
    """Locking the 節 itself let two people who opened different years of it wait for each other for ever."""
    editor = a_user()

    with transaction.atomic():
        record_values([change(measure, number(1), year=2021)], by=editor, channel=Channel.SCREEN)
        lines = elsewhere(lambda: record_values([change(measure, number(2))], by=editor, channel=Channel.SCREEN))

    assert [line.new for line in lines] == [{"number": "2"}]
    assert kept().keys() == {("a", 2021, "actual"), ("a", 2022, "actual")}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_change_of_settings_does_not_keep_values_from_being_written(section, measure, manager):
    setting = SettingChange("title", section, "title", section.title, "新しい節名")

    with transaction.atomic():
        change_settings(section.plan, [setting], by=manager)
        lines = elsewhere(lambda: record_values([change(measure, number(2))], by=manager, channel=Channel.SCREEN))

    assert [line.new for line in lines] == [{"number": "2"}]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["取組", "計画変更", "計画の下書き"])
def test_a_row_that_somebody_changes_keeps_no_values_from_being_written(section, measure, kind):
    """These are in the order of their 節 and plan, which were locked with them: each waited for the other for ever."""
    rows = {
        "取組": lambda: ActionItem.objects.create(plan=section.plan, section=section, fiscal_year=2022, action="取組"),
        "計画変更": lambda: section.plan.revisions.get(number=0),
        "計画の下書き": a_draft,
    }
    row, editor = rows[kind](), a_user()

    with transaction.atomic():
        as_it_stands(row)
        lines = elsewhere(lambda: record_values([change(measure, number(2))], by=editor, channel=Channel.SCREEN))

    assert [line.new for line in lines] == [{"number": "2"}]
