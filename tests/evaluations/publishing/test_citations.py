"""Every paper says which publication it prints, or honestly that it prints none; anybody can check the number."""

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.citation import Citation, NotPublished, read_number
from core.sheets.keys import PROPERTY, PUBLICATION
from core.values import Value
from core.words import Side
from evaluations.models import Evaluation, Publication
from evaluations.publishing.citations import citation_of, not_published
from evaluations.publishing.publication import publish, withdraw_publication
from evaluations.reports.report import report_of_plan, report_of_section
from evaluations.reports.sheets.of_plan import sheet_bytes
from plans.access import Access
from plans.actions import CellChange, record_values
from plans.models import Channel, Role, SectionYear, YearState
from tests.builders import a_measure, a_plan, a_section, a_user, a_value, changed_plan, in_state
from tests.page_readers import page_tree
from tests.sheet_files import a_sheet, difference, edited, in_short, without_keys

HASH = "1a2b3c4d5e6f" + "0" * 52
SECOND = Citation(2022, 2, date(2023, 6, 30), HASH)


@pytest.fixture
def confirmer(stopped_clock, db):
    return a_user(Role.CONFIRMER)


@pytest.fixture
def plan(confirmer):
    """One 節 with one measure and a text, 2021 and 2022 確定."""
    plan = a_plan()
    section = a_section(plan)
    measure = a_measure(section, "1-1", sheet_block=True)
    for year in (2021, 2022):
        a_value(measure, year, 10, side=Side.PLANNED)
        a_value(measure, year, 8)
        row = in_state(section, year, YearState.CONFIRMED, confirmer)
        Evaluation.objects.create(section_year=row, check_text=f"{year}年度の評価です。")
    return plan


def published(plan, by, year=2022, reason=""):
    return publish(plan, year, by=by, reason=reason, channel=Channel.SCREEN)


def correct(plan, number, by, year=2022):
    """Reopen, correct the actual, confirm again: past the workflow, through the verb for values."""
    section = plan.sections.get()
    measure = plan.measures.get(code="1-1")
    current = measure.values.get(fiscal_year=year, side=Side.ACTUAL).value
    SectionYear.objects.filter(section=section, fiscal_year=year).update(state=YearState.DRAFT)
    record_values(
        [CellChange(measure, year, Side.ACTUAL, current, Value(number=Decimal(number)))], by=by, channel=Channel.SCREEN
    )
    in_state(section, year, YearState.CONFIRMED, by)


def section_paper(plan, number, year=2022):
    """What the paper of one 節 says of where it comes from."""
    alone = report_of_section(report_of_plan(plan, year, access=None), number)
    assert alone is not None
    return alone.citation


def url(name, *args):
    return reverse(f"evaluations:published_{name}", args=args)


def words_in(content: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_a_publication_is_cited_with_year_number_day_and_the_first_digits_of_its_hash():
    assert (SECOND.words, SECOND.short, SECOND.whole) == (
        "令和4年度評価　公表第2号（令和5年6月30日公表）　識別番号 1a2b 3c4d 5e6f（SHA-256の先頭12桁）",
        "公表第2号　識別番号 1a2b 3c4d 5e6f",
        f"令和4年度評価　公表第2号（令和5年6月30日公表）　識別番号（SHA-256） {HASH}",
    )


def test_a_paper_of_no_publication_says_so_with_its_day():
    assert NotPublished(date(2026, 11, 22)).words == "公表前の内容を含みます（2026年11月22日作成）"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("1a2b 3c4d 5e6f", HASH[:12]),
        ("１Ａ２Ｂ３Ｃ４Ｄ５Ｅ６Ｆ", HASH[:12]),
        ("sha256:" + HASH, HASH),
        (SECOND.words, HASH[:12]),
        (SECOND.short, HASH[:12]),
        (SECOND.whole, HASH),
    ],
)
def test_a_number_is_read_however_it_is_copied(typed, digits):
    assert read_number(typed) == digits


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1a2b", "識別番号は、先頭の12桁から全部の64桁までを入力してください（入力は4桁です）。"),
        ("1" * 65, "識別番号は、先頭の12桁から全部の64桁までを入力してください（入力は65桁です）。"),
        ("第2号", "識別番号は、0から9までの数字と、aからfまでの英字で入力してください（入力：第2号）"),
    ],
)
def test_what_is_no_number_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(ValueError, match="識別番号は") as refused:
        read_number(typed)

    assert str(refused.value) == sentence


