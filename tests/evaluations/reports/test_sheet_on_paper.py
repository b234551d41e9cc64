"""The exported file against its layout, and on paper as LibreOffice prints it: nothing else, and nothing cut off."""

import io
import json
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from core.sheets.design import Edition
from core.sheets.pages import lay_out
from core.sheets.placed import PlacedSheet
from core.words import Family, Side
from core.workbooks.cells import Shown
from core.workbooks.printed_table import PrintedTable, write_table
from evaluations.models import Evaluation
from evaluations.planning.carry_over.report import COLUMNS
from evaluations.reports.sheets.of_plan import marked_book, sheet_bytes
from plans.models import Plan, YearState
from plans.sheet_layouts import FOLDER, form_of
from tests.builders import a_measure, a_plan, a_section, a_value, in_state
from tests.demo_city import the_demo
from tests.sheet_files import resaved

pytestmark = pytest.mark.usefixtures("stopped_clock")

FORMS = [(layout, edition) for layout in ("inzai", "kanri") for edition in Edition]
PAPERS = {"A3": 8, "A4": 9}
FONTS = {"Arimo": "Cousine", "Liberation Sans": "Liberation Mono", "DejaVu Sans": "DejaVu Sans Mono"}
"""What a machine may have for Arial and for Courier New: the two of the same widths, or one that is a seventh wider."""
JAPANESE = "Noto Sans CJK JP"
PATTERN = '<pattern><patelt name="{name}">{value}</patelt></pattern>'
FC_LIST = shutil.which("fc-list")


@pytest.fixture
def demo(db) -> list[Plan]:
    the_demo()
    return [Plan.objects.get(slug="122319-6"), Plan.objects.get(slug="129992-7")]


@pytest.fixture
def heavy(db) -> Plan:
    """Forty measures in one 節, half of them 活動指標, and texts of two pages each."""
    section = a_section(a_plan(generation=5, start=2018, end=2020))
    for number in range(40):
        family = Family.INDICATOR if number % 2 else Family.TARGET
        title = f"精神障害にも対応した地域包括ケアシステムの構築に係る指標その{number}"
        measure = a_measure(section, f"m-{number}", family=family, title=title, order=number)
        a_value(measure, 2018, 12345.5, side=Side.PLANNED)
        a_value(measure, 2018, 999999)
    section.outcome_targets.update(overview=sentences("概要"), goal_text="【目標】一つ。")
    texts = {name: sentences(name) for name in ("do_text", "check_text", "issues_text", "act_text")}
    Evaluation.objects.create(section_year=in_state(section, 2018, YearState.DRAFT), **texts)
    return section.plan


def sentences(subject: str, count: int = 120) -> str:
    """So many, none of which stands anywhere else on the sheet."""
    return "".join(f"{subject}の第{n}に、12,345人（前年比102.3%）が取組を続けた。" for n in range(count))


def a_table() -> PrintedTable:
    """The columns of a table that is printed, each with a cell that is the longest of its row."""
    texts = [sentences(heading, int(width / 3)) for heading, width in COLUMNS]
    rows = tuple(tuple(text if place == row else "" for place, text in enumerate(texts)) for row in range(len(texts)))
    return PrintedTable("表", "長い表", COLUMNS, (("", rows),), "")


def year_of(plan: Plan) -> int:
    return plan.start_year + (plan.slug == "122319-6")


def placed_sheet(plan: Plan, layout: str, edition: str) -> PlacedSheet:
    form = form_of(plan, layout, edition)
    return lay_out(marked_book(plan, year_of(plan), access=None, form=form), form.design, form.edition)


def written_sheet(plan: Plan, layout: str, edition: str) -> bytes:
    return sheet_bytes(plan, year_of(plan), access=None, form=form_of(plan, layout, edition))


# --- Against the layout file ---


