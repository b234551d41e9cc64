"""Every address × every role × every state: who gets in, and what a draft never shows to whom it must not."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core.values import EMPTY, Value
from core.volumes import Scenario
from core.words import Side
from evaluations.entry.texts import save_texts
from evaluations.models import ActionItem, ActivityRecord
from evaluations.prefecture.packages import make_package
from evaluations.publishing.publication import publish
from indicators.months.readings import ReadingChange, record_readings
from indicators.volumes.actions import save_forecast
from indicators.volumes.content import ForecastContent
from indicators.volumes.ground import ground_of
from plans.actions import CellChange, record_values
from plans.models import Channel, Municipality, Role, SectionYear, YearState
from tests.builders import (
    a_draft,
    a_link,
    a_measure,
    a_municipality,
    a_plan,
    a_prefecture_user,
    a_section,
    a_user,
    a_value,
    a_volume,
    a_work,
    in_state,
)

pytestmark = pytest.mark.django_db

SECRET_NUMBER = "31337"
SECRET_TEXT = "外に出てはならない下書き"
SECRET_RECORD = "下書きの会議"
SECRET_PROMISE = "下書きの取組"
SECRET_OPINION = "公表しない意見"
SECRET_OF_OLD_PLAN = "27182"
YEAR = 2022
SLUG = "122319-6"
DRAFT = "122319-7"

WRITERS = ("editor", "checker", "confirmer", "manager")
CITY = ("viewer", *WRITERS)
READERS = (*CITY, "pref")
LOGGED_IN = ("nobody", "operator", "stranger", *READERS)
EVERYONE = ("anonymous", *LOGGED_IN)

WORK = "11111111-2222-4333-8444-555555555555"
S, SY, C = {"slug": SLUG}, {"slug": SLUG, "number": 1, "year": YEAR}, {"slug": SLUG, "code": "1-1"}
GET_PAGES: dict[str, tuple[dict, tuple[str, ...]]] = {
    "healthz": ({}, EVERYONE),
    "plans:help": ({}, EVERYONE),
    "evaluations:published_list": ({}, EVERYONE),
    "evaluations:published_plan": (S, EVERYONE),
    "evaluations:published_section": ({**SY, "year": 2021}, EVERYONE),
    "evaluations:published_data": ({**S, "extension": "csv"}, EVERYONE),
    "evaluations:published_version": ({**S, "number": 1}, EVERYONE),
    "evaluations:published_open_data": (S, EVERYONE),
    "evaluations:published_open_data_file": ({**S, "name": "open-data.zip"}, EVERYONE),
    "evaluations:published_body": ({**S, "number": 1}, EVERYONE),
    "evaluations:published_sheet": ({**S, "number": 1}, EVERYONE),
    "evaluations:published_errata": ({**S, "number": 2}, EVERYONE),
    "evaluations:published_errata_table": ({**S, "number": 2}, EVERYONE),
    "evaluations:published_verify": ({}, EVERYONE),
    "evaluations:published_section_text": ({**SY, "year": 2021}, EVERYONE),
    "evaluations:published_version_text": ({**S, "number": 1}, EVERYONE),
    "plans:plan_list": ({}, ("stranger", *READERS)),
    "plans:history": ({}, ("stranger", *READERS)),
    "plans:password": ({}, LOGGED_IN),
    "evaluations:open_data_check": ({}, LOGGED_IN),
    "plans:people": ({}, ("manager",)),
    "plans:plan_settings": (S, ("manager",)),
    "plans:catalogue": ({"generation": 7}, ("stranger", *READERS)),
    "evaluations:new_plan": ({}, ("stranger", "manager")),
    "evaluations:draft": ({"slug": DRAFT}, ("manager",)),
    "evaluations:draft_section": ({"slug": DRAFT, "key": "7-1"}, ("manager",)),
    "evaluations:plan_measures": (S, ("manager",)),
    "evaluations:add_measure": (S, ("manager",)),
    "evaluations:measure_settings": (C, ("manager",)),
    "evaluations:section_goals": ({**S, "number": 1}, ("manager",)),
    "targets:target_list": (S, READERS),
    "indicators:indicator_list": (S, READERS),
    "indicators:monthly": ({**S, "year": YEAR}, READERS),
    "indicators:volumes": (S, READERS),
    "indicators:volume": ({**S, "key": "kyotaku_kaigo"}, READERS),
    "indicators:volume_table": ({**S, "key": "kyotaku_kaigo"}, READERS),
    "evaluations:dashboard": (S, READERS),
    "evaluations:section_year": (SY, READERS),
    "evaluations:measure": (C, READERS),
    "evaluations:exports": (S, READERS),
    "evaluations:tidy_download": ({**S, "extension": "csv"}, READERS),
    "evaluations:sheet_download": ({**S, "year": YEAR}, READERS),
    "evaluations:text_download": ({**S, "year": YEAR}, READERS),
    "evaluations:package_download": ({**S, "number": 1}, READERS),
    "evaluations:entry_year": ({**S, "year": YEAR}, WRITERS),
    "evaluations:entry_section": ({**S, "year": YEAR, "number": 1}, WRITERS),
    "evaluations:entry_forms": ({**S, "year": YEAR}, WRITERS),
    "evaluations:entry_form_download": ({**S, "year": YEAR}, WRITERS),
    "evaluations:entry_forms_download": ({**S, "year": YEAR}, WRITERS),
    "evaluations:edit_texts": (SY, WRITERS),
    "evaluations:import": (S, WRITERS),
    "evaluations:archive": (S, WRITERS),
    "evaluations:opinions": (S, READERS),
    "evaluations:opinions_table": (S, READERS),
    "evaluations:actions": (S, READERS),
    "evaluations:links": (S, READERS),
    "evaluations:carry_over": (S, READERS),
    "evaluations:carry_over_baselines": (S, READERS),
    "evaluations:carry_over_shortfalls": (S, READERS),
    "evaluations:carry_over_paper": (S, READERS),
    "evaluations:carry_over_table": (S, READERS),
    "evaluations:beside": (S, READERS),
    "evaluations:calendar": (S, READERS),
    "evaluations:calendar_download": (S, READERS),
    "evaluations:revisions": (S, READERS),
    "evaluations:revisions_table": (S, READERS),
    "evaluations:prefecture": ({"code": "120006"}, ("pref",)),
    "evaluations:prefecture_table": ({"code": "120006"}, ("pref",)),
    "evaluations:packages": ({"code": "120006"}, ("pref",)),
    "evaluations:publish": (S, ("confirmer", "manager")),
    "evaluations:work_list": ({}, LOGGED_IN),
    "evaluations:work": ({"key": WORK}, ("manager",)),
    "evaluations:work_state": ({"key": WORK}, ("manager",)),
    "evaluations:work_result": ({"key": WORK}, ("manager",)),
}
MOVES = {
    "submit": WRITERS,
    "withdraw": WRITERS,
    "check": ("checker", "confirmer", "manager"),
    "return": ("checker", "confirmer", "manager"),
    "confirm": ("confirmer", "manager"),
    "reopen": ("confirmer", "manager"),
}
ELSEWHERE = {"plans:home", "plans:login", "plans:logout", "evaluations:section_latest", "evaluations:all_sheets"}
# A PDF takes a second: test_paper_pdf.py, test_publication_pdfs.py.
ELSEWHERE |= {"evaluations:paper_section", "evaluations:make_paper", "evaluations:make_publication_pdfs"}
ELSEWHERE |= {"evaluations:published_pdf", "evaluations:published_section_pdf"}
"""Addresses whose answer is a redirect or that take no plan; tested where they live, and below."""


def all_names(resolver: URLResolver, prefix: str = "") -> set[str]:
    """Every named address outside /admin/."""
    names: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            names.add(prefix + (entry.name or "?"))
        elif entry.namespace != "admin":
            names |= all_names(entry, prefix + (f"{entry.namespace}:" if entry.namespace else ""))
    return names


OF_NO_PLAN = ("plans:people", "plans:catalogue", "evaluations:new_plan")
"""Pages about one's own 自治体, which a stranger has too."""


