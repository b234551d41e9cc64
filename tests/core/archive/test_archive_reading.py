"""An old sheet as text: what is read of it for sure, what is asked, and that nothing printed is lost on the way."""

import html
import json
import re
from collections import Counter

import pytest
from django.conf import settings

from core.archive.answering import Answers, content_of, of_one_number
from core.archive.proposal import SAME, SKIP, Fate, PutValue
from core.archive.reading import read_archive
from core.archive.sheet import ArchiveSheet, digit_runs, read_file, read_text
from core.prose import circled
from core.uploads.tables import NotReadable
from core.words import Accumulation, Side, ValueKind
from tests.archive_sheets import INZAI, ONE_ROW_A_GOAL, ROWS_OF_A_GOAL

YEARS = range(2021, 2024)
FIXTURE = json.loads((settings.BASE_DIR / "fixtures" / "inzai_122319-6.json").read_text())
LISTED = {"1-1": "地域移行者数"}
MEASURES = {measure["code"]: measure for section in FIXTURE["sections"] for measure in section["measures"]}
TEXT = INZAI.read_text()


def of_inzai(text: str = TEXT):
    return read_archive(read_text(text), YEARS)


def printed_in_blocks() -> dict[tuple[str, int, str], str]:
    """What the fixture says of the twelve goals that have a block of figures."""
    return {
        (code, cell["year"], cell["side"]): f"{cell['number']}{'%' if measure['value_kind'] == 'rate' else ''}"
        for code, measure in MEASURES.items()
        if measure["sheet_block"]
        for cell in measure["values"]
    }


def read_for_sure(proposal) -> dict[tuple[str, int, str], str]:
    return {(v.measure, v.year, v.side.value): v.text for section in proposal.sections for v in section.values}


def asked_of_blocks(proposal) -> dict[tuple[str, int, str], str]:
    """What the proposed answers to the questions about blocks say."""
    chosen = [one.choice(one.proposed) for one in proposal.questions if one.about == "block"]
    effects = [effect for choice in chosen if choice for effect in choice.effects if isinstance(effect, PutValue)]
    return {(one.measure, one.year, one.side.value): one.text for one in effects}


def test_the_blocks_of_the_inzai_sheet_are_read_as_the_fixture_has_them_or_asked():
    proposal = of_inzai()

    sure, asked = read_for_sure(proposal), asked_of_blocks(proposal)

    assert sure | asked == printed_in_blocks()
    assert {code for code, _, _ in asked} == {"1-1"}
    assert (proposal.columns.read, proposal.columns.asked, proposal.columns.unread) == (33, 3, 0)
    assert [len(section.measures) for section in proposal.sections] == [2, 7, 1, 3, 4, 5, 2]
    assert proposal.remnants == ()


