"""PDF of what is published: made when it is, given to everyone as it lies there, gone with the publication."""

import re
import sys

import pytest
from django.core.management import call_command
from django.urls import reverse

from core import pdf
from evaluations.models import LongWork, PublicationPdf
from evaluations.publishing.publication import publish, withdraw_publication
from plans.models import Channel, YearState
from tests.builders import a_full_plan, a_measure, a_section, a_value, in_state
from tests.evaluations.reports.test_paper_pdf import Read
from tests.page_forms import form_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock", "as_confirmer")]


@pytest.fixture
def plan(confirmer):
    """第1節 is 確定 in 2022, 第2節 a draft."""
    plan = a_full_plan(1)
    in_state(plan.sections.get(), 2022, YearState.CONFIRMED, confirmer)
    a_value(a_measure(a_section(plan, 2, "下書きの節")), 2022, 31337)
    return plan


def addresses(plan) -> dict[str, str]:
    return {
        "book": reverse("evaluations:published_pdf", args=[plan.slug, 1]),
        "section": reverse("evaluations:published_section_pdf", args=[plan.slug, 1, 1]),
        "draft": reverse("evaluations:published_section_pdf", args=[plan.slug, 1, 2]),
    }


def test_publishing_makes_the_pdf_of_the_book_and_of_each_section_for_residents(client, plan, confirmer, tmp_path):
    publishing = reverse("evaluations:publish", args=[plan.slug])
    checked = client.post(publishing, {"do": "check", "year": 2022})
    told = client.post(publishing, form_with(checked, "seen_sha256"), follow=True)
    client.logout()
    pages = [
        reverse("evaluations:published_plan", args=[plan.slug]),
        reverse("evaluations:published_version", args=[plan.slug, 1]),
        reverse("evaluations:published_section", args=[plan.slug, 1, 2022]),
    ]
    before = [re.findall(r'href="([^"]+\.pdf)"', client.get(page).text) for page in pages]

    call_command("work")
    after = [re.findall(r'href="([^"]+\.pdf)"', client.get(page).text) for page in pages]
    answers = {name: client.get(address) for name, address in addresses(plan).items()}
    book = Read.of(answers["book"].content, tmp_path)
    withdraw_publication(plan.publications.get(), by=confirmer, reason="誤り", channel=Channel.SCREEN)

    assert "公表資料のPDFを作り始めました。" in told.text
    assert before == [[], [], []]
    assert after == [[addresses(plan)["book"]], [addresses(plan)["book"]], [addresses(plan)["section"]]]
    assert {name: answer.status_code for name, answer in answers.items()} == {"book": 200, "section": 200, "draft": 404}
    assert (answers["section"].content[:5], answers["section"]["Content-Type"]) == (b"%PDF-", "application/pdf")
    assert "公表していない節：第2節下書きの節" in book.text
    assert "31337" not in book.text
    assert f"公表第1号 識別番号 {plan.publications.get().sha256[:4]}" in book.pages[-1].splitlines()[-1]
    assert client.get(addresses(plan)["book"]).status_code == 404


def test_who_may_confirm_has_them_made_anew_and_nobody_else(client, plan, confirmer, stranger, viewer, monkeypatch):
    publish(plan, 2022, by=confirmer, reason="", channel=Channel.SCREEN)
    address = reverse("evaluations:make_publication_pdfs", args=[plan.slug, 1])
    people = {"stranger": stranger, "viewer": viewer}
    refused = {}
    for name, person in people.items():
        client.force_login(person)
        refused[name] = client.post(address).status_code
    client.force_login(confirmer)

    asked = client.post(address)
    unknown = client.post(address.replace("/1/", "/7/"))
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    pdf._weasyprint.cache_clear()
    without = client.post(address, follow=True)
    call_command("work")
    pdf._weasyprint.cache_clear()

    assert refused == {"stranger": 404, "viewer": 403}
    assert (LongWork.objects.get().title, asked.url) == ("公表第1号のPDF", f"/work/{LongWork.objects.get().key}/")
    assert unknown.status_code == 404
    assert "このサーバーではPDFを作れません。" in without.text
    assert "このサーバーではPDFを作れません。" in client.get(asked.url).text
    assert PublicationPdf.objects.count() == 0
