"""基準値 from the last plan: only what is 確定, only by a click, never over what somebody else wrote."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.words import Certainty, Side, State
from evaluations.planning.carry_over.baselines import BaselineLine, baseline_lines, take_baselines
from evaluations.planning.carry_over.comparison import comparison_of
from plans.models import Change, Measure, PlanKind, Role, Subject, YearState
from plans.refusals import Refused
from tests.builders import a_link, a_plan, a_user, a_value, in_state
from tests.carry_over_plans import a_goal, confirmed, measures
from tests.page_readers import ticked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_manager")]

ORIGIN = "第6期の実績 令和5年度：27人（確定）"


def tied(plans, code="a", how="same", new=None, **fields):
    """An old measure and the one that it became."""
    old, [later] = measures(plans[0], code, **fields), measures(plans[1], code, **fields | (new or {}))
    a_link(plans[1], old[0], later, how)
    return old[0], later


def line(plan, code="a") -> BaselineLine:
    comparison = comparison_of(plan)
    assert comparison is not None
    return {one.new.code: one for one in baseline_lines(comparison)}[code]


def proposal(plan, code="a"):
    found = line(plan, code).proposal
    return found and (found.number, found.year, found.text)


def take(plan, by, *codes, same=()):
    return take_baselines(plan, {code: line(plan, code).mark for code in codes}, same, by=by)


def kept(measure):
    fresh = Measure.objects.get(pk=measure.pk)
    return fresh.baseline, fresh.baseline_year, fresh.baseline_text, fresh.baseline_is_same_quantity


# --- What is proposed ---


def test_the_last_confirmed_actual_is_proposed_with_its_origin(plans):
    old, _ = tied(plans)
    confirmed(old, y2022=20, y2023=27)

    assert proposal(plans[1]) == (27, 2023, ORIGIN)
    assert line(plans[1]).remark == ""


@pytest.mark.parametrize(
    ("state", "number", "word"),
    [
        (YearState.DRAFT, 27, "令和5年度は確定前"),
        (YearState.SUBMITTED, 27, "令和5年度は確定前"),
        (YearState.CONFIRMED, None, "令和5年度は未入力"),
        (YearState.CONFIRMED, State.PENDING, "令和5年度は集計中"),
    ],
)
def test_a_later_year_that_is_not_known_for_sure_is_passed_over_and_named(plans, state, number, word):
    old, _ = tied(plans)
    confirmed(old, y2022=20)
    if isinstance(number, State):
        a_value(old, 2023, state=number)
    elif number is not None:
        a_value(old, 2023, number)
    in_state(old.section, 2023, state)

    found = line(plans[1])

    assert (proposal(plans[1]), found.remark) == ((20, 2022, "第6期の実績 令和4年度：20人（確定）"), word)


def test_an_outlook_in_a_confirmed_year_is_no_actual(plans):
    old, _ = tied(plans)
    confirmed(old, y2022=20)
    a_value(old, 2023, 25, certainty=Certainty.EXPECTED)
    in_state(old.section, 2023, YearState.CONFIRMED)

    assert (proposal(plans[1])[1], line(plans[1]).remark) == (2022, "令和5年度は見込みの値")


def test_a_preliminary_figure_of_a_confirmed_year_says_so(plans):
    old, _ = tied(plans)
    a_value(old, 2023, 27, certainty=Certainty.PRELIMINARY)
    in_state(old.section, 2023, YearState.PUBLISHED)

    assert proposal(plans[1]) == (27, 2023, "第6期の実績 令和5年度：27人（速報）")


def test_without_any_confirmed_actual_nothing_is_proposed_and_every_year_says_why(plans):
    old, _ = tied(plans)
    a_value(old, 2021, 20)
    in_state(old.section, 2022, YearState.CONFIRMED)

    found = line(plans[1])

    why = "確定した実績がありません（令和3年度は確定前、令和4年度は未入力、令和5年度は確定前）。"
    assert (found.proposal, found.why_none) == (None, why)


def test_a_zero_is_a_baseline(plans):
    old, _ = tied(plans)
    confirmed(old, y2023=0)

    assert proposal(plans[1]) == (0, 2023, "第6期の実績 令和5年度：0人（確定）")


def test_a_share_is_taken_as_it_is_printed(plans):
    old, _ = tied(plans, value_kind="rate", unit="%")
    a_value(old, 2023, "66.6667", numerator=Decimal(2), denominator=Decimal(3))
    in_state(old.section, 2023, YearState.CONFIRMED)

    assert proposal(plans[1]) == (Decimal("66.7"), 2023, "第6期の実績 令和5年度：66.7%（確定）")


def test_a_presence_is_said_in_its_word(plans):
    old, _ = tied(plans, value_kind="presence", unit="")
    confirmed(old, y2023=1)

    assert proposal(plans[1]) == (1, 2023, "第6期の実績 令和5年度：有（確定）")


@pytest.mark.parametrize(
    ("how", "new", "why"),
    [
        ("split", {}, "「分割」のため、前の計画の値は基準値になりません。"),
        ("merged", {}, "「統合」のため、前の計画の値は基準値になりません。"),
        ("redefined", {"unit": "件"}, "前の計画と数え方が違うため、基準値になりません（単位：人 → 件）。"),
        (
            "redefined",
            {"direction": "less"},
            "前の計画と数え方が違うため、基準値になりません（方向：増 → 減）。",
        ),
        ("redefined", {"value_kind": "text"}, "文章の指標に基準値はありません。"),
    ],
)
def test_what_is_not_the_same_quantity_is_no_baseline(plans, how, new, why):
    old, _ = tied(plans, how=how, new=new)
    confirmed(old, y2023=27)

    assert (proposal(plans[1]), line(plans[1]).why_none) == (None, why)


def test_a_redefined_measure_of_the_same_unit_may_take_the_old_value_with_a_word_of_warning(plans):
    old, _ = tied(plans, how="redefined")
    confirmed(old, y2023=27)

    found = line(plans[1])

    assert (proposal(plans[1]), found.remark, found.may_be_same) == (
        (27, 2023, ORIGIN),
        "見直し前の定義による値です",
        False,
    )


def test_the_kind_of_plan_is_named_where_it_is_another(plans):
    old = plans[0]
    child = a_plan(kind=PlanKind.CHILD, generation=3, start=2024, end=2026, previous=old)
    [before], [after] = measures(old, "a"), measures(child, "a")
    a_link(child, before, after)
    confirmed(before, y2023=27)

    assert proposal(child)[2] == "第6期障害福祉計画の実績 令和5年度：27人（確定）"


# --- Taking over ---


def test_a_baseline_is_taken_over_with_year_origin_and_history(plans, manager):
    old, new = tied(plans)
    confirmed(old, y2023=27)

    take(plans[1], manager, "a", same=["a"])

    assert kept(new) == (27, 2023, ORIGIN, True)
    history = (
        Change.objects.filter(subject=Subject.MASTER).order_by("id").values_list("measure__code", "field", "old", "new")
    )
    assert list(history) == [
        ("a", "基準値", None, "27"),
        ("a", "基準年度", None, "2023"),
        ("a", "基準値の説明", "", ORIGIN),
        ("a", "基準値は目標と同じ量", "いいえ", "はい"),
    ]
    assert line(plans[1]).is_taken


@pytest.mark.parametrize(
    ("how", "fields", "asked", "same"),
    [
        ("same", {}, ["a"], True),
        ("same", {}, [], False),
        # A running total begins from 0 again; another definition is another quantity, whatever a form says.
        ("same", {"accumulation": "cumulative"}, ["a"], False),
        ("redefined", {}, ["a"], False),
    ],
)
def test_a_baseline_is_the_same_quantity_only_where_somebody_said_so_and_it_can_be(
    plans, manager, how, fields, asked, same
):
    old, new = tied(plans, how=how, **fields)
    confirmed(old, y2023=27)

    take(plans[1], manager, "a", same=asked)

    assert kept(new)[3] is same


def test_a_pace_runs_from_the_baseline_only_then(client, plans, manager):
    old, new = tied(plans)
    confirmed(old, y2023=27)
    a_goal(new, 2026, 33)
    page = reverse("evaluations:measure", args=[plans[1].slug, "a"])

    take(plans[1], manager, "a")
    without = client.get(page).text
    Measure.objects.filter(pk=new.pk).update(baseline=None)
    take(plans[1], manager, "a", same=["a"])
    with_pace = client.get(page).text

    # 27 + (33 − 27) × 1 ÷ 3 = 29
    assert ("均等に進むと" in without, "均等に進むとこの年度で 29.0人" in with_pace) == (False, True)


def test_nothing_is_taken_over_where_one_of_many_changed_since(plans, manager):
    for code in ("a", "b"):
        confirmed(tied(plans, code)[0], y2023=27)
    marks = {code: line(plans[1], code).mark for code in ("a", "b")}
    Measure.objects.filter(plan=plans[1], code="b").update(baseline=5, baseline_year=2020)

    with pytest.raises(Refused) as refused:
        take_baselines(plans[1], marks, [], by=manager)

    assert str(refused.value).splitlines() == [
        "「指標b」の基準値か前の計画の実績が、ページを開いた後に変わりました。",
        "いまの内容を確かめてから、もう一度選んでください。",
    ]
    assert (plans[1].measures.get(code="a").baseline, Change.objects.count()) == (None, 0)


def test_what_was_taken_over_can_be_taken_over_again_with_the_other_answer(plans, manager):
    old, new = tied(plans)
    confirmed(old, y2023=0)
    mark = line(plans[1]).mark

    take(plans[1], manager, "a")
    take(plans[1], manager, "a", same=["a"])

    assert kept(new) == (0, 2023, "第6期の実績 令和5年度：0人（確定）", True)
    with pytest.raises(Refused):
        take_baselines(plans[1], {"a": mark}, [], by=manager)


def test_a_corrected_actual_is_not_taken_over_unseen(plans, manager):
    old, _ = tied(plans)
    confirmed(old, y2023=27)
    mark = line(plans[1]).mark
    old.values.filter(side=Side.ACTUAL).update(number=30)

    with pytest.raises(Refused, match="「指標a」の基準値か前の計画の実績が"):
        take_baselines(plans[1], {"a": mark}, [], by=manager)


def test_a_reopened_year_takes_its_proposal_away(plans, manager):
    old, _ = tied(plans)
    confirmed(old, y2023=27)
    mark = line(plans[1]).mark
    in_state(old.section, 2023, YearState.DRAFT)

    with pytest.raises(Refused):
        take_baselines(plans[1], {"a": mark}, [], by=manager)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CONFIRMER])
def test_only_managers_take_over(plans, role):
    confirmed(tied(plans)[0], y2023=27)

    with pytest.raises(PermissionDenied):
        take(plans[1], a_user(role), "a")


# --- The page ---


def address(plans):
    return reverse("evaluations:carry_over_baselines", args=[plans[1].slug])


def test_nothing_is_taken_over_by_looking(client, plans, manager):
    confirmed(tied(plans)[0], y2023=27)

    page = client.get(address(plans)).text

    assert ORIGIN in page
    assert (plans[1].measures.get().baseline, Change.objects.count()) == (None, 0)


def test_ticked_lines_are_taken_over_and_the_rest_stays(client, plans, manager):
    for code in ("a", "b"):
        confirmed(tied(plans, code)[0], y2023=27)
    fields = form_of(client, plans)

    page = client.post(address(plans), fields | {"take": ["a"], "same-a": "on"}, follow=True)

    assert "基準値を1件取り入れました。" in page.text
    assert "取り入れ済み" in page.text
    assert list(plans[1].measures.order_by("code").values_list("baseline", "baseline_is_same_quantity")) == [
        (27, True),
        (None, False),
    ]


def test_one_button_takes_all_of_them_over(client, plans, manager):
    for code in ("a", "b"):
        confirmed(tied(plans, code)[0], y2023=27)
    tied(plans, "c")

    page = client.post(address(plans), form_of(client, plans) | {"all": "1"}, follow=True)

    assert "基準値を2件取り入れました。" in page.text
    assert list(plans[1].measures.order_by("code").values_list("baseline", flat=True)) == [27, 27, None]


def test_a_refusal_is_said_with_the_ticks_still_there(client, plans, manager):
    old, _ = tied(plans)
    confirmed(old, y2023=27)
    fields = form_of(client, plans)
    old.values.filter(side=Side.ACTUAL).update(number=30)

    page = client.post(address(plans), fields | {"take": ["a"]})

    assert "まだ保存していません。" in page.text
    assert ticked(page, "take") == ["a"]


def test_without_a_tick_the_page_asks_for_one(client, plans, manager):
    tied(plans)

    assert "取り入れる基準値を選んでください。" in client.post(address(plans), {}).text


def test_a_reader_sees_proposals_and_no_button_and_may_not_post(client, plans):
    confirmed(tied(plans)[0], y2023=27)
    client.force_login(a_user(Role.VIEWER))

    page = client.get(address(plans)).text

    assert (ORIGIN in page, "取り入れる" in page) == (True, False)
    assert client.post(address(plans), {"take": ["a"]}).status_code == 403


def form_of(client, plans):
    """The hidden marks of the page: its fields stand in the table, outside their form."""
    text = client.get(address(plans)).text
    marks = [part.split('"')[:3:2] for part in text.split('form="take" name="')[1:]]
    return {name: value for name, value in marks if name.startswith("mark-")}
