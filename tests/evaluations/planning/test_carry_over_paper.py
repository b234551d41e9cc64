"""前の計画からの変更点: every line of the carry-over on paper and in the workbook, and nothing that is not 確定."""

import io
import re
from html import unescape

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.words import Certainty
from evaluations.planning.carry_over.report import COLUMNS, ChangeRow, change_report
from plans.access import plan_for
from plans.models import MeasureLink, PlanKind, Role, YearState
from tests.builders import a_link, a_municipality, a_plan, a_user, a_value, in_state
from tests.carry_over_plans import a_goal, confirmed, measures

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client, plans):
    person = a_user(Role.VIEWER)
    client.force_login(person)
    return person


def paper(plan, person):
    found = change_report(plan_for(person, plan.slug))
    assert found is not None
    return found


def address(plan, name="carry_over_paper"):
    return reverse(f"evaluations:{name}", args=[plan.slug])


def everything(plans):
    """One line of each kind, 継続 with 基準値 and 上乗せ, and one undecided measure on each side."""
    old, new = plans
    [same] = measures(old, "a", number=4, named="就労", label="1", title="移行者数")
    [later] = measures(
        new,
        "x",
        number=3,
        named="就労",
        label="2",
        title="移行者数",
        baseline=27,
        baseline_year=2023,
        baseline_text="第6期の実績 令和5年度：27人（確定）",
    )
    a_goal(same, 2023, 35)
    confirmed(same, y2023=27)
    a_goal(later, 2026, 45)
    a_link(new, same, later, shortfall=8, added=5, added_reason="取り戻すため。", note="同じ数え方。")
    olds = {one.code: one for one in measures(old, "b", "c", "d", "e", "f", "g", number=5, named="相談")}
    news = {one.code: one for one in measures(new, "r", "s1", "s2", "m", "n", "u", number=5, named="相談")}
    a_link(new, olds["b"], news["r"], "redefined", note="対象を広げた。")
    a_link(new, olds["c"], news["s1"], "split", note="分けた。")
    a_link(new, olds["c"], news["s2"], "split", note="分けた。")
    a_link(new, olds["d"], news["m"], "merged")
    a_link(new, olds["e"], news["m"], "merged")
    a_link(new, olds["f"], how="ended", note="事業の終了。")
    a_link(new, new=news["n"], how="new", note="国の指針に加わった。")


def printed(client, plan):
    """The lines of the page as texts, "" for a dash."""
    page = client.get(address(plan)).text
    rows = re.findall(r"<tr data-change>(.*?)</tr>", page, re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [tuple(unescape(text.replace("<br>", "\n")).replace("―", "") for text in row) for row in cells]


def filled(client, plan):
    """The lines of the workbook: rows behind the headings with more than a title in them."""
    content = client.get(address(plan, "carry_over_table")).content
    sheet = load_workbook(io.BytesIO(content)).active
    rows = [tuple(cell or "" for cell in row) for row in sheet.iter_rows(values_only=True)]
    heading = rows.index(tuple(name for name, _ in COLUMNS))
    return rows[:heading], [row for row in rows[heading + 1 :] if any(row[1:])]


def test_a_line_says_all_that_the_council_asks(plans, viewer):
    everything(plans)

    [part, *_] = paper(plans[1], viewer).parts

    assert part.title == "第3節 就労（前の計画：第4節 就労）"
    assert part.rows == (
        ChangeRow(
            how="継続",
            old="第4節 ①移行者数",
            old_goal="35人\n令和5年度",
            old_actual="27人\n令和5年度",
            new="②移行者数",
            new_goal="45人\n令和8年度",
            baseline="第6期の実績 令和5年度：27人（確定）",
            added="5人（未達成分 8人）",
            reason="同じ数え方。\n上乗せの理由：取り戻すため。",
        ),
    )


def test_counts_stand_on_top_and_what_is_undecided_is_not_hidden(plans, viewer):
    everything(plans)

    found = paper(plans[1], viewer)

    counts = [(word, count) for _, word, count in found.tally]
    # A 分割 and a 統合 are one decision each; undecided are u of the new plan and g of the old one.
    assert counts == [("継続", 1), ("見直し", 1), ("分割", 1), ("統合", 1), ("終了", 1), ("新規", 1), ("未定", 2)]
    assert [part.title for part in found.parts] == [
        "第3節 就労（前の計画：第4節 就労）",
        "第5節 相談",
        "この計画で終了した指標",
        "引き継ぎ方がまだ決まっていない前の計画の指標",
    ]
    assert [one.words for one in found.renumbered] == ["第4節 → 第3節 就労"]


def test_the_page_and_the_workbook_list_each_line_of_the_carry_over(client, plans, viewer):
    everything(plans)

    lines = {
        (link.get_how_display(), link.old.title if link.old else "", link.new.title if link.new else "", link.note)
        for link in MeasureLink.objects.filter(plan=plans[1])
    }
    on_paper, (top, in_workbook) = printed(client, plans[1]), filled(client, plans[1])

    def named(row):
        old = re.sub(r"^第\d+節 [①②]?", "", row[1])
        return row[0], old, re.sub("^[①②]", "", row[4]), row[8].split("\n")[0]

    decided = {named(row) for row in on_paper if row[0] != "未定"}
    assert (len(lines), decided) == (8, lines)
    assert in_workbook == on_paper
    assert len(on_paper) == len(lines) + 2
    assert top[0][0] == "印西市 第7期障害福祉計画　前の計画（第6期障害福祉計画）からの変更点"
    assert top[1][0] == "引き継ぎ方の内訳：継続 1件、見直し 1件、分割 1件、統合 1件、終了 1件、新規 1件、未定 2件"
    assert top[2][0] == "節の変更：第4節 → 第3節 就労"


def test_the_workbook_says_that_no_publication_holds_it(client, plans, viewer, time_machine):
    time_machine.move_to("2026-11-22 12:00:00+09:00")
    client.force_login(viewer)
    everything(plans)

    sheet = load_workbook(io.BytesIO(client.get(address(plans[1], "carry_over_table")).content)).active

    mark = "公表前の内容を含みます（2026年11月22日作成）"
    assert (sheet.cell(sheet.max_row, 1).value, sheet.oddFooter.right.text) == (mark, mark)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.MANAGER])