@pytest.mark.django_db
def test_the_day_of_a_publication_is_the_one_on_the_citys_calendar(plan, confirmer):
    with time_machine.travel(datetime(2023, 6, 29, 16, 0, tzinfo=UTC), tick=False):
        publication = published(plan, confirmer)

    assert citation_of(publication).day == date(2023, 6, 30)


@pytest.mark.django_db
@pytest.mark.parametrize("layout", ["inzai", "kanri"])
def test_a_sheet_cites_the_publication_exactly_while_it_prints_the_same(plan, confirmer, layout):
    before = words_in(a_sheet(plan, layout=layout))
    publication = published(plan, confirmer)
    same = a_sheet(plan, layout=layout)
    correct(plan, 9, confirmer)
    after = words_in(a_sheet(plan, layout=layout))
    second = published(plan, confirmer)
    again = words_in(a_sheet(plan, layout=layout))
    withdraw_publication(second, by=confirmer, reason="誤り", channel=Channel.SCREEN)
    withdrawn = words_in(a_sheet(plan, layout=layout))

    draft = not_published().words
    cited = [one[-1] for one in (before, words_in(same), after, again, withdrawn)]
    assert cited == [draft, citation_of(publication).words, draft, citation_of(second).words, draft]
    book = openpyxl.load_workbook(io.BytesIO(same))
    assert {one.name: one.value for one in book.custom_doc_props.props}[PUBLICATION] == publication.sha256
    assert citation_of(publication).short in book.worksheets[0].oddFooter.right.text


@pytest.mark.django_db
def test_a_sheet_with_a_draft_of_another_year_is_no_publication(plan, confirmer):
    published(plan, confirmer)
    SectionYear.objects.filter(fiscal_year=2021).update(state=YearState.DRAFT)
    published(plan, confirmer)  # now 2021 is 未公表 in it

    assert words_in(a_sheet(plan))[-1] == not_published().words
    assert report_of_plan(plan, 2022, access=None).citation == not_published().words


@pytest.mark.django_db
def test_the_paper_of_a_year_cites_the_publication_while_it_says_the_same(plan, confirmer):
    marks = [report_of_plan(plan, 2022, access=None).citation]
    publication = published(plan, confirmer)
    marks += [report_of_plan(plan, 2022, access=access).citation for access in (None, Access(Role.VIEWER))]
    plan.action_items.create(section=plan.sections.get(), fiscal_year=2022, action="公表していない取組")
    marks.append(report_of_plan(plan, 2022, access=None).citation)

    cited, draft = citation_of(publication).words, not_published().words
    assert marks == [draft, cited, cited, draft]


@pytest.mark.django_db
def test_the_paper_of_one_section_cites_the_publication_whatever_the_others_say_by_now(plan, confirmer):
    other = a_section(plan, 2, "ほかの節")
    a_value(a_measure(other, "2-1"), 2022, 5)
    in_state(other, 2022, YearState.CONFIRMED, confirmer)
    publication = published(plan, confirmer)
    plan.action_items.create(section=other, fiscal_year=2022, action="公表していない取組")

    marks = [section_paper(plan, number) for number in (1, 2)]
    Evaluation.objects.update(check_text="直した文です。")
    marks.append(section_paper(plan, 1))

    assert marks == [citation_of(publication).words, not_published().words, not_published().words]


@pytest.mark.django_db
def test_the_paper_of_a_reopened_section_cites_nothing_though_nothing_is_changed_yet(plan, confirmer):
    published(plan, confirmer)
    SectionYear.objects.filter(fiscal_year=2022).update(state=YearState.DRAFT)

    assert section_paper(plan, 1) == not_published().words


