"""What an evaluation sheet says: true figures and words in the new edition, and the boxes of the control sheet."""

from datetime import date
from decimal import Decimal

import pytest

from core.sheets.book import SheetBook
from core.sheets.design import Content, Edition, Line, Measures
from core.sheets.notes import notes_of
from core.words import Direction, Family, Side, State, ValueKind
from evaluations.models import ActionItem, CouncilOpinion, Evaluation
from evaluations.reports.sheets.of_plan import sheet_book
from plans.access import Access
from plans.models import Plan, Role, YearState
from plans.refusals import Refused
from plans.sheet_layouts import SheetForm, form_of
from targets.models import TargetItem
from tests.builders import a_full_plan, a_measure, a_plan, a_section, a_value, in_state

pytestmark = pytest.mark.django_db
READING_NOTE = (
    "判定：増やす指標は実績値が計画値以上、減らす指標は計画値以下のときに「達成」。"
    "見込みの指標は達成率が85.5%以上120%以下のときに「見込みどおり」。"
)
TRUE_LINES = (Line.PLANNED, Line.ACTUAL, Line.DIFFERENCE, Line.ACHIEVEMENT_RATE, Line.READING)


def book(plan: Plan, layout="inzai", edition="new", year=2022, access=None) -> SheetBook:
    return sheet_book(plan, year, access=access, form=form_of(plan, layout, edition))


def texts(plan: Plan, **more) -> dict[Content, str]:
    return book(plan, "kanri", **more).parts[0][0].texts


def lines_of(plan: Plan, year_place: int, **more) -> tuple:
    (block,) = book(plan, **more).parts[0][0].blocks[Measures.BLOCKS]
    return tuple(block.values[line][year_place] for line in TRUE_LINES)


def an_opinion(plan: Plan, number=1, **fields) -> CouncilOpinion:
    given = {"council": "協議会", "held_on": date(2023, 7, 1), "opinion": "居場所が足りない。"} | fields
    return plan.opinions.create(fiscal_year=2022, number=number, **given)


def test_the_new_edition_prints_the_true_figures():
    measure = a_measure(a_section(a_plan()))
    a_value(measure, 2021, 16, side=Side.PLANNED)
    a_value(measure, 2021, 18)

    assert lines_of(measure.plan, 0) == (Decimal(16), Decimal(18), Decimal(2), Decimal("112.5"), "達成")


@pytest.mark.parametrize(
    ("state", "new", "old"),
    [
        (None, (Decimal(4), "未入力", None, None, "未入力"), None),
        (State.PENDING, (Decimal(4), "集計中", None, None, "集計中"), "集計中"),
    ],
)
def test_a_year_without_a_number_says_so_in_the_new_edition(state, new, old):
    measure = a_measure(a_section(a_plan()))
    a_value(measure, 2022, 4, side=Side.PLANNED)
    if state:
        a_value(measure, 2022, state=state)

    assert lines_of(measure.plan, 1) == new
    assert lines_of(measure.plan, 1, edition="old")[1] == old


def test_a_zero_deviation_is_minus_nothing_and_a_share_differs_in_points():
    measure = a_measure(a_section(a_plan()), value_kind=ValueKind.RATE, direction=Direction.NEAR)
    a_value(measure, 2021, 100, side=Side.PLANNED)
    a_value(measure, 2021, "66.6667", numerator=Decimal(2), denominator=Decimal(3))

    assert lines_of(measure.plan, 0) == (
        Decimal(100),
        Decimal("66.7"),
        Decimal("-33.3"),
        Decimal("66.7"),
        "見込みを下回る",
    )


def test_words_without_a_number_are_printed_as_they_were_typed():
    measure = a_measure(a_section(a_plan()), value_kind=ValueKind.TEXT)
    a_value(measure, 2022, state=State.WORDS_ONLY, wording="検討を行った")

    assert lines_of(measure.plan, 1)[1] == "検討を行った"


def test_of_a_year_after_the_sheets_the_plan_alone_is_known():
    measure = a_measure(a_section(a_plan()))
    a_value(measure, 2023, 4, side=Side.PLANNED)
    a_value(measure, 2023, 3)

    assert lines_of(measure.plan, 2) == (Decimal(4), None, None, None, None)


def test_the_formulas_of_what_is_printed_stand_under_the_table():
    plan = a_plan(near_low=Decimal("85.5"))

    new, old, control = book(plan).notes, book(plan, edition="old").notes, book(plan, "kanri").notes

    assert new == (
        "差 ＝ 実績値 − 計画値。割合の指標では、ポイントの差です。",
        "達成率 ＝ 実績値 ÷ 計画値 × 100。計画値がない年度と、計画値が0の年度は空欄です。",
        READING_NOTE,
        "「未入力」は、まだ入力していないことを表し、0という意味ではありません。",
        "表のない目標は、成果目標の概要と実績の文章に記載しています。",
    )
    assert old == (
        "乖離値（旧様式）＝ 実績値 ÷ 計画値 × 100。計画値がない年度は空欄です。",
        "実績が未入力の年度も乖離値は 0.0% と印刷されますが、実績が0という意味ではありません。",
        "表のない目標は、成果目標の概要と実績の文章に記載しています。",
    )
    assert control == ("「未入力」は、まだ入力していないことを表し、0という意味ではありません。",)


