"""The 評価書 as PDF: true contents, whole rows, everything that is known, nothing fetched and nothing leaked."""

import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import pdf
from core.words import Side
from evaluations.models import ActivityRecord, Evaluation, LongWork
from evaluations.reports.pdf import PaperSize, book_pdf, section_pdf
from evaluations.reports.report import report_of_plan
from plans.access import Access
from plans.models import Role, YearState
from tests.builders import a_full_plan, a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]

LONG = "就労移行支援事業等を通じて一般就労に移行する者のうち就労定着支援事業を利用する者の割合"
SENTENCE = "連絡会議を年4回開催し、定着支援の課題を共有した。利用者の希望に沿った職場体験の機会を増やす。"


@dataclass(frozen=True)
class Read:
    """A PDF read back by poppler: the text of each page, and what pdfinfo says."""

    path: Path
    pages: tuple[str, ...]

    @classmethod
    def of(cls, content: bytes, folder: Path) -> "Read":
        path = folder / "paper.pdf"
        path.write_bytes(content)
        return cls(path, tuple(page.strip() for page in poppler("pdftotext", "-raw", path, "-").split("\f")[:-1]))

    @property
    def text(self) -> str:
        """Everything in one run over the pages, without blanks, their last two lines, and a table's head repeated."""
        bodies = "\n".join("\n".join(page.splitlines()[:-2]) for page in self.pages)
        return squeezed(re.sub(r"^年度 開催日 名称・内容 参加者$", "", bodies, flags=re.M))

    def tool(self, name: str, *options: str) -> str:
        return poppler(name, *options, self.path)


def poppler(*command) -> str:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture
def plan():
    """Two 節: the first with forty measures of long names, long texts and records, the second with one measure."""
    plan = a_plan(a_municipality())
    for number in (1, 2):
        section = a_section(plan, number, f"節{number}の名前")
        for place in range(40 if number == 1 else 1):
            # Most of them 有無, which has no chart: drawing forty would take the test's time.
            kind, planned, actual = ("number", 1000, 2000) if place % 13 == 0 else ("presence", 1, 0)
            facts = {"title": f"第{place}号 {LONG}", "order": place, "value_kind": kind}
            measure = a_measure(section, f"m{number}-{place}", **facts)
            for year in plan.years[:2]:
                a_value(measure, year, planned, side=Side.PLANNED)
                a_value(measure, year, actual, note=f"注記{number}-{place}-{year}", wording=f"約{place}人")
        row = in_state(section, 2022, YearState.CONFIRMED if number == 2 else YearState.DRAFT)
        texts = {"check_text": "評価", "issues_text": "課題", "act_text": "次年度"}
        long = {field: f"{word}{number}：{SENTENCE * 8}" for field, word in texts.items()}
        Evaluation.objects.create(section_year=row, do_text=f"取組{number}", **long)
        for place in range(8):
            facts = {"title": f"第{place}回会議{number}", "content": SENTENCE * (1 + place)}
            record = ActivityRecord.objects.create(plan=plan, fiscal_year=2022, participants=3, **facts)
            record.sections.add(section)
        opinion = {"council": "協議会", "held_on": date(2023, 7, 1), "opinion": f"意見{number}：{SENTENCE}"}
        plan.opinions.create(fiscal_year=2022, number=number, section=section, **opinion)
    return plan