@pytest.mark.django_db
def test_the_tables_of_opinions_and_revisions_cite_what_says_the_same(client, plan, confirmer):
    heard = {"fiscal_year": 2022, "council": "協議会", "held_on": date(2023, 7, 1), "opinion": "意見です。"}
    opinion = plan.opinions.create(number=1, published=True, **heard)
    publication = published(plan, confirmer)
    client.force_login(confirmer)

    def last_words():
        names = ("evaluations:opinions_table", "evaluations:revisions_table")
        return [words_in(client.get(reverse(name, args=[plan.slug])).content)[-1] for name in names]

    assert last_words() == [citation_of(publication).words] * 2
    opinion.response = "まだ公表していない答え"
    opinion.save()
    changed_plan(a_measure(plan.sections.get(), "1-2"), 2022, 10, 20)
    assert last_words() == [not_published().words] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("strip", [None, False, True])
def test_the_number_on_a_sheet_is_no_edit_on_whatever_day_it_comes_back(plan, confirmer, strip):
    with time_machine.travel(datetime(2023, 6, 30, 3, 0, tzinfo=UTC)):
        sheet = a_sheet(plan)
    publication = published(plan, confirmer)
    cited = a_sheet(plan)

    for content in (sheet, cited):
        back = edited(content) if strip is None else without_keys(content, keep_property=strip)
        found = difference(back, plan)
        assert (in_short(found), [one for one in found.unknown if "状態" not in one.old + one.new]) == ([], [])
    assert publication.number == 1


@pytest.mark.django_db
def test_the_sheet_of_a_publication_is_made_of_its_body_alone(client, plan, confirmer):
    publication = published(plan, confirmer)
    address = url("sheet", plan.slug, 1)
    before = client.get(address).content
    correct(plan, 9, confirmer)
    plan.sections.update(title="改めた名前")
    with CaptureQueriesContext(connection) as asked:
        after = client.get(address)

    words = words_in(before)
    assert after.content == before
    assert all("evaluations_publication" in query["sql"] for query in asked.captured_queries)
    assert (words[-1], "8" in words, "9" in words) == (citation_of(publication).words, True, False)
    names = {one.name: one.value for one in openpyxl.load_workbook(io.BytesIO(before)).custom_doc_props.props}
    assert (names[PUBLICATION], names[PROPERTY].split("/")[:2]) == (publication.sha256, [plan.slug, "2022"])


@pytest.mark.django_db
def test_the_sheet_of_a_publication_says_what_it_does_not_hold(client, plan, confirmer):
    other = a_section(plan, 2, "まだの節")
    a_value(a_measure(other, "2-1"), 2022, 31337)
    published(plan, confirmer)

    for layout in ("inzai", "kanri"):
        words = words_in(client.get(url("sheet", plan.slug, 1), {"layout": layout}).content)
        assert "状態：公表 第1節　未公表 第2節" in words
        assert "未公表" in words
        assert "31337" not in words
    assert client.get(url("sheet", plan.slug, 1), {"layout": "none"}).status_code == 404


@pytest.mark.django_db
def test_the_body_is_byte_for_byte_what_the_number_is_the_hash_of(client, plan, confirmer):
    publication = published(plan, confirmer)

    body = client.get(url("body", plan.slug, 1))

    assert (sha256(body.content).hexdigest(), json.loads(body.content)) == (publication.sha256, publication.body)


@pytest.mark.django_db
def test_what_was_withdrawn_gives_neither_body_nor_sheet(client, plan, confirmer):
    withdraw_publication(published(plan, confirmer), by=confirmer, reason="誤りです。", channel=Channel.SCREEN)

    for name in ("version", "body", "sheet"):
        answer = client.get(url(name, plan.slug, 1))
        assert (answer.status_code, "誤りです。" in answer.text) == (410, True)


@pytest.mark.django_db
def test_a_section_says_how_to_cite_it_by_an_address_that_stays(client, plan, confirmer):
    first = published(plan, confirmer)

    page = client.get(url("section", plan.slug, 1, 2022)).text

    assert citation_of(first).words in page
    assert f"http://testserver/published/{plan.slug}/versions/1/#section-1" in page