def test_the_walk_knows_every_address():
    walked = set(GET_PAGES) | {f"evaluations:move_{name}" for name in MOVES} | ELSEWHERE

    assert all_names(get_resolver()) == walked


@pytest.fixture
def people(db):
    """One person of each role around 印西市, a manager of another city, and a superuser without a role."""
    prefecture = a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)
    city = a_municipality(prefecture=prefecture)
    return {
        "anonymous": None,
        "nobody": a_user(None, username="nobody"),
        "operator": User.objects.create_superuser("operator"),
        "stranger": a_user(Role.MANAGER, a_municipality("129992", "みほん市（架空）"), username="stranger"),
        "pref": a_prefecture_user(prefecture),
        **{role: a_user(role, city, username=role) for role in CITY},
    }


@pytest.fixture
def plan(people):
    """印西市 第6期: 2021 published twice, 2022 with secrets in draft; it follows 第5期, of which nothing is 確定."""
    plan = a_plan(a_municipality())
    section = a_section(plan)
    measure = a_measure(section, "1-1")
    in_state(section, 2021, YearState.CONFIRMED, people["confirmer"])
    publish(plan, 2021, by=people["confirmer"], reason="", channel=Channel.SCREEN)
    a_value(measure, 2023, 4, side=Side.PLANNED)
    publish(plan, 2021, by=people["confirmer"], reason="", channel=Channel.SCREEN)
    secret = Value(number=Decimal(SECRET_NUMBER))
    record_values([CellChange(measure, YEAR, Side.ACTUAL, EMPTY, secret)], by=people["editor"], channel=Channel.SCREEN)
    months = [ReadingChange(a_measure(section, "i-1", family="indicator"), YEAR, 4, EMPTY, secret)]
    record_readings(months, by=people["editor"], channel=Channel.SCREEN)
    for counted in a_volume(section):
        record_values(
            [CellChange(counted, YEAR, Side.ACTUAL, EMPTY, secret)], by=people["editor"], channel=Channel.SCREEN
        )
    content = ForecastContent(basis_year=YEAR, scenario=Scenario.HOLD, reason=SECRET_TEXT)
    volume = ground_of(plan, "kyotaku_kaigo", None).volume
    save_forecast(plan, volume, content, version=0, by=people["editor"], channel=Channel.SCREEN)
    save_texts(section, YEAR, {"do_text": SECRET_TEXT}, version=0, by=people["editor"], channel=Channel.SCREEN)
    record = ActivityRecord.objects.create(plan=plan, fiscal_year=YEAR, title=SECRET_RECORD)
    record.sections.add(section)
    ActionItem.objects.create(plan=plan, section=section, fiscal_year=YEAR, action=SECRET_PROMISE)
    day = date(2022, 7, 1)
    plan.opinions.create(
        fiscal_year=2021, section=section, council="協議会", held_on=day, number=1, opinion=SECRET_OPINION
    )
    a_draft(by=people["manager"])
    make_package(plan, by=people["editor"], channel=Channel.SCREEN)
    old = a_measure(a_section(a_plan(generation=5, start=2018, end=2020)), "1-1")
    a_value(old, 2020, 30000, side=Side.PLANNED)
    a_value(old, 2020, SECRET_OF_OLD_PLAN)
    a_link(plan, old, measure)
    a_work(plan, people["manager"], key=WORK)
    return plan


