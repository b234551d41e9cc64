"""Published opinions join the publication of their year: body, hash, and what residents read."""

import hashlib
import json
from datetime import date

import pytest
from django.urls import reverse

from core.canonical import canonical_text
from evaluations.models import Publication
from evaluations.publishing.publication import publish
from plans.models import Channel, YearState
from tests.builders import a_measure, a_plan, a_section, in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(confirmer):
    """第1節 is 確定 in 2022, 第2節 is not."""
    plan = a_plan()
    for number in (1, 2):
        a_measure(a_section(plan, number, f"節の名{number}"), f"{number}-1", title=f"指標{number}")
    in_state(plan.sections.get(number=1), 2022, YearState.CONFIRMED, confirmer)
    return plan


def an_opinion(plan, number=1, section=None, **fields):
    given = {
        "fiscal_year": 2022,
        "council": "協議会",
        "held_on": date(2023, 7, 15),
        "opinion": f"意見の文{number}",
        "published": True,
    }
    place = plan.sections.get(number=section) if section else None
    return plan.opinions.create(number=number, section=place, **(given | fields))


def publish_it(plan, by):
    return publish(plan, 2022, by=by, reason="", channel=Channel.SCREEN)


def page(client, name, plan, *args):
    return client.get(reverse(f"evaluations:published_{name}", args=[plan.slug, *args])).text


def test_a_body_in_which_nobody_was_heard_stays_format_1(plan, confirmer):
    an_opinion(plan, section=1, published=False)

    body = publish_it(plan, confirmer).body

    assert body["format"] == 1
    assert "opinions" not in canonical_text(body)


def test_published_opinions_stand_with_their_section_and_those_on_the_whole_beside_them(plan, confirmer):
    measure = plan.measures.get(code="1-1")
    answered = {"response": "直す。", "status": "REFLECTED", "speaker": "委員", "reflected": "課題"}
    an_opinion(plan, 1, section=1, measure=measure, reflected_section=measure.section, **answered)
    an_opinion(plan, 2, place="表紙")

    body = publish_it(plan, confirmer).body

    kept = {"council": "協議会", "held_on": "2023-07-15"}
    assert body["format"] == 2
    assert [section.get("opinions") for section in body["sections"]] == [
        [
            kept
            | {
                "number": 1,
                "place": "第1節「指標1」",
                "speaker": "委員",
                "opinion": "意見の文1",
                "response": "直す。",
                "reflected": "課題\n第1節",
                "status": "REFLECTED",
            }
        ],
        None,
    ]
    assert body["opinions"] == [
        kept
        | {
            "number": 2,
            "place": "表紙",
            "speaker": "",
            "opinion": "意見の文2",
            "response": "",
            "reflected": "",
            "status": "UNANSWERED",
        }
    ]


@pytest.mark.parametrize(
    "fields", [{"section": 2}, {"section": 1, "fiscal_year": 2021}, {"section": 1, "published": False}]
)
def test_opinions_on_what_is_not_published_are_not_in_the_body(plan, confirmer, fields):
    an_opinion(plan, 1, section=1)
    an_opinion(plan, 2, **(fields | {"opinion": "外に出ない意見"}))

    assert "外に出ない意見" not in canonical_text(publish_it(plan, confirmer).body)


def test_anybody_can_compute_the_hash_of_format_2_again(plan, confirmer):
    an_opinion(plan, section=1)

    publication = Publication.objects.get(pk=publish_it(plan, confirmer).pk)

    text = json.dumps(publication.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert publication.sha256 == hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_residents_read_the_table_of_their_section_and_of_the_whole(client, plan, confirmer):
    an_opinion(plan, 1, section=1, response="直す。", status="ANSWERED")
    an_opinion(plan, 2)
    publish_it(plan, confirmer)

    section = page(client, "section", plan, 1, 2022)
    version = page(client, "version", plan, 1)

    assert ("意見の文1" in section, "直す。" in section, "意見の文2" in section) == (True, True, False)
    assert ("意見の文1" in version, "意見の文2" in version, "未回答" in version) == (True, True, True)
    assert "評価全体への協議会等の意見と対応（1件）" in page(client, "plan", plan)


def test_what_was_published_before_opinions_is_read_as_it_was(client, plan, confirmer):
    publication = publish_it(plan, confirmer)
    an_opinion(plan, section=1)

    section = page(client, "section", plan, 1, 2022)

    assert publication.body["format"] == 1
    assert "協議会等の意見と対応" not in section


def test_an_opinion_changes_what_residents_read_by_the_next_publication_alone(client, plan, confirmer):
    an_opinion(plan, 1, section=1)
    publish_it(plan, confirmer)
    plan.opinions.update(response="あとからの対応", status="ANSWERED")

    before = "あとからの対応" in page(client, "section", plan, 1, 2022)
    publish_it(plan, confirmer)

    assert (before, "あとからの対応" in page(client, "section", plan, 1, 2022)) == (False, True)


def test_the_page_to_publish_says_when_an_opinion_would_be_new(client, plan, confirmer):
    publish_it(plan, confirmer)
    client.force_login(confirmer)
    address = reverse("evaluations:publish", args=[plan.slug])

    outcomes = []
    for section in (None, 1):
        an_opinion(plan, 1 + bool(section), section=section)
        shown = client.post(address, {"do": "check", "year": 2022})
        elsewhere = "公表する節に変わりはありませんが、ほかの節の計画値や名前、全体への意見が変わっています。"
        outcomes.append(('name="seen_sha256"' in shown.text, elsewhere in shown.text))

    assert outcomes == [(True, True), (True, False)]
