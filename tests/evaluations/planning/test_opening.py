"""The plan that is made of a draft: what it has, its history, and what keeps it from being made."""

from io import StringIO

import pytest
from django.core.management import call_command

from core.rollup import Wording, kinds_of
from core.values import Value
from core.words import State
from evaluations.models import PlanDraft
from evaluations.planning.opening.drafts import (
    Frame,
    OwnMeasure,
    PlanExists,
    SectionPlace,
    add_own_section,
    change_frame,
    save_section,
)
from evaluations.planning.opening.opening import DraftIncomplete, open_plan
from evaluations.planning.opening.pages import draft_page
from plans.models import Change, Channel, Department, Measure, Plan, Role, Subject, YearlyValue
from plans.refusals import Conflict, Refused
from tests.builders import a_draft, a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.drafts import OWN, made, only, typed
from tests.tidy_tables import exported, planned

pytestmark = pytest.mark.django_db


def test_the_plan_has_what_was_chosen_and_nothing_else(draft, manager):
    goal = {
        "7-1-1": {
            "use": "yes",
            "baseline": "36",
            "baseline_year": "令和4年度",
            "y2026": "３人",
            "rationale": "過去の平均",
        }
    }
    stock = {"7-1-2": {"use": "yes", "form": "count", "baseline": "36", "y2026": "2"}}
    volume = {"shuro_sentaku-users": {"use": "yes", "y2024": "9", "y2025": "3", "y2026": "6"}}
    not_set = {"ryoyo_kaigo-users": {"use": "not_set", "reason": "利用者がいないため"}}
    only(draft, manager, **{"7_1": goal | stock, "nitchu": volume | not_set})

    plan = made(draft, manager)

    assert (plan.slug, plan.years, list(plan.sections.values_list("number", "title"))) == (
        "122319-7",
        (2024, 2025, 2026),
        [(1, "福祉施設の入所者の地域生活への移行"), (2, "日中活動系サービス")],
    )
    fields = ("code", "title", "label", "direction", "accumulation", "catalogue_code", "since_year", "until_year")
    assert list(plan.measures.values_list(*fields)) == [
        ("7-1-1", "地域生活への移行者数", "1", "more", "cumulative", "7-1-1", None, None),
        ("7-1-2", "施設入所者数の削減", "2", "more", "cumulative", "7-1-2", None, None),
        (
            "shuro_sentaku-users",
            "就労選択支援の利用者数",
            "1",
            "near",
            "monthly_average",
            "shuro_sentaku-users",
            2025,
            None,
        ),
        ("ryoyo_kaigo-users", "療養介護の利用者数", "2", "near", "monthly_average", "ryoyo_kaigo-users", None, None),
    ]
    values = {(v.measure.code, v.fiscal_year): v.value for v in YearlyValue.objects.select_related("measure")}
    absent = Value(state=State.NOT_SET, wording="利用者がいないため")
    assert values == {
        ("7-1-1", 2026): Value(number=3, wording="３人"),
        ("7-1-2", 2026): Value(number=2),
        ("shuro_sentaku-users", 2025): Value(number=3),
        ("shuro_sentaku-users", 2026): Value(number=6),
        **{("ryoyo_kaigo-users", year): absent for year in plan.years},
    }
    item = Measure.objects.get(code="7-1-1").target_item
    assert (item.rationale, item.national_level, item.outcome_target.title) == (
        "過去の平均",
        "令和4年度末時点の施設入所者の6%以上",
        "福祉施設の入所者の地域生活への移行",
    )
    indicator = Measure.objects.get(code="shuro_sentaku-users").activity_indicator
    assert (indicator.service.code, indicator.amount_of) == ("shuro_sentaku", "users")
    assert not PlanDraft.objects.exists()


def test_a_baseline_comes_with_its_year_and_what_it_counts(draft, manager):
    texts = {"use": "yes", "baseline": "36", "baseline_year": "令和4年度"}
    only(draft, manager, **{"7_1": {"7-1-1": texts, "7-1-2": texts}})

    made(draft, manager)

    fields = ("code", "baseline", "baseline_year", "baseline_text", "baseline_is_same_quantity")
    assert list(Measure.objects.values_list(*fields)) == [
        ("7-1-1", 36, 2022, "令和4年度末 施設入所者数 36人", False),
        ("7-1-2", 36, 2022, "令和4年度末 施設入所者数 36人", True),
    ]


