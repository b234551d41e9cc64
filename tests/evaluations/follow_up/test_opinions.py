"""協議会意見: adding, changing, deleting and carrying on, with rights, conflicts and history; the room, the table."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.values import EMPTY, Value
from core.words import Side
from evaluations.follow_up.opinions import add_opinion, carry_opinion, change_opinion, delete_opinion
from evaluations.models import CouncilOpinion
from evaluations.publishing.citations import not_published
from plans.actions import CellChange, record_values
from plans.kept_rows import columns_of
from plans.models import Change, Role, Subject, YearState
from plans.refusals import Conflict, Refused
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, in_state
from tests.page_forms import form_with
from tests.page_readers import found_words, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("section")]

DAY = date(2022, 7, 15)
COUNCIL = "地域自立支援協議会"


def place(plan, opinion=None, query=""):
    address = reverse("evaluations:opinions", args=[plan.slug])
    return f"{address}?opinion={opinion.pk}" if opinion else f"{address}{query}"


def an_opinion(plan, number=1, year=2021, **fields):
    given = {"council": COUNCIL, "held_on": DAY, "opinion": f"意見の文{number}"} | fields
    return plan.opinions.create(fiscal_year=year, number=number, **given)


def drawn(client, plan, opinion=None):
    return form_with(client.get(place(plan, opinion)), "response") | {"do": "save"}


def content(**fields):
    return {"fiscal_year": 2021, "council": COUNCIL, "held_on": DAY, "opinion": "意見"} | fields


def test_an_opinion_is_kept_as_it_was_typed(as_editor, plan):
    section = plan.sections.get()
    measure = a_measure(section)
    typed = {
        "fiscal_year": "2021",
        "council": COUNCIL,
        "held_on": "2022-07-15",
        "place": "素案12ページ",
        "measure_id": str(measure.pk),
        "speaker": "委員",
        "opinion": "説明の場がほしい。\r\n早く。",
        "response": "開く。",
        "reflected": "課題に加えた。",
        "reflected_measure_id": str(measure.pk),
        "status": "REFLECTED",
        "published": "on",
    }

    page = as_editor.post(place(plan), drawn(as_editor, plan) | typed, follow=True)

    assert columns_of(CouncilOpinion.objects.get(), but=("origin_id",)) == {
        "fiscal_year": 2021,
        "council": COUNCIL,
        "held_on": DAY,
        "number": 1,
        "place": "素案12ページ",
        "section_id": section.pk,
        "measure_id": measure.pk,
        "speaker": "委員",
        "opinion": "説明の場がほしい。\n早く。",
        "response": "開く。",
        "reflected": "課題に加えた。",
        "reflected_section_id": section.pk,
        "reflected_measure_id": measure.pk,
        "status": "REFLECTED",
        "published": True,
    }
    assert f"「{COUNCIL}」の意見を保存しました。" in page.text


def test_numbers_go_on_within_a_council_and_a_day(plan):
    by = a_user()
    given = [content(), content(), content(council="専門部会"), content(held_on=date(2022, 9, 1)), content(number=7)]

    said = [one | {"opinion": f"意見その{place}"} for place, one in enumerate([*given, content()])]
    numbers = [add_opinion(plan, one, by=by, channel="screen").number for one in said]

    assert numbers == [1, 2, 1, 1, 7, 8]


def test_a_number_is_given_once_to_a_council_and_a_day(plan):
    an_opinion(plan)

    with pytest.raises(Refused, match="番号1は、同じ協議会と日の別の意見で使っています。"):
        add_opinion(plan, content(number=1), by=a_user(), channel="screen")


def test_each_change_has_its_line_of_history(as_editor, plan):
    opinion = an_opinion(plan, section=plan.sections.get(), speaker="委員")

    as_editor.post(place(plan, opinion), drawn(as_editor, plan, opinion) | {"response": "開く。", "status": "ANSWERED"})

    line = Change.objects.get(subject=Subject.OPINION)
    assert (line.by.username, line.section, line.fiscal_year) == ("hanako", plan.sections.get(), 2021)
    start = f"{COUNCIL} 2022-07-15 番号1／第1節／意見者：委員／意見：意見の文1"
    assert (line.old, line.new) == (f"{start}／未回答／公表しない", f"{start}／対応：開く。／回答済み／公表しない")


def test_saving_an_opinion_as_it_was_drawn_changes_nothing(as_editor, plan):
    opinion = an_opinion(plan, opinion="一行目\n二行目", section=plan.sections.get())

    as_editor.post(place(plan, opinion), drawn(as_editor, plan, opinion))

    opinion.refresh_from_db()
    assert (opinion.version, Change.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"council": ""}, "協議会の名前を入力してください。"),
        ({"held_on": ""}, "開催日を入力してください。"),
        ({"opinion": ""}, "意見を入力してください。"),
        ({"number": "0"}, "番号は1から9999までの数字にしてください。"),
        ({"status": "ANSWERED"}, "状態を「回答済み」にするときは、対応を書いてください。"),
        ({"status": "REFLECTED", "response": "直した。"}, "状態を「反映済み」にするときは、反映先を書くか、"),
        ({"status": "CARRIED"}, "一覧の状態から選んでください。"),
        ({"section_id": "999999"}, "節は、この計画のものから選んでください。"),
        ({"speaker": "委\x0b員"}, "目に見えない制御文字が含まれています。"),
    ],
)
def test_a_problem_is_named_and_what_was_typed_stays(as_editor, plan, texts, sentence):
    typed = {"council": COUNCIL, "held_on": "2022-07-15", "opinion": "残る意見", "place": "残る箇所", **texts}

    page = as_editor.post(place(plan), drawn(as_editor, plan) | typed)

    assert not CouncilOpinion.objects.exists()
    assert sentence in page.text
    assert form_with(page, "response")["place"] == "残る箇所"


def test_a_colleagues_change_is_shown_before_it_is_written_over(as_editor, plan):
    opinion = an_opinion(plan)
    fields = drawn(as_editor, plan, opinion) | {"response": "自分の対応"}
    change_opinion(opinion, content(number=1, response="同僚の対応"), version=0, by=a_user(), channel="screen")

    page = as_editor.post(place(plan, opinion), fields)
    between = CouncilOpinion.objects.get().response
    as_editor.post(place(plan, opinion), form_with(page, "response") | {"do": "save"})

    assert "対応：同僚の対応" in page.text
    assert (between, CouncilOpinion.objects.get().response) == ("同僚の対応", "自分の対応")


@pytest.mark.parametrize("act", [delete_opinion, carry_opinion])
def test_what_was_changed_meanwhile_is_neither_deleted_nor_carried_on(plan, act):
    opinion = an_opinion(plan)
    change_opinion(opinion, content(number=1, response="同僚の対応"), version=0, by=a_user(), channel="screen")

    with pytest.raises(Conflict, match="ほかの人が先に変更しました。"):
        act(opinion, version=0, by=a_user(), channel="screen")

    assert CouncilOpinion.objects.get().response == "同僚の対応"


def test_an_opinion_is_deleted(as_editor, plan):
    opinion = an_opinion(plan)

    as_editor.post(place(plan, opinion), drawn(as_editor, plan, opinion) | {"do": "delete"})

    assert not CouncilOpinion.objects.exists()
    assert Change.objects.get(subject=Subject.OPINION).new is None


def test_an_open_opinion_is_carried_into_the_next_year_and_knows_where_it_came_from(as_editor, plan):
    opinion = an_opinion(plan, section=plan.sections.get(), published=True)

    page = as_editor.post(place(plan, opinion), drawn(as_editor, plan, opinion) | {"do": "carry"}, follow=True)

    old, new = CouncilOpinion.objects.order_by("fiscal_year")
    assert (old.status, old.published) == ("CARRIED", True)
    assert (new.fiscal_year, new.status, new.published, new.origin) == (2022, "UNANSWERED", False, old)
    assert (new.council, new.held_on, new.number, new.opinion) == (COUNCIL, DAY, 1, "意見の文1")
    assert "意見1を令和4年度へ持ち越しました。" in page.text
    assert "令和3年度から持ち越し" in page.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"year": 2023}, "令和5年度は計画の最終年度です。"),
        ({"status": "ANSWERED", "response": "答えた。"}, "「回答済み」の意見は持ち越せません。"),
        ({"status": "CARRIED"}, "「次年度へ持ち越し」の意見は持ち越せません。"),
    ],
)
def test_what_cannot_be_carried_on_says_why(plan, fields, sentence):
    opinion = an_opinion(plan, **fields)

    with pytest.raises(Refused, match=sentence):
        carry_opinion(opinion, version=0, by=a_user(), channel="screen")


def test_a_carried_opinion_is_open_again_when_the_one_it_became_is_deleted(plan):
    by, opinion = a_user(), an_opinion(plan)
    carried = carry_opinion(opinion, version=0, by=by, channel="screen")

    with pytest.raises(Refused, match="次年度へ持ち越した意見は削除できません。"):
        delete_opinion(opinion, version=1, by=by, channel="screen")
    delete_opinion(carried, version=0, by=by, channel="screen")

    assert [(one.fiscal_year, one.status) for one in CouncilOpinion.objects.all()] == [(2021, "UNANSWERED")]


def test_a_confirmed_year_still_hears_and_answers(plan):
    in_state(plan.sections.get(), 2021, YearState.CONFIRMED)
    by = a_user()

    opinion = add_opinion(plan, content(section_id=plan.sections.get().pk), by=by, channel="screen")
    answered = content(section_id=plan.sections.get().pk, number=1, response="答える。", status="ANSWERED")
    change_opinion(opinion, answered, version=0, by=by, channel="screen")

    assert CouncilOpinion.objects.get().response == "答える。"


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_who_may_not_write_changes_no_opinion(client, plan, role):
    opinion, person = an_opinion(plan, published=True), a_user(role)
    acts = [
        lambda: add_opinion(plan, content(), by=person, channel="screen"),
        lambda: change_opinion(opinion, content(), version=0, by=person, channel="screen"),
        lambda: delete_opinion(opinion, version=0, by=person, channel="screen"),
        lambda: carry_opinion(opinion, version=0, by=person, channel="screen"),
    ]

    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    client.force_login(person)
    answers = [client.get(place(plan, opinion)), client.post(place(plan), {"opinion": "x"})]

    assert [answer.status_code for answer in answers] == [404, 403 if role else 404]
    assert (CouncilOpinion.objects.count(), Change.objects.count()) == (1, 0)


def test_ids_of_another_citys_opinions_change_nothing(as_editor, plan):
    theirs = an_opinion(a_plan(a_municipality("129992", "みほん市")))

    answers = [as_editor.get(place(plan, theirs)), as_editor.post(place(plan, theirs), {"do": "delete"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert CouncilOpinion.objects.get() == theirs


def test_a_viewer_sees_what_is_marked_for_publication_alone(client, plan):
    an_opinion(plan, 1, opinion="見せる意見", published=True)
    an_opinion(plan, 2, opinion="見せない意見")
    client.force_login(a_user(Role.VIEWER))

    page = client.get(place(plan)).text
    table = cells(client.get(reverse("evaluations:opinions_table", args=[plan.slug])))

    assert ("見せる意見" in page, "見せない意見" in page, '<form method="post" class="heard"' in page) == (
        True,
        False,
        False,
    )
    assert [row[3] for row in table[3:]] == [None, "見せる意見", None, None]


def test_the_history_of_opinions_is_kept_from_viewers_whatever_the_state(client, plan):
    in_state(plan.sections.get(), 2021, YearState.CONFIRMED)
    add_opinion(plan, content(opinion="見せない意見", section_id=plan.sections.get().pk), by=a_user(), channel="screen")

    seen = {}
    for role in (Role.VIEWER, Role.EDITOR):
        client.force_login(a_user(role))
        seen[role] = "見せない意見" in client.get(reverse("plans:history")).text

    assert seen == {Role.VIEWER: False, Role.EDITOR: True}


def test_the_list_is_narrowed_by_year_section_and_state(as_editor, plan):
    other = a_section(plan, 2, "別の節")
    an_opinion(plan, 1, opinion="甲", section=plan.sections.get(number=1))
    an_opinion(plan, 2, opinion="乙", section=other, status="ANSWERED", response="答え")
    an_opinion(plan, 1, 2022, opinion="丙", section=other)
    queries = ("", "?year=2021", "?section=2", "?state=UNANSWERED", "?section=2&state=ANSWERED", "?year=1999")

    shown = {}
    for query in queries:
        page = as_editor.get(place(plan, query=query))
        unanswered, _ = found_words(page, ".//ul[@aria-label='意見のまとめ']/li")
        shown[query] = "".join(found_words(page, ".//td[@data-label='意見']")), unanswered

    assert shown == {
        "": ("丙甲乙", "2未回答（すべての年度）"),
        "?year=2021": ("甲乙", "2未回答（すべての年度）"),
        "?section=2": ("丙乙", "2未回答（すべての年度）"),
        "?state=UNANSWERED": ("丙甲", "2未回答（すべての年度）"),
        "?section=2&state=ANSWERED": ("乙", "2未回答（すべての年度）"),
        "?year=1999": ("丙甲乙", "2未回答（すべての年度）"),
    }


def test_unanswered_opinions_are_counted_on_the_dashboard_for_those_who_answer(client, plan):
    an_opinion(plan, 1, published=True)
    an_opinion(plan, 2)
    sentence = "まだ答えていない協議会等の意見が2件あります。"

    told = {}
    for role in (Role.VIEWER, Role.EDITOR):
        client.force_login(a_user(role))
        told[role] = sentence in client.get(reverse("evaluations:dashboard", args=[plan.slug])).text

    assert told == {Role.VIEWER: False, Role.EDITOR: True}


def test_an_opinion_shows_what_became_of_its_measure_since_the_council_sat(as_editor, plan):
    measure = a_measure(plan.sections.get(), title="説明会の回数")
    record_values(
        [CellChange(measure, 2022, Side.PLANNED, EMPTY, Value(number=8))],
        by=a_user(),
        channel="screen",
        reason="増やす",
    )
    since = an_opinion(plan, 1, reflected_measure=measure)
    after = an_opinion(plan, 2, reflected_measure=measure, held_on=date(2199, 1, 1))

    pages = [as_editor.get(place(plan, one)) for one in (since, after)]

    lines = [rows_of(page, "変更履歴（新しい順）") for page in pages]
    assert [[row[3:5] for row in rows] for rows in lines] == [[["計画値なし", "8"]], []]
    assert "この指標は、2199年1月1日からあとに変わっていません。" in pages[1].text


def cells(response):
    book = load_workbook(io.BytesIO(response.content))
    return [tuple(cell.value for cell in row) for row in book.active.iter_rows()]


def test_the_table_has_the_six_columns_under_each_council_and_day(stopped_clock, as_editor, plan):
    measure = a_measure(plan.sections.get(), title="指標の名")
    an_opinion(
        plan,
        opinion="=1+1",
        speaker="委員",
        response="直す。\n来年も。",
        reflected="課題",
        reflected_section=measure.section,
        reflected_measure=measure,
        status="REFLECTED",
        section=measure.section,
    )
    an_opinion(plan, 2, held_on=date(2022, 9, 1))

    response = as_editor.get(reverse("evaluations:opinions_table", args=[plan.slug]))

    blank = (None,) * 5
    assert cells(response) == [
        ("印西市 第6期障害福祉計画 協議会等の意見と対応", *blank),
        (None, *blank),
        ("番号", "該当箇所", "意見者", "意見", "対応", "反映先"),
        (f"{COUNCIL}（2022年7月15日）　令和3年度の評価への意見", *blank),
        ("1", "第1節", "委員", "=1+1", "直す。\n来年も。", "課題\n第1節「指標の名」"),
        (f"{COUNCIL}（2022年9月1日）　令和3年度の評価への意見", *blank),
        ("2", None, None, "意見の文2", "未回答", None),
        (None, *blank),
        (not_published().words, *blank),
    ]
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert {cell.data_type for row in sheet.iter_rows(min_row=5, max_row=5) for cell in row} == {"s"}
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet["D5"].alignment.wrap_text) == (
        "landscape",
        9,
        True,
    )


def test_a_table_without_opinions_says_so(as_editor, plan):
    response = as_editor.get(reverse("evaluations:opinions_table", args=[plan.slug]))

    assert cells(response)[3][0] == "意見はありません。"


def questions(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked.captured_queries)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_more_opinions_ask_no_more(client, plan, role):
    client.force_login(a_user(role))
    measure = a_measure(plan.sections.get())
    fields = {"section": measure.section, "measure": measure, "reflected_measure": measure, "published": True}
    first = an_opinion(plan, **fields)
    addresses = [place(plan), reverse("evaluations:opinions_table", args=[plan.slug])]
    addresses += [place(plan, first)] if role == Role.EDITOR else []
    few = [questions(client, address) for address in addresses]

    for number in range(2, 31):
        an_opinion(plan, number, **(fields | {"measure": a_measure(measure.section)}))
    many = [questions(client, address) for address in addresses]

    assert many == few
    assert max(many) <= 12


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_in_the_same_moment_one_wins_and_the_other_is_told(plan):
    opinion = an_opinion(plan)
    clients = {"甲の対応": Client(), "乙の対応": Client()}
    for client in clients.values():
        client.force_login(a_user())
    pages = {text: drawn(client, plan, opinion) for text, client in clients.items()}
    together = Barrier(2)

    def save(text):
        try:
            together.wait()
            return clients[text].post(place(plan, opinion), pages[text] | {"response": text})
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(clients, pool.map(save, clients), strict=True))

    winner = CouncilOpinion.objects.get().response
    loser = next(text for text in clients if text != winner)
    assert (answers[winner].status_code, answers[loser].status_code) == (302, 200)
    assert f"対応：{winner}" in answers[loser].text


@pytest.mark.django_db(transaction=True)
def test_two_opinions_added_at_once_get_two_numbers(plan):
    people, together = [a_user(), a_user()], Barrier(2)

    def add(by):
        try:
            together.wait()
            return add_opinion(plan, content(), by=by, channel="screen").number
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add, people)) == [1, 2]