def test_every_question_of_the_inzai_sheet():
    found = [(one.key, one.address, one.printed, one.proposed) for one in of_inzai().questions]

    assert found == [
        ("year", "A1", "", "2022"),
        ("undated", "E40", "", SKIP),
        ("1.block.1", "D4", "施設入所者の地域生活への移行", "1-1.1"),
        ("1.baseline.1", "C4", "【2019年度末時点 施設入所者数】 36人", ""),
        ("2.text.1", "A24", "今後も継続して実施する。", "issues_text"),
        ("4-2.name", "I32", "②就労定着支援事業の新規利用者", "block"),
        ("4-3.name", "D36", "③就労定着率8割以上の市内就労定着支援事業所の割合", "block"),
        (
            *("5-1.actual.1", "E40"),
            "①児童発達支援センターの設置に向け、必要となる人員、設備及び運営に関する基準等について検討を行った。",
            "",
        ),
        ("5-2.actual.1", "E40", "②保育所等訪問支援の実施 有", ""),
        (
            *("5-3.actual.1", "E40"),
            "③主に重症心身障害児を支援する児童発達支援事業所及び放課後等デイサービス事業所の確保 1か所",
            "",
        ),
        ("5-4.kind", "C40", "有5人", "number"),
        ("5-4.actual.1", "E40", "④医療的ケア児支援コーディネーター設置 3名", ""),
        ("6-1.actual.1", "E43", "①総合的・専門的な相談支援機関の設置 有", ""),
        ("6-2.actual.1", "E43", "②総合的・専門的な相談支援の実施 有", ""),
        ("6-3.actual.1", "E43", "③訪問等による専門的な指導・助言 4件", ""),
        ("6-4.actual.1", "E43", "④相談支援事業者の人材育成の支援 4件", ""),
        ("6-5.actual.1", "E43", "⑤相談機関との連携強化の取り組みの実施 4回", ""),
        ("6.loose.1", "E43", "(令和4年度) 2回実施 (令和4年5月9日(月))、参加者：8名(4", SKIP),
        (
            *("7-1.actual.1", "E44"),
            "①虐待防止に係る研修への参加 3人(子ども発達センター2人、障がい福祉課支援係1人)",
            "",
        ),
        (
            *("7-1.actual.2", "E44"),
            "①虐待防止に係る研修への参加 4人(子ども発達センター1人、障がい福祉課支援係3人)",
            "",
        ),
        ("7-2.kind", "C44", "有 1回", "presence"),
        ("7-2.actual.1", "E44", "②障害者自立支援審査支払等システムによる審査結果の共有 有", ""),
        ("7.loose.1", "E44", "(令和4年度) 2回実施 (令和4年5月9日(月))、参加者：8名(4", SKIP),
        (
            *("7.loose.2", "E44"),
            "(令和4年度) 2回実施 (令和4年5月9日(月))、参加者：8名(4事業所)、内容：事例検討(2ケース)",
            SKIP,
        ),
        (
            *("7.loose.3", "E44"),
            "(令和5年1月20日(金))、参加者：9名(5事業所)、精神科訪問看護について、市内相談支援",
            SKIP,
        ),
        *(
            (
                f"{code}.plan",
                f"C{row}",
                f"{circled(code[2])}{LISTED.get(code, MEASURES[code]['title'])} {figure}",
                "2023",
            )
            for code, row, figure in (
                *(("1-1", 4, "4人"), ("1-2", 4, "4人"), ("5-1", 40, "1か所"), ("5-2", 40, "有"), ("5-3", 40, "1か所")),
                *(("5-4", 40, "有5人"), ("6-1", 43, "有"), ("6-2", 43, "有"), ("6-3", 43, "3件")),
                *(("6-4", 43, "3件"), ("6-5", 43, "3回"), ("7-1", 44, "6人"), ("7-2", 44, "有 1回")),
            )
        ),
    ]


def test_no_digit_of_the_inzai_sheet_is_lost():
    proposal = of_inzai()
    cells = {(n, c): text for n, line in enumerate(TEXT.split("\n")) for c, text in enumerate(line.split("\t"))}
    printed = Counter(run for text in cells.values() for run in re.findall(r"[0-9]+", text))
    values = {v.address: v.text for section in proposal.sections for v in section.values}
    texts = {text.address for section in proposal.sections for text in section.texts}
    questions = {one.address for one in proposal.questions}
    questions |= {
        effect.address
        for one in proposal.questions
        for choice in one.choices
        for effect in choice.effects
        if isinstance(effect, PutValue)
    }

    marked = Counter(mark.cell.text[mark.start : mark.end] for mark in proposal.marks if digit_runs(mark.cell.text))
    places = {
        fate: {mark.cell.address for mark in proposal.marks if mark.fate is fate and digit_runs(mark.cell.text)}
        for fate in Fate
    }

    assert marked == printed
    assert places[Fate.VALUE] == set(values)
    assert places[Fate.ASKED] <= questions
    assert places[Fate.TEXT] <= texts
    assert places[Fate.UNREAD] == set()


