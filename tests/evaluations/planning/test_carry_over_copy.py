"""Bringing measures of the last plan into the new one: what comes along, what does not, and where it stands."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.lineage import How, LineageLink
from evaluations.planning.carry_over.copying import add_to_plan, free_code
from evaluations.planning.carry_over.deciding import decide
from plans.models import Change, Department, Role, Section, YearlyValue
from plans.refusals import Refused
from targets.models import OutcomeTarget, TargetItem
from tests.builders import a_measure, a_section, a_user, a_value
from tests.carry_over_plans import counts, lines, measures, seen
from tests.page_readers import ticked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_manager")]


def add(plan, by, *codes):
    return add_to_plan(plan, codes, by=by, channel="screen")


def copy_of(plan, code):
    return plan.measures.select_related("section", "target_item__outcome_target").get(code=code)


def test_a_goal_comes_along_with_all_that_it_is_and_nothing_that_was_planned(plans, manager):
    old, new = plans
    own = Department.objects.create(municipality=old.municipality, name="障がい福祉課")
    facts = {
        "label": "2",
        "title": "施設入所者数",
        "quantity": "実人数",
        "unit": "人",
        "direction": "less",
        "accumulation": "year_end",
        "definition": "年度末の人数。",
        "data_source": "市の集計",
        "scope": "area",
        "department": own,
        "sheet_block": False,
        "order": 7,
    }
    [measure] = measures(old, "1-2", number=3, named="地域生活への移行", baseline=60, baseline_year=2019, **facts)
    TargetItem.objects.filter(measure=measure).update(rationale="国の考え方による。", national_level="5%以上")
    OutcomeTarget.objects.update(title="入所者の移行", result_title="移行の実績", overview="概要", goal_text="目標4人")
    a_value(measure, 2022, 57)

    made = add(new, manager, "1-2")

    copy = copy_of(new, "1-2")
    same = set(model_to_dict(measure)) - {"id", "plan", "section", "baseline", "baseline_year"}
    assert made == 1
    assert {name: getattr(copy, name) for name in same} == {name: getattr(measure, name) for name in same}
    assert (copy.baseline, copy.baseline_year, copy.baseline_text) == (None, None, "")
    assert (copy.section.number, copy.section.title) == (3, "地域生活への移行")
    goal = copy.target_item.outcome_target
    assert (goal.title, goal.result_title, goal.overview, goal.goal_text) == ("入所者の移行", "移行の実績", "", "")
    assert (copy.target_item.rationale, copy.target_item.national_level) == ("", "")
    assert not YearlyValue.objects.filter(measure__plan=new).exists()
    assert lines(new) == [("1-2", "1-2", "same", "")]


def test_an_activity_indicator_comes_along_with_its_service_and_related_sections(plans, manager):
    old, new = plans
    [users] = measures(old, "iko-users", number=4, named="相談支援", family="indicator")
    goals = a_section(old, 1, "地域移行")
    a_measure(goals, "1-1")
    counts(users, "chiiki_iko")
    users.activity_indicator.related_sections.set([goals, a_section(old, 9, "引き継がない節")])

    add(new, manager, "iko-users", "1-1")

    copy = copy_of(new, "iko-users").activity_indicator
    assert (copy.service.code, copy.amount_of) == ("chiiki_iko", "users")
    assert [str(section) for section in copy.related_sections.all()] == ["第1節 地域移行"]


def test_a_part_goes_with_its_whole(plans, manager):
    old, new = plans
    whole, alone = measures(old, "w", "alone")
    for code, parent in (("p1", whole), ("p2", alone)):
        measures(old, code, parent=parent, parent_role="subset")

    add(new, manager, "w", "p1", "p2")

    parts = new.measures.exclude(code="w").order_by("code").values_list("code", "parent__code", "parent_role")
    assert list(parts) == [("p1", "w", "subset"), ("p2", None, "")]


def test_a_part_that_comes_later_finds_its_whole(plans, manager):
    old, new = plans
    [whole] = measures(old, "w")
    measures(old, "p", parent=whole, parent_role="addend")

    add(new, manager, "w")
    add(new, manager, "p")

    assert (copy_of(new, "p").parent, copy_of(new, "p").parent_role) == (copy_of(new, "w"), "addend")


@pytest.mark.parametrize(
    ("there", "placed"),
    [
        ([], [(3, "就労")]),
        # A 節 of the same name, whatever its number and its widths.
        ([(1, "就 労")], [(1, "就 労")]),
        # The number is taken: the new 節 comes last.
        ([(3, "相談"), (5, "児童")], [(3, "相談"), (5, "児童"), (6, "就労")]),
    ],
)
def test_a_section_is_found_by_its_name_or_made(plans, manager, there, placed):
    old, new = plans
    measures(old, "a", number=3, named="就労")
    for number, title in there:
        a_section(new, number, title)

    add(new, manager, "a")

    assert list(new.sections.order_by("number").values_list("number", "title")) == placed
    assert copy_of(new, "a").section.title.replace(" ", "") == "就労"


def test_a_measure_joins_those_of_its_old_section_wherever_they_stand_now(plans, manager):
    old, new = plans
    measures(old, "a", "b", number=4, named="就労")
    measures(new, "a", number=2, named="働くこと")
    decide(new, [LineageLink(How.SAME, ("a",), ("a",))], seen=seen(new), by=manager, channel="screen")

    add(new, manager, "b")

    assert str(copy_of(new, "b").section) == "第2節 働くこと"


def test_goals_of_one_outcome_target_stay_together_and_follow_what_is_there(plans, manager):
    old, new = plans
    measures(old, "a", "b", number=1, named="就労")
    measures(new, "a", number=1, named="就労", order=20)

    add(new, manager, "a", "b")

    placed = new.measures.order_by("order").values_list("code", "order", "target_item__outcome_target__title")
    orders = [order for _, order, _ in placed]
    assert [code for code, _, _ in placed] == ["a", "a-2", "b"]
    assert (orders[0], sorted(set(orders))) == (20, orders)
    assert {title for _, _, title in placed} == {"就労"}
    assert OutcomeTarget.objects.filter(section__plan=new).count() == 1


@pytest.mark.parametrize(
    ("code", "taken", "free"),
    [
        ("1-1", set(), "1-1"),
        ("1-1", {"1-1"}, "1-1-2"),
        ("1-1", {"1-1", "1-1-2"}, "1-1-3"),
        ("x" * 40, {"x" * 40}, "x" * 38 + "-2"),
    ],
)
def test_a_code_that_is_taken_gets_a_number(code, taken, free):
    assert free_code(code, taken) == free


def test_a_copy_belongs_to_the_entry_of_the_catalogue_that_follows(plans, manager):
    old, new = plans
    measures(old, "1-1", catalogue_code="6-1-1")
    measures(old, "4-5", catalogue_code="6-4-5")
    measures(old, "k", family="indicator", catalogue_code="kyotaku_kaigo-users")

    add(new, manager, "1-1", "4-5", "k")

    codes = dict(new.measures.values_list("code", "catalogue_code"))
    # What the guideline redefined is not what a copy still counts.
    assert codes == {"1-1": "7-1-1", "4-5": "", "k": "kyotaku_kaigo-users"}
    assert copy_of(new, "1-1").target_item.national_level == "令和4年度末時点の施設入所者の6%以上"


def test_what_is_copied_leaves_its_lines_in_the_history(plans, manager):
    old, new = plans
    measures(old, "a", number=2, named="相談")

    add(new, manager, "a")

    kept = Change.objects.order_by("id").values_list("plan__slug", "section__number", "measure__code", "field", "new")
    assert list(kept) == [
        (new.slug, 2, None, "作成", "第2節 相談"),
        (new.slug, 2, "a", "作成", "a 指標a"),
        (new.slug, 2, "a", "引き継ぎ", "継続：「指標a」 → 「指標a」"),
    ]


def test_nothing_is_copied_where_one_of_many_cannot_come(plans, manager):
    old, new = plans
    measures(old, "a", "b")
    measures(old, "until", until_year=2023)
    [medical] = measures(old, "iryo", family="indicator")
    counts(medical, "iryo_jido_hattatsu")
    add(new, manager, "b")
    before = Change.objects.count()

    with pytest.raises(Refused) as refused:
        add(new, manager, "a", "b", "until", "iryo")

    assert str(refused.value).splitlines() == [
        "「指標b」は、引き継ぎ方がもう決まっています。",
        "「指標until」はこの計画に加えられません。令和5年度までの指標です。",
        "「指標iryo」はこの計画に加えられません。「医療型児童発達支援」は令和5年度で終わったサービスです。",
    ]
    assert (lines(new), Change.objects.count()) == ([("b", "b", "same", "")], before)


def test_a_service_that_still_exists_comes_along_with_its_years(plans, manager):
    old, new = plans
    measures(old, "since", since_year=2025)
    measures(old, "until", until_year=2025)

    add(new, manager, "since", "until")

    assert list(new.measures.order_by("code").values_list("code", "since_year", "until_year")) == [
        ("since", 2025, None),
        ("until", None, 2025),
    ]


def test_a_measure_that_is_not_in_the_old_plan_is_refused(plans, manager):
    with pytest.raises(Refused, match="前の計画にない指標が選ばれています。"):
        add(plans[1], manager, "zz")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CONFIRMER])
def test_only_managers_copy(plans, role):
    measures(plans[0], "a")

    with pytest.raises(PermissionDenied):
        add(plans[1], a_user(role), "a")


def test_copying_thirty_asks_no_more_than_copying_one(plans, manager):
    old, new = plans
    measures(old, *(f"a{number}" for number in range(31)))
    measures(old, *(f"b{number}" for number in range(31)), number=2, named="量", family="indicator")

    asked = []
    for numbers in (range(1), range(1, 31)):
        with CaptureQueriesContext(connection) as queries:
            add(new, manager, *(f"{letter}{number}" for letter in "ab" for number in numbers))
        asked.append(len(queries))

    assert asked[1] <= asked[0]


# --- The page ---


def post(client, plan, **data):
    return client.post(reverse("evaluations:carry_over", args=[plan.slug]), data, follow=True)


def test_an_empty_plan_begins_with_everything_by_one_click(client, plans, manager):
    old, new = plans
    measures(old, "a", "b", number=1, named="移行")
    measures(old, "c", number=2, named="就労")
    page = client.get(reverse("evaluations:carry_over", args=[new.slug])).text

    done = post(client, new, do="add_all").text

    assert "前の計画の指標をすべて引き継ぐ（3件）" in page
    assert "前の計画の指標3件を、継続としてこの計画に加えました。" in done
    assert lines(new) == [(code, code, "same", "") for code in "abc"]
    assert [str(section) for section in Section.objects.filter(plan=new)] == ["第1節 移行", "第2節 就労"]


def test_a_second_click_on_an_old_page_copies_nothing_twice(client, plans, manager):
    old, new = plans
    measures(old, "a")
    post(client, new, do="add_all")

    again = post(client, new, do="add", add=["a"]).text

    assert "「指標a」は、引き継ぎ方がもう決まっています。" in again
    assert new.measures.count() == 1


def test_ticked_measures_are_added_and_what_was_ticked_stays_after_a_problem(client, plans, manager):
    old, new = plans
    measures(old, "a", "b", "c")
    add(new, manager, "b")

    refused = post(client, new, do="add", add=["a", "b"])
    post(client, new, do="add", add=["a"])

    assert ticked(refused, "add") == ["a"]
    assert [line[0] for line in lines(new)] == ["a", "b"]


def test_without_a_tick_the_page_asks_for_one(client, plans, manager):
    measures(plans[0], "a")

    assert "この計画に加える指標を選んでください。" in post(client, plans[1], do="add").text
