"""Who may confirm publishes and withdraws on one page, seeing beforehand what changes for residents."""

import pytest
from django.urls import reverse

from core.words import Side
from evaluations.models import Evaluation, Publication
from evaluations.publishing.publication import publish
from evaluations.publishing.publication_body import body_hash, publication_body, source_of
from plans.models import Channel, Role, SectionYear, YearState
from plans.workflow import MOVE_BY_NAME, move_section_year
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.page_forms import form_with
from tests.page_readers import page_tree, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_confirmer")]

FIRST, SECOND = "第1節 節の名1", "第2節 節の名2"
QUERIES_TO_LOOK, QUERIES_TO_CHECK = 7, 13


@pytest.fixture
def plan(confirmer):
    """第1節 is 確定 in 2022, 第2節 a draft."""
    plan = a_plan()
    for number in (1, 2):
        measure = a_measure(a_section(plan, number, f"節の名{number}"), f"{number}-1")
        a_value(measure, 2022, 5, side=Side.PLANNED)
        a_value(measure, 2022, 6)
    in_state(plan.sections.get(number=1), 2022, YearState.CONFIRMED, confirmer)
    return plan


def address(plan):
    return reverse("evaluations:publish", args=[plan.slug])


def check(client, plan, year=2022):
    """The page once a year is checked."""
    return client.post(address(plan), {"do": "check", "year": year})


def publish_form(client, plan):
    """The form to publish 2022, as the page draws it once the year is checked; KeyError where there is none."""
    return form_with(check(client, plan), "seen_sha256")


def withdraw_form(client, plan):
    """The form to withdraw the newest publication; KeyError where there is none."""
    return form_with(client.get(address(plan)), "number")


def sections_shown(page, year=2022) -> list[list[str]]:
    """Each section of a year with its state and, once the year is checked, with what publishing would do to it."""
    rows = page_tree(page).findall(f".//section[@aria-labelledby='year-{year}']/details//tbody/tr")
    return [[words(cell) for cell in row] for row in rows]


def outcomes(client, plan, year=2022):
    return [(section, outcome) for section, _, outcome in sections_shown(check(client, plan, year), year)]


def publish_it(plan, by, year=2022):
    return publish(plan, year, by=by, reason="", channel=Channel.SCREEN)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER])
def test_without_the_right_the_page_is_refused_with_a_sentence(client, plan, role):
    client.force_login(a_user(role))

    for response in (client.get(address(plan)), client.post(address(plan), {"do": "publish"})):
        assert response.status_code == 403
        assert "公表と取り下げは、確定の役割がある人の操作です。" in response.text


def test_another_city_finds_no_page(client, plan):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))

    assert client.get(address(plan)).status_code == 404


def test_the_page_says_what_publishing_would_do_to_each_section(client, plan, confirmer):
    assert outcomes(client, plan) == [(FIRST, "新しく公表します"), (SECOND, "未公表のままです")]

    publish_it(plan, confirmer)
    assert outcomes(client, plan) == [(FIRST, "変わりません"), (SECOND, "未公表のままです")]

    in_state(plan.sections.get(number=2), 2022, YearState.CONFIRMED, confirmer)
    plan.measures.filter(code="1-1").update(title="別の名")
    assert outcomes(client, plan) == [(FIRST, "新しい内容に替えます"), (SECOND, "新しく公表します")]

    move_section_year(
        plan.sections.get(number=1),
        2022,
        MOVE_BY_NAME["reopen"],
        by=confirmer,
        channel=Channel.SCREEN,
        text="直します。",
    )
    assert outcomes(client, plan) == [(FIRST, "未公表になります"), (SECOND, "新しく公表します")]
    assert "いま読める節が、読めなくなります。" in check(client, plan).text


def test_the_page_shows_states_and_publications_and_one_button_for_each_year_that_is_confirmed(client, plan, confirmer):
    publish_it(plan, confirmer)

    shown = client.get(address(plan))

    drafts = [[FIRST, "下書き"], [SECOND, "下書き"]]
    assert {year: sections_shown(shown, year) for year in plan.years} == {
        2023: drafts,
        2022: [[FIRST, "公表"], [SECOND, "下書き"]],
        2021: drafts,
    }
    assert form_with(shown, "year") == {"do": "check", "year": "2022"}
    assert shown.text.count("公表する内容を確かめる</button>") == 1
    assert shown.text.count("確定している節がないため、公表できません。") == 2
    assert "第1号（" in shown.text
    assert ("公表する</button>" in shown.text, "公表すると</th>" in shown.text) == (False, False)


def test_looking_at_the_page_reads_and_hashes_no_body(client, plan, confirmer, django_assert_num_queries):
    publish_it(plan, confirmer)

    with django_assert_num_queries(QUERIES_TO_LOOK) as asked:
        client.get(address(plan))
    with django_assert_num_queries(QUERIES_TO_CHECK) as checked:
        check(client, plan)

    assert [query["sql"] for query in asked if '"body"' in query["sql"]] == []
    assert len([query["sql"] for query in checked if '"body"' in query["sql"]]) == 1


def test_checking_one_year_says_nothing_of_the_others(client, plan, confirmer):
    in_state(plan.sections.get(number=2), 2021, YearState.CONFIRMED, confirmer)

    shown = check(client, plan, 2021)

    assert sections_shown(shown, 2021) == [[FIRST, "下書き", "未公表のままです"], [SECOND, "確定", "新しく公表します"]]
    assert [len(row) for year in (2022, 2023) for row in sections_shown(shown, year)] == [2] * 4
    assert form_with(shown, "seen_sha256")["year"] == "2021"
    assert form_with(shown, "year") == {"do": "check", "year": "2022"}


