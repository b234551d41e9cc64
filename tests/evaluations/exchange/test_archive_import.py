"""`import_archive`: an old sheet into an empty plan, and beside a plan that has the same figures already."""

import json
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from core.archive.proposal import Fate
from core.archive.reading import read_archive
from core.archive.sheet import read_file, read_text
from core.figures import Figures
from core.numerals import one_decimal
from core.words import Family, Side
from evaluations.models import Evaluation
from plans.models import Measure, Plan, Section, YearState
from plans.queries import measure_rows, stored_values
from targets.models import OutcomeTarget
from tests.archive_sheets import INZAI, ROWS_OF_A_GOAL
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_value, in_state
from tests.demo_city import the_demo
from tests.sheet_files import a_sheet

pytestmark = pytest.mark.django_db
FIXTURE = json.loads((settings.BASE_DIR / "fixtures" / "inzai_122319-6.json").read_text())
ANSWERS = {"undated": "2022", "7-1.actual.1": "2021", "7-1.actual.2": "2022", "1.baseline.1": "1-1"}
"""What the sheet does not say, as the fixture reads it."""


TEXTS = sum(
    bool(text)
    for section in FIXTURE["sections"]
    for texts in (section["targets"][0], section["evaluations"]["2022"])
    for name, text in texts.items()
    if name not in ("order", "title")
)


def run(*arguments, file=INZAI, plan="122319-6"):
    """What the command prints, and what it says beside."""
    out, err = StringIO(), StringIO()
    call_command("import_archive", str(file), "--plan", plan, *arguments, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue().splitlines()


def answers_file(tmp_path, answers=ANSWERS, **more):
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"answers": answers, **more}))
    return "--answers", str(path)


def figures_kept(plan: Plan) -> dict[tuple[str, int, str], tuple]:
    measures = {measure.pk: measure for measure in plan.measures.all()}
    return {
        (measures[pk].code, year, side): (value.number, value.state, value.as_of)
        for (pk, year, side), value in stored_values(measures.values()).items()
    }


def figures_of_the_fixture() -> dict[tuple[str, int, str], tuple]:
    return {
        (measure["code"], cell["year"], cell["side"]): (
            None if cell.get("number") is None else Decimal(str(cell["number"])),
            cell.get("state") or None,
            cell["as_of"],
        )
        for section in FIXTURE["sections"]
        for measure in section["measures"]
        for cell in measure["values"]
    }


def test_the_inzai_sheet_into_an_empty_plan_gives_the_figures_of_the_fixture(tmp_path, plan):
    out, err = run(*answers_file(tmp_path), "--accept-proposals")

    assert out[-1] == f"変更 {7 + 24 + len(figures_of_the_fixture()) + TEXTS} 件"
    assert err == ["節 7、目標 24、数値欄の年度 36（読み取り 33、質問 3、読み取れない 0）"]
    assert figures_kept(plan) == figures_of_the_fixture()
    call_command("verify_figures", "122319-6", stdout=StringIO())
    assert run(*answers_file(tmp_path), "--accept-proposals")[0] == ["変更 0 件"]


def test_masters_and_texts_of_the_imported_sheet_are_those_of_the_fixture(tmp_path, plan):
    fields = ("code", "label", "title", "quantity", "unit", "value_kind", "direction", "accumulation", "sheet_block")
    goals = ("title", "overview", "goal_text", "result_title")

    run(*answers_file(tmp_path), "--accept-proposals")

    assert list(plan.measures.values_list(*fields, "baseline", "baseline_year")) == [
        (*(measure[field] for field in fields), measure["baseline"], measure["baseline_year"])
        for section in FIXTURE["sections"]
        for measure in section["measures"]
    ]
    kept = OutcomeTarget.objects.filter(section__plan=plan).values(*goals)
    wanted = [section["targets"][0] for section in FIXTURE["sections"]]
    assert [[squeezed(goal[name]) for name in goals] for goal in kept] == [
        [squeezed(goal[name]) for name in goals] for goal in wanted
    ]
    texts = Evaluation.objects.filter(section_year__fiscal_year=2022).order_by("section_year__section__number")
    assert [(squeezed(one.do_text), squeezed(one.issues_text)) for one in texts] == [
        (squeezed(texts["do_text"]), squeezed(texts["issues_text"]))
        for texts in (section["evaluations"]["2022"] for section in FIXTURE["sections"])
        if any(texts.values())
    ]


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_printed_deviation_of_the_sheet_comes_out_of_the_imported_figures(tmp_path, plan):
    run(*answers_file(tmp_path), "--accept-proposals")
    proposal = read_archive(read_text(INZAI.read_text()), plan.years)
    printed = sorted({(m.cell.row, m.cell.column, m.cell.text) for m in proposal.marks if m.fate is Fate.CHECKED})

    rows = measure_rows(plan, plan.measures.filter(sheet_block=True), access=None)

    computed = sorted(
        f"{one_decimal(cell.figures.legacy_deviation)}%"
        for row in rows
        for cell in row.cells
        if cell.figures.legacy_deviation is not None
    )
    assert sorted(text for _, _, text in printed) == computed
    assert len(computed) == 16
    assert isinstance(rows[0].cells[0].figures, Figures)