def expected_widths(layout: dict, years: int) -> list[float]:
    """The columns by the file, worked out on their own: every place where a box or a part of its figures ends."""
    edges = {0.0}
    bands = [[_least(box, years) for box in band["boxes"]] for band in layout["bands"]]
    total = max(layout.get("width", 0), *map(sum, bands))
    for band, widths in zip(layout["bands"], bands, strict=True):
        flexible = [n for n, box in enumerate(band["boxes"]) if "width" not in box] or [len(widths) - 1]
        widths[flexible[-1]] += total - sum(widths)
        left = 0.0
        for box, width in zip(band["boxes"], widths, strict=True):
            figures = box.get("figures", {})
            for number in range(figures.get("across", 0) or (1 if figures else 0)):
                right = left + width * (number + 1) / figures.get("across", 1)
                parts = [figures["label"], *[figures["year"]] * years]
                edges |= {right - sum(parts[n:]) for n in range(len(parts))}
                edges |= {right, right - sum(parts) - figures.get("unit", 0)}
            left += width
            edges.add(left)
    ordered = sorted(edges)
    return [b - a for a, b in zip(ordered, ordered[1:], strict=False)]


def _least(box: dict, years: int) -> float:
    figures = box.get("figures")
    if not figures:
        return box.get("width", 60)
    block = figures["title"] + figures.get("unit", 0) + figures["label"] + figures["year"] * years
    return block * figures.get("across", 1)


def looks_of(sheet, placed: PlacedSheet) -> set[tuple]:
    """Role, font, fill, place of the text and border of every cell there is."""
    found = set()
    for cell in placed.cells:
        one = sheet.cell(cell.row, cell.column)
        edges = (one.border.left, one.border.right, one.border.top, one.border.bottom)
        sides = {(edge.style, edge.color.rgb if edge.color else "") for edge in edges}
        fill = one.fill.fgColor.rgb[2:] if one.fill.fill_type else ""
        font, place = one.font, one.alignment
        look = (font.name, font.sz, bool(font.b), fill, place.horizontal, place.vertical)
        found.add((str(cell.role), *look, *sides))
    return found


def styles_under_merges(content: bytes, placed: PlacedSheet) -> set[int]:
    """How many styles each merged cell has: Excel draws its outline from all the cells under it."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    styles = dict(re.findall(r'<c r="([A-Z]+[0-9]+)" s="([0-9]+)"', xml))
    return {
        len(
            {
                styles.get(f"{get_column_letter(column)}{row}")
                for row in range(cell.row, cell.row + cell.rows)
                for column in range(cell.column, cell.column + cell.columns)
            }
        )
        for cell in placed.cells
    }


def looks_wanted(layout: dict) -> set[tuple]:
    border = (layout["border"]["style"], f"FF{layout['border']['colour']}")
    return {
        (
            role,
            layout["font"],
            look["size"],
            look.get("bold", False),
            look.get("fill", ""),
            look.get("horizontal", "left"),
            look.get("vertical", "top"),
            border if look.get("border", True) else (None, ""),
        )
        for role, look in layout["looks"].items()
    }


@pytest.mark.parametrize(("layout", "edition"), FORMS)
@pytest.mark.parametrize("which", ["demo", "heavy"])
def test_the_exported_file_differs_in_nothing_from_its_layout(request, which, layout, edition):
    found = request.getfixturevalue(which)
    plan = found[0] if which == "demo" else found
    file = json.loads((Path(FOLDER) / f"{layout}.json").read_text())

    content = written_sheet(plan, layout, edition)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    placed = placed_sheet(plan, layout, edition)

    widths = [sheet.column_dimensions[get_column_letter(n + 1)].width * 6 for n in range(len(placed.widths))]
    assert widths == pytest.approx(expected_widths(file, 3))
    merges = {str(merged) for merged in sheet.merged_cells.ranges}
    assert merges == {
        f"{get_column_letter(c.column)}{c.row}:{get_column_letter(c.column + c.columns - 1)}{c.row + c.rows - 1}"
        for c in placed.cells
        if c.rows * c.columns > 1
    }
    assert looks_of(sheet, placed) <= looks_wanted(file)
    assert styles_under_merges(content, placed) == {1}
    paper, setup, margins = file["paper"], sheet.page_setup, sheet.page_margins
    assert (setup.orientation, int(setup.paperSize)) == (paper["orientation"], PAPERS[paper["size"]])
    assert [getattr(margins, side) * 72 for side in ("left", "right", "top", "bottom")] == pytest.approx(
        [paper[side] for side in ("left", "right", "top", "bottom")]
    )
    fits = sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (setup.scale, bool(fits)) == (placed.scale, False)
    last = f"${get_column_letter(len(placed.widths))}${len(placed.heights)}"
    assert sheet.print_area.endswith(f"$A$1:{last}")
    repeated = 3 if layout == "inzai" else 1
    assert sheet.print_title_rows == f"${repeated}:${repeated}"
    assert [brk.id for brk in sheet.row_breaks.brk] == placed.breaks
    assert all(brk.man for brk in sheet.row_breaks.brk)


# --- On paper ---


def letters(text: str) -> str:
    """Without blanks, and without the forms that a PDF writes the same character in."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def not_printed(values: Iterable[Shown], pages: list[str]) -> set[str]:
    """Every sentence, label and figure in words that the pages lack."""
    texts = [value for value in values if isinstance(value, str)]
    words = {letters(sentence) for text in texts for sentence in re.split(r"[\n。]", text)}
    return {word for word in words if word not in "".join(pages)}