def test_texts_of_the_inzai_sheet_go_to_their_fields_and_empty_ones_stay_empty():
    content = content_of(of_inzai(), Answers({"2.text.1": "issues_text"}))

    read = {(section, field): text.text for (section, field), text in content.texts.items()}

    fields = ("overview", "goal_text", "result_title")
    wanted = {(s["number"], f): s["targets"][0][f] for s in FIXTURE["sections"] for f in fields}
    wanted |= {
        (s["number"], field): s["evaluations"]["2022"][field]
        for s in FIXTURE["sections"]
        for field in ("do_text", "issues_text")
    }
    assert {key: " ".join(text.split()) for key, text in read.items()} == {
        key: " ".join(text.split()) for key, text in wanted.items() if text
    }


def test_units_and_kinds_of_the_inzai_sheet_are_guessed_as_the_fixture_has_them_but_for_what_is_asked():
    measures = of_inzai().measures.values()

    found = {one.key: (one.unit, one.kind.value, one.accumulation.value) for one in measures}
    wanted = {code: (one["unit"], one["value_kind"], one["accumulation"]) for code, one in MEASURES.items()}

    assert {code: pair for code, pair in found.items() if pair != wanted[code]} == {
        "7-2": ("回", ValueKind.NUMBER.value, Accumulation.YEAR_TOTAL.value)  # 「有 1回」: asked
    }


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def widened(text: str) -> str:
    """Full-width digits in the cells that hold nothing else."""
    return re.sub(r"(?<=\t)[0-9]+(?=\t|\n|$)", lambda match: match[0].translate(WIDE), text)


def with_words(text: str) -> str:
    """The labels of another city."""
    return text.replace("計画値", "見込量").replace("実績値", "実績").replace("乖離値", "達成度")


def as_csv(text: str) -> str:
    return "\n".join(",".join(f'"{cell}"' for cell in line.split("\t")) for line in text.split("\n"))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param("\n".join(f"\t\t{line}" for line in TEXT.split("\n")), id="two columns to the right"),
        pytest.param(TEXT.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(widened(TEXT), id="full-width digits"),
        pytest.param(with_words(TEXT), id="words"),
        pytest.param(re.sub(r"(?<=\t)202([123])年度", lambda m: f"令和{int(m[1]) + 2}年度", TEXT), id="wareki"),
        pytest.param(re.sub(r"(?<=\t)202([123])年度", lambda m: f"Ｒ{int(m[1]) + 2}", TEXT), id="short wareki"),
        pytest.param(as_csv(TEXT), id="CSV"),
        pytest.param(TEXT.replace("\n\n", "\n"), id="fewer blank lines"),
    ],
)
def test_the_same_is_read_of_the_sheet_written_otherwise(changed):
    proposal, before = of_inzai(changed), of_inzai()

    plain = {
        key: text.translate(str.maketrans("０１２３４５６７８９", "0123456789"))
        for key, text in read_for_sure(proposal).items()
    }

    assert plain | asked_of_blocks(before) == printed_in_blocks()
    assert [one.key for one in proposal.questions] == [one.key for one in before.questions]
    assert proposal.remnants == ()


def test_the_third_part_alone_pasted_as_the_source_of_a_table_reads_the_same():
    rows = [line.split("\t") for line in TEXT.split("\n")[41:]]
    source = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)

    proposal = of_inzai(f"<table onclick='x()'>{source}</table><script>alert(1)</script>")

    assert [measure.key for measure in proposal.measures.values()] == [f"6-{n}" for n in range(1, 6)] + ["7-1", "7-2"]
    assert [(one.key, one.printed) for one in proposal.questions if one.about == "text"] == [("7.text.1", "alert(1)")]
    assert proposal.remnants == ()


