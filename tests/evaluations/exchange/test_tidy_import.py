"""The tidy table in, at the command line: round trips, creation, one edited cell, one bad cell."""

import io
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from core.tidy import COLUMNS
from core.values import Value
from core.words import Direction, Family, ParentRole, Side, State, ValueKind
from evaluations.models import ActionItem, CouncilOpinion, Publication
from plans.access import lock_reason
from plans.models import (
    Change,
    Measure,
    Membership,
    Municipality,
    Plan,
    Section,
    SectionYear,
    YearlyValue,
    YearState,
)
from plans.tidy import tidy_file
from targets.models import OutcomeTarget, TargetItem
from tests.builders import a_full_plan, a_measure, a_municipality, a_plan, a_section, a_value, in_state
from tests.tidy_tables import a_csv, edited, exported

pytestmark = pytest.mark.django_db


def run(path, **options):
    """What the command prints, line by line, and its exit code."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_plan", path, stdout=out, stderr=err, **options)
    except CommandError as error:
        return out.getvalue().splitlines(), error.returncode
    return out.getvalue().splitlines(), 0


@pytest.fixture
def take(tmp_path):
    """Import these bytes as a file of this name."""

    def take(content, name="table.csv", **options):
        path = tmp_path / name
        path.write_bytes(content)
        return run(path, **options)

    return take


def stored(code, year, side=Side.ACTUAL):
    row = YearlyValue.objects.filter(measure__code=code, fiscal_year=year, side=side).first()
    return row.value if row else None


# --- Round trips ---


@pytest.mark.parametrize("slug", ["122319-6", "129992-7"])
@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_an_export_read_back_changes_nothing(demo, take, slug, extension):
    history = Change.objects.count()
    content, _ = tidy_file(exported(slug), extension)

    lines, code = take(content, f"t.{extension}")

    assert (lines, code) == (["変更 0 件"], 0)
    assert Change.objects.count() == history


@pytest.mark.parametrize("slug", ["122319-6", "129992-7"])
@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_an_empty_database_gives_the_same_table_again(demo, take, slug, extension):
    before = exported(slug)
    content, _ = tidy_file(before, extension)
    empty_the_database()

    lines, code = take(content, f"t.{extension}")

    assert (code, lines[-1]) == (0, f"変更 {len(lines) - 1} 件")
    assert exported(slug) == before
    assert take(content, f"t.{extension}") == (["変更 0 件"], 0)


def empty_the_database():
    Measure.objects.update(parent=None, parent_role="")
    for model in (
        Publication,
        CouncilOpinion,
        ActionItem,
        Change,
        YearlyValue,
        SectionYear,
        TargetItem,
        Measure,
        OutcomeTarget,
        Section,
    ):
        model.objects.all().delete()
    Plan.objects.all().delete()
    Membership.objects.all().delete()
    Municipality.objects.update(prefecture=None)
    Municipality.objects.all().delete()


def test_one_edited_cell_is_one_change(demo, take):
    lines, code = take(edited(exported(), "1-1", 2023, 実績値="３人", 実績値状態=""))

    assert (lines, code) == (
        ["「施設入所者の地域生活への移行」令和5年度 実績値：未入力 → 3（原文：３人）", "変更 1 件"],
        0,
    )
    assert stored("1-1", 2023) == Value(Decimal(3), wording="３人")


def test_one_edited_cell_of_a_book_is_one_change(demo, take):
    content, _ = tidy_file(exported(), "xlsx")
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    row = next(r for r in sheet.iter_rows(min_row=2) if (r[10].value, r[21].value) == ("2-1", 2023))
    row[COLUMNS.index("実績値")].value = 5
    row[COLUMNS.index("実績値状態")].value = None
    file = io.BytesIO()
    book.save(file)

    lines, code = take(file.getvalue(), "t.xlsx")

    assert (lines[-1], code) == ("変更 1 件", 0)
    assert stored("2-1", 2023) == Value(Decimal(5))


def test_one_bad_cell_is_named_and_nothing_is_written(demo, take):
    rows = exported()
    rows[2] |= {"実績値": "3", "実績値状態": ""}
    rows[10] |= {"計画値": "十二人"}
    history = Change.objects.count()

    lines, code = take(tidy_file(rows, "csv")[0])

    assert code == 2
    assert lines == [
        f"X12 「{rows[10]['指標名']}」令和4年度 計画値：数値で入力してください（入力：十二人）。",
    ]
    assert Change.objects.count() == history
    assert stored("1-1", 2023) is None


def test_a_dry_run_says_the_same_and_writes_nothing(demo, take):
    content = edited(exported(), "1-1", 2023, 実績値="3", 実績値状態="")
    history = Change.objects.count()

    said = take(content, dry_run=True)

    assert (Change.objects.count(), stored("1-1", 2023)) == (history, None)
    assert said == take(content)


def test_a_locked_cell_is_a_problem_with_its_address(demo, take):
    lines, code = take(edited(exported(), "1-1", 2021, 実績値="9"))

    assert code == 2
    assert lines == [f"AA2 「施設入所者の地域生活への移行」令和3年度 実績値は{lock_reason(YearState.CONFIRMED)}"]
    assert stored("1-1", 2021) == Value(Decimal(0))


def test_what_is_missing_from_the_file_stays(take):
    plan = a_full_plan(2)
    before = exported()

    lines, code = take(tidy_file(before[:1], "csv")[0])

    assert (lines, code) == (["変更 0 件"], 0)
    assert exported(plan.slug) == before


# --- Creation ---


def test_a_table_of_the_required_columns_alone_makes_everything_by_default(take):
    a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)

    lines, code = take(
        a_csv({}, {"種別": "活動指標", "節番号": "2", "指標コード": "kyotaku-users", "指標名": "居宅介護"})
    )

    plan = Plan.objects.select_related("municipality__prefecture").get()
    assert (lines, code) == (
        [
            "自治体の作成：122319（122319）",
            "計画の作成：第6期障害福祉計画（122319-6、2021〜2023年度）",
            "節の作成：第1節 第1節",
            "節の作成：第2節 第2節",
            "成果目標の作成：1-1 地域生活への移行",
            "活動指標の作成：kyotaku-users 居宅介護",
            "変更 6 件",
        ],
        0,
    )
    assert (plan.municipality.kind, plan.municipality.prefecture.name) == ("city", "千葉県")
    assert list(plan.revisions.values_list("number", flat=True)) == [0]
    fields = ("family", "value_kind", "direction", "accumulation", "unit", "label", "order")
    assert list(plan.measures.order_by("code").values_list(*fields)) == [
        (Family.TARGET, ValueKind.NUMBER, Direction.MORE, "year_total", "", "", 1),
        (Family.INDICATOR, ValueKind.NUMBER, Direction.NEAR, "year_total", "", "", 1),
    ]
    assert TargetItem.objects.get().outcome_target.title == "第1節"
    assert plan.measures.get(code="kyotaku-users").activity_indicator.service is None


@pytest.mark.parametrize(
    ("texts", "slug", "years"),
    [
        ({"計画期": "7"}, "122319-7", (2024, 2026)),
        ({"計画種別": "障害児福祉計画", "計画期": "2"}, "122319-c2", (2021, 2023)),
        (
            {"計画種別": "障害者計画", "計画期": "3", "開始年度": "令和3年度", "終了年度": "2029"},
            "122319-p3",
            (2021, 2029),
        ),
        ({"開始年度": "2021", "終了年度": "2026"}, "122319-6", (2021, 2026)),
    ],
)
def test_years_follow_kind_and_generation_unless_the_table_says(take, texts, slug, years):
    lines, code = take(a_csv({"年度": str(years[0])}, **texts))

    plan = Plan.objects.get()
    assert (code, plan.slug, (plan.start_year, plan.end_year)) == (0, slug, years), lines


def test_a_plan_of_no_fixed_rhythm_needs_its_years(take):
    lines, code = take(a_csv(計画種別="障害者計画"))

    assert code == 2
    assert lines == ["H2 新しい計画には「開始年度」が必要です。列を加えて年度を入力してください。"]
    assert Municipality.objects.count() == 0


def test_a_code_with_zeros_for_the_city_is_a_prefecture(take):
    take(a_csv(団体コード="120006", 自治体名="千葉県"))

    assert [(m.code, m.name, m.kind) for m in Municipality.objects.all()] == [("120006", "千葉県", "prefecture")]


def test_a_code_from_a_numeric_cell_gets_its_zero_back(take):
    take(a_csv(団体コード="12025", 自治体名="函館市"))

    assert [(m.code, m.name) for m in Municipality.objects.all()] == [("012025", "函館市")]


def test_measures_keep_the_order_of_the_file_within_their_section(take):
    codes = ["b", "a", "c"]

    take(a_csv(*({"指標コード": code, "指標名": code, "年度": y} for y in ("2021", "2022") for code in codes)))
    take(a_csv({"指標コード": "0", "指標名": "0"}))

    assert [row["指標コード"] for row in exported()[::3]] == ["b", "a", "c", "0"]


def test_a_part_may_stand_before_its_whole(take):
    part = {"指標コード": "2", "指標名": "うち精神", "親指標": "1", "親との関係": "内数"}

    lines, code = take(a_csv(part, {"指標コード": "1", "指標名": "全体"}))

    measure = Measure.objects.get(code="2")
    assert (code, measure.parent.code, measure.parent_role) == (0, "1", ParentRole.SUBSET), lines


def test_goals_of_one_section_join_its_one_outcome_target(take):
    section = a_section(a_plan(), 1)
    first = OutcomeTarget.objects.create(section=section, order=2, title="先")
    OutcomeTarget.objects.create(section=section, order=3, title="後")

    take(a_csv({"指標コード": "x"}, {"指標コード": "y"}))

    assert {item.outcome_target for item in TargetItem.objects.all()} == {first}


def test_two_plans_in_one_file_are_both_read(take):
    lines, code = take(a_csv({}, {"計画種別": "障害児福祉計画", "計画期": "2"}))

    assert (code, sorted(Plan.objects.values_list("slug", flat=True))) == (0, ["122319-6", "122319-c2"])
    assert sum(line.startswith("自治体の作成") for line in lines) == 1


# --- Changed masters ---


@pytest.mark.parametrize(
    ("column", "new", "line"),
    [
        ("自治体名", "新印西市", "「印西市」自治体名：印西市 → 新印西市"),
        ("計画名", "第6期障がい福祉計画", "「第6期障害福祉計画」計画名：第6期障害福祉計画 → 第6期障がい福祉計画"),
        ("終了年度", "2024", "「第6期障害福祉計画」終了年度：2023 → 2024"),
        ("節名", "地域移行", "「第1節」節名：施設入所者の地域生活への移行 → 地域移行"),
        ("節名", "", "「第1節」節名：施設入所者の地域生活への移行 → 第1節"),
        ("指標名", "移行者数", "「移行」指標名：移行 → 移行者数"),
        ("指標番号", "2", "「移行」指標番号：1 → 2"),
        ("単位", "", "「移行」単位：人 → 空欄"),
        ("方向", "減", "「移行」方向：増 → 減"),
        ("集計", "累計", "「移行」集計：年度計 → 累計"),
        ("基準値", "３６人", "「移行」基準値：空欄 → 36"),
        ("基準年度", "令和元年度", "「移行」基準年度：空欄 → 2019"),
    ],
)
def test_a_master_column_that_differs_is_one_change(take, column, new, line):
    a_measure(a_section(a_plan()), "1-1", order=1, title="移行", label="1")
    rows = [row | {column: new} for row in exported()]

    lines, code = take(tidy_file(rows, "csv")[0])

    assert (lines, code) == ([line, "変更 1 件"], 0)
    assert Change.objects.get().subject == "master"
    assert take(tidy_file(exported(), "csv")[0]) == (["変更 0 件"], 0)


def test_names_and_years_left_blank_stay_as_they_are(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(a_csv({"自治体名": "", "計画名": "", "開始年度": "", "終了年度": "", "節名": "", "単位": ""}))
    call_command("import_plan", path, stdout=StringIO())
    Municipality.objects.update(name="印西市")
    out, err = StringIO(), StringIO()

    call_command("import_plan", path, stdout=out, stderr=err)

    assert out.getvalue() == "変更 0 件\n"
    assert err.getvalue().splitlines() == [
        f"注意 {place} 「{column}」は空欄にできないため、いまの内容を残します。"
        for place, column in (("H2", "自治体名"), ("I2", "計画名"), ("J2", "開始年度"), ("K2", "終了年度"))
    ]


def test_a_measure_moves_to_another_section_with_its_outcome_target(take, plan):
    measure = a_measure(a_section(plan, 1), "1-1", title="移行")
    rows = [row | {"節番号": "2", "節名": "精神"} for row in exported()]

    lines, code = take(tidy_file(rows, "csv")[0])

    assert (lines, code) == (["節の作成：第2節 精神", "「移行」節番号：1 → 2", "変更 2 件"], 0)
    assert TargetItem.objects.get(measure=measure).outcome_target.section.number == 2


def test_a_measure_does_not_leave_a_section_that_is_confirmed(take):
    measure = a_measure(a_section(a_plan(), 1), "1-1", title="移行")
    in_state(measure.section, 2021, YearState.CONFIRMED)

    lines, code = take(tidy_file([row | {"節番号": "2"} for row in exported()], "csv")[0])

    assert code == 2
    assert lines == ["H2 確定または公表した年度のある節との間では、指標を移せません。先に確定を解除してください。"]


def test_a_kind_does_not_change_over_values_it_does_not_know(take):
    measure = a_measure(a_section(a_plan()), "1-1")
    a_value(measure, 2021, 5)

    lines, code = take(tidy_file([row | {"種類": "有無"} for row in exported()[1:]], "csv")[0])

    assert code == 2
    assert lines[0].startswith("Q2 入力済みの値が「有無」に合わないため、種類を変えられません。")


def test_a_shorter_plan_leaves_no_values_behind(take):
    measure = a_measure(a_section(a_plan()), "1-1")
    a_value(measure, 2023, 5)

    lines, code = take(tidy_file([row | {"終了年度": "2022"} for row in exported()[:2]], "csv")[0])

    assert (lines, code) == (["G2 2023年度には入力があるため、計画の期間から外せません。"], 2)


# --- Values ---


def test_absent_changes_nothing_and_blank_clears(take):
    measure = a_measure(a_section(a_plan()), "1-1", title="地域生活への移行", direction=Direction.MORE)
    a_value(measure, 2021, 4, side=Side.PLANNED)
    a_value(measure, 2021, 3, note="速報", as_of="3月末")

    kept = take(a_csv({"実績値": "5"}))
    cleared = take(a_csv({"計画値": ""}))

    assert kept[0][-2:] == [
        "「地域生活への移行」令和3年度 実績値：3（時点：3月末、注記：速報） → 5（時点：3月末、注記：速報）",
        "変更 1 件",
    ]
    assert cleared[0][-2:] == ["「地域生活への移行」令和3年度 計画値：4 → 空欄", "変更 1 件"]
    assert (stored("1-1", 2021), stored("1-1", 2021, Side.PLANNED)) == (
        Value(Decimal(5), as_of="3月末", note="速報"),
        None,
    )


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        ({"実績値": "１，２３４人"}, Value(Decimal(1234), wording="１，２３４人")),
        ({"実績値": "▲3"}, Value(Decimal(-3), wording="▲3")),
        ({"実績値": "年1回"}, Value(Decimal(1), wording="年1回")),
        ({"実績値": "約10人"}, Value(Decimal(10), wording="約10人")),
        ({"実績値": "10人以上"}, Value(Decimal(10), wording="10人以上")),
        ({"実績値": "概ね10"}, Value(Decimal(10), wording="概ね10")),
        ({"実績値": "有5人", "種類": "有無"}, Value(Decimal(1), wording="有5人")),
        ({"実績値": "無", "種類": "有無"}, Value(Decimal(0), wording="無")),
        ({"実績値": "無し"}, Value(state=State.NOT_APPLICABLE, wording="無し")),
        ({"実績値": "－"}, Value(state=State.NOT_APPLICABLE, wording="－")),
        ({"実績値": "／"}, Value(state=State.NOT_APPLICABLE, wording="／")),
        ({"実績値": "調査中"}, Value(state=State.PENDING, wording="調査中")),
        ({"実績値": "集計中"}, Value(state=State.PENDING)),
        ({"実績値": "中止"}, Value(state=State.CANCELLED)),
        ({"実績値": "検討中"}, Value(state=State.WORDS_ONLY, wording="検討中")),
        ({"実績値": "記載なし"}, None),
        ({"実績値": "未入力"}, None),
        ({"実績値": "", "実績値状態": "未入力"}, None),
        ({"実績値": "10割", "種類": "割合"}, Value(Decimal(100), wording="10割")),
        ({"実績値": "2割5分", "種類": "割合"}, Value(Decimal(25), wording="2割5分")),
        ({"実績値": "5", "実績値状態": "中止"}, Value(state=State.CANCELLED)),
        (
            {"実績値": "", "分子": "2", "分母": "3", "種類": "割合"},
            Value(Decimal("66.6667"), numerator=Decimal(2), denominator=Decimal(3)),
        ),
        (
            {"実績値": "検討した。", "種類": "文章"},
            Value(state=State.WORDS_ONLY, wording="検討した。"),
        ),
        (
            {"実績値": "3", "確定度": "速報", "時点": "'=3月末"},
            Value(Decimal(3), certainty="preliminary", as_of="=3月末"),
        ),
    ],
)
def test_values_are_read_as_people_type_them(take, texts, value):
    lines, code = take(a_csv(texts))

    assert (code, stored("1-1", 2021)) == (0, value), lines


def test_a_plan_may_be_not_set(take):
    take(a_csv({"計画値": "設定しない"}))

    assert stored("1-1", 2021, Side.PLANNED) == Value(state=State.NOT_SET)


@pytest.mark.parametrize(
    ("texts", "address", "beginning"),
    [
        ({"団体コード": "122310"}, "A2", "「団体コード」は"),
        ({"計画種別": "福祉計画"}, "H2", "「計画種別」は障害福祉計画・障害児福祉計画・障害者計画から選んでください"),
        ({"計画期": "六"}, "B2", "「計画期」は1から99までの整数で"),
        ({"節番号": "0"}, "C2", "「節番号」は1から999までの整数で"),
        ({"節番号": "1.5"}, "C2", "「節番号」は1から999までの整数で"),
        ({"種別": "目標"}, "D2", "「種別」は成果目標・活動指標から選んでください"),
        ({"指標コード": "１－１"}, "E2", "「指標コード」は半角の英数字で"),
        ({"指標コード": "-1"}, "E2", "「指標コード」は半角の英数字で"),
        ({"指標コード": "a" * 41}, "E2", "「指標コード」は半角の英数字で"),
        ({"指標名": ""}, "F2", "「指標名」は空欄にできません"),
        ({"年度": "来年"}, "G2", "「年度」は「2021年度」「令和3年度」"),
        ({"年度": "2024"}, "G2", "計画の期間（2021から2023まで）の外の年度です"),
        ({"種類": "数"}, "H2", "「種類」は数値・割合・有無・文章から選んでください"),
        ({"方向": "上"}, "H2", "「方向」は増・減・見込から選んでください"),
        ({"集計": "合計"}, "H2", "「集計」は年度計・月平均・年度末・累計から選んでください"),
        ({"基準値": "三十"}, "H2", "「基準値」は数値で入力してください（入力：三十）"),
        ({"親指標": "9-9", "親との関係": "内数"}, "H2", "親指標「9-9」は表にも計画にもありません"),
        ({"親指標": "", "親との関係": "内数"}, "H2", "「親指標」も入力してください"),
        ({"親指標": "1-1", "親との関係": "内数"}, "H2", "親指標をたどると自分に戻ります"),
        ({"終了年度": "2040"}, "H2", "計画の期間は1990年度以後、12年以内で"),
        ({"実績値": "十二人"}, "H2", "「地域生活への移行」令和3年度 実績値：数値で入力してください"),
        ({"実績値": "10割"}, "H2", "「地域生活への移行」令和3年度 実績値：割・分は"),
        ({"実績値": "", "実績値状態": "不明"}, "I2", "「地域生活への移行」令和3年度 実績値：状態は"),
        ({"実績値": "設定しない"}, "H2", "「地域生活への移行」令和3年度 実績値：「設定しない」は"),
        (
            {"実績値": "66.8", "種類": "割合", "分子": "2", "分母": "3"},
            "H2",
            "「地域生活への移行」令和3年度 実績値：分子",
        ),
        (
            {"実績値": "", "種類": "割合", "分子": "2", "分母": "0"},
            "K2",
            "「地域生活への移行」令和3年度 実績値：分母に",
        ),
        ({"計画値": "4", "注記": "注"}, "I2", "「地域生活への移行」令和3年度 実績値：注記だけは"),
    ],
)
def test_a_bad_cell_is_named_by_its_address(take, texts, address, beginning):
    lines, code = take(a_csv(texts))

    assert (code, len(lines), lines[0][: len(address) + 1 + len(beginning)]) == (2, 1, f"{address} {beginning}"), lines
    assert Municipality.objects.count() == 0


@pytest.mark.parametrize(
    ("rows", "address", "beginning"),
    [
        (({}, {}), "G3", "同じ指標の同じ年度の行が二度あります（G2）"),
        (({}, {"年度": "2022", "指標名": "別"}), "F3", "「指標名」がほかの行（F2）と違います"),
        (({}, {"年度": "2022", "種別": "活動指標"}), "D3", "「種別」がほかの行（D2）と違います"),
        (({"節名": "a"}, {"指標コード": "2", "節名": "b"}), "H3", "「節名」がほかの行（H2）と違います"),
        (({"計画名": "a"}, {"指標コード": "2", "計画名": "b"}), "H3", "「計画名」がほかの行（H2）と違います"),
    ],
)
def test_rows_that_contradict_each_other_are_a_problem(take, rows, address, beginning):
    lines, code = take(a_csv(*rows))

    assert (code, len(lines), lines[0][: len(address) + 1 + len(beginning)]) == (2, 1, f"{address} {beginning}"), lines


def test_the_kind_of_a_measure_does_not_change(take):
    a_measure(a_section(a_plan()), "1-1")

    lines, code = take(a_csv({"種別": "活動指標"}))

    assert code == 2
    assert lines[0].startswith("D2 「1-1」は成果目標として登録されています。種別は変えられません。")


@pytest.mark.parametrize("word", ["確認中", "未公表"])
def test_the_words_for_what_the_exporter_could_not_see_leave_the_cell(take, word):
    measure = a_measure(a_section(a_plan()), "1-1")
    a_value(measure, 2021, 7, note="注")
    content = edited(exported(), "1-1", 2021, 実績値="", 実績値状態=word, 注記="")

    assert take(content) == (["変更 0 件"], 0)
    assert stored("1-1", 2021) == Value(Decimal(7), note="注")


# --- The file ---


def test_required_columns_are_named_when_missing(take):
    assert take("団体コード,計画期,節番号\n122319,6,1\n".encode()) == (
        ["A1 必要な列がありません：種別、指標コード、指標名、年度"],
        2,
    )


def test_an_object_of_json_that_lacks_a_required_key_is_named(take):
    complete = {"団体コード": "122319", "計画期": 6, "節番号": 1, "種別": "成果目標", "指標コード": "1", "指標名": "a"}

    lines, code = take(json.dumps([complete | {"年度": 2021}, complete]).encode(), "a.json")

    assert (lines, code) == (["G3 「年度」がありません。入力してください。"], 2)


def test_a_column_that_stands_twice_is_a_problem(take):
    content = a_csv().replace("年度".encode(), "年度,年度".encode()).replace(b"2021", b"2021,2021")

    lines, code = take(content)

    assert (lines, code) == (["H1 見出し「年度」が二度あります（G1）。どちらかを消してください。"], 2)


def test_an_unknown_column_is_passed_over_with_a_warning(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(a_csv({"備考欄": "x", "差": "99", "判定": "達成", "年度和暦": "昭和1年度"}))
    out, err = StringIO(), StringIO()

    call_command("import_plan", path, stdout=out, stderr=err)

    assert err.getvalue() == "注意 H1 見出し「備考欄」は取り込みに使われない列です。\n"
    assert out.getvalue().endswith("変更 4 件\n")


def test_a_percentage_of_a_book_is_read_times_100(take):
    take(a_csv({"種類": "割合"}))
    content, _ = tidy_file(exported()[:1], "xlsx")
    book = load_workbook(io.BytesIO(content))
    cell = book.active.cell(2, COLUMNS.index("実績値") + 1)
    cell.value, cell.number_format = 0.667, "0.0%"
    book.active.cell(2, COLUMNS.index("実績値状態") + 1).value = None
    file = io.BytesIO()
    book.save(file)

    lines, code = take(file.getvalue(), "t.xlsx")

    assert (code, lines[-1], stored("1-1", 2021)) == (0, "変更 1 件", Value(Decimal("66.7")))


def test_a_file_that_cannot_be_read_is_said_in_a_sentence(take, tmp_path):
    assert take(b"%PDF", "a.pdf") == (
        ["A1 取り込めるのは CSV（.csv）、Excelブック（.xlsx）、JSON（.json）のファイルです。"],
        2,
    )
    assert run(tmp_path / "missing.csv") == ([], 2)


def test_every_change_is_in_the_history_by_the_command(take):
    take(a_csv({"実績値": "3", "自治体名": "印西市"}))

    found = [(c.by, c.channel, c.subject, c.field, c.new) for c in Change.objects.order_by("id")]

    assert found == [
        (None, "command", "master", "作成", "印西市（122319）"),
        (None, "command", "master", "作成", "第6期障害福祉計画（122319-6、2021〜2023年度）"),
        (None, "command", "master", "作成", "第1節 第1節"),
        (None, "command", "master", "作成", "1-1 地域生活への移行"),
        (None, "command", "value", "実績値", {"number": "3"}),
    ]
