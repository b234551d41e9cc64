"""An edited evaluation sheet: exactly what was edited is a change, and everything else is told or left alone."""

import pytest

from core.words import Family, Side, State, ValueKind
from evaluations.models import Evaluation
from plans.access import Access
from plans.models import Department, Plan, Role, SectionYear, YearState
from tests.builders import a_measure, a_plan, a_section, a_value, in_state
from tests.sheet_files import a_sheet, difference, edited, in_short, place_of, places, text_at, without_keys

pytestmark = pytest.mark.django_db
FORMS = [(layout, edition) for layout in ("inzai", "kanri") for edition in ("old", "new")]
PARTS_CLASH = (
    "「定着率」令和4年度 実績値：分子 2・分母 3 から計算した 66.7 と違います。"
    "分子・分母を直すか、空欄にしてください（入力：50）。分子・分母は「入力」のページで直せます。"
)
LONG = "".join(f"第{n}に、地域での暮らしを続けるための取組を進めた。\n" for n in range(120)).strip()


@pytest.fixture
def plan() -> Plan:
    """第1節 with a number, a 割合 with its parts, 有無 and 文章; texts in 2022."""
    section = a_section(a_plan())
    number = a_measure(section, "n", label="1", title="地域移行者数", order=1)
    a_value(number, 2022, 4, side=Side.PLANNED)
    a_value(number, 2023, 8, side=Side.PLANNED)
    a_value(number, 2021, 1)
    a_value(number, 2022, 3)
    share = a_measure(section, "s", value_kind=ValueKind.RATE, title="定着率", unit="%", order=2)
    a_value(share, 2022, 80, side=Side.PLANNED)
    a_value(share, 2022, "66.6667", numerator=2, denominator=3)
    a_value(a_measure(section, "p", value_kind=ValueKind.PRESENCE, title="設置", order=3), 2022, 1, wording="有5人")
    a_value(a_measure(section, "w", order=4, title="調査"), 2022, state=State.PENDING, wording="調査中")
    related = a_measure(section, "i", family=Family.INDICATOR, title="利用者数", order=5)
    a_value(related, 2022, 100)
    Evaluation.objects.create(
        section_year=in_state(section, 2022, YearState.DRAFT),
        do_text="　会議を開いた。 ①一回目 ②二回目",
        check_text="届かなかった。",
        issues_text="続ける。",
        act_text="訪問する。",
    )
    return section.plan


def one_edit(plan: Plan, name: str, field: str, year: int, typed, **form):
    content = a_sheet(plan, **form)
    place = place_of(content, name, field, year)
    return place, difference(edited(content, {place: typed}), plan)


# --- Nothing edited ---


@pytest.mark.parametrize(("layout", "edition"), FORMS)
@pytest.mark.parametrize("strip", [None, "keys", "all"])
def test_an_unedited_sheet_changes_nothing(plan, layout, edition, strip):
    content = a_sheet(plan, layout=layout, edition=edition)
    if strip:
        content = without_keys(content, keep_property=strip == "keys")

    found = difference(content, plan)

    assert (found.changes, found.problems, found.unknown, found.warnings) == ((), (), (), ())
    assert bool(found.notes) == bool(strip)


def test_what_was_changed_on_the_screen_since_is_no_change_of_an_unedited_sheet(plan):
    content = a_sheet(plan)
    plan.measures.get(code="n").values.filter(fiscal_year=2022, side="actual").update(number=7)
    Evaluation.objects.update(issues_text="やめる。")

    found = difference(content, plan)

    assert (found.changes, found.problems, found.unknown) == ((), (), ())


def test_withheld_words_of_a_viewers_sheet_leave_their_cells_alone(plan):
    content = a_sheet(plan, access=Access(Role.VIEWER))

    found = difference(content, plan)

    assert (found.changes, found.problems, found.unknown) == ((), (), ())


@pytest.mark.parametrize("word", ["確認中", "未公表", " 確認中 "])
def test_a_withheld_word_that_is_typed_leaves_the_cell_alone(plan, word):
    _, found = one_edit(plan, "n", "actual", 2022, word)
    _, text = one_edit(plan, "1", "issues_text", 0, word)

    assert [found.changes, found.problems, text.changes, text.problems] == [(), (), (), ()]


# --- Figures ---


