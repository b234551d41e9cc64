"""取組: what a year promised is locked with it, what became of it is not; the next year's page begins with both."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.entry.texts import save_texts
from evaluations.follow_up.action_items import (
    REPORT,
    add_action,
    carry_action,
    change_promise,
    delete_action,
    report_action,
)
from evaluations.models import ActionItem
from plans.kept_rows import columns_of
from plans.models import Change, Role, SectionYear, Subject, YearState
from plans.refusals import Conflict, Refused
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, in_state
from tests.page_forms import form_with
from tests.page_readers import page_tree, words

pytestmark = pytest.mark.django_db


def place(plan, item=None, query=""):
    address = reverse("evaluations:actions", args=[plan.slug])
    return f"{address}?item={item.pk}" if item else f"{address}{query}"


def an_action(section, year=2021, action="連絡会を開く。", **fields):
    return section.plan.action_items.create(section=section, fiscal_year=year, action=action, **fields)


def promise(section, **fields):
    return {"fiscal_year": 2021, "section_id": section.pk, "action": "連絡会を開く。"} | fields


def promised(client, section, item=None):
    return form_with(client.get(place(section.plan, item)), "issue") | {"do": "save_promise"}


def reported(client, item):
    return form_with(client.get(place(item.plan, item)), "outcome") | {"do": "save_report"}


def test_a_promise_is_kept_as_it_was_typed(as_editor, section):
    texts = {
        "fiscal_year": "2021",
        "section_id": str(section.pk),
        "issue": "体験の枠が少ない。",
        "action": "4か所に広げる。\r\n秋まで。",
        "owner": "福祉課",
        "due_year": "2022",
        "budget": "体験利用の助成",
    }

    page = as_editor.post(place(section.plan), promised(as_editor, section) | texts, follow=True)

    kept = ActionItem.objects.get()
    assert columns_of(kept, but=("origin_id", *REPORT)) == {
        "fiscal_year": 2021,
        "section_id": section.pk,
        "issue": "体験の枠が少ない。",
        "action": "4か所に広げる。\n秋まで。",
        "owner": "福祉課",
        "due_year": 2022,
        "budget": "体験利用の助成",
    }
    assert (kept.state, kept.outcome, kept.reported_at, kept.reported_by) == ("PLANNED", "", None, None)
    assert "取組を保存しました。" in page.text
    line = Change.objects.get(subject=Subject.ACTION)
    words = "課題：体験の枠が少ない。／取組：4か所に広げる。\n秋まで。／担当：福祉課／期限：令和4年度"
    assert (line.section, line.fiscal_year, line.old, line.new) == (
        section,
        2021,
        None,
        f"{words}／予算・事業：体験利用の助成／予定",
    )


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"action": ""}, "取組を入力してください。"),
        ({"due_year": "2021", "fiscal_year": "2022"}, "期限は、評価の年度（令和4年度）以後にしてください。"),
        ({"section_id": "999999"}, "この計画の節から選んでください。"),
        ({"owner": "福祉\x0b課"}, "目に見えない制御文字が含まれています。"),
    ],
)
def test_a_problem_is_named_and_what_was_typed_stays(as_editor, section, texts, sentence):
    given = {"section_id": str(section.pk), "action": "開く。", "issue": "残る課題", **texts}

    page = as_editor.post(place(section.plan), promised(as_editor, section) | given)

    assert not ActionItem.objects.exists()
    assert sentence in page.text
    assert form_with(page, "issue")["issue"] == "残る課題"


def test_what_became_of_a_promise_is_signed(as_editor, section):
    item = an_action(section)

    as_editor.post(place(section.plan, item), reported(as_editor, item) | {"state": "DONE", "outcome": "3回開いた。"})

    item.refresh_from_db()
    assert (item.state, item.outcome, item.reported_by.username, item.version) == ("DONE", "3回開いた。", "hanako", 1)
    assert item.reported_at is not None


def test_a_report_taken_back_leaves_no_signature(section):
    item, by = an_action(section), a_user()
    report_action(item, "RUNNING", "始めた。", version=0, by=by, channel="screen")

    report_action(item, "PLANNED", "", version=1, by=by, channel="screen")

    item.refresh_from_db()
    assert (item.state, item.reported_at, item.reported_by) == ("PLANNED", None, None)


@pytest.mark.parametrize("state", ["DONE", "DROPPED"])
def test_an_end_is_told_in_words(as_editor, section, state):
    item = an_action(section)

    page = as_editor.post(place(section.plan, item), reported(as_editor, item) | {"state": state, "outcome": ""})

    assert "にするときは、結果を書いてください。" in page.text
    assert ActionItem.objects.get().state == "PLANNED"


@pytest.mark.parametrize("state", [YearState.SUBMITTED, YearState.CONFIRMED, YearState.PUBLISHED])
def test_a_locked_year_keeps_its_promises_and_still_takes_reports(as_editor, section, state):
    item = an_action(section)
    new, old = promised(as_editor, section), promised(as_editor, section, item)
    report = reported(as_editor, item)
    in_state(section, 2021, state)

    given = {"fiscal_year": "2021", "section_id": str(section.pk), "action": "遅れた取組"}
    added = as_editor.post(place(section.plan), new | given)
    as_editor.post(place(section.plan, item), old | {"action": "書き換え"})
    as_editor.post(place(section.plan, item), old | {"do": "delete"})
    as_editor.post(place(section.plan, item), report | {"state": "DONE", "outcome": "開いた。"})

    kept = ActionItem.objects.get()
    assert (kept.action, kept.state, kept.outcome) == ("連絡会を開く。", "DONE", "開いた。")
    assert "変更できません。" in added.text
    assert "遅れた取組" in added.text


def test_a_promise_counts_as_a_change_of_its_year_and_a_report_does_not(section):
    by = a_user()
    item = add_action(section.plan, promise(section), by=by, channel="screen")
    versions = [SectionYear.objects.get().version]

    report_action(item, "RUNNING", "始めた。", version=0, by=by, channel="screen")

    assert [*versions, SectionYear.objects.get().version] == [1, 1]


def test_a_colleagues_change_is_shown_before_it_is_written_over(as_editor, section):
    item = an_action(section)
    fields = promised(as_editor, section, item) | {"budget": "自分の予算"}
    change_promise(item, promise(section, budget="同僚の予算"), version=0, by=a_user(), channel="screen")

    page = as_editor.post(place(section.plan, item), fields)
    between = ActionItem.objects.get().budget
    as_editor.post(place(section.plan, item), form_with(page, "issue") | {"do": "save_promise"})

    assert "予算・事業：同僚の予算" in page.text
    assert (between, ActionItem.objects.get().budget) == ("同僚の予算", "自分の予算")


def test_what_was_changed_meanwhile_is_neither_deleted_nor_carried_on(section):
    item, by = an_action(section), a_user()
    report_action(item, "RUNNING", "始めた。", version=0, by=by, channel="screen")

    for act in (delete_action, carry_action):
        with pytest.raises(Conflict, match="ほかの人が先に変更しました。"):
            act(item, version=0, by=by, channel="screen")

    assert ActionItem.objects.get().outcome == "始めた。"


def test_an_open_promise_is_carried_into_the_next_year_and_knows_where_it_came_from(as_editor, section):
    item = an_action(section, due_year=2021, owner="福祉課")
    in_state(section, 2021, YearState.CONFIRMED)

    page = as_editor.post(place(section.plan, item), reported(as_editor, item) | {"do": "carry"}, follow=True)

    old, new = ActionItem.objects.order_by("fiscal_year")
    assert (new.origin, new.fiscal_year, new.due_year, new.owner, new.action) == (
        old,
        2022,
        2022,
        "福祉課",
        "連絡会を開く。",
    )
    assert "取組を令和4年度へ引き継ぎました。" in page.text
    assert "令和3年度から引き継ぎ" in page.text
    assert "令和4年度へ引き継ぎ" in page.text


@pytest.mark.parametrize(
    ("year", "state", "sentence"),
    [
        (2023, "PLANNED", "令和5年度は計画の最終年度です。"),
        (2021, "DONE", "「実施済み」の取組は引き継げません。"),
        (2022, "PLANNED", "第1節 令和5年度は確定しているため変更できません。"),
    ],
)
def test_what_cannot_be_carried_on_says_why(section, year, state, sentence):
    in_state(section, 2023, YearState.CONFIRMED)
    item, by = an_action(section, year), a_user()
    if state != "PLANNED":
        report_action(item, state, "結果", version=0, by=by, channel="screen")
        item.refresh_from_db()

    with pytest.raises(Refused, match=sentence):
        carry_action(item, version=item.version, by=by, channel="screen")


def test_a_promise_is_carried_on_once_and_not_deleted_while_it_goes_on(section):
    item, by = an_action(section), a_user()
    carry_action(item, version=0, by=by, channel="screen")

    with pytest.raises(Refused, match="すでに次年度へ引き継いでいます。"):
        carry_action(item, version=0, by=by, channel="screen")
    with pytest.raises(Refused, match="次年度へ引き継いだ取組は削除できません。"):
        delete_action(item, version=0, by=by, channel="screen")


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_who_may_not_write_changes_no_promise(client, section, role):
    item, person = an_action(section), a_user(role)
    acts = [
        lambda: add_action(section.plan, promise(section), by=person, channel="screen"),
        lambda: change_promise(item, promise(section), version=0, by=person, channel="screen"),
        lambda: report_action(item, "DONE", "済", version=0, by=person, channel="screen"),
        lambda: delete_action(item, version=0, by=person, channel="screen"),
        lambda: carry_action(item, version=0, by=person, channel="screen"),
    ]

    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    client.force_login(person)
    answers = [client.get(place(section.plan, item)), client.post(place(section.plan), {"action": "x"})]

    assert [answer.status_code for answer in answers] == [404, 403 if role else 404]
    assert (ActionItem.objects.count(), Change.objects.count()) == (1, 0)


def test_ids_of_another_citys_promises_change_nothing(as_editor, section):
    theirs = an_action(a_section(a_plan(a_municipality("129992", "みほん市"))))

    answers = [
        as_editor.get(place(section.plan, theirs)),
        as_editor.post(place(section.plan, theirs), {"do": "delete"}),
        as_editor.post(place(section.plan), {"do": "carry"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert ActionItem.objects.get() == theirs


def test_a_viewer_sees_the_promises_of_settled_years_alone(client, section):
    an_action(section, 2021, "確定した取組")
    an_action(section, 2022, "下書きの取組")
    in_state(section, 2021, YearState.CONFIRMED)
    client.force_login(a_user(Role.VIEWER))

    pages = [client.get(place(section.plan)), client.get(year_page(section, 2022))]

    for page in pages:
        shown = ("確定した取組" in page.text, "下書きの取組" in page.text, "結果を書く・直す" in page.text)
        assert shown == (True, False, False)


def year_page(section, year):
    return reverse("evaluations:section_year", args=[section.plan.slug, section.number, year])


def test_the_page_of_a_year_begins_with_what_the_year_before_promised(as_editor, section):
    item = an_action(section, 2021, "前年度の取組")
    an_action(section, 2022, "今年度の取組")
    an_action(a_section(section.plan, 2), 2021, "ほかの節の取組")
    report_action(item, "DROPPED", "予算が付かなかった。", version=0, by=a_user(), channel="screen")

    text = as_editor.get(year_page(section, 2022)).text

    words = ("前年度に決めた取組と、その後", "前年度の取組", "予算が付かなかった。", "計画（Plan）", "今年度の取組")
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    assert "ほかの節の取組" not in text


@pytest.mark.parametrize("kind", ["section_year", "edit_texts"])
def test_a_sentence_taken_over_from_last_year_is_named_to_who_writes(as_editor, section, kind):
    by = a_user()
    save_texts(section, 2021, {"issues_text": "今後も継続して実施する。"}, version=0, by=by, channel="screen")
    texts = {"issues_text": "新しい課題が分かった。", "act_text": "・今後も継続して 実施する"}
    save_texts(section, 2022, texts, version=0, by=by, channel="screen")

    address = reverse(f"evaluations:{kind}", args=[section.plan.slug, 1, 2022])
    page = as_editor.get(address)

    [notice] = [one for one in page_tree(page).findall(".//div") if words(one).startswith("昨年度と同じ文です。")]
    assert words(notice[0]) == "昨年度と同じ文です。次年度における取組："
    assert [words(sentence) for sentence in notice[1]] == ["・今後も継続して 実施する"]
    assert len(notice.findall("ul")) == 1


def test_repeated_sentences_are_not_named_to_viewers(client, section):
    for year in (2021, 2022):
        save_texts(section, year, {"act_text": "今後も継続して実施する。"}, version=0, by=a_user(), channel="screen")
        in_state(section, year, YearState.CONFIRMED)
    client.force_login(a_user(Role.VIEWER))

    assert "昨年度と同じ文です。" not in client.get(year_page(section, 2022)).text


def questions(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked.captured_queries)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_more_promises_ask_no_more(client, section, role):
    client.force_login(a_user(role))
    for year in (2021, 2022):
        in_state(section, year, YearState.CONFIRMED)
    a_measure(section)
    first, by = an_action(section), a_user()
    carry = {"origin": first}
    report_action(first, "RUNNING", "始めた。", version=0, by=by, channel="screen")
    an_action(section, 2022, **carry)
    addresses = [place(section.plan), year_page(section, 2022)]
    addresses += [place(section.plan, first)] if role == Role.EDITOR else []
    few = [questions(client, address) for address in addresses]

    for _ in range(30):
        before = an_action(section)
        report_action(before, "RUNNING", "始めた。", version=0, by=by, channel="screen")
        an_action(section, 2022, origin=before)
    many = [questions(client, address) for address in addresses]

    assert many == few
    assert max(many) <= 12


@pytest.mark.django_db(transaction=True)
def test_of_two_reports_in_the_same_moment_one_wins_and_the_other_is_told(section):
    item = an_action(section)
    clients = {"甲の結果": Client(), "乙の結果": Client()}
    for client in clients.values():
        client.force_login(a_user())
    pages = {text: reported(client, item) for text, client in clients.items()}
    together = Barrier(2)

    def save(text):
        try:
            together.wait()
            return clients[text].post(place(section.plan, item), pages[text] | {"state": "DONE", "outcome": text})
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(clients, pool.map(save, clients), strict=True))

    winner = ActionItem.objects.get().outcome
    loser = next(text for text in clients if text != winner)
    assert (answers[winner].status_code, answers[loser].status_code) == (302, 200)
    assert f"結果：{winner}" in answers[loser].text
