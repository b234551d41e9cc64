"""Both carry-overs of the demo, by their verbs: 印西市 第6期 → 第7期 and みほん市（架空） 第7期 → 第8期."""

from decimal import Decimal

import pytest

from core.lineage import How, LineageLink
from core.values import EMPTY, Value
from core.words import Side
from evaluations.planning.carry_over.baselines import baseline_lines, take_baselines
from evaluations.planning.carry_over.comparison import comparison_of
from evaluations.planning.carry_over.copying import add_to_plan
from evaluations.planning.carry_over.deciding import decide
from evaluations.planning.carry_over.page import proposals_of
from evaluations.planning.carry_over.report import change_report
from evaluations.planning.carry_over.shortfalls import put_on_top, shortfalls
from plans.access import plan_for
from plans.actions import CellChange, record_values
from plans.models import Channel, Measure, MeasureLink, Plan, Role, Section
from plans.workflow import MOVE_BY_NAME, move_section_year
from tests.builders import a_measure, a_plan, a_section, a_user
from tests.carry_over_plans import lines, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def comparison(plan):
    found = comparison_of(Plan.objects.select_related("municipality").get(pk=plan.pk))
    assert found is not None
    return found


def record(measure, year, side, number, by):
    change = CellChange(measure, year, side, EMPTY, Value(number=Decimal(number)))
    record_values([change], by=by, channel=Channel.SCREEN)


def settle(section: Section, year: int, by):
    for name in ("submit", "confirm"):
        move_section_year(section, year, MOVE_BY_NAME[name], by=by, channel=Channel.SCREEN)


def test_a_real_city_opens_its_next_plan_from_its_own_24_measures():
    old = Plan.objects.get(slug="122319-6")
    new = a_plan(old.municipality, generation=7, start=2024, end=2026, previous=old)
    by = a_user(Role.MANAGER, old.municipality, username="kanri")

    # All 24 come along, without any code of the catalogue, into seven 節 of the same names.
    assert {measure.catalogue_code for measure in old.measures.all()} == {""}
    add_to_plan(new, [measure.code for measure in old.measures.all()], by=by, channel=Channel.SCREEN)
    assert lines(new) == sorted((m.code, m.code, "same", "") for m in old.measures.all())
    same = ("section__number", "section__title", "code", "order", "title", "unit", "direction", "definition")
    assert list(new.measures.values_list(*same)) == list(old.measures.values_list(*same))

    # One of them is redefined.
    redefined = LineageLink(How.REDEFINED, ("4-2",), ("4-2",), "新規利用者から利用者全体に数え方を変えた。")
    decide(new, [redefined], seen=seen(new), by=by, channel=Channel.SCREEN)

    # The last year of 第4節 comes in: 12 of 17, 10 of 12, 50 % of 100.
    section = old.sections.get(number=4)
    for code, actual in (("4-1", 12), ("4-2", 10), ("4-3", 50)):
        record(old.measures.get(code=code), 2023, Side.ACTUAL, actual, by)
    settle(section, 2023, by)

    # 基準値 are proposed from what is 確定: of 第4節 令和5年度, of the others 令和4年度, of 1-2 and 5-1 nothing.
    marks = {one.new.code: one.mark for one in baseline_lines(comparison(new)) if one.proposal}
    take_baselines(new, marks, ["2-3"], by=by)
    taken = dict(new.measures.exclude(baseline=None).values_list("code", "baseline_text"))
    assert len(taken) == 22
    assert (taken["4-1"], taken["2-3"], taken["4-2"]) == (
        "第6期の実績 令和5年度：12人（確定）",
        "第6期の実績 令和4年度：27人（確定）",
        "第6期の実績 令和5年度：10人（確定）",
    )
    assert [m.code for m in Measure.objects.filter(plan=new, baseline_is_same_quantity=True)] == ["2-3"]

    # The two goals in 人 were missed by 5 and 2; the share is no 数値. The city puts 3 of the 5 on top of 20.
    record(new.measures.get(code="4-1"), 2026, Side.PLANNED, 20, by)
    missed = {one.new.code: one for one in shortfalls(comparison(new)).lines}
    assert {code: one.amount for code, one in missed.items()} == {"4-1": 5, "4-2": 2}
    put_on_top(
        new,
        "4-1",
        "4-1",
        Decimal(3),
        "3人は支援員を増やして取り戻す。",
        mark=missed["4-1"].mark,
        by=by,
        channel="screen",
    )
    assert new.measures.get(code="4-1").values.get(side=Side.PLANNED).number == 23

    # The paper lists each of the 24 lines.
    paper = change_report(plan_for(by, new.slug))
    assert paper is not None
    rows = [row for part in paper.parts for row in part.rows]
    assert [(word, count) for _, word, count in paper.tally] == [("継続", 23), ("見直し", 1), ("未定", 0)]
    assert len(rows) == MeasureLink.objects.filter(plan=new).count() == 24
    [changed] = [row for row in rows if row.how == "見直し"]
    assert (changed.old, changed.reason) == ("第4節 ②就労定着支援事業の新規利用者", redefined.note)
    [raised] = [row for row in rows if row.added]
    assert (raised.new_goal, raised.added) == ("23人\n令和8年度", "3人（未達成分 5人）")


