"""The moves of one 節 and 年度 on the screen: each role × state × move, stamps, history, refusals."""

import pytest
from django.urls import reverse

from plans.models import Change, Role, SectionYear, Subject, YearState
from plans.workflow import MOVE_LIST
from tests.builders import a_municipality, a_plan, a_section, a_user, in_state

pytestmark = pytest.mark.django_db

WRITERS = {Role.EDITOR, Role.CHECKER, Role.CONFIRMER, Role.MANAGER}
ALLOWED = {
    "submit": WRITERS,
    "withdraw": WRITERS,
    "check": WRITERS - {Role.EDITOR},
    "return": WRITERS - {Role.EDITOR},
    "confirm": {Role.CONFIRMER, Role.MANAGER},
    "reopen": {Role.CONFIRMER, Role.MANAGER},
}
LEADS = {
    ("submit", "DRAFT"): "SUBMITTED",
    ("submit", "RETURNED"): "SUBMITTED",
    ("withdraw", "SUBMITTED"): "DRAFT",
    ("check", "SUBMITTED"): "SUBMITTED",
    ("return", "SUBMITTED"): "RETURNED",
    ("confirm", "SUBMITTED"): "CONFIRMED",
    ("reopen", "CONFIRMED"): "DRAFT",
    ("reopen", "PUBLISHED"): "DRAFT",
}
TEXTS = {"note": "数字の根拠を書いてください。", "reason": "集計の誤りを直すため。"}


def address(section, name, year=2022):
    return reverse(f"evaluations:move_{name}", args=[section.plan.slug, section.number, year])


def state(section, year=2022):
    row = SectionYear.objects.filter(section=section, fiscal_year=year).first()
    return row.state if row else YearState.DRAFT


@pytest.mark.parametrize("before", YearState.values)
@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.PREFECTURE])
@pytest.mark.parametrize("name", [move.name for move in MOVE_LIST])
def test_a_move_is_made_by_its_roles_from_its_states_alone(client, section, name, role, before):
    if before != YearState.DRAFT:
        in_state(section, 2022, before)
    client.force_login(a_user(role))

    response = client.post(address(section, name), TEXTS)

    allowed = role in ALLOWED[name]
    assert response.status_code == (302 if allowed else 403)
    assert state(section) == (LEADS.get((name, before), before) if allowed else before)


def test_each_step_is_signed_with_who_and_when(client, section, editor, checker, confirmer):
    for person, name in ((editor, "submit"), (checker, "check"), (confirmer, "confirm")):
        client.force_login(person)
        client.post(address(section, name))

    row = SectionYear.objects.get(section=section, fiscal_year=2022)
    signed = (row.submitted_by, row.checked_by, row.confirmed_by, row.returned_by)
    assert signed == (editor, checker, confirmer, None)
    assert None not in (row.submitted_at, row.checked_at, row.confirmed_at)


@pytest.mark.parametrize(("role", "count"), [(Role.EDITOR, 2), (Role.VIEWER, 0)])
def test_the_reason_of_a_return_is_for_those_who_see_drafts(client, section, role, count):
    in_state(section, 2022, YearState.RETURNED)
    client.force_login(a_user(role))

    page = client.get(reverse("evaluations:section_year", args=[section.plan.slug, section.number, 2022])).text

    assert page.count("直してください。") == count


def test_reopening_takes_every_signature_back(client, section):
    in_state(section, 2022, YearState.PUBLISHED)
    client.force_login(a_user(Role.CONFIRMER))

    client.post(address(section, "reopen"), {"reason": "集計の誤りを直すため。"})

    row = SectionYear.objects.get(section=section, fiscal_year=2022)
    stamps = (
        row.submitted_at,
        row.submitted_by,
        row.confirmed_at,
        row.confirmed_by,
        row.published_at,
        row.published_by,
    )
    assert stamps == (None,) * 6