# How a paper is laid out does not depend on the database.
@pytest.mark.sqlite
def test_a_book_has_true_contents_whole_rows_and_everything_that_is_known(plan, tmp_path):
    paper = report_of_plan(plan, 2022, access=None)
    book = Read.of(book_pdf(paper), tmp_path)

    # Contents, headers and footers.
    contents = dict(re.findall(r"^(.+?) (\d+)$", book.pages[1], re.M)[:-1])
    assert list(contents) == ["第1節 節1の名前", "第2節 節2の名前", "数値の読み方"]
    assert [book.pages[int(page) - 1].splitlines()[0] for page in contents.values()] == list(contents)
    count = len(book.pages)
    assert [page.splitlines()[-1].split()[-3:] for page in book.pages] == [
        [str(number), "/", str(count)] for number in range(1, count + 1)
    ]
    second = int(contents["第2節 節2の名前"]) - 1
    running = {page.splitlines()[-2] for page in book.pages[2:second]}
    assert running == {"印西市 第6期障害福祉計画 令和4年度 第1節 節1の名前"}

    # The head of the figures on each of their pages, and each measure whole on one page.
    figures = [squeezed(page) for page in book.pages[2:second] if "\n実績値 " in page]
    assert len(figures) > 5
    assert {page.count("指標区分令和3年度（2021）令和4年度（2022）令和5年度（2023）") for page in figures} == {1}
    wholes = [(f"第{place}号{LONG}", f"注記：注記1-{place}-2022。") for place in range(40)]
    assert [name for name, end in wholes if not any(name in page and end in page for page in figures)] == []

    # Every sentence and figure.
    said = [paper.plan.name, "1000人", "2000人", "+1000人", "200.0%", "100.0%", "▲未達", "●達成"]
    for one in paper.sections:
        said += [one.section.title, one.evaluation.do_text, *(text for _, text in one.conclusions)]
        said += [record.content for record in one.records] + [opinion.opinion for opinion in one.opinions]
        said += [cell.figures.actual.note for row in one.rows for cell in row.cells]
    assert [text for text in said if squeezed(text) not in book.text] == []

    # What a machine and a screen reader ask of it.
    info = book.tool("pdfinfo")
    assert re.findall(r"^(?:Tagged|Page size): +(.*)$", info, re.M) == ["yes", "595.276 x 841.89 pts (A4)"]
    assert "Title:           印西市 第6期障害福祉計画 令和4年度（2022年度）の評価　評価書" in info
    assert book.tool("pdfimages", "-list").count("\n") == 2
    fonts = [line.split()[-5:-2] for line in book.tool("pdffonts").splitlines()[2:]]
    assert fonts
    assert all(font == ["yes", "yes", "yes"] for font in fonts)


def test_a_reader_without_drafts_finds_what_is_under_review_in_words_alone(plan, tmp_path):
    plan.measures.exclude(code__in=["m1-0", "m1-1"]).delete()
    viewer = Access(Role.VIEWER)

    one = Read.of(section_pdf(report_of_plan(plan, 2022, access=viewer), 1, size=PaperSize.A3), tmp_path)

    assert one.pages[0].startswith("印西市 第6期障害福祉計画 令和4年度（2022年度）の評価\n第1節 節1の名前\n")
    assert "実績値確認中確認中確認中" in one.text
    assert "令和4年度の実績と評価は確認中です。" in one.text
    leaks = ["2000", "未達", "取組1", "評価1", "課題1", "次年度1", "注記1", "第1回会議1", "意見1"]
    assert [leak for leak in leaks if leak in one.text] == []
    assert "Page size:       841.89 x 1190.55 pts (A3)" in one.tool("pdfinfo")


@pytest.mark.sqlite
def test_a_page_that_names_other_hosts_and_files_is_laid_out_without_asking_for_them(tmp_path):
    picture = tmp_path / "picture.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>内緒</text></svg>')
    with socket.create_server(("127.0.0.1", 0)) as server:
        other = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        asked = [f'<img src="{address}" alt="x">' for address in (other, picture.as_uri(), str(picture))]
        style = f'@import url("{other}"); p {{ background: url("{picture.as_uri()}") }}'
        html = f'<html lang="ja"><title>題</title><link rel="stylesheet" href="{other}"><p>本文{"".join(asked)}'

        page = Read.of(pdf.pdf_of(html, style), tmp_path)

        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert squeezed(page.pages[0]) == "本文xxx"


# --- The doors ---