def test_the_sample_city_opens_its_next_plan_from_the_catalogue_and_what_it_had():
    old = Plan.objects.get(slug="129992-7")
    new = a_plan(old.municipality, generation=8, start=2027, end=2029, previous=old)
    by = a_user(Role.MANAGER, old.municipality, username="kanri")
    # Opened from the catalogue: goals by their codes, volumes by theirs; 第2節 of before is now the third.
    goals = {
        (1, "福祉施設の入所者の地域生活への移行"): [("8-1-1", "地域生活への移行者数"), ("8-1-2", "施設入所者数の削減")],
        (2, "精神障害にも対応した地域包括ケアシステム"): [("8-2-6", "心のサポーター数")],
        (3, "福祉施設から一般就労への移行等"): [("8-3-1", "一般就労への移行者数")],
    }
    for (number, title), found in goals.items():
        section = a_section(new, number, title)
        for code, name in found:
            is_stock = code == "8-1-2"
            facts = {"accumulation": "cumulative" if code == "8-1-1" else "year_end" if is_stock else "year_total"}
            a_measure(section, code, title=name, catalogue_code=code, **facts)
    volumes = a_section(new, 4, "訪問系サービス")
    for code in ("kyotaku_kaigo-users", "kyotaku_kaigo-hours"):
        mine = old.measures.select_related("activity_indicator").get(code=code)
        copy = a_measure(
            volumes,
            code,
            family="indicator",
            title=f"{mine.title}（月平均）",
            catalogue_code=code,
            unit=mine.unit,
            direction="near",
            accumulation="monthly_average",
        )
        copy.activity_indicator.service = mine.activity_indicator.service
        copy.activity_indicator.save()

    # What is alike is proposed: volumes by their code, goals by their names; the rest of 第8期 is new.
    proposals = proposals_of(comparison(new))
    assert [
        (one.lineage.how.label, one.lineage.olds, one.lineage.news, one.basis) for one in proposals if one.is_found
    ] == [
        ("継続", ("kyotaku_kaigo-users",), ("kyotaku_kaigo-users",), "同じサービスの同じ量"),
        ("継続", ("kyotaku_kaigo-hours",), ("kyotaku_kaigo-hours",), "同じサービスの同じ量"),
        ("継続", ("1-1",), ("8-1-1",), "同じ指標名"),
        ("継続", ("2-1",), ("8-3-1",), "同じ指標名"),
    ]
    decide(new, [one.lineage for one in proposals if one.is_found], seen=seen(new), by=by, channel=Channel.SCREEN)
    reversed_goal = LineageLink(How.REDEFINED, ("1-2",), ("8-1-2",), "入所者数の上限から、削減する人数に変えた。")
    fresh = LineageLink(How.NEW, news=("8-2-6",), note="国の基本指針に加わった。")
    ended = LineageLink(How.ENDED, ("nitchu_ichiji-users",), note="事業を移動支援にまとめたため。")
    decide(new, [reversed_goal, fresh, ended], seen=seen(new), by=by, channel=Channel.SCREEN)

    # Everything else comes along as it was.
    rest = [measure.code for measure in comparison(new).open_olds]
    add_to_plan(new, rest, by=by, channel=Channel.SCREEN)

    paper = change_report(plan_for(by, new.slug))
    assert paper is not None
    assert len(rest) == 39 - 6
    assert [(word, count) for _, word, count in paper.tally] == [
        ("継続", 37),
        ("見直し", 1),
        ("終了", 1),
        ("新規", 1),
        ("未定", 0),
    ]
    assert [one.words for one in paper.renumbered] == [
        "第2節 → 第3節 福祉施設から一般就労への移行等",
        "第3節 → 第5節 相談支援体制の充実・強化等",
        "第5節 → 第6節 日中活動系サービス",
        "第6節 → 第7節 居住系サービス",
        "第7節 → 第8節 相談支援",
        "第8節 → 第9節 障害児支援",
        "第9節 → 第10節 地域生活支援事業",
    ]
    # 内数 stays inside its whole; the part and the whole were copied together.
    part = new.measures.select_related("parent").get(code="kyodo_enjo-users-seishin")
    assert (part.parent and part.parent.code, part.parent_role) == ("kyodo_enjo-users", "subset")
    rows = [row for each in paper.parts for row in each.rows]
    assert len(rows) == MeasureLink.objects.filter(plan=new).count() == 40