def sign_in(client, person):
    client.logout()
    if person:
        client.force_login(person)


@pytest.mark.parametrize("role", EVERYONE)
def test_each_page_opens_for_those_it_is_for_and_nobody_else(client, people, plan, role):
    sign_in(client, people[role])

    answers = {name: client.get(reverse(name, kwargs=kwargs)).status_code for name, (kwargs, _) in GET_PAGES.items()}

    expected = {name: 200 if role in admitted else refusal(role, name) for name, (_, admitted) in GET_PAGES.items()}
    assert answers == expected


def refusal(role: str, name: str) -> int:
    """How a page refuses: anonymous to the login, strangers 404 on a plan, one's own city 403."""
    if role == "anonymous":
        return 302
    if name.startswith("evaluations:work"):
        return 404  # of one person alone
    if name in OF_NO_PLAN:
        return 200 if role == "stranger" else 403
    if role in ("nobody", "operator", "stranger"):
        return 404 if GET_PAGES[name][0] else 403
    return 403


def test_anonymous_is_sent_to_the_login_with_the_way_back(client, plan):
    address = reverse("evaluations:dashboard", args=[SLUG])

    answer = client.get(address)

    assert answer["Location"] == f"/login/?next={address}"


@pytest.mark.parametrize("state", YearState.values)
@pytest.mark.parametrize("name", MOVES)
def test_moves_are_made_by_those_who_may_from_the_states_that_allow_it(client, people, plan, name, state):
    section = plan.sections.get()
    address = reverse(f"evaluations:move_{name}", kwargs=SY)

    moved = {}
    for role, person in people.items():
        in_state(section, YEAR, state, people["confirmer"])
        before = SectionYear.objects.get(section=section, fiscal_year=YEAR)
        sign_in(client, person)
        answer = client.post(address, {"note": "理由です", "reason": "理由です"})
        after = SectionYear.objects.get(section=section, fiscal_year=YEAR)
        moved[role] = (answer.status_code, (after.state, after.checked_at) != (before.state, before.checked_at))
        SectionYear.objects.filter(pk=after.pk).update(
            checked_at=None, checked_by=None, returned_at=None, returned_by=None, return_note="", state="DRAFT"
        )

    starts = {
        "submit": ("DRAFT", "RETURNED"),
        "withdraw": ("SUBMITTED",),
        "check": ("SUBMITTED",),
        "return": ("SUBMITTED",),
        "confirm": ("SUBMITTED",),
        "reopen": ("CONFIRMED", "PUBLISHED"),
    }[name]
    expected = dict.fromkeys(MOVES[name], (302, state in starts))
    expected |= {role: (403, False) for role in READERS if role not in MOVES[name]}
    expected |= {"anonymous": (302, False), "nobody": (404, False), "operator": (404, False), "stranger": (404, False)}
    assert moved == expected


