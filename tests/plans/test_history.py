"""変更履歴: who sees which change, and what of it."""

import pytest

from core.values import Value
from core.words import Side
from plans.access import plan_for
from plans.actions import CellChange, record_values
from plans.history import changes_for, history_line, measure_history, section_history
from plans.models import Change, Channel, Measure, Role, Subject, YearState
from tests.builders import a_measure, a_municipality, a_plan, a_prefecture_user, a_section, a_user, in_state

pytestmark = pytest.mark.django_db

HIDDEN = ("確認中", "確認中")


def a_change(subject: str, *, measure: Measure | None = None, by=None, **fields) -> Change:
    """A stored change in 令和4年度, of the measure's 節 unless it is about people."""
    place = {"municipality": a_municipality()}
    if measure:
        place = {
            "municipality": measure.plan.municipality,
            "plan": measure.plan,
            "section": measure.section,
            "measure": measure,
            "fiscal_year": 2022,
        }
    return Change.objects.create(by=by, channel=Channel.SCREEN, subject=subject, **place | fields)


def typed(measure: Measure, number: int, *, side: Side = Side.ACTUAL, by) -> None:
    change = CellChange(measure, 2022, side, Value(), Value(number=number))
    record_values([change], by=by, channel=Channel.SCREEN)


def seen_by(user) -> list[tuple[str, str]]:
    return [(line.old, line.new) for line in map(history_line, changes_for(user))]


def test_a_line_says_who_what_from_to_and_by_which_door():
    editor = a_user(Role.EDITOR, username="hanako")
    measure = a_measure(a_section(a_plan()), "1-1", title="地域生活移行者数")
    typed(measure, 12, by=editor)

    [line] = measure_history(plan_for(editor, measure.plan.slug), measure)

    assert (line.by, line.channel, line.place, line.field, line.old, line.new) == (
        "hanako",
        "画面",
        "第1節 令和4年度「地域生活移行者数」",
        "実績値",
        "未入力",
        "12",
    )
    assert (line.plan_slug, line.measure_code, line.reason) == (measure.plan.slug, "1-1", "")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CHECKER, Role.CONFIRMER, Role.MANAGER])
def test_those_who_write_see_drafts(role):
    measure = a_measure(a_section(a_plan()))
    typed(measure, 12, by=a_user(Role.EDITOR))

    assert seen_by(a_user(role)) == [("未入力", "12")]


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        (YearState.DRAFT, HIDDEN),
        (YearState.SUBMITTED, HIDDEN),
        (YearState.RETURNED, HIDDEN),
        (YearState.CONFIRMED, ("未入力", "12")),
        (YearState.PUBLISHED, ("未入力", "12")),
    ],
)
def test_a_viewer_sees_actuals_from_confirmation_on(state, seen):
    measure = a_measure(a_section(a_plan()))
    typed(measure, 12, by=a_user(Role.EDITOR))
    in_state(measure.section, 2022, state)
    viewer = a_user(Role.VIEWER)
    plan = plan_for(viewer, measure.plan.slug)

    on_the_pages = [measure_history(plan, measure), section_history(plan, measure.section, 2022)]

    assert seen_by(viewer) == [seen]
    assert [[(line.old, line.new) for line in lines] for lines in on_the_pages] == [[seen], [seen]]


def test_planned_values_are_always_seen():
    measure = a_measure(a_section(a_plan()))
    typed(measure, 20, side=Side.PLANNED, by=a_user(Role.EDITOR))

    assert seen_by(a_user(Role.VIEWER)) == [("計画値なし", "20")]


@pytest.mark.parametrize("subject", [Subject.TEXT, Subject.RECORD])
def test_texts_and_records_of_an_unconfirmed_year_are_masked(subject):
    measure = a_measure(a_section(a_plan()))
    a_change(subject, measure=measure, old=None, new="会議を開いた。")

    assert seen_by(a_user(Role.VIEWER)) == [HIDDEN]
    assert seen_by(a_user(Role.EDITOR)) == [("（空欄）", "会議を開いた。")]


def test_of_a_move_a_viewer_sees_the_states_and_not_the_reason():
    measure = a_measure(a_section(a_plan()))
    a_change(Subject.STATE, measure=measure, old="確認待ち", new="差し戻し", reason="3人ではないか")

    [line] = map(history_line, changes_for(a_user(Role.VIEWER)))

    assert (line.old, line.new, line.reason) == ("確認待ち", "差し戻し", "確認中")


def test_what_hides_the_values_of_a_measure_is_the_section_where_it_stands_now(plan):
    left, entered = a_section(plan, 1), a_section(plan, 2)
    measure = a_measure(left)
    typed(measure, 12, by=a_user(Role.EDITOR))
    Measure.objects.filter(pk=measure.pk).update(section=entered)
    in_state(left, 2022, YearState.CONFIRMED)

    assert seen_by(a_user(Role.VIEWER)) == [HIDDEN]


def test_changes_of_people_are_for_the_managers_of_that_city():
    other_city = a_municipality("129992", "みほん市")
    a_change(Subject.PEOPLE, field="役割", old="閲覧", new="入力")

    assert seen_by(a_user(Role.MANAGER)) == [("閲覧", "入力")]
    assert seen_by(a_user(Role.CONFIRMER)) == []
    assert seen_by(a_user(Role.MANAGER, other_city)) == []


def test_another_citys_changes_are_not_there():
    measure = a_measure(a_section(a_plan()))
    typed(measure, 12, by=a_user(Role.EDITOR))

    assert seen_by(a_user(Role.MANAGER, a_municipality("129992", "みほん市"))) == []
    assert seen_by(a_user(None)) == []


def test_the_prefecture_sees_its_cities_without_their_drafts():
    chiba = a_municipality("120006", "千葉県", kind="prefecture")
    measure = a_measure(a_section(a_plan(a_municipality(prefecture=chiba))))
    typed(measure, 12, by=a_user(Role.EDITOR))
    other_prefecture = a_municipality("130001", "東京都", kind="prefecture")

    assert seen_by(a_prefecture_user(chiba)) == [HIDDEN]
    assert seen_by(a_prefecture_user(other_prefecture)) == []


def test_the_operators_changes_carry_no_name():
    measure = a_measure(a_section(a_plan()))
    typed(measure, 12, by=None)

    [line] = map(history_line, changes_for(a_user(Role.EDITOR)))

    assert line.by == "（システム管理）"


@pytest.mark.parametrize("query", ["per_page=-5", "per_page=0", "page=-1", "page=abc", "page=999999"])
def test_an_impossible_page_shows_the_nearest_one(client, query):
    client.force_login(a_user())

    answer = client.get(f"/history/?{query}")

    assert answer.status_code == 200