def test_wide_and_tall_cells_of_a_table_keep_what_is_beside_and_below_them_in_its_column():
    source = (
        "<table><tr><th rowspan=2>節</th><th COLSPAN='2'>計画</th><th>実績</th></tr>"
        "<tr><td rowspan='2' colspan=2>あ</td><td>1</td></tr><tr><td>い</td><td>2</td></tr>"
        "<tr><td>う</td><td colspan=0>え</td><td>3</td></tr></table>"
    )

    sheet = read_text(source)

    assert [(cell.address, cell.text) for cell in sheet] == [
        *(("A1", "節"), ("B1", "計画"), ("D1", "実績")),
        *(("B2", "あ"), ("D2", "1")),
        *(("A3", "い"), ("D3", "2")),
        *(("A4", "う"), ("B4", "え"), ("C4", "3")),
    ]


def as_table_source(text: str, *, is_merged: bool) -> str:
    """The rows as HTML; merged, the blanks after a cell belong to it."""
    rows = []
    for line in text.split("\n"):
        cells = re.findall(r"([^\t]*)\t(\t*)", f"{line}\t" if is_merged else line.replace("\t", "\t\0") + "\t")
        wide = (f'<td colspan="{len(blanks) + 1}">{html.escape(cell.strip(chr(0)))}</td>' for cell, blanks in cells)
        rows.append(f"<tr>{''.join(wide)}</tr>")
    return f"<table>{''.join(rows)}</table>"


def test_the_sheet_as_a_table_with_merged_cells_is_the_sheet_without_them():
    merged, unmerged = (as_table_source(TEXT, is_merged=is_merged) for is_merged in (True, False))

    assert merged.count("<td") < unmerged.count("<td")
    assert read_text(merged) == read_text(unmerged)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("<tr><td colspan=99999>1</td></tr>", id="wide"),
        pytest.param("<tr>" + "<td rowspan=99999 colspan=60>1</td>" * 2 + "</tr>", id="tall and wide"),
        pytest.param("<tr><td rowspan=99999 colspan=100>1</td></tr><tr><td>2</td></tr>", id="pushed out"),
        pytest.param("<tr><td>1</td></tr>" * 3_001, id="long"),
    ],
)
def test_a_table_whose_cells_cover_more_than_a_sheet_has_is_refused(source):
    with pytest.raises(NotReadable):
        read_text(source)


def block(*rows: str, head: str = "\t\t①利用者\t利用者数（人）\t2021年度\t2022年度\t2023年度") -> str:
    return "\n".join(["成果目標\t節別\t実績", "■拠点\t第1節", head, *rows])


@pytest.mark.parametrize(
    ("rows", "read", "asked"),
    [
        # 計画 alone, its label one column to the left: it may be of any year, and no 乖離値 tells which.
        (
            ("\t\t計画値\t\t\t17",),
            {},
            ["令和3年度 計画 17", "令和4年度 計画 17", "令和5年度 計画 17"],
        ),
        # The same with the actuals of two years: only one shift keeps all of them within the years.
        (
            ("\t\t計画値\t\t\t17", "\t\t実績値\t15\t11", "\t\t乖離値\t\t\t0.0%"),
            {(2021, "actual"): "15", (2022, "actual"): "11", (2023, "planned"): "17"},
            [],
        ),
        # Right under its years, but the printed 乖離値 contradicts: 10 of 20 is not 80 %.
        (
            ("\t\t\t計画値\t20\t20\t20", "\t\t\t実績値\t10\t10", "\t\t\t乖離値\t80.0%\t80.0%\t0.0%"),
            {},
            ["令和3年度 計画 20・実績 10、令和4年度 計画 20・実績 10、令和5年度 計画 20"],
        ),
        # 乖離値 as a rate of deviation, with the minus of bookkeeping.
        (
            ("\t\t\t計画値\t20\t20\t20", "\t\t\t実績値\t10\t25", "\t\t\t乖離率\t▲50.0%\t25.0%"),
            {
                **{(year, "planned"): "20" for year in YEARS},
                (2021, "actual"): "10",
                (2022, "actual"): "25",
            },
            [],
        ),
    ],
)
def test_a_shifted_block_is_read_where_only_one_reading_fits_and_asked_otherwise(rows, read, asked):
    proposal = read_archive(read_text(block(*rows)), YEARS)

    questions = [one for one in proposal.questions if one.about == "block"]
    labels = [choice.label.split("：")[1] for one in questions for choice in one.choices if choice.value != SKIP]

    assert {(year, side): text for (_, year, side), text in read_for_sure(proposal).items()} == read
    assert sorted(labels) == asked


