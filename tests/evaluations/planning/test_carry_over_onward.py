"""From the last year of a plan into the next one: what it promised is read there, open opinions and 取組 go on."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.follow_up.action_items import carry_action
from evaluations.follow_up.opinions import carry_opinion, delete_opinion
from evaluations.models import ActionItem, CouncilOpinion
from plans.models import Change, PlanKind, Role, YearState
from plans.refusals import Refused
from tests.builders import a_link, a_measure, a_municipality, a_plan, a_section, a_user, in_state
from tests.carry_over_plans import measures, two_plans
from tests.page_forms import form_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_editor")]

DAY = date(2024, 7, 15)


@pytest.fixture
def plans():
    """第6期 with 第4節, which became 第3節 of 第7期, and 第5節, which nobody carried over."""
    old, new = two_plans()
    [before], [after] = measures(old, "a", number=4, named="就労"), measures(new, "x", number=3, named="就労")
    measures(old, "b", number=5, named="相談")
    measures(new, "y", number=5, named="相談")
    a_link(new, before, after)
    return old, new


def section(plan, number):
    return plan.sections.get(number=number)


def a_promise(plan, number, year=2023, action="企業向け説明会を開く"):
    return ActionItem.objects.create(plan=plan, section=section(plan, number), fiscal_year=year, action=action)


def an_opinion(plan, year=2023, **fields):
    given = {"council": "協議会", "held_on": DAY, "number": 1, "opinion": "説明の場がほしい。"} | fields
    return plan.opinions.create(fiscal_year=year, **given)


def page(client, plan, number, year):
    return client.get(reverse("evaluations:section_year", args=[plan.slug, number, year])).text


# --- What the old plan promised ---


def test_the_first_year_opens_with_what_the_last_year_of_the_old_plan_promised(client, plans, editor):
    old, new = plans
    a_promise(old, 4)
    a_promise(old, 4, 2022, "その前の年度の取組")
    a_promise(old, 5, action="別の節の取組")

    first, second, other = page(client, new, 3, 2024), page(client, new, 3, 2025), page(client, new, 5, 2024)

    heading = "前の計画の最終年度に決めた取組と、その後"
    assert ("企業向け説明会を開く" in first, heading in first) == (True, True)
    assert "その前の年度の取組" not in first
    assert heading not in second
    assert (heading in other, "別の節の取組" in other) == (False, False)
    item = ActionItem.objects.get(action="企業向け説明会を開く")
    assert f'href="/plans/122319-6/actions/?item={item.pk}#action"' in first


@pytest.mark.parametrize("state", YearState.values)
def test_a_promise_of_the_old_plan_is_seen_by_readers_once_its_year_is_settled(client, plans, state):
    a_promise(plans[0], 4)
    in_state(section(plans[0], 4), 2023, state)
    client.force_login(a_user(Role.VIEWER))

    shown = "企業向け説明会を開く" in page(client, plans[1], 3, 2024)

    assert shown is (state in (YearState.CONFIRMED, YearState.PUBLISHED))


def test_a_section_made_of_two_opens_with_the_promises_of_both(client, plans, editor):
    old, new = plans
    a_link(new, old.measures.get(code="b"), a_measure(section(new, 3)))
    a_promise(old, 4)
    a_promise(old, 5, action="相談の場を増やす")

    first = page(client, new, 3, 2024)

    assert ("企業向け説明会を開く" in first, "相談の場を増やす" in first) == (True, True)


def test_promises_of_another_plan_in_the_same_years_stay_there(client, plans, editor):
    old, new = plans
    a_promise(old, 4)
    alone = a_plan(kind=PlanKind.CHILD, generation=3, start=2024, end=2026)
    a_section(alone, 3)

    assert "企業向け説明会を開く" not in page(client, alone, 3, 2024)


def test_the_first_year_asks_no_more_for_the_promises_of_an_old_plan(client, plans, editor):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            page(client, plans[1], 3, 2024)
        return len(queries)

    few = asked()
    for number in range(30):
        a_promise(plans[0], 4, action=f"取組{number}")
        a_link(plans[1], a_measure(section(plans[0], 4)), a_measure(section(plans[1], 3)))
    many = asked()

    assert (many, many <= 12) == (few, True)


# --- 取組 go on ---


def test_an_open_promise_goes_on_into_the_first_year_of_the_next_plan(plans, editor):
    item = a_promise(plans[0], 4)
    ActionItem.objects.filter(pk=item.pk).update(due_year=2023, issue="就職先が少ない")

    carried = carry_action(item, version=0, by=editor, channel="screen")

    kept = ActionItem.objects.values_list("plan__slug", "section__number", "fiscal_year", "issue", "due_year", "origin")
    assert kept.get(pk=carried.pk) == ("122319-7", 3, 2024, "就職先が少ない", 2024, item.pk)
    assert Change.objects.get().plan == plans[1]


def test_a_promise_of_a_section_without_successor_says_what_to_do(plans, editor):
    item = a_promise(plans[0], 5)

    with pytest.raises(Refused, match="第5節の指標を引き継いだ節がありません。先に、次の計画で"):
        carry_action(item, version=0, by=editor, channel="screen")


def test_a_settled_first_year_takes_no_promise(plans, editor):
    item = a_promise(plans[0], 4)
    in_state(section(plans[1], 3), 2024, YearState.CONFIRMED)

    with pytest.raises(Refused, match="第3節 令和6年度は確定しているため変更できません。"):
        carry_action(item, version=0, by=editor, channel="screen")


def test_without_a_next_plan_a_promise_of_the_last_year_stays(client, plans, editor):
    item = a_promise(plans[1], 3, 2026)

    with pytest.raises(Refused, match="令和8年度は計画の最終年度です。次の計画でこの計画を「前の計画」に選ぶと"):
        carry_action(item, version=0, by=editor, channel="screen")
    assert "引き継ぐ</button>" not in client.get(f"/plans/122319-7/actions/?item={item.pk}").text


def test_the_button_names_the_year_of_the_next_plan(client, plans, editor):
    item = a_promise(plans[0], 4)
    room = f"/plans/122319-6/actions/?item={item.pk}"
    drawn = client.get(room)

    done = client.post(room, form_with(drawn, "outcome") | {"do": "carry"}, follow=True)

    assert "次の計画の初年度（令和6年度）へ引き継ぐ" in drawn.text
    assert "取組を令和6年度へ引き継ぎました。" in done.text
    assert "令和5年度から引き継ぎ" in page(client, plans[1], 3, 2024)


# --- Opinions go on ---


def test_an_open_opinion_goes_on_with_its_section_and_measure(plans, editor):
    old, new = plans
    opinion = an_opinion(
        old,
        section=section(old, 4),
        measure=old.measures.get(code="a"),
        reflected_section=section(old, 4),
        published=True,
    )

    carried = carry_opinion(opinion, version=0, by=editor, channel="screen")

    fresh = CouncilOpinion.objects.select_related("section", "measure").get(pk=carried.pk)
    assert (fresh.plan, fresh.fiscal_year, fresh.section, fresh.measure.code) == (new, 2024, section(new, 3), "x")
    assert (fresh.origin, fresh.place, fresh.reflected_section, fresh.published) == (opinion, "", None, False)
    opinion.refresh_from_db()
    assert opinion.status == "CARRIED"
    assert {change.plan.slug for change in Change.objects.all()} == {"122319-6", "122319-7"}


def test_what_has_no_successor_is_kept_in_words(plans, editor):
    old, new = plans
    split = old.measures.get(code="a")
    a_link(new, split, a_measure(section(new, 3), "x2"), "split")
    gone = an_opinion(old, section=section(old, 5))
    divided = an_opinion(old, number=2, section=section(old, 4), measure=split)
    typed = an_opinion(old, number=3, section=section(old, 5), place="素案12ページ")

    carried = [carry_opinion(one, version=0, by=editor, channel="screen") for one in (gone, divided, typed)]

    assert [(one.place, one.section and one.section.number, one.measure) for one in carried] == [
        ("第6期障害福祉計画 第5節", None, None),
        ("第6期障害福祉計画 第4節「指標a」", 3, None),
        ("素案12ページ", None, None),
    ]


def test_a_number_that_is_taken_there_gets_the_next_one(plans, editor):
    an_opinion(plans[1], 2024, opinion="先にあった意見")

    carried = carry_opinion(an_opinion(plans[0]), version=0, by=editor, channel="screen")

    assert carried.number == 2


def test_deleting_the_new_one_opens_the_old_one_again(plans, editor):
    opinion = an_opinion(plans[0])
    carried = carry_opinion(opinion, version=0, by=editor, channel="screen")

    delete_opinion(carried, version=carried.version, by=editor, channel="screen")

    opinion.refresh_from_db()
    assert opinion.status == "UNANSWERED"


def test_an_opinion_on_a_measure_of_the_childrens_part_goes_where_the_measure_went(plans, editor):
    old, _ = plans
    child = a_plan(kind=PlanKind.CHILD, generation=3, start=2024, end=2026, previous=old)
    [new] = measures(child, "c", number=1)
    a_link(child, old.measures.get(code="b"), new)

    ours = carry_opinion(an_opinion(old, section=section(old, 4)), version=0, by=editor, channel="screen")
    theirs = carry_opinion(an_opinion(old, number=2, section=section(old, 5)), version=0, by=editor, channel="screen")
    of_all = carry_opinion(an_opinion(old, number=3), version=0, by=editor, channel="screen")

    assert [one.plan.slug for one in (ours, theirs, of_all)] == ["122319-7", "122319-c3", "122319-7"]


def test_an_opinion_of_the_last_year_is_carried_on_by_its_button_alone(client, plans, editor):
    opinion = an_opinion(plans[0])
    room = f"/plans/122319-6/opinions/?opinion={opinion.pk}"
    drawn = client.get(room)

    done = client.post(room, form_with(drawn, "response") | {"do": "carry"}, follow=True)

    assert "次の計画の初年度（令和6年度）へ持ち越す" in drawn.text
    assert "意見1を「第7期障害福祉計画」の令和6年度へ持ち越しました。" in done.text
    assert "令和5年度から持ち越し" in client.get("/plans/122319-7/opinions/").text


def test_without_a_next_plan_an_opinion_of_the_last_year_stays(client, plans, editor):
    opinion = an_opinion(plans[1], 2026)

    with pytest.raises(Refused, match="令和8年度は計画の最終年度です。次の計画でこの計画を「前の計画」に選ぶと"):
        carry_opinion(opinion, version=0, by=editor, channel="screen")
    assert "へ持ち越す</button>" not in client.get(f"/plans/122319-7/opinions/?opinion={opinion.pk}").text


def test_the_carry_over_names_the_open_opinions_to_who_may_answer(client, plans, editor):
    an_opinion(plans[0])
    an_opinion(plans[0], 2022, number=2)
    address = reverse("evaluations:carry_over", args=[plans[1].slug])

    for_editor = client.get(address).text
    client.force_login(a_user(Role.VIEWER))
    for_viewer = client.get(address).text

    words = "まだ答えていない協議会等の意見が1件あります。"
    assert (words in for_editor, words in for_viewer) == (True, False)


def test_a_stranger_carries_nothing(client, plans):
    opinion = an_opinion(plans[0])
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))

    answer = client.post(f"/plans/122319-6/opinions/?opinion={opinion.pk}", {"do": "carry", "version": "0"})

    assert (answer.status_code, CouncilOpinion.objects.count()) == (404, 1)