def test_what_nobody_looked_at_is_made_without_values_and_without_a_proposed_baseline(manager):
    before = a_plan(generation=6)
    measure = a_measure(a_section(before), title="施設入所者数", direction="less")

    a_value(measure, 2022, 36)
    in_state(measure.section, 2022, "CONFIRMED")
    draft = a_draft(by=manager)

    plan = made(draft, manager)

    assert (
        plan.measures.filter(baseline__isnull=False).count()
        == YearlyValue.objects.filter(measure__plan=plan).count()
        == 0
    )
    assert plan.measures.get(code="7-1-2").title == "施設入所者数"


def test_parts_join_their_wholes(draft, manager):
    made(draft, manager)

    parts = Measure.objects.filter(parent__isnull=False).values_list("code", "parent__code", "parent_role")
    assert sorted(parts) == [(f"7-4-{n}", "7-4-1", "subset") for n in (2, 3, 4)]


def test_a_part_stands_alone_where_its_whole_was_left_out(draft, manager):
    only(draft, manager, **{"7_4": {"7-4-2": {"use": "yes"}}})

    made(draft, manager)

    assert list(Measure.objects.values_list("code", "parent")) == [("7-4-2", None)]


def test_users_and_days_of_one_service_share_their_number(draft, manager):
    only(
        draft,
        manager,
        kyoju={"kyodo_enjo-users": {"use": "yes"}},
        homon={code: {"use": "yes"} for code in ("kyotaku_kaigo-users", "kyotaku_kaigo-hours", "doko_engo-users")},
    )

    made(draft, manager)

    assert list(Measure.objects.values_list("code", "label")) == [
        ("kyotaku_kaigo-users", "1"),
        ("kyotaku_kaigo-hours", "1"),
        ("doko_engo-users", "2"),
        ("kyodo_enjo-users", "1"),
    ]


def test_sections_come_in_the_order_that_was_set_and_without_gaps(draft, manager):
    only(draft, manager, **{"7_1": {"7-1-1": {"use": "yes"}}, "7_3": {"7-3-1": {"use": "yes"}}})
    draft.refresh_from_db()
    change_frame(
        draft, Frame.of(draft), {"7-3": SectionPlace("拠点", 0), "7-1": SectionPlace("移行", 1)}, version=1, by=manager
    )

    plan = made(draft, manager)

    assert list(plan.sections.values_list("number", "title")) == [(1, "拠点"), (2, "移行")]


def test_a_plan_without_a_catalogue_has_what_the_city_adds(manager):
    draft = a_draft(kind="comprehensive", generation=4, by=manager)
    section = add_own_section(draft, "差別の解消", by=manager)
    save_section(draft, section, {}, own=OwnMeasure("", OWN), version=0, by=manager)

    plan = made(draft, manager)

    assert (plan.slug, plan.years) == ("122319-p4", tuple(range(2027, 2033)))
    assert list(plan.measures.values_list("section__title", "code", "catalogue_code")) == [("差別の解消", "city-1", "")]


def test_every_thing_made_has_its_line_of_history(draft, manager):
    only(draft, manager, **{"7_1": {"7-1-1": {"use": "yes", "y2026": "3", "rationale": "理由"}}})

    plan = made(draft, manager)

    lines = [(c.subject, c.field, c.new, c.by, c.channel, c.reason) for c in Change.objects.order_by("id")]
    of = (manager, Channel.SCREEN, "計画の作成")
    level = "令和4年度末時点の施設入所者の6%以上"
    assert lines == [
        (Subject.MASTER, "作成", "第7期障害福祉計画（122319-7、2024〜2026年度）", *of),
        (Subject.MASTER, "作成", "第1節 福祉施設の入所者の地域生活への移行", *of),
        (
            Subject.MASTER,
            "作成",
            f"7-1-1 地域生活への移行者数／単位：人／数値／増／累計／国の水準：{level}／考え方：理由",
            *of,
        ),
        (Subject.VALUE, "計画値", {"number": "3"}, *of),
    ]
    assert {change.plan for change in Change.objects.all()} == {plan}