@pytest.mark.parametrize(
    ("name", "field", "year", "typed", "old", "new"),
    [
        ("n", "actual", 2022, 5, "3", "5"),
        ("n", "actual", 2022, "１，２３４人", "3", "1234（原文：１，２３４人）"),
        ("n", "actual", 2022, "集計中", "3", "集計中"),
        ("n", "actual", 2022, None, "3", "未入力"),
        ("n", "actual", 2022, "未入力", "3", "未入力"),
        ("n", "actual", 2021, 0, "1", "0"),
        ("n", "planned", 2022, 6, "4", "6"),
        ("n", "planned", 2021, 2, "空欄", "2"),
        ("n", "planned", 2022, None, "4", "空欄"),
        ("w", "actual", 2022, 12, "集計中（原文：調査中）", "12"),
        ("p", "actual", 2022, "無", "1（原文：有5人）", "無"),
        ("s", "planned", 2022, "9割", "80", "90（原文：9割）"),
    ],
)
def test_one_edited_cell_is_exactly_one_change(plan, name, field, year, typed, old, new):
    place, found = one_edit(plan, name, field, year, typed)

    assert in_short(found) == [(place, old, new)]
    assert (found.problems, found.unknown, found.changes[0].contested) == ((), (), False)


@pytest.mark.parametrize(("layout", "edition"), FORMS)
@pytest.mark.parametrize("keep_property", [True, False])
def test_one_edited_cell_is_one_change_without_the_hidden_sheet_too(plan, layout, edition, keep_property):
    content = a_sheet(plan, layout=layout, edition=edition)
    place = place_of(content, "n", "actual", 2022)

    found = difference(without_keys(edited(content, {place: 5}), keep_property=keep_property), plan)

    assert in_short(found) == [(place, "3", "5")]
    assert (found.problems, found.unknown) == ((), ())
    assert "取り込み用の隠しシートがないため" in found.notes[0]


def test_a_percentage_cell_of_a_share_is_its_percent_number(plan):
    content = a_sheet(plan)
    place = place_of(content, "s", "planned", 2022)

    def as_percent(book):
        book.worksheets[0][place].number_format = "0%"

    assert in_short(difference(edited(content, {place: 0.7}, as_percent), plan)) == [(place, "80", "70")]


def test_a_share_typed_as_a_fraction_of_one_is_warned_of(plan):
    place, found = one_edit(plan, "s", "planned", 2022, 0.7)

    (warning,) = found.warnings
    assert str(warning) == (
        f"{place} 「定着率」令和4年度 計画値：1％に満たない割合と読みました。"
        "70％のときは 70 と入力してください（入力：0.7）。"
    )


@pytest.mark.parametrize(
    ("name", "field", "typed", "sentence"),
    [
        ("n", "actual", "十二人", "「地域移行者数」令和4年度 実績値：数値で入力してください（入力：十二人）。"),
        ("n", "actual", "=1/0", None),
        (
            "s",
            "actual",
            50,
            PARTS_CLASH,
        ),
        ("n", "actual", "設定しない", None),
    ],
)
def test_what_cannot_be_read_is_a_problem_by_its_address(plan, name, field, typed, sentence):
    place, found = one_edit(plan, name, field, 2022, typed)

    assert found.changes == ()
    assert [one.address for one in found.problems] == [place]
    if sentence:
        assert found.problems[0].sentence == sentence


def test_a_date_is_a_problem(plan):
    content = a_sheet(plan)
    place = place_of(content, "n", "actual", 2022)

    def as_date(book):
        book.worksheets[0][place].number_format = "yyyy-mm-dd"

    found = difference(edited(content, {place: 45000}, as_date), plan)

    assert "日付になっています。" in found.problems[0].sentence


def test_a_measure_that_was_removed_meanwhile_is_a_problem(plan):
    content = a_sheet(plan)
    place = place_of(content, "w", "actual", 2022)
    plan.measures.get(code="w").delete()

    found = difference(edited(content, {place: 9}), plan)

    assert [(one.address, "いまの計画にありません" in one.sentence) for one in found.problems] == [(place, True)]


def test_a_measure_shown_in_two_sections_is_read_once(plan):
    second = a_section(plan, 2, "就労")
    plan.measures.get(code="i").activity_indicator.related_sections.add(second)
    content = a_sheet(plan, layout="kanri")
    cells = places(content, "i", "actual", 2022)

    once = difference(edited(content, {cells[1]: 120}), plan)
    alike = difference(edited(content, dict.fromkeys(cells, 120)), plan)
    unlike = difference(edited(content, {cells[0]: 110, cells[1]: 120}), plan)

    assert in_short(once) == [(cells[1], "100", "120")]
    assert in_short(alike) == [(cells[0], "100", "120")]
    assert [one.address for one in unlike.problems] == [cells[1]]