def test_four_years_and_a_figure_that_the_list_of_goals_contradicts():
    text = (
        "成果目標\t節別\t成果目標の概要\t実績\n"
        "■拠点\t第1節\t整備します。 ①拠点の数 5か所\t①拠点の数\t箇所数（か所）\tR3年度\tR4年度\tR5年度\tR6年度\n"
        "\t\t\t\t計画値\t\t\t\t4\n"
        "\t\t\t\t実績値\t1\t2\t3\t3\n"
    )

    proposal = read_archive(read_text(text), range(2021, 2025))

    assert read_for_sure(proposal) == {("1-1", 2021 + n, "actual"): str(count) for n, count in enumerate((1, 2, 3, 3))}
    assert [(one.key, one.printed, one.proposed) for one in proposal.questions] == [
        ("year", "", "2024"),
        ("1-1.plan", "4／5か所", ""),
    ]
    assert proposal.columns.read == 4


def test_years_as_columns_of_the_whole_table_are_read_too():
    proposal = read_archive(read_text(ROWS_OF_A_GOAL), YEARS)

    values = {(v.measure, v.year): v.text for s in proposal.sections for v in s.values if v.side is Side.ACTUAL}
    plans = {(v.measure, v.year): v.text for s in proposal.sections for v in s.values if v.side is Side.PLANNED}
    assert [(m.key, m.title, m.unit) for m in proposal.measures.values()] == [
        ("1-1", "地域移行者数", "人"),
        ("1-2", "施設入所者数", "人"),
        ("2-1", "研修の開催", "回"),
    ]
    assert [(s.number, s.title) for s in proposal.sections] == [(1, "地域生活への移行"), (2, "相談支援")]
    assert values == {
        ("1-1", 2021): "1",
        ("1-1", 2022): "3",
        ("1-2", 2021): "41",
        ("1-2", 2022): "集計中",
        ("2-1", 2021): "0",
        ("2-1", 2022): "1",
    }
    assert plans == {
        ("1-1", 2021): "２",
        ("1-1", 2022): "３",
        ("1-1", 2023): "５",
        ("1-2", 2021): "40",
        ("1-2", 2022): "38",
        ("1-2", 2023): "36",
        **{("2-1", year): "1" for year in YEARS},
    }
    assert [(one.key, one.proposed) for one in proposal.questions] == [("year", "2022")]
    assert proposal.questions[0].printed == "令和4年度 みほん町 第6期障害福祉計画の実績報告"
    assert [(one.address, one.text) for one in proposal.remnants] == [("H6", "令和5年6月に集計")]


def test_one_row_a_goal_with_two_rows_of_headings_is_read_too():
    proposal = read_archive(read_file("a.csv", ONE_ROW_A_GOAL.encode("cp932")), YEARS)

    assert [(m.key, m.title, m.unit, m.family.label) for m in proposal.measures.values()] == [
        ("1-1", "居宅介護", "人/月", "活動指標"),
        ("1-2", "生活介護", "人/月", "活動指標"),
    ]
    assert read_for_sure(proposal) == {
        **{("1-1", 2021 + n, "planned"): text for n, text in enumerate(("10", "11", "12"))},
        ("1-1", 2021, "actual"): "9",
        ("1-1", 2022, "actual"): "1,012",
        **{("1-2", 2021 + n, "planned"): text for n, text in enumerate(("20", "21", "22"))},
        ("1-2", 2021, "actual"): "21",
        ("1-2", 2022, "actual"): "－",
    }
    assert proposal.remnants == ()