def test_a_year_that_is_checked_without_a_confirmed_section_offers_no_button(client, plan):
    SectionYear.objects.all().delete()

    shown = check(client, plan)

    assert (shown.status_code, "公表する</button>" in shown.text) == (200, False)
    assert "公表する内容を確かめる" not in shown.text
    assert "確定している節がないため、公表できません。" in shown.text


def test_a_year_without_news_offers_no_button(client, plan, confirmer):
    publish_it(plan, confirmer)

    shown = check(client, plan).text

    assert "公表する</button>" not in shown
    assert "第1号から変わったところはありません。" in shown


def test_the_form_publishes_the_year(client, plan, confirmer):
    response = client.post(address(plan), publish_form(client, plan) | {"reason": "年次の公表"}, follow=True)

    found = [(p.number, p.fiscal_year, p.by, p.reason) for p in Publication.objects.all()]
    assert found == [(1, 2022, confirmer, "年次の公表")]
    assert "令和4年度の評価を第1号として公表しました。" in response.text


def test_a_year_is_published_without_the_check_by_who_sends_its_number_and_hash(client, plan, confirmer):
    sent = {"do": "publish", "year": "2022", "seen_number": "0"}
    sha256 = body_hash(publication_body(source_of(plan), 2022))

    client.post(address(plan), sent | {"seen_sha256": sha256})

    assert [(one.number, one.sha256) for one in Publication.objects.all()] == [(1, sha256)]


def test_the_form_withdraws_with_a_reason(client, plan, confirmer):
    publish_it(plan, confirmer)

    response = client.post(address(plan), withdraw_form(client, plan) | {"reason": "数値の誤り"}, follow=True)

    assert Publication.objects.get().withdrawn_reason == "数値の誤り"
    assert "第1号を取り下げました。" in response.text


def test_withdrawing_without_a_reason_is_refused_in_place(client, plan, confirmer):
    publish_it(plan, confirmer)

    response = client.post(address(plan), withdraw_form(client, plan) | {"reason": " "})

    assert Publication.objects.get().withdrawn_at is None
    assert '<a href="#publication-1">取り下げの理由を書いてください。</a>' in response.text


def test_the_second_of_two_confirmers_is_told_and_keeps_the_reason_typed(client, plan, confirmer):
    mine = publish_form(client, plan) | {"reason": "書いた理由"}
    publish_it(plan, a_user(Role.MANAGER))
    Evaluation.objects.create(section_year=SectionYear.objects.get(section__number=1), do_text="その後の文")

    response = client.post(address(plan), mine)

    assert (response.status_code, Publication.objects.count()) == (409, 1)
    assert "ほかの人が先に第1号を公表しました。いまの内容を確かめてください。" in response.text
    assert form_with(response, "seen_sha256")["reason"] == "書いた理由"


def test_content_changed_after_looking_is_not_published_unseen(client, plan, confirmer):
    mine = publish_form(client, plan)
    in_state(plan.sections.get(number=2), 2022, YearState.CONFIRMED, confirmer)

    response = client.post(address(plan), mine)

    assert (response.status_code, Publication.objects.count()) == (409, 0)
    assert "ページを開いた後に、公表する内容が変わりました。" in response.text


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "publish"},
        {"do": "publish", "year": "1999", "seen_number": "0", "seen_sha256": "0"},
        {"do": "publish", "year": "二〇二二", "seen_number": "x", "seen_sha256": ""},
        {"do": "check"},
        {"do": "check", "year": "1999"},
        {"do": "withdraw", "number": "99999999999999999999", "reason": "誤り"},
        {"do": "withdraw", "number": "x", "reason": "誤り"},
        {},
    ],
)
def test_a_form_that_is_not_ours_changes_nothing(client, plan, confirmer, sent):
    publish_it(plan, confirmer)

    response = client.post(address(plan), sent)

    assert "公表・取り下げは行われていません。" in response.text
    assert list(Publication.objects.values_list("number", "withdrawn_at")) == [(1, None)]


def test_the_number_of_another_plan_withdraws_nothing(client, plan, confirmer):
    city = a_municipality("129992", "みほん市")
    other = a_plan(city)
    in_state(a_section(other), 2022, YearState.CONFIRMED, a_user(Role.MANAGER, city, username="yoso"))
    publish_it(other, a_user(Role.MANAGER, city))

    client.post(address(plan), {"do": "withdraw", "number": "1", "reason": "誤り"})

    assert Publication.objects.get().withdrawn_at is None


@pytest.mark.parametrize("measures", [1, 30])
def test_the_page_asks_no_more_for_more_measures(client, confirmer, measures, django_assert_num_queries):
    plan = a_plan()
    for number in range(measures):
        section = a_section(plan, number + 1)
        a_value(a_measure(section, f"m-{number}"), 2022, number)
        in_state(section, 2022, YearState.CONFIRMED, confirmer)
    publish_it(plan, confirmer)

    with django_assert_num_queries(QUERIES_TO_LOOK):
        client.get(address(plan))
    with django_assert_num_queries(QUERIES_TO_CHECK):
        check(client, plan)