def test_a_year_in_which_a_measure_is_not_counted_says_so_and_takes_no_number(plan):
    plan.measures.filter(code="n").update(since_year=2022)
    plan.measures.get(code="n").values.filter(fiscal_year=2021).delete()
    content = a_sheet(plan)
    place = place_of(content, "n", "actual", 2021)

    unedited = difference(content, plan)
    blank = difference(edited(content, {place: None}), plan)
    number = difference(edited(content, {place: 5}), plan)

    assert text_at(content, place) == "開始前"
    assert [found.changes for found in (unedited, blank)] == [(), ()]
    assert [str(one) for one in number.problems] == [
        f"{place} 「地域移行者数」令和3年度 実績値：この指標の開始前の年度です。空欄にしてください。"
    ]


# --- Texts ---


def test_an_edited_sentence_keeps_how_the_rest_was_typed(plan):
    content = a_sheet(plan)
    place = place_of(content, "1", "do_text")
    printed = "会議を開いた。\n①一回目\n②二回目"

    (change,) = difference(edited(content, {place: printed.replace("開いた", "三回開いた")}), plan).changes
    (other,) = difference(edited(content, {place: f"{printed}\n③三回目"}), plan).changes

    assert change.change.new == "会議を三回開いた。\n①一回目\n②二回目"
    assert other.change.new == "　会議を開いた。 ①一回目 ②二回目\n③三回目"


@pytest.mark.parametrize("layout", ["inzai", "kanri"])
def test_a_text_continued_over_pages_is_joined_again(plan, layout):
    Evaluation.objects.update(issues_text=LONG)
    content = a_sheet(plan, layout=layout)
    pieces = places(content, "1", "issues_text", 0)
    first = text_at(content, pieces[0])

    untouched = difference(content, plan)
    (change,) = difference(edited(content, {pieces[0]: first.replace("第0に", "はじめに")}), plan).changes

    assert len(pieces) > 1
    assert untouched.changes == ()
    assert change.change.new == LONG.replace("第0に", "はじめに")


@pytest.mark.parametrize("field", ["check_text", "proposal", "act_text", "budget_text", "issues_text", "do_text"])
def test_every_text_of_the_control_sheet_comes_back(plan, field):
    place, found = one_edit(plan, "1", field, 0, "新しい文章。", layout="kanri")

    assert [(one.change.address, one.change.field, one.change.new) for one in found.changes] == [
        (place, field, "新しい文章。")
    ]


def test_a_cleared_text_is_a_change_to_blank(plan):
    place, found = one_edit(plan, "1", "issues_text", 0, None)

    assert in_short(found) == [(place, "続ける。", "空欄")]


@pytest.mark.parametrize("typed", ["続ける。\r\n", " 続ける。", "続ける。_x000D_\n"])
def test_blanks_and_line_ends_around_a_text_are_no_edit(plan, typed):
    _, found = one_edit(plan, "1", "issues_text", 0, typed)

    assert found.changes == ()


@pytest.mark.parametrize("typed", ["あ" * 20_001, "制御\x85文字"])
def test_a_text_that_cannot_be_kept_is_a_problem(plan, typed):
    place, found = one_edit(plan, "1", "issues_text", 0, typed)

    assert (found.changes, [one.address for one in found.problems]) == ((), [place])
    assert found.problems[0].sentence.startswith("第1節 令和4年度「課題と今後の実施について」：")


# --- What is not taken in ---


def test_a_derived_figure_that_was_edited_is_told_and_ignored(plan):
    place, found = one_edit(plan, "n", "legacy_deviation", 2022, 99)

    assert found.changes == ()
    assert [(u.address, u.old, u.new, u.note) for u in found.unknown] == [
        (place, "75", "99", "「地域移行者数」令和4年度 乖離値：計算で出る値のため、取り込みません。")
    ]


def test_edited_labels_and_remarks_in_the_margin_are_told_with_what_was_printed(plan):
    content = a_sheet(plan)

    found = difference(edited(content, {"A3": "成果の目標", "Z50": "要確認"}), plan)

    assert [(u.address, u.old, u.new) for u in found.unknown] == [
        ("A3", "成果目標", "成果の目標"),
        ("Z50", "", "要確認"),
    ]


