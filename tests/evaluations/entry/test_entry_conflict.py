"""Two people on one cell of the grid: neither loses, the second sees both values and chooses."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.values import Value
from core.words import Certainty
from plans.models import Change, YearlyValue
from tests.builders import a_measure, a_user, a_value
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure(section):
    return a_measure(section, "a", title="地域移行者数")


def a_client(username):
    client = Client()
    client.force_login(a_user(username=username))
    return client


@pytest.fixture
def first(section):
    return a_client("hanako")


@pytest.fixture
def second(section):
    return a_client("taro")


def grid(section):
    return reverse("evaluations:entry_section", args=[section.plan.slug, 2022, section.number])


def drawn(client, section):
    return form_with(client.get(grid(section)), "seen")


def kept(measure):
    return YearlyValue.objects.get(measure=measure, fiscal_year=2022, side="actual").value


def both_type(section, first, second, one, other):
    """Both open the page, the first saves, then the second: what the second gets to see."""
    pages = drawn(first, section), drawn(second, section)
    first.post(grid(section), pages[0] | one)
    return second.post(grid(section), pages[1] | other)


def test_the_second_sees_both_values_with_who_and_when_and_nothing_is_written(section, measure, first, second):
    page = both_type(section, first, second, {"actual-a-value": "15"}, {"actual-a-value": "１２人"})

    fields = form_with(page, "seen")
    assert kept(measure).number == 15
    assert "自分の入力「12（原文：１２人）」を使う" in page.text
    assert "いまの値「15」を残す" in page.text
    assert "hanakoが変更しました。" in page.text
    assert (fields["actual-a-value"], "actual-a-choice" in fields) == ("１２人", False)


def test_choosing_ones_own_value_writes_it_over_the_one_that_was_shown(section, measure, first, second):
    page = both_type(section, first, second, {"actual-a-value": "15"}, {"actual-a-value": "12"})

    second.post(grid(section), form_with(page, "seen") | {"actual-a-choice": "mine"})

    assert kept(measure).number == 12
    assert [(line.old, line.new) for line in Change.objects.order_by("id")] == [
        (None, {"number": "15"}),
        ({"number": "15"}, {"number": "12"}),
    ]


def test_keeping_the_other_value_saves_the_rest_of_the_page(section, measure, first, second):
    beside = a_measure(section, "b")
    page = both_type(section, first, second, {"actual-a-value": "15"}, {"actual-a-value": "12", "actual-b-value": "3"})

    second.post(grid(section), form_with(page, "seen") | {"actual-a-choice": "theirs"})

    assert (kept(measure).number, kept(beside).number) == (15, 3)


def test_without_a_choice_the_page_asks_again(section, measure, first, second):
    page = both_type(section, first, second, {"actual-a-value": "15"}, {"actual-a-value": "12"})

    again = second.post(grid(section), form_with(page, "seen"))

    assert kept(measure).number == 15
    assert "どちらの値を残すか選んでください。" in again.text
    assert "hanakoが変更しました。" in again.text
    assert "いまの値「15」を残す" in again.text


def test_a_still_newer_value_is_a_conflict_again(section, measure, first, second):
    page = both_type(section, first, second, {"actual-a-value": "15"}, {"actual-a-value": "12"})
    first.post(grid(section), drawn(first, section) | {"actual-a-value": "16"})

    again = second.post(grid(section), form_with(page, "seen") | {"actual-a-choice": "mine"})
    second.post(grid(section), form_with(again, "seen") | {"actual-a-choice": "mine"})

    assert "いまの値「16」を残す" in again.text
    assert kept(measure).number == 12


def test_a_cell_the_second_did_not_touch_keeps_the_newer_value(section, measure, first, second):
    beside = a_measure(section, "b")
    a_value(beside, 2022, 5)
    page = both_type(section, first, second, {"actual-a-value": "15", "actual-b-value": "6"}, {"actual-a-value": "12"})

    fields = form_with(page, "seen")
    second.post(grid(section), fields | {"actual-a-choice": "mine"})

    assert fields["actual-b-value"] == "6"
    assert (kept(measure).number, kept(beside).number) == (12, 6)


def test_two_people_on_two_cells_do_not_meet(section, measure, first, second):
    beside = a_measure(section, "b")

    both_type(section, first, second, {"actual-a-value": "15"}, {"actual-b-value": "12"})

    assert (kept(measure).number, kept(beside).number) == (15, 12)


def test_the_same_value_typed_by_both_is_no_conflict(section, measure, first, second):
    response = both_type(section, first, second, {"actual-a-value": "15"}, {"actual-a-value": "１５"})

    assert response.status_code == 302
    assert (kept(measure).number, Change.objects.count()) == (15, 1)


def test_a_state_against_a_number_and_ones_own_circumstances_survive_the_choice(section, measure, first, second):
    page = both_type(
        section,
        first,
        second,
        {"actual-a-state": "集計中", "actual-a-note": "5月に確定"},
        {"actual-a-value": "12", "actual-a-certainty": "速報"},
    )

    second.post(grid(section), form_with(page, "seen") | {"actual-a-choice": "mine"})

    assert "いまの値「集計中（注記：5月に確定）」を残す" in page.text
    assert kept(measure) == Value(number=Decimal(12), certainty=Certainty.PRELIMINARY)


@pytest.mark.parametrize("token", ["", "forged", "eyJzZWVuIjp7fX0:1abc:zzz"])
def test_a_page_without_what_it_showed_overwrites_nothing(section, measure, first, token):
    a_value(measure, 2022, 5)
    fields = drawn(first, section) | {"seen": token, "actual-a-value": "12"}

    page = first.post(grid(section), fields)

    assert kept(measure).number == 5
    assert "いまの値「5」を残す" in page.text


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_in_the_same_moment_exactly_one_wins_and_the_other_is_told(section, measure):
    clients = {"11": a_client("hanako"), "22": a_client("taro")}
    pages = {text: drawn(client, section) for text, client in clients.items()}
    together = Barrier(len(clients))

    def save(text):
        try:
            together.wait()
            return clients[text].post(grid(section), pages[text] | {"actual-a-value": text})
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = dict(zip(clients, pool.map(save, clients), strict=True))

    winner = f"{kept(measure).number:f}".split(".")[0]
    loser = next(text for text in clients if text != winner)
    assert (answers[winner].status_code, answers[loser].status_code) == (302, 200)
    assert f"自分の入力「{loser}」を使う" in answers[loser].text
    assert f"いまの値「{winner}」を残す" in answers[loser].text
    assert Change.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_simultaneous_saves_of_different_cells_lose_nothing(section):
    measures = [a_measure(section, f"m{number}") for number in range(6)]
    clients = [a_client(f"person{number}") for number in range(6)]
    pages = [drawn(client, section) for client in clients]
    together = Barrier(len(clients))

    def save(number):
        try:
            together.wait()
            fields = pages[number] | {f"actual-m{number}-value": str(number)}
            return clients[number].post(grid(section), fields).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(save, range(6)))

    assert answers == [302] * 6
    assert [kept(measure).number for measure in measures] == list(range(6))