def test_the_cells_travel_as_lists():
    sheet = read_text(TEXT)

    assert ArchiveSheet.from_lists(json.loads(json.dumps(sheet.as_lists()))) == sheet


def test_a_section_printed_in_two_parts_keeps_its_goals_texts_and_questions_apart():
    part = (
        "成果目標\t節別\t概要\t実績\t課題\n"
        "■拠点{n}\t第1節\t{n}を整えます。 ①件数{n} {n}件\t実績\t①件数{n} 5件。\t続ける{n}。\n"
    )

    proposal = read_archive(read_text(part.format(n=1) + part.format(n=2)), YEARS)

    content = content_of(proposal, Answers().with_proposals(proposal))
    assert [(m.key, m.title, m.goal_text) for m in proposal.measures.values()] == [
        ("1-1", "件数1", "1件"),
        ("1-2", "件数2", "2件"),
    ]
    assert len({one.key for one in proposal.questions}) == len(proposal.questions) == 6
    assert content.texts[1, "issues_text"].text == "続ける1。\n続ける2。"
    assert content.texts[1, "overview"].text == "1を整えます。\n2を整えます。"


TWICE = (
    "成果目標\t節別\t概要\t実績\t課題\n"
    "■拠点\t第1節\t整えます。 ①件数 3件\t実績\t①件数 5件。\t続ける。\n"
    "■相談\t第1節\t相談を整えます。 ①回数 4回\t実績\t①回数 6回。\t相談を続ける。\n"
)


@pytest.mark.parametrize(
    ("answer", "goals", "issues"),
    [
        ({}, ["1-1"], "続ける。"),
        ({"1.same.1": SKIP}, ["1-1"], "続ける。"),
        ({"1.same.1": SAME}, ["1-1", "1-2"], "続ける。\n相談を続ける。"),
    ],
)
def test_two_sections_of_one_number_become_one_only_where_somebody_says_so(answer, goals, issues):
    proposal = read_archive(read_text(TWICE), YEARS)
    answers = Answers(answer)

    taken = of_one_number(proposal, answers)

    (asked,) = (one for one in proposal.questions if one.about == "same")
    assert (asked.key, asked.address, asked.printed, asked.proposed) == ("1.same.1", "B3", "相談", "")
    assert "第1節が二つあります。" in asked.asked
    assert list(taken.measures) == goals
    assert content_of(taken, answers).texts[1, "issues_text"].text == issues
    assert {one.measure for one in taken.questions if one.measure} == set(goals)


def test_one_answer_for_all_actuals_without_a_year_gives_way_to_answers_of_their_own():
    proposal = of_inzai()

    content = content_of(proposal, Answers({"undated": "2022", "5-2.actual.1": "2021", "5-3.actual.1": SKIP}))

    assert sorted((key, year) for key, year, side in content.values if side is Side.ACTUAL and key >= "5") == [
        *(("5-1", 2022), ("5-2", 2021), ("5-4", 2022)),
        *((f"6-{n}", 2022) for n in range(1, 6)),
        ("7-2", 2022),
    ]


def test_years_before_the_plan_are_left_out_and_told():
    head = "\t\t①利用者\t利用者数（人）\t令和2年度\t令和3年度\t令和4年度"
    rows = ("\t\t\t計画値\t8\t9\t10", "\t\t\t実績値\t7\t9", "\t\t\t達成率\t87.5%\t100.0%")

    proposal = read_archive(read_text(block(*rows, head=head)), YEARS)

    assert read_for_sure(proposal) == {
        ("1-1", 2021, "planned"): "9",
        ("1-1", 2021, "actual"): "9",
        ("1-1", 2022, "planned"): "10",
    }
    assert [(one.address, one.text) for one in proposal.remnants] == [("E4", "8"), ("E5", "7"), ("E6", "87.5%")]
    assert proposal.sections[0].notes[0] == "C3 「利用者」：令和2年度は計画の期間の外のため、読み取りません。"
    assert (proposal.columns.read, proposal.columns.unread) == (2, 1)