def test_a_return_keeps_its_note_until_the_next_hand_over(client, section):
    in_state(section, 2022, YearState.SUBMITTED)
    client.force_login(a_user(Role.CHECKER))

    client.post(address(section, "return"), {"note": " 根拠を書いてください。 "})
    returned = SectionYear.objects.get(section=section, fiscal_year=2022).return_note
    client.post(address(section, "submit"))
    again = SectionYear.objects.get(section=section, fiscal_year=2022)

    assert (returned, again.return_note, again.returned_by) == ("根拠を書いてください。", "", None)


def test_a_note_is_kept_without_the_signs_that_a_database_cannot_hold(client, section):
    in_state(section, 2022, YearState.SUBMITTED)
    client.force_login(a_user(Role.CHECKER))

    client.post(address(section, "return"), {"note": "一行目\x00\r\n二行目\x0b"})

    assert SectionYear.objects.get(section=section, fiscal_year=2022).return_note == "一行目\n二行目"


@pytest.mark.parametrize(
    ("name", "before", "sentence"),
    [
        ("return", "SUBMITTED", "差し戻しの理由を書いてください。"),
        ("reopen", "CONFIRMED", "解除の理由を書いてください。"),
    ],
)
def test_a_move_without_its_reason_is_refused_with_a_sentence(client, section, name, before, sentence):
    in_state(section, 2022, before)
    client.force_login(a_user(Role.MANAGER))

    response = client.post(address(section, name), {"note": " ", "reason": ""}, follow=True)

    assert state(section) == before
    assert sentence in response.text


def test_nobody_confirms_what_they_have_not_seen_and_what_was_written_comes_back(client, section):
    row = in_state(section, 2022, YearState.SUBMITTED)
    SectionYear.objects.filter(pk=row.pk).update(version=7)
    client.force_login(a_user(Role.CONFIRMER))

    refused = client.post(address(section, "return"), {"version": "6", "note": "合計が合いません。"}, follow=True)
    before = state(section)
    client.post(address(section, "confirm"), {"version": "7"})

    assert (before, state(section)) == (YearState.SUBMITTED, YearState.CONFIRMED)
    assert "合計が合いません。" in refused.text


@pytest.mark.parametrize("version", ["abc", "-1", "9" * 40, "①"])
def test_a_version_that_is_no_number_is_one_that_nobody_has_seen(client, section, version):
    client.force_login(a_user(Role.EDITOR))

    response = client.post(address(section, "submit"), {"version": version})

    assert (response.status_code, state(section)) == (302, YearState.DRAFT)


def test_a_move_is_a_line_of_the_history(client, section):
    in_state(section, 2022, YearState.CONFIRMED)
    person = a_user(Role.CONFIRMER)
    client.force_login(person)

    client.post(address(section, "reopen"), {"reason": "集計の誤りを直すため。"})

    line = Change.objects.get(subject=Subject.STATE)
    assert (line.by, line.channel, line.field, line.old, line.new, line.reason, line.section, line.fiscal_year) == (
        person,
        "screen",
        "確定を解除する",
        "確定",
        "下書き",
        "集計の誤りを直すため。",
        section,
        2022,
    )


@pytest.mark.parametrize("name", [move.name for move in MOVE_LIST])
def test_a_move_is_never_made_by_looking(client, section, name):
    client.force_login(a_user(Role.MANAGER))

    response = client.get(address(section, name))

    assert response.status_code == 405


def test_moves_of_another_city_a_foreign_year_or_an_unknown_section_are_not_found(client, section):
    there = a_section(a_plan(a_municipality("129992", "みほん市")))
    client.force_login(a_user(Role.MANAGER))
    unknown = reverse("evaluations:move_submit", args=[section.plan.slug, 9, 2022])

    answers = [
        client.post(place).status_code
        for place in (address(there, "submit"), address(section, "submit", 2024), unknown)
    ]

    assert answers == [404, 404, 404]
    assert SectionYear.objects.count() == 0