def test_the_paper_is_the_same_for_everybody_and_shows_no_draft(client, plans, role):
    [old], [new] = measures(plans[0], "a"), measures(plans[1], "x")
    a_link(plans[1], old, new)
    confirmed(old, y2022=20)
    a_value(old, 2023, 31337)
    in_state(old.section, 2023, YearState.SUBMITTED)
    client.force_login(a_user(role))

    [row] = printed(client, plans[1])

    assert row[3] == "20人\n令和4年度"
    assert "31337" not in client.get(address(plans[1])).text


@pytest.mark.parametrize(
    ("fields", "planned", "goal"),
    [
        ({}, None, "目標なし\n令和8年度"),
        ({"value_kind": "presence", "unit": ""}, 1, "有\n令和8年度"),
        ({"value_kind": "rate", "unit": "%"}, "66.5", "66.5%\n令和8年度"),
        ({"unit": "か所"}, 0, "0か所\n令和8年度"),
        ({"until_year": 2025}, None, "目標なし\n令和7年度"),
    ],
)
def test_a_goal_is_said_in_its_own_way(plans, viewer, fields, planned, goal):
    [new] = measures(plans[1], "x", **fields)
    if planned is not None:
        a_goal(new, 2026, planned)

    [part] = paper(plans[1], viewer).parts

    assert part.rows[0].new_goal == goal


def test_a_preliminary_actual_says_so(plans, viewer):
    [old] = measures(plans[0], "a")
    a_value(old, 2023, 27, certainty=Certainty.PRELIMINARY)
    in_state(old.section, 2023, YearState.CONFIRMED)

    [part] = paper(plans[1], viewer).parts

    assert (part.rows[0].old_actual, part.rows[0].how) == ("27人（速報）\n令和5年度", "未定")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([(4, "就労")], (3, "就労"), "第4節 → 第3節 就労"),
        ([(3, "就労")], (3, "働くこと"), "第3節 就労 → 第3節 働くこと"),
        ([(1, "移行"), (4, "就労")], (2, "就労"), "第1節 移行・第4節 → 第2節 就労"),
        ([(3, "就労")], (3, "就労"), None),
    ],
)
def test_a_section_keeps_its_identity_without_its_number(plans, viewer, before, after, words):
    number, named = after
    for place, (old_number, old_name) in enumerate(before):
        [old] = measures(plans[0], f"a{place}", number=old_number, named=old_name)
        [new] = measures(plans[1], f"x{place}", number=number, named=named)
        a_link(plans[1], old, new)

    assert [one.words for one in paper(plans[1], viewer).renumbered] == ([words] if words else [])


def test_of_a_plan_whose_measures_left_for_others_only_its_own_part_is_listed(plans, viewer):
    child = a_plan(kind=PlanKind.CHILD, generation=3, start=2024, end=2026, previous=plans[0])
    measures(plans[0], "adult")
    [old], [new] = measures(plans[0], "c"), measures(child, "c1")
    a_link(child, old, new)

    found = paper(child, viewer)

    assert [(part.title, len(part.rows)) for part in found.parts] == [("第1節 節", 1)]
    assert [(word, count) for _, word, count in found.tally] == [("継続", 1), ("未定", 0)]


def test_what_a_person_typed_is_no_formula_and_keeps_its_lines(client, plans, viewer):
    [old], [new] = measures(plans[0], "a"), measures(plans[1], "x", title="=1+1")
    a_link(plans[1], old, new, "redefined", note="=HYPERLINK()\n二行目")

    content = client.get(address(plans[1], "carry_over_table")).content

    sheet = load_workbook(io.BytesIO(content)).active
    texts = {cell.value: (cell.data_type, cell.quotePrefix) for row in sheet.iter_rows() for cell in row if cell.value}
    assert texts["=1+1"] == ("s", True)
    assert texts["=HYPERLINK()\n二行目"] == ("s", True)
    assert sheet.page_setup.orientation == "landscape"


def test_a_plan_that_follows_none_has_no_paper(client, viewer):
    alone = a_plan(generation=9, start=2030, end=2032)

    assert "前の計画が決まっていません。" in client.get(address(alone)).text
    assert client.get(address(alone, "carry_over_table")).status_code == 404


def test_strangers_find_no_paper(client, plans):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))

    answers = [client.get(address(plans[1], name)).status_code for name in ("carry_over_paper", "carry_over_table")]

    assert answers == [404, 404]
