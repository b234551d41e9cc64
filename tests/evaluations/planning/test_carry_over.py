"""Deciding how measures go on: the verbs, their rights, conflicts and history, and the page that calls them."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from core.lineage import How, LineageLink
from evaluations.planning.carry_over.deciding import decide, leave_open
from evaluations.planning.carry_over.page import carry_over_page
from plans.access import plan_for
from plans.models import Change, MeasureLink, PlanKind, Role, Subject
from plans.refusals import Conflict, Refused
from tests.builders import a_measure, a_plan, a_section, a_user
from tests.carry_over_plans import counts, lines, measures, seen, ticked, two_plans
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans():
    """第6期 with a, b, c and 第7期 with x, y, z."""
    old, new = two_plans()
    measures(old, "a", "b", "c")
    measures(new, "x", "y", "z")
    return old, new


@pytest.fixture
def new(plans):
    return plans[1]


@pytest.fixture
def manager(client, plans):
    person = a_user(Role.MANAGER, username="hanako")
    client.force_login(person)
    return person


def say(plan, by, *lineages, showed=None):
    return decide(plan, lineages, seen=seen(plan) if showed is None else showed, by=by, channel="screen")


def address(plan, query=""):
    return reverse("evaluations:carry_over", args=[plan.slug]) + query


def open_codes(plan, person):
    """Old and new measures that the page calls undecided."""
    page = carry_over_page(plan_for(person, plan.slug))
    assert page.comparison is not None
    return [measure.code for measure in (*page.comparison.open_olds, *page.comparison.open_news)]


# --- The verb ---


@pytest.mark.parametrize(
    ("lineage", "kept"),
    [
        (LineageLink(How.SAME, ("a",), ("x",)), [("a", "x", "same", "")]),
        (LineageLink(How.REDEFINED, ("a",), ("x",), "対象を広げた。"), [("a", "x", "redefined", "対象を広げた。")]),
        (
            LineageLink(How.SPLIT, ("a",), ("x", "y"), "分けた。"),
            [("a", "x", "split", "分けた。"), ("a", "y", "split", "分けた。")],
        ),
        (LineageLink(How.MERGED, ("a", "b"), ("x",)), [("a", "x", "merged", ""), ("b", "x", "merged", "")]),
        (LineageLink(How.ENDED, ("a",), (), "事業の終了。"), [("a", "", "ended", "事業の終了。")]),
        (LineageLink(How.NEW, (), ("x",)), [("", "x", "new", "")]),
    ],
)
def test_each_way_to_go_on_is_kept_as_its_lines(new, manager, lineage, kept):
    made = say(new, manager, lineage)

    assert (made, lines(new)) == (1, kept)


def test_every_decision_leaves_its_line_in_the_history(new, manager):
    say(
        new,
        manager,
        LineageLink(How.MERGED, ("a", "b"), ("x",), "まとめた。"),
        LineageLink(How.ENDED, ("c",), (), "終えた。"),
    )
    say(new, manager, LineageLink(How.SAME, ("a",), ("x",)))

    history = Change.objects.order_by("id").values_list(
        "subject", "field", "measure__code", "old", "new", "by__username"
    )
    merged = "統合：「指標a」、「指標b」 → 「指標x」（まとめた。）"
    assert list(history) == [
        (Subject.MASTER, "引き継ぎ", "x", "未定", merged, "hanako"),
        (Subject.MASTER, "引き継ぎ", None, "未定", "終了：「指標c」（終えた。）", "hanako"),
        (Subject.MASTER, "引き継ぎ", "x", merged, "継続：「指標a」 → 「指標x」", "hanako"),
    ]


def test_a_new_decision_frees_what_it_pushed_aside(new, manager):
    say(new, manager, LineageLink(How.SPLIT, ("a",), ("x", "y")), LineageLink(How.SAME, ("b",), ("z",)))

    say(new, manager, LineageLink(How.SAME, ("b",), ("x",)))

    assert lines(new) == [("b", "x", "same", "")]
    assert open_codes(new, manager) == ["a", "c", "y", "z"]


def test_deciding_the_same_again_writes_nothing(new, manager):
    say(new, manager, LineageLink(How.SAME, ("a",), ("x",)))
    before = Change.objects.count()

    made = say(new, manager, LineageLink(How.SAME, ("a",), ("x",)), showed={})

    assert (made, Change.objects.count()) == (0, before)


def test_another_way_for_the_same_pair_keeps_its_row_with_its_trace(new, manager):
    say(new, manager, LineageLink(How.SAME, ("a",), ("x",)))
    MeasureLink.objects.update(shortfall=3, added=2, added_reason="計画の上乗せ")

    say(new, manager, LineageLink(How.REDEFINED, ("a",), ("x",), "定義を変えた。"))

    assert list(MeasureLink.objects.values_list("how", "note", "added")) == [("redefined", "定義を変えた。", 2)]


def test_a_line_with_something_put_on_top_is_not_lost(new, manager):
    say(new, manager, LineageLink(How.SAME, ("a",), ("x",)))
    MeasureLink.objects.update(shortfall=3, added=2, added_reason="計画の上乗せ")

    with pytest.raises(Refused, match="「指標x」には未達成分の上乗せがあります。先に上乗せを取り消してから"):
        say(new, manager, LineageLink(How.SAME, ("b",), ("x",)))
    with pytest.raises(Refused, match="「指標x」には未達成分の上乗せがあります。"):
        leave_open(new, ("new", "x"), seen=seen(new)[("new", "x")], by=manager, channel="screen")

    assert lines(new) == [("a", "x", "same", "")]


def test_a_decision_can_be_taken_back(new, manager):
    say(new, manager, LineageLink(How.MERGED, ("a", "b"), ("x",)))

    leave_open(new, ("old", "b"), seen=seen(new)[("old", "b")], by=manager, channel="screen")

    assert lines(new) == []
    assert Change.objects.order_by("id").last().new == "未定"


def test_nothing_is_written_where_one_of_many_does_not_fit(new, manager):
    measures(new, "w", unit="件")

    with pytest.raises(Refused) as refused:
        say(
            new,
            manager,
            LineageLink(How.NEW, (), ("y",)),
            LineageLink(How.SAME, ("a",), ("w",)),
            LineageLink(How.ENDED, ("b",)),
            LineageLink(How.SAME, ("b",), ("z",)),
        )

    assert str(refused.value).splitlines() == [
        (
            "「指標w」は前の計画と数え方が違う（単位：人 → 件）ため、「継続」にできません。"
            "「見直し」を選ぶか、指標の設定を前の計画に合わせてください。"
        ),
        "「指標b」を終了する理由を書いてください。",
        "「指標b」の引き継ぎ方が二度あります。一つにしてください。",
    ]
    assert (lines(new), Change.objects.count()) == ([], 0)


def test_a_measure_of_neither_plan_is_refused(new, manager):
    with pytest.raises(Refused, match="前の計画にもこの計画にもない指標が選ばれています。"):
        say(new, manager, LineageLink(How.SAME, ("zz",), ("x",)))


def test_a_plan_that_follows_none_has_nothing_to_decide(manager):
    alone = a_plan(generation=9, start=2030, end=2032)

    with pytest.raises(Refused, match="前の計画が決まっていません。"):
        decide(alone, [LineageLink(How.NEW, (), ("x",))], seen={}, by=manager, channel="screen")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER])
def test_only_managers_decide(new, role):
    person = a_user(role)

    with pytest.raises(PermissionDenied):
        say(new, person, LineageLink(How.NEW, (), ("x",)))
    with pytest.raises(PermissionDenied):
        leave_open(new, ("new", "x"), seen=None, by=person, channel="screen")


def test_a_manager_of_another_city_decides_nothing(new, stranger):
    with pytest.raises(PermissionDenied):
        say(new, stranger, LineageLink(How.NEW, (), ("x",)))


# --- Conflicts ---


def test_the_second_of_two_sees_what_the_first_decided_and_nothing_is_written(new, manager):
    showed = seen(new)
    say(new, manager, LineageLink(How.SAME, ("a",), ("x",)))

    with pytest.raises(Conflict) as conflict:
        say(new, manager, LineageLink(How.SAME, ("b",), ("x",)), showed=showed)

    assert conflict.value.current == ("「指標x」は、いま「継続：「指標a」 → 「指標x」」です。",)
    assert lines(new) == [("a", "x", "same", "")]


def test_two_people_who_decide_about_different_measures_do_not_meet(new, manager):
    showed = seen(new)
    say(new, manager, LineageLink(How.SAME, ("a",), ("x",)))

    say(new, manager, LineageLink(How.SAME, ("b",), ("y",)), showed=showed)

    assert lines(new) == [("a", "x", "same", ""), ("b", "y", "same", "")]


def test_a_third_part_added_meanwhile_is_a_conflict_for_who_saw_two(new, manager):
    say(new, manager, LineageLink(How.SPLIT, ("a",), ("x", "y")))
    showed = seen(new)
    say(new, manager, LineageLink(How.SPLIT, ("a",), ("x", "y", "z")))

    with pytest.raises(Conflict):
        say(new, manager, LineageLink(How.SAME, ("a",), ("x",)), showed=showed)
    with pytest.raises(Conflict):
        leave_open(new, ("new", "x"), seen=showed[("new", "x")], by=manager, channel="screen")


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_in_the_same_moment_exactly_one_is_kept(new, manager):
    people = {"a": manager, "b": a_user(Role.MANAGER, username="taro")}
    showed = seen(new)
    together = Barrier(2)

    def save(code):
        try:
            together.wait()
            say(new, people[code], LineageLink(How.SAME, (code,), ("x",)), showed=showed)
            return "kept"
        except Conflict:
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(people, pool.map(save, people), strict=True))

    winner = lines(new)[0][0]
    assert (len(lines(new)), answers[winner], sorted(answers.values())) == (1, "kept", ["kept", "told"])


# --- The database ---


@pytest.mark.parametrize(
    "broken",
    [
        {"how": "same"},
        {"how": "ended", "old": "a"},
        {"how": "new", "old": "a", "new": "x"},
        {"how": "ended", "old": "a", "new": "x", "note": "理由"},
        {"how": "same", "old": "a", "new": "x", "added": 1},
        {"how": "same", "old": "a", "new": "x", "added": 1, "shortfall": 2},
        {"how": "same", "old": "a", "new": "x", "added": 0, "shortfall": 2, "added_reason": "理由"},
    ],
)
def test_the_database_refuses_half_a_line(plans, broken):
    old, new = plans
    ends = {"old": old.measures.filter(code=broken.get("old", "")).first()}
    ends["new"] = new.measures.filter(code=broken.get("new", "")).first()

    with pytest.raises(IntegrityError), transaction.atomic():
        MeasureLink.objects.create(plan=new, **{**broken, **ends})


# --- The page ---


def test_the_page_leads_to_each_section_and_says_where_something_is_undecided(client, plans, manager):
    _, new = plans
    a_measure(a_section(new, 2, "就労"), "k", title="移行者数")
    say(new, manager, LineageLink(How.NEW, (), ("k",)))

    page = client.get(address(new)).text

    found = re.findall(r'href="#section-(\d)">第\d節<span class="soft small">（(.*?)）', page)
    assert found == [("1", "未定3"), ("2", "済")]


def test_the_page_proposes_and_ticks_what_it_found(client, plans, manager):
    old, new = plans
    a_measure(old.sections.get(), "k1", title="会議の回数")
    a_measure(new.sections.get(), "k2", title="会議の 回数")

    page = client.get(address(new)).text

    assert "案：継続" in page
    assert 'value="same:k1:k2" form="accept" checked' in page
    assert 'value="new::x" form="accept">' in page


def test_ticked_proposals_are_decided_in_one_go_and_the_others_stay(client, plans, manager):
    old, new = plans
    a_measure(old.sections.get(), "k1", title="会議の回数")
    a_measure(new.sections.get(), "k2", title="会議の回数")

    page = client.post(address(new), ticked(["same:k1:k2", "new::x"]), follow=True)

    assert "引き継ぎ方を2件決めました。" in page.text
    assert lines(new) == [("", "x", "new", ""), ("k1", "k2", "same", "")]


def test_all_that_has_no_counterpart_becomes_new_with_one_button(client, plans, manager):
    old, new = plans
    a_measure(old.sections.get(), "k1", title="会議の回数")
    for code, title in (("k2", "会議の回数"), ("z9", "前の計画にない指標")):
        a_measure(new.sections.get(), code, title=title)

    button = "前の計画にない4件を新規と決める"
    shown = button in client.get(address(new)).text
    client.post(address(new), {"do": "accept_new"})
    again = client.post(address(new), {"do": "accept_new"}).text

    assert (shown, button in again, "新規とする案は、もうありません。" in again) == (True, False, True)
    assert lines(new) == [("", code, "new", "") for code in ("x", "y", "z", "z9")]


def test_a_proposal_that_somebody_decided_meanwhile_is_told_and_the_ticks_stay(client, plans, manager):
    old, new = plans
    a_measure(old.sections.get(), "k1", title="会議の回数")
    a_measure(new.sections.get(), "k2", title="会議の回数")
    say(new, manager, LineageLink(How.SAME, ("a",), ("k2",)))

    page = client.post(address(new), ticked(["same:k1:k2", "new::x"]))

    assert "ほかの人が先に引き継ぎ方を決めました。" in page.text
    assert 'value="new::x" form="accept" checked' in page.text
    assert lines(new) == [("a", "k2", "same", "")]


def test_without_a_tick_the_page_asks_for_one(client, new, manager):
    page = client.post(address(new), {"do": "accept"})

    assert "決める案を選んでください。" in page.text


def test_a_decision_is_made_in_the_form_of_one_measure(client, new, manager):
    place = address(new, "?new=x")
    fields = form_with(client.get(place), "seen")

    page = client.post(
        place,
        {**fields, "do": "decide", "how": "merged", "olds": ["a", "b"], "news": ["x"], "note": "一つにした。"},
        follow=True,
    )

    assert "引き継ぎ方を保存しました。" in page.text
    assert lines(new) == [("a", "x", "merged", "一つにした。"), ("b", "x", "merged", "一つにした。")]


def test_the_form_begins_with_what_is_decided_and_can_take_it_back(client, new, manager):
    say(new, manager, LineageLink(How.REDEFINED, ("a",), ("x",), "定義を変えた。"))
    place = address(new, "?old=a")
    page = client.get(place)

    fields = form_with(page, "seen")
    client.post(place, fields | {"do": "decide", "how": ""})

    assert (fields["how"], fields["note"], fields["olds"], fields["news"]) == ("redefined", "定義を変えた。", "a", "x")
    assert "いまの決定：見直し：「指標a」 → 「指標x」（定義を変えた。）" in page.text
    assert lines(new) == []


def test_a_problem_is_said_in_the_form_and_what_was_typed_stays(client, new, manager):
    place = address(new, "?new=x")
    typed = {"do": "decide", "how": "split", "olds": ["a"], "news": ["x"], "note": "二つに分けるため。"}

    page = client.post(place, form_with(client.get(place), "seen") | typed)

    assert "「分割」では、前の計画の指標を一つ、この計画の指標を二つ以上選んでください。" in page.text
    again = form_with(page, "seen")
    assert (again["how"], again["olds"], again["news"], again["note"]) == ("split", "a", "x", "二つに分けるため。")


def test_a_conflict_is_shown_with_what_stands_and_saving_again_is_a_decision(client, new, manager):
    place = address(new, "?new=x")
    drawn = form_with(client.get(place), "seen") | {"do": "decide", "how": "same", "olds": "b", "news": "x"}
    say(new, manager, LineageLink(How.SAME, ("a",), ("x",)))

    page = client.post(place, drawn)
    told = lines(new)
    client.post(place, form_with(page, "seen") | {"do": "decide"})

    assert "「指標x」は、いま「継続：「指標a」 → 「指標x」」です。" in page.text
    assert (told, lines(new)) == ([("a", "x", "same", "")], [("b", "x", "same", "")])


@pytest.mark.parametrize("token", ["", "forged", "eyJzZWVuIjp7fX0:1abc:zzz"])
def test_a_page_without_what_it_showed_overwrites_nothing(client, new, manager, token):
    say(new, manager, LineageLink(How.SAME, ("a",), ("x",)))
    place = address(new, "?new=x")

    page = client.post(place, {"do": "decide", "how": "same", "olds": "b", "news": "x", "seen": token})

    assert "ほかの人が先に引き継ぎ方を決めました。" in page.text
    assert lines(new) == [("a", "x", "same", "")]


def test_a_continued_measure_whose_unit_was_changed_since_is_pointed_out(client, new, manager):
    say(new, manager, LineageLink(How.SAME, ("a",), ("x",)))
    new.measures.filter(code="x").update(unit="件")

    page = client.get(address(new))

    assert "数え方が前の計画と違うようになりました（単位：人 → 件）。" in page.text


def test_a_measure_that_is_not_there_is_not_found(client, new, manager):
    assert client.get(address(new, "?new=zz")).status_code == 404
    assert client.post(address(new, "?old=zz"), {"do": "decide"}).status_code == 404
    assert client.post(address(new), {"do": "decide"}).status_code == 404
    assert client.post(address(new), {"do": "nothing"}).status_code == 400


@pytest.mark.parametrize("do", ["accept", "accept_new", "add", "add_all", "decide", "follow"])
def test_the_buttons_are_for_managers_alone(client, new, viewer, confirmer, stranger, do):
    answers = {}
    for role, person in {
        "viewer": viewer,
        "confirmer": confirmer,
        "stranger": stranger,
    }.items():
        client.force_login(person)
        answers[role] = client.post(address(new), {"do": do, "add": "a", "accept": "new::x"}).status_code

    assert (answers, lines(new)) == ({"viewer": 403, "confirmer": 403, "stranger": 404}, [])


def test_readers_see_decisions_and_no_buttons_and_no_proposals(client, new, manager):
    say(new, manager, LineageLink(How.SAME, ("a",), ("x",)))
    client.force_login(a_user(Role.VIEWER))

    page = client.get(address(new)).text

    assert ("継続" in page, "案：" in page, 'name="accept"' in page, 'name="add"' in page) == (
        True,
        False,
        False,
        False,
    )


def test_what_the_law_ended_is_proposed_to_end_with_its_reason(client, plans, manager):
    old, new = plans
    medical = a_measure(old.sections.get(), "iryo", family="indicator", title="医療型児童発達支援の利用児童数")
    counts(medical, "iryo_jido_hattatsu")

    client.post(address(new), ticked(["ended:iryo:"]))

    assert lines(new) == [("iryo", "", "ended", "「医療型児童発達支援」は令和5年度で終わったサービスです。")]


def test_what_left_for_a_plan_of_its_own_needs_no_decision_here(client, plans, manager):
    old, new = plans
    child = a_plan(kind=PlanKind.CHILD, generation=3, start=2024, end=2026, previous=old)
    [ours] = measures(child, "c1")
    say(child, manager, LineageLink(How.SAME, ("c",), ("c1",)))

    page = client.get(address(new)).text
    of_child = carry_over_page(plan_for(manager, child.slug))

    assert ours.earlier_links.count() == 1
    assert open_codes(new, manager) == ["a", "b", "x", "y", "z"]
    assert f'：<a href="{address(child)}">第3期障害福祉計画</a>' in page
    assert of_child.comparison is not None
    assert of_child.comparison.undecided == 0