def test_every_derived_line_has_its_formula():
    derived = [line for line in Line if line not in (Line.PLANNED, Line.ACTUAL)]

    notes = [notes_of([line], Edition.NEW, near_low=Decimal(80), near_high=Decimal(120)) for line in derived]

    assert all(line.label in notes[place][0] for place, line in enumerate(derived))


def test_the_control_sheet_shows_every_target_and_the_indicators_that_belong_to_the_section(plan):
    first, second = a_section(plan), a_section(plan, 2, "居住系サービス")
    a_measure(first, "t-1", sheet_block=False, order=1)
    a_measure(first, "i-1", family=Family.INDICATOR, order=2)
    related = a_measure(second, "i-2", family=Family.INDICATOR)
    related.activity_indicator.related_sections.add(first)

    one, two = book(plan, "kanri").parts[0]

    shown = [
        [[b.code for b in s.blocks.get(m, ())] for m in (Measures.TARGETS, Measures.INDICATORS)] for s in (one, two)
    ]
    assert shown == [[["t-1"], ["i-1", "i-2"]], [[], ["i-2"]]]


def test_the_boxes_of_the_control_sheet_are_filled_from_where_they_are_kept(section):
    measure = a_measure(section, label="1", title="地域移行者数")
    TargetItem.objects.filter(measure=measure).update(rationale="国の指針の6%以上から求めた。")
    row = in_state(section, 2022, YearState.DRAFT)
    Evaluation.objects.create(section_year=row, check_text="届かなかった。", proposal="訪問を増やす。")
    an_opinion(section.plan, section=section, speaker="家族会", response="空き家を調べます。")
    an_opinion(section.plan, 2, measure=measure, opinion="送迎がほしい。")
    ActionItem.objects.create(
        plan=section.plan, section=section, fiscal_year=2022, action="空き家の調査", owner="福祉課", due_year=2023
    )

    found = texts(section.plan)

    assert found[Content.RATIONALE] == "①地域移行者数：国の指針の6%以上から求めた。"
    assert (found[Content.CHECK_TEXT], found[Content.PROPOSAL]) == ("届かなかった。", "訪問を増やす。")
    assert found[Content.OPINIONS] == (
        "■協議会（2023年7月1日）1　居場所が足りない。（家族会）\n→空き家を調べます。\n"
        "■協議会（2023年7月1日）2　送迎がほしい。"
    )
    assert found[Content.ACTIONS] == "・空き家の調査（担当：福祉課、期限：令和5年度）"


def test_an_opinion_on_no_section_is_counted_under_the_table(plan):
    a_section(plan)
    an_opinion(plan)

    assert "節を決めていない協議会等の意見が1件あります。" in book(plan, "kanri").notes[-1]


@pytest.mark.parametrize(
    ("role", "state", "opinions", "actions"),
    [
        (Role.EDITOR, YearState.DRAFT, 2, "・空き家の調査"),
        (Role.VIEWER, YearState.DRAFT, 1, "確認中"),
        (Role.VIEWER, YearState.CONFIRMED, 1, "・空き家の調査"),
    ],
)
def test_the_control_sheet_shows_opinions_and_promises_to_those_who_may_see_them(
    role, state, opinions, actions, section
):
    in_state(section, 2022, state)
    an_opinion(section.plan, section=section, published=True)
    an_opinion(section.plan, 2, section=section)
    ActionItem.objects.create(plan=section.plan, section=section, fiscal_year=2022, action="空き家の調査")

    found = texts(section.plan, access=Access(role))

    assert (found[Content.OPINIONS].count("■"), found[Content.ACTIONS]) == (opinions, actions)


@pytest.mark.parametrize(("layout", "queries"), [("inzai", 5), ("kanri", 7)])
@pytest.mark.parametrize("measures", [1, 30])
def test_a_sheet_asks_no_more_for_more(measures, layout, queries, django_assert_num_queries):
    plan = a_full_plan(measures)

    with django_assert_num_queries(queries):
        book(plan, layout)


def test_a_plan_says_which_layout_it_has():
    plan = a_plan(sheet_layout="kanri", sheet_edition="new")

    form = form_of(plan)

    assert (form.design.key, form.edition) == ("kanri", Edition.NEW)


def test_no_layout_is_made_up(plan):
    with pytest.raises(Refused, match="「none」はありません"):
        form_of(plan, "none")
    with pytest.raises(Refused, match="old・new"):
        form_of(plan, edition="newest")
    assert form_of(plan, "inzai", "new") == SheetForm(form_of(plan).design, Edition.NEW)
