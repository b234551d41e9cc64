"""The form of the evaluation texts: saving, two people on one text, locks, rights."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from evaluations.models import TEXT_FIELDS, Evaluation
from plans.models import Change, Role, SectionYear, Subject, YearState
from tests.builders import a_full_plan, a_municipality, a_plan, a_section, a_user, in_state
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db


def a_client(role=Role.EDITOR, **fields):
    client = Client()
    client.force_login(a_user(role, **fields))
    return client


@pytest.fixture
def colleague(section):
    return a_client()


def place(section, year=2022):
    return reverse("evaluations:edit_texts", args=[section.plan.slug, section.number, year])


def drawn(client, section):
    return form_with(client.get(place(section)), "version")


def kept(section, year=2022):
    found = Evaluation.objects.filter(section_year__section=section, section_year__fiscal_year=year).first()
    return {name: getattr(found, name) for name in TEXT_FIELDS if getattr(found, name)} if found else {}


def write(client, section, **texts):
    return client.post(place(section), drawn(client, section) | texts, follow=True)


def test_every_text_has_a_label_and_says_what_belongs_there(as_editor, section):
    page = as_editor.get(place(section)).text

    for name in TEXT_FIELDS:
        label = Evaluation._meta.get_field(name).verbose_name
        assert f'<label for="id_{name}">{label}' in page
        assert f'id="id_{name}_helptext"' in page


def test_texts_are_kept_as_typed_and_the_person_stays(as_editor, section):
    page = write(as_editor, section, do_text="　協議会を開いた。\r\n次に研修。 \r\n", check_text="目標に届いた。")

    assert kept(section) == {"do_text": "　協議会を開いた。\n次に研修。", "check_text": "目標に届いた。"}
    assert page.redirect_chain == [(place(section), 302)]
    assert "評価の文章を保存しました。" in page.text


def test_each_changed_text_is_one_line_of_history(as_editor, section):
    write(as_editor, section, do_text="一回目")
    write(as_editor, section, do_text="二回目", act_text="来年度")

    lines = [(c.field, c.old, c.new, c.fiscal_year) for c in Change.objects.filter(subject=Subject.TEXT).order_by("id")]
    assert lines == [
        ("実績・取組の内容", None, "一回目", 2022),
        ("実績・取組の内容", "一回目", "二回目", 2022),
        ("次年度における取組", None, "来年度", 2022),
    ]


def test_a_page_saved_as_it_was_drawn_changes_nothing(as_editor, section):
    row = in_state(section, 2022, YearState.DRAFT)
    Evaluation.objects.create(section_year=row, do_text="行末の空白 \r\n\r\n", version=3)

    page = write(as_editor, section)

    assert Evaluation.objects.get().version == 3
    assert "変更はありませんでした。" in page.text


def test_one_and_the_same_text_is_shown_in_both_versions_and_nothing_is_written(as_editor, colleague, section):
    pages = drawn(as_editor, section), drawn(colleague, section)
    as_editor.post(place(section), pages[0] | {"do_text": "先の文章"})

    page = colleague.post(place(section), pages[1] | {"do_text": "後の文章"})

    assert kept(section) == {"do_text": "先の文章"}
    assert '<div class="kept">後の文章</div>' in page.text
    assert '<div class="kept">先の文章</div>' in page.text
    assert form_with(page, "version")["do_text"] == "後の文章"


@pytest.mark.parametrize(("choice", "left"), [("mine", "後の文章"), ("theirs", "先の文章")])
def test_the_chosen_version_stays(as_editor, colleague, section, choice, left):
    pages = drawn(as_editor, section), drawn(colleague, section)
    as_editor.post(place(section), pages[0] | {"do_text": "先の文章"})
    page = colleague.post(place(section), pages[1] | {"do_text": "後の文章", "act_text": "来年度"})

    colleague.post(place(section), form_with(page, "version") | {"choice-do_text": choice})

    assert kept(section) == {"do_text": left, "act_text": "来年度"}


def test_without_a_choice_the_page_asks_again(as_editor, colleague, section):
    pages = drawn(as_editor, section), drawn(colleague, section)
    as_editor.post(place(section), pages[0] | {"do_text": "先の文章"})
    page = colleague.post(place(section), pages[1] | {"do_text": "後の文章"})

    again = colleague.post(place(section), form_with(page, "version"))

    assert kept(section) == {"do_text": "先の文章"}
    assert "どちらの文章を残すか選んでください。" in again.text
    assert '<div class="kept">先の文章</div>' in again.text


def test_a_still_newer_text_is_a_conflict_again(as_editor, colleague, section):
    pages = drawn(as_editor, section), drawn(colleague, section)
    as_editor.post(place(section), pages[0] | {"do_text": "先の文章"})
    page = colleague.post(place(section), pages[1] | {"do_text": "後の文章"})
    write(as_editor, section, do_text="さらに新しい文章")

    again = colleague.post(place(section), form_with(page, "version") | {"choice-do_text": "mine"})

    assert kept(section) == {"do_text": "さらに新しい文章"}
    assert '<div class="kept">さらに新しい文章</div>' in again.text


def test_two_people_on_two_texts_do_not_meet(as_editor, colleague, section):
    pages = drawn(as_editor, section), drawn(colleague, section)
    as_editor.post(place(section), pages[0] | {"do_text": "実績"})

    response = colleague.post(place(section), pages[1] | {"act_text": "来年度"})

    assert response.status_code == 302
    assert kept(section) == {"do_text": "実績", "act_text": "来年度"}


@pytest.mark.parametrize("token", [{"version": "0"}, {"version": "", "seen": ""}, {"version": "x", "seen": "forged"}])
def test_an_old_page_overwrites_nothing(as_editor, section, token):
    write(as_editor, section, do_text="先の文章")

    page = as_editor.post(place(section), {"do_text": "後の文章", **token})

    assert kept(section) == {"do_text": "先の文章"}
    assert '<div class="kept">先の文章</div>' in page.text


@pytest.mark.parametrize("text", ["あ" * 20_001, "見えない\x0b文字", "見えない\uffff文字"])
def test_a_text_that_cannot_be_kept_comes_back_with_its_problem(as_editor, section, text):
    page = as_editor.post(place(section), drawn(as_editor, section) | {"do_text": text, "act_text": "来年度"})

    assert kept(section) == {}
    assert '<a href="#id_do_text">実績・取組の内容</a>' in page.text
    assert form_with(page, "version")["act_text"] == "来年度"


@pytest.mark.parametrize("state", [YearState.SUBMITTED, YearState.CONFIRMED, YearState.PUBLISHED])
def test_a_locked_year_is_read_only_with_its_reason(as_editor, section, state):
    write(as_editor, section, do_text="書いてある文章")
    fields = drawn(as_editor, section)
    in_state(section, 2022, state)

    page = as_editor.get(place(section)).text
    posted = as_editor.post(place(section), fields | {"do_text": "遅れた文章"}).text

    assert "変更できません。" in page
    assert "書いてある文章" in page
    assert "<textarea" not in page
    assert kept(section) == {"do_text": "書いてある文章"}
    assert "次の文章は保存していません。" in posted
    assert "遅れた文章" in posted


def test_a_viewer_gets_a_sentence_and_another_citys_section_is_not_found(section):
    viewer = a_client(Role.VIEWER)
    there = a_section(a_plan(a_municipality("129992", "みほん市")))

    answers = [
        viewer.get(place(section)),
        viewer.post(place(section), {"do_text": "x", "version": "0"}),
        a_client().get(place(there)),
        a_client().post(place(there), {"do_text": "x", "version": "0"}),
        a_client().get(place(section, 2024)),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 404, 404, 404]
    assert Evaluation.objects.count() == 0


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_does_not_ask_more_for_more(as_editor, django_assert_max_num_queries, count):
    plan = a_full_plan(count, generation=7, start=2024, end=2026)
    section = plan.sections.get()
    for number in range(count):
        record = plan.records.create(fiscal_year=2024, title=f"会議{number}")
        record.sections.set([section])

    with django_assert_max_num_queries(12):
        response = as_editor.get(f"{place(section, 2024)}?record={record.pk}")

    assert response.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_in_the_same_moment_one_wins_and_the_other_is_told(section, as_editor, colleague):
    clients = {"先": as_editor, "後": colleague}
    pages = {text: drawn(client, section) for text, client in clients.items()}
    together = Barrier(2)

    def save(text):
        try:
            together.wait()
            return clients[text].post(place(section), pages[text] | {"do_text": text})
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(clients, pool.map(save, clients), strict=True))

    winner = kept(section)["do_text"]
    loser = "後" if winner == "先" else "先"
    assert (answers[winner].status_code, answers[loser].status_code) == (302, 200)
    assert f'<div class="kept">{winner}</div>' in answers[loser].text
    assert SectionYear.objects.count() == Evaluation.objects.count() == 1
