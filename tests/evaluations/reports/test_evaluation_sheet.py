"""評価シート: the city's layout as .xlsx, from the database to the paper that LibreOffice prints."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from core.sheets.book import SheetBlock, SheetBook, SheetSection
from core.sheets.design import Content, Edition, Line, Measures
from core.sheets.workbook import write_evaluation_sheet
from core.words import Side, State, ValueKind
from evaluations.models import Evaluation
from evaluations.reports.sheets.of_plan import sheet_book
from plans.access import Access
from plans.models import Plan, Role, SectionYear, YearState
from plans.sheet_layouts import shipped_designs
from tests.builders import a_measure, a_plan, a_section, a_value, in_state
from tests.demo_city import the_demo

pytestmark = pytest.mark.usefixtures("stopped_clock")

YEARS = ("2021年度", "2022年度", "2023年度")
# What the city printed as 乖離値 on its sheet of 2022, block by block.
PRINTED = {
    "①施設入所者の地域生活への移行": (None, None, "0.0"),
    "①精神障害者の地域移行支援利用者数": (None, None, "0.0"),
    "②精神障害者の地域定着支援利用者": (None, None, "0.0"),
    "③精神障害者の共同生活援助の利用者": (None, None, "0.0"),
    "④精神障害者の自立生活援助の利用者": (None, None, "0.0"),
    "⑤保健、医療・福祉関係者による協議の場の開催回数": (None, None, "0.0"),
    "⑥保健、医療（精神科、精神科以外の医療機関別）、福祉、介護、当事者、家族等の関係者ごとの参加者数": (
        None,
        None,
        "0.0",
    ),
    "⑦保健、医療・福祉関係者による協議の場における目標設定及び評価の実施回数": ("0.0", "100.0", "0.0"),
    "①運用状況の検証及び検討の回数": ("100.0", "100.0", "0.0"),
    "①一般就労への移行者": (None, None, "0.0"),
    "②就労定着支援事業の新規利用者": (None, None, "0.0"),
    "③就労定着率8割以上の市内就労定着支援事業所の割合": (None, None, "0.0"),
}


INZAI = shipped_designs()["inzai"]


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def written(one: SheetBook) -> bytes:
    return write_evaluation_sheet(one, INZAI, Edition.OLD)


def block(title="①利用者", planned=(None, None, Decimal(4)), actual=(Decimal(1), Decimal(2), None)) -> SheetBlock:
    values = {Line.PLANNED: planned, Line.ACTUAL: actual, Line.LEGACY_DEVIATION: (None, None, Decimal("0.0"))}
    return SheetBlock("1-1", title, "利用者数（実人）", values)


def section(number: int = 1, blocks: tuple[SheetBlock, ...] = (), result_title: str = "", **texts: str) -> SheetSection:
    names = {Content.TARGET_TITLE: "地域生活への移行", Content.SECTION_LABEL: f"第{number}節"}
    given = {Content(name): text for name, text in texts.items()}
    return SheetSection(number, names | given, {Measures.BLOCKS: blocks}, result_title)


def book(*parts: tuple[SheetSection, ...]) -> SheetBook:
    return SheetBook("印西市 評価シート", "令和4年度", (2021, 2022, 2023), parts)


def blocks_of(made: SheetBook, measures=Measures.BLOCKS) -> list[SheetBlock]:
    return [block for part in made.parts for one in part for block in one.blocks.get(measures, ())]


@pytest.fixture
def inzai(db) -> Plan:
    the_demo()
    return Plan.objects.get(slug="122319-6")


def test_the_sheet_is_set_up_for_a3_landscape_with_its_header_on_every_page():
    sheet = opened(written(book((section(blocks=(block(),)),), (section(2),))))

    setup = sheet.page_setup
    assert (setup.orientation, int(setup.paperSize), setup.scale) == ("landscape", 8, 83)
    assert sheet.print_title_rows == "$2:$2"
    assert [sheet.cell(2, column).value for column in (1, 2, 3, 4, 9, 14)] == [
        "成果目標",
        "節別",
        "成果目標の概要",
        "実績",
        "実績",
        "課題と今後の実施について",
    ]
    assert len(sheet.row_breaks.brk) == 1


def test_a_block_stands_in_four_rows_with_numbers_as_numbers_and_no_formula():
    content = written(book((section(blocks=(block(),)),)))

    sheet = opened(content)
    rows = [[sheet.cell(row, column).value for column in range(4, 9)] for row in range(3, 7)]
    assert rows == [
        ["①利用者", "利用者数（実人）", *YEARS],
        [None, "計画値", None, None, 4],
        [None, "実績値", 1, 2, None],
        [None, "乖離値", None, None, 0],
    ]
    assert sheet["H6"].number_format == '0.0"%"'
    assert "D3:D6" in {str(merged) for merged in sheet.merged_cells.ranges}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", ["=1+1", "+81", "-5人", "@SUM(A1)"])
def test_text_that_looks_like_a_formula_stays_text(text):
    sheet = opened(written(book((section(do_text=text, result_title="実績"),))))

    cell = sheet["E3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_a_sign_that_no_workbook_can_hold_does_not_spoil_the_sheet():
    sheet = opened(written(book((section(do_text="前\x01\uffff\ufffe後", result_title="実績"),))))

    assert sheet["E3"].value == "前後"


def test_the_same_book_gives_the_same_bytes():
    one = book((section(blocks=(block(),)),))

    assert written(one) == written(one)


def test_a_text_taller_than_a_page_goes_on_over_the_page_and_no_row_is_taller_than_excel_draws():
    long_text = "地域での暮らしを続けるための取組を進めた。" * 150
    sheet = opened(written(book((section(outline=long_text, issues_text=long_text, do_text=long_text),))))

    printed = ["".join(str(c.value) for c in column if c.value) for column in sheet.iter_cols(3, 3, 3)]
    assert printed == [long_text]
    assert max(dimension.height or 0 for dimension in sheet.row_dimensions.values()) <= 409


def test_thirty_blocks_of_six_years_stand_two_a_row_and_are_never_cut():
    blocks = tuple(
        SheetBlock(f"m{n}", f"{n}番", "回数（回）", {line: (Decimal(n),) * 6 for line in Line}) for n in range(30)
    )
    years = tuple(range(2021, 2027))
    sheet = opened(written(SheetBook("評価シート", "令和4年度", years, ((section(blocks=blocks),),))))

    titles = [merged for merged in sheet.merged_cells.ranges if str(merged.start_cell.value).endswith("番")]
    breaks = {brk.id for brk in sheet.row_breaks.brk}
    assert len(titles) == 30
    assert not [t for t in titles if breaks & set(range(t.min_row, t.max_row))]


def test_every_printed_deviation_of_the_real_sheet_comes_out_as_printed(inzai):
    made = sheet_book(inzai, 2022, access=None)

    deviations = {
        one.title: tuple(None if d is None else str(d) for d in one.values[Line.LEGACY_DEVIATION])
        for one in blocks_of(made)
    }
    assert deviations == PRINTED


def test_three_parts_hold_the_seven_sections(inzai):
    made = sheet_book(inzai, 2022, access=None)

    assert [[one.texts[Content.SECTION_LABEL] for one in part] for part in made.parts] == [
        ["第1節", "第2節"],
        ["第3節", "第4節", "第5節"],
        ["第6節", "第7節"],
    ]
    assert made.subtitle == ("状態：公表 第1節・第2節・第3節・第4節・第5節・第6節・第7節",)


@pytest.mark.django_db
def test_a_later_year_is_blank_on_the_sheet_of_an_earlier_one():
    measure = a_measure(a_section(a_plan()))
    a_value(measure, 2023, 4, side=Side.PLANNED)
    a_value(measure, 2022, 2)
    a_value(measure, 2023, 3)

    (one,) = blocks_of(sheet_book(measure.plan, 2022, access=None))

    assert one.values[Line.ACTUAL] == (None, Decimal(2), None)
    assert one.values[Line.LEGACY_DEVIATION] == (None, None, Decimal("0.0"))


@pytest.mark.django_db
def test_states_and_presence_are_printed_in_words_and_shares_to_one_decimal():
    section = a_section(a_plan())
    a_value(a_measure(section, order=1), 2022, state=State.PENDING)
    a_value(a_measure(section, order=2, value_kind=ValueKind.PRESENCE), 2022, 1)
    share = a_measure(section, order=3, value_kind=ValueKind.RATE)
    a_value(share, 2022, "66.6667", numerator=Decimal(2), denominator=Decimal(3))

    blocks = blocks_of(sheet_book(section.plan, 2022, access=None))

    assert [one.values[Line.ACTUAL][1] for one in blocks] == ["集計中", "有", Decimal("66.7")]


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "seen"), [(YearState.SUBMITTED, False), (YearState.CONFIRMED, True)])
def test_a_viewer_takes_away_what_a_viewer_may_see(state, seen):
    measure = a_measure(a_section(a_plan()))
    a_value(measure, 2022, 31337)
    row: SectionYear = in_state(measure.section, 2022, state)
    Evaluation.objects.create(section_year=row, issues_text="見てはならない")

    made = sheet_book(measure.plan, 2022, access=Access(Role.VIEWER)).parts[0][0]

    (one,) = made.blocks[Measures.BLOCKS]
    expected = (Decimal(31337), "見てはならない") if seen else ("確認中", "確認中")
    assert (one.values[Line.ACTUAL][1], made.texts[Content.ISSUES_TEXT]) == expected