@pytest.fixture(params=FONTS)
def fonts(request, tmp_path) -> dict[str, str]:
    """The environment of a machine that has one family for Arial, its own for Courier New, and one for Japanese."""
    families = [request.param, FONTS[request.param], JAPANESE]
    for family in families:
        if not FC_LIST or not subprocess.run([FC_LIST, family], check=True, capture_output=True).stdout:
            pytest.skip(f"the font {family} is not installed")
    chosen = "".join(PATTERN.format(name="family", value=f"<string>{family}</string>") for family in families)
    every = PATTERN.format(name="scalable", value="<bool>true</bool>")
    selection = f"<rejectfont>{every}</rejectfont><acceptfont>{chosen}</acceptfont>"
    (tmp_path / "chosen.conf").write_text(
        f"<fontconfig><include>fonts.conf</include><selectfont>{selection}</selectfont></fontconfig>"
    )
    return {"FONTCONFIG_FILE": f"{tmp_path}/chosen.conf"}


def printed(pdf: bytes) -> list[str]:
    """The text of every page."""
    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, check=True, capture_output=True)
    return [letters(page) for page in read.stdout.decode().split("\f")[:-1]]


# What LibreOffice makes of a file does not depend on the database.
@pytest.mark.sqlite
@pytest.mark.libreoffice
def test_on_paper_nothing_is_cut_off_and_every_page_ends_where_it_should(demo, heavy, soffice, fonts, tmp_path):
    sheets = {"-".join([plan.slug, *form]): (plan, *form) for plan in [*demo, heavy] for form in FORMS}
    files = {f"{name}.xlsx": written_sheet(*sheet) for name, sheet in sheets.items()}
    table = a_table()

    pdfs = resaved(soffice, tmp_path, files | {"table.xlsx": write_table(table)}, "pdf", fonts)

    pages = {name.removesuffix(".pdf"): printed(pdf) for name, pdf in pdfs.items()}
    for name, sheet in sheets.items():
        placed = placed_sheet(*sheet)
        assert not_printed((cell.value for cell in placed.cells), pages[name]) == set(), name
        assert len(pages[name]) == len(placed.breaks) + 1, name
    assert not_printed((value for row in table.parts[0][1] for value in row), pages["table"]) == set()