@pytest.mark.django_db
def test_the_versions_of_a_year_lead_to_each_other_and_old_ones_are_kept_from_search_engines(client, plan, confirmer):
    published(plan, confirmer)
    correct(plan, 9, confirmer)
    published(plan, confirmer)
    old, new = (page_tree(client.get(url("version", plan.slug, number))) for number in (1, 2))

    leads = [{one.get("rel"): one.get("href") for one in page.findall(".//*[@rel]")} for page in (old, new)]
    assert [page.find(".//meta[@content='noindex']") is not None for page in (old, new)] == [True, False]
    assert leads[0]["canonical"] == f"http://testserver{url('version', plan.slug, 2)}"
    assert leads[0]["next"] == url("version", plan.slug, 2)
    assert leads[1]["prev"] == url("version", plan.slug, 1)
    robots = [client.get(url("body", plan.slug, number)).get("X-Robots-Tag") for number in (1, 2)]
    assert robots == ["noindex", None]


@pytest.mark.django_db
def test_anybody_finds_what_became_of_a_publication_by_its_number(client, plan, confirmer):
    first = published(plan, confirmer)
    correct(plan, 9, confirmer)
    second = published(plan, confirmer)

    def said(number):
        return client.get(url("verify"), {"number": number}).text

    assert "令和4年度の評価の、最新の公表です。" in said(citation_of(second).short_number)
    replaced = said(first.sha256)
    assert "前に公表した内容です。" in replaced
    assert url("version", plan.slug, 2) in replaced
    withdraw_publication(second, by=confirmer, reason="数え直します。", channel=Channel.SCREEN)
    assert "取り下げた公表です。" in said(second.sha256)
    assert "数え直します。" in said(second.sha256)
    assert "この番号の公表はありません。" in said("0" * 12)
    assert "識別番号は、先頭の12桁から" in said("0")


@pytest.mark.django_db
def test_a_file_is_found_by_its_own_hash_and_a_changed_one_is_not(client, plan, confirmer):
    published(plan, confirmer)
    body = client.get(url("body", plan.slug, 1)).content

    def sent(content):
        return client.post(url("verify"), {"file": SimpleUploadedFile("x.json", content)}).text

    assert "「x.json」は公表した内容です" in sent(body)
    assert "この番号の公表はありません。" in sent(body.replace(b'"8"', b'"9"'))
    assert client.post(url("verify")).status_code == 400


@pytest.mark.django_db
def test_a_body_that_was_tampered_with_is_noticed_by_command_and_page(client, plan, confirmer, capsys):
    published(plan, confirmer)
    correct(plan, 9, confirmer)
    second = published(plan, confirmer)
    call_command("verify_publications")
    assert capsys.readouterr().out.count(" 一致\n") == 2
    body = second.body
    body["rows"][1]["実績値"] = "90"
    Publication.objects.filter(pk=second.pk).update(body=body)

    with pytest.raises(CommandError) as failed:
        call_command("verify_publications", plan.slug)

    assert (failed.value.returncode, str(failed.value)) == (1, "公表した内容が、公表したときと違うものが1件あります。")
    lines = capsys.readouterr().out.splitlines()
    assert [("不一致" in line, line.startswith(plan.slug)) for line in lines] == [(False, True), (True, True)]
    page = client.get(url("verify"), {"number": second.sha256}).text
    assert ("番号が一致しません。" in page, "最新の公表です。" in page) == (True, False)
    versions = [client.get(url("version", plan.slug, number)).text for number in (1, 2)]
    assert ["番号が一致しません。" in page for page in versions] == [False, True]
    with pytest.raises(CommandError) as unknown:
        call_command("verify_publications", "999999-9")
    assert unknown.value.returncode == 2


@pytest.mark.django_db
def test_a_sheet_asks_no_question_more_for_its_number(plan, confirmer, django_assert_num_queries):
    published(plan, confirmer)
    with django_assert_num_queries(5):
        sheet_bytes(plan, 2022, access=None)