def test_what_comes_from_other_pages_is_told(plan):
    place, found = one_edit(plan, "1", "opinions", 0, "意見を足した", layout="kanri")

    assert [(u.address, u.note) for u in found.unknown] == [
        (place, "ほかのページの内容のため、取り込みません。もとのページで直してください。")
    ]


# --- Conflicts ---


def test_a_value_that_was_changed_since_the_export_is_shown_with_both_and_waits_for_a_choice(plan):
    content = a_sheet(plan)
    place = place_of(content, "n", "actual", 2022)
    plan.measures.get(code="n").values.filter(fiscal_year=2022, side="actual").update(number=7)

    (change,) = difference(edited(content, {place: 5}), plan).changes

    assert (change.printed, *change.change.sides, change.contested) == ("3", "7", "5", True)


def test_a_value_that_stands_already_as_in_the_file_is_no_change(plan):
    content = a_sheet(plan)
    place = place_of(content, "n", "actual", 2022)
    plan.measures.get(code="n").values.filter(fiscal_year=2022, side="actual").update(number=5)

    assert difference(edited(content, {place: 5}), plan).changes == ()


def test_a_text_that_was_changed_since_the_export_waits_for_a_choice(plan):
    content = a_sheet(plan)
    place = place_of(content, "1", "issues_text")
    Evaluation.objects.update(issues_text="やめる。")

    (change,) = difference(edited(content, {place: "続けない。"}), plan).changes

    assert (change.printed, *change.change.sides, change.contested) == ("続ける。", "やめる。", "続けない。", True)


def test_an_actual_of_a_later_year_that_the_sheet_did_not_print_is_not_overwritten_unasked(plan):
    a_value(plan.measures.get(code="n"), 2023, 6)

    _, found = one_edit(plan, "n", "actual", 2023, 9)

    assert [(one.printed, *one.change.sides, one.contested) for one in found.changes] == [("", "6", "9", True)]


def test_a_value_that_was_withheld_from_the_exporter_is_not_overwritten_unasked(plan):
    content = a_sheet(plan, access=Access(Role.VIEWER))
    known, blank = place_of(content, "n", "actual", 2022), place_of(content, "s", "actual", 2021)

    found = difference(edited(content, {known: 5, blank: 50}), plan)

    assert {one.change.address: one.contested for one in found.changes} == {known: True, blank: False}


def test_a_sheet_without_its_keys_that_is_older_than_the_plan_waits_for_every_choice(plan):
    content = a_sheet(plan)
    SectionYear.objects.filter(section__plan=plan, fiscal_year=2022).update(version=5)
    content = a_sheet(plan)
    plan.measures.get(code="n").values.filter(fiscal_year=2022, side="actual").update(number=7)
    SectionYear.objects.filter(section__plan=plan, fiscal_year=2022).update(version=6)

    found = difference(without_keys(content, keep_property=True), plan)

    assert [(*one.change.sides, one.contested) for one in found.changes] == [("7", "3", True)]
    assert "計画の値か文章が変わっています。" in found.notes[1]


# --- Locks and rights ---


@pytest.mark.parametrize("state", [YearState.CONFIRMED, YearState.PUBLISHED])
def test_a_locked_cell_is_a_problem_only_where_it_was_edited(plan, state):
    in_state(plan.sections.get(), 2022, state)
    content = a_sheet(plan)
    value, text = place_of(content, "n", "actual", 2022), place_of(content, "1", "issues_text")

    found = difference(edited(content, {value: 5, text: "直した。"}), plan)

    assert (len(found.changes), found.possible) == (2, ())
    assert [one.address for one in found.problems] == sorted([value, text], key=lambda a: int(a[1:]))
    assert all("ため変更できません。" in one.sentence for one in found.problems)
    assert difference(content, plan).problems == ()


def test_a_person_with_another_department_may_write_texts_and_not_the_figures(plan):
    other = Department.objects.create(municipality=plan.municipality, name="子育て課")
    plan.access = Access(Role.EDITOR, other.pk)
    content = a_sheet(plan)
    value, text = place_of(content, "n", "actual", 2022), place_of(content, "1", "issues_text")

    found = difference(edited(content, {value: 5, text: "直した。"}), plan, access=plan.access)

    assert [one.change.address for one in found.possible] == [text]
    assert [str(one) for one in found.problems] == [
        f"{value} 「地域移行者数」令和4年度 実績値：入力する権限がありません。担当課の人に頼んでください。"
    ]
