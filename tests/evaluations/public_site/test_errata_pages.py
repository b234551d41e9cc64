"""From one publication to the next: what is corrected says so by itself, and what was published stays readable."""

import io

import openpyxl
import pytest
from django.urls import reverse

from core.words import Side
from evaluations.models import Publication
from evaluations.publishing.citations import citation_of
from evaluations.publishing.publication import withdraw_publication
from plans.models import Channel
from tests.builders import a_value
from tests.evaluations.publishing.test_citations import confirmer, correct, plan, published, url, words_in  # noqa: F401
from tests.page_forms import form_with
from tests.page_readers import found_words, page_tree, rows_of

pytestmark = pytest.mark.django_db


def lines_on(page: str) -> str:
    """The words of a page without its tags."""
    return " ".join("".join(piece.partition(">")[2] for piece in page.split("<")).split())


def test_a_corrected_value_is_told_by_itself_and_both_versions_stay(client, plan, confirmer):  # noqa: F811
    first = published(plan, confirmer)
    correct(plan, 9, confirmer)
    client.force_login(confirmer)
    publish_page = client.post(reverse("evaluations:publish", args=[plan.slug]), {"do": "check", "year": 2022})
    form = form_with(publish_page, "seen_sha256") | {"reason": "内輪のメモ", "correction_reason": "数え直したため"}
    client.post(reverse("evaluations:publish", args=[plan.slug]), form)
    client.logout()
    second = Publication.objects.get(number=2)

    errata = client.get(url("errata", plan.slug, 2))
    line = "第1節 指標 令和4年度 実績値 8人 9人"
    title = plan.measures.get().title
    assert line.replace("指標", title) in lines_on(errata.text)
    assert "訂正 1件" in found_words(errata, ".//dl[@class='facts card']/dd")
    assert ("数え直したため" in errata.text, "内輪のメモ" in errata.text) == (True, False)
    assert line.replace("指標", title) in lines_on(publish_page.text), "staff saw it before they published"
    old = client.get(url("version", plan.slug, 1))
    assert (old.status_code, "この版は第2号で訂正されています。" in old.text) == (200, True)
    assert url("errata", plan.slug, 2) in old.text
    assert "訂正されています" not in client.get(url("version", plan.slug, 2)).text
    assert url("errata", plan.slug, 2) in client.get(url("plan", plan.slug)).text
    sheets = [words_in(client.get(url("sheet", plan.slug, number)).content) for number in (1, 2)]
    assert [(sheet[-1], "9" in sheet) for sheet in sheets] == [
        (citation_of(first).words, False),
        (citation_of(second).words, True),
    ]


def test_the_table_of_errata_is_a_workbook_with_both_numbers(client, plan, confirmer):  # noqa: F811
    first = published(plan, confirmer)
    correct(plan, 9, confirmer)
    second = published(plan, confirmer)

    sheet = openpyxl.load_workbook(io.BytesIO(client.get(url("errata_table", plan.slug, 2)).content)).active
    rows = [[cell for cell in row if cell] for row in sheet.iter_rows(values_only=True)]

    title = plan.measures.get().title
    assert [row for row in rows if row] == [
        [f"印西市 第6期障害福祉計画　{citation_of(second).name}の正誤表"],
        [f"前の号：{citation_of(first).words}"],
        [f"この号：{citation_of(second).words}"],
        ["箇所", "年度", "項目", "誤（前の号）", "正（この号）"],
        ["訂正（1件）"],
        [f"第1節 {title}", "令和4年度", "実績値", "8人", "9人"],
        [citation_of(second).words],
    ]


def test_what_is_only_added_is_no_correction(client, plan, confirmer):  # noqa: F811
    published(plan, confirmer)
    a_value(plan.measures.get(), 2023, 12, side=Side.PLANNED)
    plan.opinions.create(
        fiscal_year=2022, council="協議会", held_on="2023-07-01", number=1, opinion="意見です。", published=True
    )
    published(plan, confirmer)

    errata = client.get(url("errata", plan.slug, 2))
    assert [row[2:] for row in rows_of(errata, "訂正")] == [["計画値", "なし", "12人"]]
    assert [row[2:] for row in rows_of(errata, "追加公表")] == [["意見", "記載なし", "意見です。"]]
    assert "訂正 1件、追加公表 1件" in found_words(errata, ".//dl[@class='facts card']/dd")


def test_errata_pass_over_what_was_withdrawn(client, plan, confirmer):  # noqa: F811
    published(plan, confirmer)
    correct(plan, 31337, confirmer)
    second = published(plan, confirmer)
    withdraw_publication(second, by=confirmer, reason="誤りです。", channel=Channel.SCREEN)
    correct(plan, 9, confirmer)
    published(plan, confirmer)

    page = client.get(url("errata", plan.slug, 3))
    before = page_tree(page).find(".//dl[@class='facts card']/dd/a").get("href")
    assert (before, "31337" in page.text) == (url("version", plan.slug, 1), False)
    assert client.get(url("errata", plan.slug, 2)).status_code == 410
    assert client.get(url("errata", plan.slug, 1)).status_code == 404
    listed = client.get(url("plan", plan.slug)).text
    assert [url("errata", plan.slug, number) in listed for number in (1, 2, 3)] == [False, False, True]


def test_the_page_to_publish_says_nothing_of_errata_before_anything_was_published(client, plan, confirmer):  # noqa: F811
    client.force_login(confirmer)

    address = reverse("evaluations:publish", args=[plan.slug])
    assert "正誤表" not in client.get(address).text + client.post(address, {"do": "check", "year": 2022}).text
