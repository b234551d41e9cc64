"""未達成分の上乗せ: what is proposed, what the city makes of it, and the trace that stays."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from core.lineage import How, LineageLink
from core.words import Certainty, Side, State
from evaluations.planning.carry_over.comparison import comparison_of
from evaluations.planning.carry_over.deciding import decide
from evaluations.planning.carry_over.shortfalls import put_on_top, shortfalls
from plans.models import Change, MeasureLink, Role, YearlyValue, YearState
from plans.refusals import ChangesRefused, Refused
from tests.builders import a_link, a_user, a_value, in_state
from tests.carry_over_plans import a_goal, confirmed, measures, seen
from tests.page_forms import form_with
from tests.page_readers import page_tree, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_manager")]

REASON = "前の計画で届かなかった分を、この計画で取り戻すため。"


def missed(plans, *, goal=35, actual=27, planned=40, how="same", old=None, new=None):
    """An old goal with its confirmed actual of the last year, and the new goal; None leaves a value out."""
    [before], [after] = measures(plans[0], "a", **(old or {})), measures(plans[1], "x", **(old or {}) | (new or {}))
    if goal is not None:
        a_goal(before, 2023, goal)
    if actual is not None:
        confirmed(before, y2023=actual)
    if planned is not None:
        a_goal(after, 2026, planned)
    a_link(plans[1], before, after, how)
    return before, after


def found(plan):
    comparison = comparison_of(plan)
    assert comparison is not None
    return shortfalls(comparison)


def line(plan):
    return found(plan).lines[0]


def put(plan, by, amount, reason=REASON, mark=None):
    mark = line(plan).mark if mark is None else mark
    return put_on_top(plan, "a", "x", Decimal(amount), reason, mark=mark, by=by, channel="screen")


def goal_of(plan, code="x"):
    return YearlyValue.objects.get(measure__plan=plan, measure__code=code, side=Side.PLANNED).number


def trace():
    link = MeasureLink.objects.get()
    return link.shortfall, link.added, link.added_reason, link.version


# --- What is proposed ---


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        ({}, 8),
        ({"actual": 35}, None),
        ({"actual": 40}, None),
        ({"goal": 55, "actual": 57, "old": {"direction": "less"}}, 2),
        ({"goal": 55, "actual": 50, "old": {"direction": "less"}}, None),
        ({"goal": 4, "actual": 1, "old": {"accumulation": "cumulative"}}, 3),
        ({"goal": 100, "actual": 50, "old": {"direction": "near"}}, None),
        ({"goal": 80, "actual": 50, "old": {"value_kind": "rate", "unit": "%"}}, None),
        ({"goal": None}, None),
        ({"how": "redefined"}, 8),
        # Another unit, another direction: the shortfall means nothing for the new goal.
        ({"how": "redefined", "new": {"unit": "件"}}, None),
        ({"how": "redefined", "new": {"direction": "near"}}, None),
    ],
)
def test_the_shortfall_of_the_last_year_is_proposed(plans, given, amount):
    missed(plans, **given)

    lines = found(plans[1]).lines

    assert [one.amount for one in lines] == ([] if amount is None else [amount])


def test_the_running_total_is_compared_and_never_added_up(plans):
    before, _ = missed(plans, goal=4, actual=None, old={"accumulation": "cumulative"})
    confirmed(before, y2021=0, y2022=2, y2023=3)

    assert line(plans[1]).amount == 1


@pytest.mark.parametrize(
    ("state", "value", "why"),
    [
        (YearState.DRAFT, 27, "令和5年度の実績が確定していません"),
        (YearState.SUBMITTED, 27, "令和5年度の実績が確定していません"),
        (YearState.CONFIRMED, None, "令和5年度の実績は未入力です"),
        (YearState.CONFIRMED, State.PENDING, "令和5年度の実績は集計中です"),
    ],
)
def test_a_last_year_that_is_not_known_waits_and_says_why(plans, state, value, why):
    before, _ = missed(plans, actual=None)
    if isinstance(value, State):
        a_value(before, 2023, state=value)
    elif value is not None:
        a_value(before, 2023, value)
    in_state(before.section, 2023, state)

    assert ([], [why]) == (list(found(plans[1]).lines), [one.why_none for one in found(plans[1]).waiting])


def test_an_outlook_in_the_last_year_is_no_actual_to_judge_by(plans):
    before, _ = missed(plans, actual=None)
    a_value(before, 2023, 27, certainty=Certainty.EXPECTED)
    in_state(before.section, 2023, YearState.CONFIRMED)

    assert [one.why_none for one in found(plans[1]).waiting] == ["令和5年度の実績は見込みの値です"]


def test_parts_of_a_division_share_the_shortfall_out_themselves(plans):
    before, after = missed(plans, how="split")
    [other] = measures(plans[1], "y")
    a_link(plans[1], before, other, "split")

    assert [(one.new.code, one.amount, one.offered) for one in found(plans[1]).lines] == [
        ("x", 8, None),
        ("y", 8, None),
    ]


# --- Putting it on top ---


def test_the_goal_rises_by_what_the_city_decided_and_the_trace_stays(plans, manager):
    _, after = missed(plans)

    put(plans[1], manager, 5)

    assert (goal_of(plans[1]), trace()) == (45, (8, 5, REASON, 1))
    history = Change.objects.order_by("id").values_list("measure__code", "field", "fiscal_year", "old", "new", "reason")
    assert list(history) == [
        ("x", "計画値", 2026, {"number": "40"}, {"number": "45"}, f"未達成分の上乗せ：{REASON}"),
        ("x", "未達成分の上乗せ", 2026, None, f"5人（未達成分 8人、理由：{REASON}）", ""),
    ]


def test_a_ceiling_is_lowered(plans, manager):
    missed(plans, goal=55, actual=57, planned=50, old={"direction": "less"})

    put(plans[1], manager, 2)

    assert (goal_of(plans[1]), line(plans[1]).before) == (48, 50)


def test_correcting_the_amount_moves_the_goal_by_the_difference(plans, manager):
    missed(plans)

    put(plans[1], manager, 5)
    put(plans[1], manager, 8)
    put(plans[1], manager, 3, "減らした。")

    assert (goal_of(plans[1]), trace()) == (43, (8, 3, "減らした。", 3))
    assert line(plans[1]).before == 40


def test_another_reason_alone_is_kept_and_moves_nothing(plans, manager):
    missed(plans)
    put(plans[1], manager, 5)

    put(plans[1], manager, 5, "書き直した理由。")

    assert (goal_of(plans[1]), trace()) == (45, (8, 5, "書き直した理由。", 2))


def test_zero_takes_it_back_with_the_reason_in_the_history(plans, manager):
    missed(plans)
    put(plans[1], manager, 5)

    put(plans[1], manager, 0, "国の目標に合わせ直すため。")

    assert (goal_of(plans[1]), trace()) == (40, (None, None, "", 2))
    last = Change.objects.order_by("-id").values_list("field", "old", "new", "reason").first()
    assert last == ("未達成分の上乗せ", f"5人（未達成分 8人、理由：{REASON}）", None, "国の目標に合わせ直すため。")


def test_saving_the_same_twice_writes_nothing(plans, manager):
    missed(plans)
    put(plans[1], manager, 5)
    before = Change.objects.count()

    put(plans[1], manager, 5)

    assert (goal_of(plans[1]), Change.objects.count()) == (45, before)


def test_what_two_merged_goals_missed_is_put_on_one_goal(plans, manager):
    _, after = missed(plans, how="merged")
    [other] = measures(plans[0], "b")
    a_goal(other, 2023, 10)
    confirmed(other, y2023=7)
    a_link(plans[1], other, after, "merged")
    lines = found(plans[1]).lines

    put_on_top(plans[1], "a", "x", Decimal(8), REASON, mark=lines[0].mark, by=manager, channel="screen")
    second = found(plans[1]).lines[1]
    put_on_top(plans[1], "b", "x", Decimal(3), REASON, mark=second.mark, by=manager, channel="screen")

    assert [one.amount for one in lines] == [8, 3]
    assert goal_of(plans[1]) == 51


@pytest.mark.parametrize(
    ("given", "amount", "reason", "sentence"),
    [
        ({}, 5, "", "理由を書いてください。"),
        ({}, -1, REASON, "上乗せする数は、0以上で入力してください。"),
        ({"planned": None}, 5, REASON, "令和8年度の計画値がまだ数値で入力されていません。"),
        (
            {"goal": 55, "actual": 57, "planned": 1, "old": {"direction": "less"}},
            2,
            REASON,
            "上乗せすると計画値が-1になります。",
        ),
    ],
)
def test_what_cannot_be_put_on_top_is_refused_with_the_remedy(plans, manager, given, amount, reason, sentence):
    missed(plans, **given)

    with pytest.raises(Refused, match=sentence):
        put(plans[1], manager, amount, reason)

    assert (trace()[:2], Change.objects.count()) == ((None, None), 0)


def test_a_shortfall_that_is_gone_can_only_be_taken_back(plans, manager):
    before, _ = missed(plans)
    put(plans[1], manager, 5)
    YearlyValue.objects.filter(measure=before, side=Side.ACTUAL).update(number=36)

    with pytest.raises(Refused, match="「指標a」に未達成分がないため、上乗せできません。"):
        put(plans[1], manager, 6)
    put(plans[1], manager, 0)

    assert goal_of(plans[1]) == 40


def test_a_locked_year_of_the_new_plan_keeps_its_goal(plans, manager):
    _, after = missed(plans)
    in_state(after.section, 2026, YearState.CONFIRMED)

    with pytest.raises(ChangesRefused, match="確定しているため変更できません"):
        put(plans[1], manager, 5)

    assert (goal_of(plans[1]), trace()[:2]) == (40, (None, None))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CONFIRMER])
def test_only_managers_put_something_on_top(plans, role):
    missed(plans)

    with pytest.raises(PermissionDenied):
        put(plans[1], a_user(role), 5)


def test_a_line_that_is_not_there_is_refused(plans, manager):
    missed(plans)

    with pytest.raises(Refused, match="この引き継ぎは、ほかの人が変えました。"):
        put_on_top(plans[1], "a", "zz", Decimal(5), REASON, mark="", by=manager, channel="screen")


# --- Conflicts ---


@pytest.mark.parametrize("change", ["goal", "trace", "actual"])
def test_what_changed_since_the_page_was_drawn_is_not_overwritten(plans, manager, change):
    before, after = missed(plans)
    mark = line(plans[1]).mark
    if change == "goal":
        YearlyValue.objects.filter(measure=after).update(number=42)
    elif change == "actual":
        YearlyValue.objects.filter(measure=before, side=Side.ACTUAL).update(number=30)
    else:
        put(plans[1], manager, 1)

    with pytest.raises(Refused, match="ページを開いた後に、計画値か上乗せが変わりました。"):
        put(plans[1], manager, 5, mark=mark)


@pytest.mark.django_db(transaction=True)
def test_of_two_amounts_in_the_same_moment_one_is_kept_and_one_told(plans, manager):
    missed(plans)
    mark = line(plans[1]).mark
    together = Barrier(2)

    def save(amount):
        try:
            together.wait()
            put(plans[1], manager, amount, mark=mark)
            return amount
        except Refused:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(save, (5, 7)))

    [kept] = [amount for amount in answers if amount is not None]
    assert (goal_of(plans[1]), trace()[1]) == (40 + kept, kept)


@pytest.mark.django_db(transaction=True)
def test_a_decision_in_the_same_moment_loses_no_trace(plans, manager):
    missed(plans)
    measures(plans[0], "b")
    mark, showed = line(plans[1]).mark, seen(plans[1])
    together = Barrier(2)

    def raise_goal():
        put(plans[1], manager, 5, mark=mark)

    def decide_anew():
        decide(plans[1], [LineageLink(How.SAME, ("b",), ("x",))], seen=showed, by=manager, channel="screen")

    def run(verb):
        try:
            together.wait()
            verb()
            return "kept"
        except Refused:
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(run, (raise_goal, decide_anew)))

    link = MeasureLink.objects.get()
    outcomes = {("a", 5): (45, ["kept", "told"]), ("b", None): (40, ["told", "kept"])}
    assert (goal_of(plans[1]), answers) == outcomes[link.old.code, link.added]


# --- The page ---


def address(plans):
    return reverse("evaluations:carry_over_shortfalls", args=[plans[1].slug])


def test_the_page_offers_the_whole_shortfall_and_takes_what_is_typed(client, plans, manager):
    missed(plans)
    fields = form_with(client.get(address(plans)), "mark")

    page = client.post(address(plans), fields | {"amount": "５人", "reason": REASON}, follow=True)

    assert (fields["amount"], fields["line"]) == ("8", "a.x")
    assert "「指標x」の計画値に5人を上乗せしました。" in page.text
    assert "（上乗せ前 40人、上乗せ 5人）" in page.text
    assert goal_of(plans[1]) == 45


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": "五人"}, "数値で入力してください（入力：五人）"),
        ({"amount": "集計中"}, "上乗せする数は数字で入力してください。"),
        ({"amount": ""}, "上乗せする数を入力してください。"),
        ({"reason": ""}, "理由を書いてください。"),
        ({"mark": "old"}, "ページを開いた後に、計画値か上乗せが変わりました。"),
    ],
)
def test_a_problem_is_said_and_what_was_typed_stays(client, plans, manager, typed, sentence):
    missed(plans)
    fields = form_with(client.get(address(plans)), "mark") | {"amount": "5", "reason": REASON} | typed

    page = client.post(address(plans), fields)

    again = form_with(page, "mark")
    assert sentence in page.text
    assert (again["amount"], again["reason"]) == (fields["amount"], fields["reason"])
    assert goal_of(plans[1]) == 40


def test_without_a_planned_value_the_page_leads_to_where_it_is_entered(client, plans, manager):
    missed(plans, planned=None)

    page = client.get(address(plans)).text

    assert reverse("evaluations:entry_section", args=[plans[1].slug, 2026, 1]) in page
    assert "上乗せする数" not in page


def test_a_reader_sees_the_trace_and_no_form_and_may_not_post(client, plans, manager):
    missed(plans)
    put(plans[1], manager, 5)
    client.force_login(a_user(Role.VIEWER))

    page = client.get(address(plans)).text

    assert ("未達成分" in page, REASON in page, "上乗せする数" in page) == (True, True, False)
    assert client.post(address(plans), {"line": "a.x"}).status_code == 403


def test_a_line_that_is_not_on_the_page_is_not_found(client, plans, manager):
    missed(plans)

    assert client.post(address(plans), {"line": "a.zz"}).status_code == 404


def test_the_trace_stands_on_the_page_of_the_measure(client, plans, manager):
    missed(plans)
    put(plans[1], manager, 5)

    page = page_tree(client.get(reverse("evaluations:measure", args=[plans[1].slug, "x"])))

    facts = next(facts for facts in page.iter("dl") if "未達成分の上乗せ" in [words(fact) for fact in facts])
    said = words(facts[[words(fact) for fact in facts].index("未達成分の上乗せ") + 1])
    assert said.startswith("5人（前の計画の")
    assert said.endswith(f"未達成分 8人） {REASON}")