def test_a_text_that_cannot_be_read_keeps_everything_from_being_made(draft, manager):
    typed(draft, "7-1", manager, {"7-1-1": {"use": "yes", "y2026": "三人"}})

    with pytest.raises(DraftIncomplete, match="読み取れない入力が1か所あります。") as refused:
        made(draft, manager)

    assert [part.key for part in refused.value.parts] == ["7-1"]
    assert (Plan.objects.count(), Change.objects.count(), PlanDraft.objects.count()) == (0, 0, 1)


def test_a_draft_that_somebody_changed_since_is_not_made(draft, manager):
    page = draft_page(draft)
    typed(draft, "7-1", manager, {"7-1-1": {"use": "yes", "y2026": "3"}})

    with pytest.raises(Conflict):
        open_plan(draft, Frame.of(draft), {}, version=draft.version, seen=page.seen, by=manager, channel=Channel.SCREEN)

    assert not Plan.objects.exists()


def test_a_plan_made_meanwhile_is_not_made_twice(draft, manager):
    plan = a_plan(generation=7, start=2024, end=2026)

    with pytest.raises(PlanExists) as refused:
        made(draft, manager)

    assert refused.value.plan == plan


def test_a_manager_with_a_department_makes_plans_without_values_alone(draft):
    office = Department.objects.create(municipality=a_municipality(), name="障がい福祉課")
    manager = a_user(Role.MANAGER, department=office)
    only(draft, manager, **{"7_1": {"7-1-1": {"use": "yes", "y2026": "3"}}})

    with pytest.raises(Refused, match="自分の課の指標にしか値を入力できません"):
        made(draft, manager)

    only(draft, manager, **{"7_1": {"7-1-1": {"use": "yes", "y2026": ""}}})
    assert made(draft, manager).measures.count() == 1


def test_a_stock_and_a_count_of_reduction_are_never_added_up(draft, manager):

    texts = {"use": "yes", "baseline": "36"}
    only(draft, manager, **{"7_1": {"7-1-2": texts}})
    made(draft, manager)
    other = a_municipality("129992", "みほん市（架空）")
    their = a_user(Role.MANAGER, other)
    second = a_draft(other, by=their)
    only(second, their, **{"7_1": {"7-1-2": texts | {"form": "count"}}})
    made(second, their)

    wording = ("catalogue_code", "family", "title", "unit", "value_kind", "accumulation")
    kinds = kinds_of((Wording(*row), 1) for row in Measure.objects.values_list(*wording))

    assert len(set(kinds.values())) == 2


def test_a_plan_that_was_opened_comes_out_and_in_again_without_a_change(draft, manager):
    texts = {
        "7_1": {"7-1-1": {"use": "yes", "baseline": "36", "baseline_year": "R4", "y2026": "３人以上"}},
        "nitchu": {
            "shuro_sentaku-users": {"use": "yes", "y2025": "3", "y2026": "0"},
            "ryoyo_kaigo-users": {"use": "not_set", "reason": "利用者がいないため"},
        },
        "7_7": {"7-7-1": {"use": "yes", "y2026": "有"}},
    }
    only(draft, manager, **texts)
    made(draft, manager)

    rows = exported("122319-7")

    assert planned(*rows).changes == planned(*rows).problems == ()
    outside = next(row for row in rows if (row["指標コード"], row["年度"]) == ("shuro_sentaku-users", "2024"))
    assert (outside["計画値"], outside["実績値"], outside["実績値状態"]) == ("", "", "該当なし")


def test_every_figure_of_a_full_plan_is_verified(draft, manager):
    made(draft, manager)
    out = StringIO()

    call_command("verify_figures", "122319-7", stdout=out)

    count = Measure.objects.count()
    assert out.getvalue().strip() == f"印西市 第7期障害福祉計画（122319-7） {count * 3}行 一致"
    assert count > 100