@pytest.mark.parametrize("state", YearState.values)
def test_a_draft_is_seen_by_the_writers_of_the_city_alone(client, people, plan, state):
    in_state(plan.sections.get(), YEAR, state, people["confirmer"])
    settled = state in (YearState.CONFIRMED, YearState.PUBLISHED)
    allowed = READERS if settled else WRITERS

    leaks = []
    for role, person in people.items():
        sign_in(client, person)
        for name, (kwargs, admitted) in GET_PAGES.items():
            # A writer may see every draft, but on what is published; the manager opens all pages for the four of them.
            if role not in admitted or (role in WRITERS and role != "manager" and "published" not in name):
                continue
            shown = text_of(client.get(reverse(name, kwargs=kwargs)))
            secrets = [s for s in (SECRET_NUMBER, SECRET_TEXT, SECRET_RECORD, SECRET_PROMISE) if s in shown]
            if secrets and ("published" in name or role not in allowed):
                leaks.append((name, role, secrets))
            # 協議会意見 are working papers: without the switch no state shows them.
            if role not in WRITERS:
                leaks += [(name, role, s) for s in (SECRET_OPINION, SECRET_OF_OLD_PLAN) if s in shown]

    assert leaks == []


def text_of(answer) -> str:
    """The words of an answer; a workbook is unpacked."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(part).decode("utf-8", "replace") for part in book.namelist())
    return content.decode("utf-8")


def test_the_secrets_are_there_for_those_who_may_see_them(client, people, plan):
    sign_in(client, people["editor"])

    page = client.get(reverse("evaluations:section_year", kwargs=SY)).content.decode()
    heard = client.get(reverse("evaluations:opinions", kwargs=S)).content.decode()
    series = client.get(reverse("evaluations:measure", kwargs=C)).content.decode()

    shown = [secret in page for secret in (SECRET_NUMBER, SECRET_TEXT, SECRET_RECORD, SECRET_PROMISE)]
    assert (shown, SECRET_OPINION in heard, SECRET_OF_OLD_PLAN in series) == ([True] * 4, True, True)


def test_the_latest_year_of_a_section_is_the_latest_the_person_may_see(client, people, plan):
    address = reverse("evaluations:section_latest", args=[SLUG, 1])

    years = {}
    for role in ("viewer", "editor"):
        sign_in(client, people[role])
        years[role] = client.get(address)["Location"].split("/")[-2]

    assert years == {"viewer": "2021", "editor": "2022"}