def test_a_section_is_for_whoever_may_see_the_plan_and_asks_as_much_for_many_measures(client):
    plan = a_full_plan(1)
    address = reverse("evaluations:paper_section", args=[plan.slug, 1, 2022])
    other_city = a_user(Role.MANAGER, a_municipality("129992", "みほん市（架空）"))
    refused = {}
    for name, person in {"anonymous": None, "stranger": other_city, "nobody": a_user(None)}.items():
        client.logout() if person is None else client.force_login(person)
        refused[name] = (client.get(address).status_code, client.post(address_of_books(plan)).status_code)
    client.force_login(a_user(Role.VIEWER))

    few, answer = questions(client, address)
    for place in range(5):
        a_value(a_measure(plan.sections.get(), f"more{place}"), 2022, place)
    many, _ = questions(client, address)

    assert refused == {"anonymous": (302, 302), "stranger": (404, 404), "nobody": (404, 404)}
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''122319-6_2022")
    assert (few, few <= 12) == (many, True)
    assert [client.get(address.replace("2022", year)).status_code for year in ("2020", "1999")] == [404, 404]
    assert client.get(address.replace("sections/1", "sections/9")).status_code == 404


def address_of_books(plan) -> str:
    return reverse("evaluations:make_paper", args=[plan.slug])


def questions(client, address: str):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    return len(asked), answer


def test_a_section_with_more_digits_than_python_reads_is_none(client, plan):
    client.force_login(a_user(Role.VIEWER))

    answer = client.post(address_of_books(plan), {"year": "2022", "size": "a4", "section": "9" * 5000})

    assert (answer.status_code, LongWork.objects.get().parameters["section"]) == (302, 0)


def test_the_whole_book_and_a_long_section_are_made_as_long_work(client, plan, tmp_path):
    client.force_login(a_user(Role.VIEWER))
    asked = {"year": "2022", "size": "a4"}
    short = client.post(address_of_books(plan), asked | {"section": "2", "size": "a3"})
    directly = client.get(reverse("evaluations:paper_section", args=[plan.slug, 1, 2022]), follow=True)
    book = client.post(address_of_books(plan), asked | {"section": ""})
    plan.measures.filter(section__number=1).exclude(code="m1-0").delete()
    ActivityRecord.objects.all().delete()

    call_command("work")
    file = client.get(f"{book.url}result/")

    assert short.url == "/plans/122319-6/sections/2/2022/paper.pdf?size=a3"
    assert "第1節は指標が多く、時間がかかります。" in directly.text
    assert (file["Content-Type"], LongWork.objects.get().title) == ("application/pdf", "令和4年度の評価書（PDF）")
    assert "外に出ない" not in Read.of(file.content, tmp_path).text
    assert "令和4年度の実績と評価は確認中です。" in Read.of(file.content, tmp_path).text


def test_without_the_optional_part_every_door_says_what_to_install(client, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    pdf._weasyprint.cache_clear()
    plan = a_full_plan(1)
    client.force_login(a_user(Role.VIEWER))

    exports = client.get(reverse("evaluations:exports", args=[plan.slug])).text
    page = client.get(reverse("evaluations:section_year", args=[plan.slug, 1, 2022])).text
    answer = client.get(reverse("evaluations:paper_section", args=[plan.slug, 1, 2022]), follow=True)
    work = client.post(address_of_books(plan), {"year": "2022"})
    call_command("work")
    with pytest.raises(CommandError) as refused:
        call_command("export_plan", plan.slug, "--format", "pdf")
    pdf._weasyprint.cache_clear()

    sentence = "このサーバーではPDFを作れません。"
    assert ("PDFを作る部品が入っていません" in exports, "この節のPDF" in page) == (True, False)
    assert (sentence in answer.text, sentence in client.get(work.url).text) == (True, True)
    assert (refused.value.returncode, str(refused.value)[: len(sentence)]) == (2, sentence)


def test_the_command_writes_one_section_and_names_what_is_not_there(tmp_path):
    plan = a_full_plan(1)
    file = tmp_path / "one.pdf"

    call_command("export_plan", plan.slug, "--format", "pdf", "--year", "2022", "--section", "1", "-o", str(file))
    with pytest.raises(CommandError, match="第3節はありません") as refused:
        call_command("export_plan", plan.slug, "--format", "pdf", "--section", "3")

    assert (file.read_bytes()[:5], refused.value.returncode) == (b"%PDF-", 2)