@pytest.mark.sqlite
def test_a_workbook_with_merged_cells_reads_with_every_figure_in_its_place():
    the_demo()
    plan = Plan.objects.get(slug="122319-6")
    stored = {(code, year, side): number for (code, year, side), (number, _, _) in figures_kept(plan).items()}
    sheet = a_sheet(plan, 2022, layout="inzai", edition="old")

    proposal = read_archive(read_file("評価シート.xlsx", sheet), plan.years)

    values = [value for section in proposal.sections for value in section.values]
    assert len(values) == 37
    for value in values:
        assert Decimal(value.text.rstrip("%")) == stored[value.measure, value.year, value.side], value
    assert load_workbook(BytesIO(sheet)).worksheets[0].merged_cells.ranges


def test_beside_the_plan_that_has_its_figures_the_sheet_changes_nothing_and_every_question_is_told():
    the_demo()

    accepted, quiet = run("--accept-proposals")
    plain, told = run()

    assert (accepted, plain) == (["変更 0 件"], ["変更 0 件"])
    assert len(quiet) == 1
    # Names and kinds are the plan's own; what is left of the 38 questions of the sheet.
    assert len([line for line in told if line.startswith("質問 ")]) == 34


def test_without_answers_only_what_is_sure_is_taken_and_the_rest_is_told(plan):
    out, err = run()

    assert out[-1] == "変更 88 件"
    assert len([line for line in err if line.startswith("質問 ")]) == 38
    kept = figures_kept(plan)
    assert kept == {cell: value for cell, value in figures_of_the_fixture().items() if cell in kept}
    assert {code for code, _, _ in kept} == {*(f"2-{n}" for n in range(1, 8)), "3-1", "4-1", "4-2", "4-3"}
    assert Evaluation.objects.count() == 0
    assert err[1] == (
        "質問 year A1 何年度の評価ですか。 資料に評価の年度は書かれていません。数値欄の実績が令和4年度まであります。"
        "実績と課題の文章を、この年度の評価に入れます。 [2021：令和3年度（2021年度）／2022：令和4年度（2022年度）"
        "／2023：令和5年度（2023年度）／skip：文章を読み取らない]"
    )


def test_a_dry_run_as_json_writes_nothing_and_its_answers_may_be_given_back(tmp_path):
    a_plan()

    told = json.loads("\n".join(run("--dry-run", "--format", "json")[0]))
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(told))
    out, _ = run("--answers", str(path))

    assert told["counts"] == {"sections": 7, "goals": 24, "columns_read": 33, "columns_asked": 3, "columns_unread": 0}
    assert (told["problems"], told["unread"]) == ([], [])
    assert out[-1] == "変更 114 件"
    assert told["answers"]["7-1.actual.1"] is None


def test_typed_figures_and_other_measures_are_taken_from_the_answers(tmp_path, plan):
    here = a_measure(a_section(plan, 6, "相談支援体制の充実・強化等"), "6-x", title="助言の件数")

    run(
        *answers_file(
            tmp_path, {"6-3.actual.1": "2021"}, typed={"6-3.actual.1": "12件"}, measures={"6-3": "6-x", "6-4": "-"}
        )
    )

    value = stored_values([here])[here.pk, 2021, Side.ACTUAL]
    assert (value.number, value.wording, value.as_of) == (12, "12件", "資料に年度の記載なし")
    assert not plan.measures.filter(code="6-4").exists()
    assert list(plan.measures.filter(section__number=6).values_list("code", flat=True)) == ["6-x", "6-1", "6-2", "6-5"]


def test_a_locked_year_is_a_problem_with_its_cell_and_nothing_is_written():
    section = a_section(a_plan(), 3, "地域生活支援拠点等の整備")
    measure = a_measure(section, "3-1", label="1", title="運用状況の検証及び検討の回数")
    a_value(measure, 2022, 5)
    in_state(section, 2022, YearState.CONFIRMED)
    out = StringIO()

    with pytest.raises(CommandError) as stopped:
        call_command("import_archive", str(INZAI), "--plan", "122319-6", stdout=out, stderr=StringIO())

    assert stopped.value.returncode == 2
    assert [line.split(" ")[0] for line in out.getvalue().splitlines()] == ["F29", "F30"]
    assert (Measure.objects.count(), Section.objects.count()) == (1, 1)


def test_another_city_of_another_form_comes_in_too(tmp_path):
    path = tmp_path / "mihon.txt"
    path.write_text(ROWS_OF_A_GOAL)
    plan = a_plan(a_municipality("129992", "みほん市"))

    out, err = run(file=path, plan="129992-6")

    assert out[-1] == "変更 20 件"
    assert err[-1] == "読み取れないもの H6 令和5年6月に集計"
    assert {key: (number, state) for key, (number, state, _) in figures_kept(plan).items() if key[0] == "1-2"} == {
        **{("1-2", year, "planned"): (number, None) for year, number in ((2021, 40), (2022, 38), (2023, 36))},
        ("1-2", 2021, "actual"): (41, None),
        ("1-2", 2022, "actual"): (None, "pending"),
    }
    assert set(plan.measures.values_list("family", "unit")) == {(Family.TARGET, "人"), (Family.TARGET, "回")}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"plan": "129992-9"}, "計画「129992-9」はありません。"),
        ({"file": "/nowhere.txt"}, "ファイル「/nowhere.txt」を開けません。"),
        ({"file": __file__.replace(".py", ".py")}, "問題が 1 件あるため、取り込みませんでした。"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(arguments, sentence):
    a_plan()

    with pytest.raises(CommandError) as stopped:
        run(**arguments)

    assert (str(stopped.value), stopped.value.returncode) == (sentence, 2)
