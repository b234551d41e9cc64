"""The history of a volume: over the plans, as far as it is 継続 and the reader may see it; and several added up."""

from decimal import Decimal

import pytest
import time_machine
from django.http import Http404

from core.lineage import How
from core.words import Certainty, Side, State
from indicators.volumes.ground import ground_of
from indicators.volumes.misses import misses_of
from indicators.volumes.services import HOME_VISITS, volumes_of, with_service
from plans.access import Access
from plans.models import Measure, MeasureLink, Role, YearState
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_value, a_volume, in_state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_2026")]

EDITOR, VIEWER = Access(Role.EDITOR), Access(Role.VIEWER)
SAME = How.SAME


@pytest.fixture
def _in_2026():
    with time_machine.travel("2026-06-01"):
        yield


@pytest.fixture
def plan():
    """第7期 2024–2026; 2024 is 確定."""
    plan = a_plan(generation=7, start=2024, end=2026)
    in_state(a_section(plan), 2024, YearState.CONFIRMED)
    return plan


@pytest.fixture
def home_help(plan):
    """居宅介護: 60 people and 900 hours in 2024, 63 and 1,008 in 2025."""
    users, hours = a_volume(plan.sections.get())
    for year, number, amount in ((2024, 60, 900), (2025, 63, 1008)):
        a_value(users, year, number)
        a_value(hours, year, amount)
    return users, hours


def history(plan, key="kyotaku_kaigo", access=EDITOR):
    return ground_of(plan, key, access).history


def printed(years):
    return [(one.year, one.users, one.amount, one.per_user) for one in years]


def test_users_amount_and_use_per_user_stand_by_year(plan, home_help):
    assert printed(history(plan)) == [(2024, 60, 900, 15), (2025, 63, 1008, 16)]


def test_years_to_come_are_not_there_and_a_missing_one_is_said(plan, home_help):
    Measure.objects.get(code="kyotaku_kaigo-hours").values.filter(fiscal_year=2025).delete()

    last = history(plan)[-1]

    assert (last.year, last.users, last.amount, last.amount_word, last.per_user) == (2025, 63, None, "未入力", None)


@pytest.mark.parametrize(("users", "amount"), [(0, 0), (0, 5), (None, 5), (5, None)])
def test_nothing_is_divided_by_nobody_or_by_what_is_not_entered(plan, users, amount):
    counted, hours = a_volume(plan.sections.get())
    for measure, number in ((counted, users), (hours, amount)):
        if number is not None:
            a_value(measure, 2024, number)

    assert [one.per_user for one in history(plan) if one.year == 2024] == [None]


def test_a_reader_without_drafts_sees_the_confirmed_years_alone(plan, home_help):
    first, last = history(plan, access=VIEWER)

    assert printed([first]) == [(2024, 60, 900, 15)]
    assert (last.users, last.users_word, last.amount_word, last.is_usable, last.is_hidden) == (
        None,
        "確認中",
        "確認中",
        False,
        True,
    )


@pytest.mark.parametrize("side", [0, 1])
def test_an_outlook_is_shown_and_no_forecast_stands_on_it(plan, home_help, side):
    home_help[side].values.filter(fiscal_year=2025).update(certainty=Certainty.EXPECTED)

    last = history(plan)[-1]

    assert (last.users, last.amount, last.is_usable) == (63, 1008, False)
    assert last.why_not == "確定度が「見込み」のため、もとにしません。"


# --- Plans before ---


@pytest.fixture
def before(plan, home_help):
    """第6期 2021–2023, 居宅介護: 50 and 700 in 2022 (確定), 55 and 800 in 2023 (a draft)."""
    older = a_plan(a_municipality(), generation=6)
    section = a_section(older)
    in_state(section, 2022, YearState.CONFIRMED)
    users, hours = a_volume(section)
    for year, number, amount in ((2022, 50, 700), (2023, 55, 800)):
        a_value(users, year, number)
        a_value(hours, year, amount)
    a_value(users, 2023, 58, side=Side.PLANNED)
    return users, hours


def link(plan, news, olds, how=SAME):
    for new, old in zip(news, olds, strict=True):
        MeasureLink.objects.create(plan=plan, old=old, new=new, how=how)


def test_what_a_measure_continues_stands_before_it_with_its_plan(plan, home_help, before):
    link(plan, home_help, before)

    found = history(plan)

    assert printed(found)[:2] == [(2022, 50, 700, 14), (2023, 55, 800, Decimal(800) / 55)]
    assert [one.plan_name for one in found] == ["第6期障害福祉計画", "第6期障害福祉計画", "", ""]


def test_the_chain_goes_back_over_several_plans(plan, home_help, before):
    oldest = a_plan(a_municipality(), generation=5, start=2018, end=2020)
    [users] = a_volume(a_section(oldest), "kyotaku_kaigo", "")
    a_value(users, 2020, 40)
    link(plan, home_help, before)
    link(before[0].plan, before[:1], [users])

    assert [(one.year, one.users) for one in history(plan)][0] == (2020, 40)


@pytest.mark.parametrize("how", [How.REDEFINED, How.SPLIT, How.MERGED])
def test_a_series_that_was_broken_is_not_continued(plan, home_help, before, how):
    link(plan, home_help, before, how)

    assert [one.year for one in history(plan)] == [2024, 2025]


def test_a_chain_that_comes_back_on_itself_has_an_end(plan, home_help, before):
    link(plan, home_help, before)
    link(plan, before, home_help)

    assert [one.year for one in history(plan)] == [2022, 2023, 2024, 2025]


def test_drafts_of_a_plan_before_stay_drafts(plan, home_help, before):
    link(plan, home_help, before)

    found = history(plan, access=VIEWER)

    assert [(one.year, one.users, one.users_word) for one in found] == [
        (2022, 50, ""),
        (2023, None, "確認中"),
        (2024, 60, ""),
        (2025, None, "確認中"),
    ]


# --- Several together ---


@pytest.fixture
def home_visits(plan, home_help):
    """With 同行援護: 7 people and 140 hours in 2024, 8 and 152 in 2025."""
    users, hours = a_volume(plan.sections.get(), "doko_engo")
    for year, number, amount in ((2024, 7, 140), (2025, 8, 152)):
        a_value(users, year, number)
        a_value(hours, year, amount)
    return users, hours


def test_the_home_visits_are_added_up(plan, home_visits):
    found = history(plan, HOME_VISITS)

    assert printed(found) == [(2024, 67, 1040, Decimal(1040) / 67), (2025, 71, 1160, Decimal(1160) / 71)]
    assert [(one.is_usable, one.excluded) for one in found] == [(True, ()), (True, ())]


def test_a_service_without_both_figures_is_in_neither_sum_and_named(plan, home_visits):
    _, hours = home_visits
    hours.values.filter(fiscal_year=2025).delete()

    last = history(plan, HOME_VISITS)[-1]

    assert (last.users, last.amount, last.excluded) == (63, 1008, ("同行援護（量が未入力）",))
    assert (last.is_usable, last.why_not) == (False, "そろっていないサービスがあるため、見込みのもとにしません。")


def test_a_service_that_nobody_used_is_missing_from_no_sum(plan, home_visits):
    for measure in home_visits:
        measure.values.filter(fiscal_year=2025).delete()
        a_value(measure, 2025, state=State.NOT_APPLICABLE)

    last = history(plan, HOME_VISITS)[-1]

    assert (last.users, last.excluded, last.is_usable) == (63, ("同行援護（該当なし）",), True)


def test_a_year_in_which_no_service_counts_has_no_sum(plan, home_visits, home_help):
    for measure in (*home_visits, *home_help):
        measure.values.filter(fiscal_year=2025).delete()

    last = history(plan, HOME_VISITS)[-1]

    assert (last.users, last.users_word, last.is_usable) == (None, "足せる実績なし", False)


def test_one_service_alone_is_no_group(plan, home_help):
    assert [volume.key for volume in volumes_of(with_service(plan))] == ["kyotaku_kaigo"]


def test_a_service_of_other_units_is_left_out_by_name(plan, home_visits):
    a_volume(plan.sections.get(), "kodo_engo", unit="回/年")
    a_volume(plan.sections.get(), "judo_homon", "")

    group = next(volume for volume in volumes_of(with_service(plan)) if volume.is_group)

    assert [member.service.name for member in group.members] == ["居宅介護", "同行援護"]
    assert group.left_out == ("行動援護（単位か集計が違います）", "重度訪問介護（量の指標がありません）")


# --- What is forecast at all ---


@pytest.mark.parametrize("fields", [{"value_kind": "rate"}, {"accumulation": "cumulative"}, {"value_kind": "presence"}])
def test_what_is_no_number_of_a_year_is_not_forecast(plan, fields):
    a_volume(plan.sections.get(), "seikatsu_kaigo", "", **fields)

    with pytest.raises(Http404, match="この計画に"):
        ground_of(plan, "seikatsu_kaigo", EDITOR)


def test_a_part_of_a_whole_is_not_forecast_in_its_place(plan):
    [whole] = a_volume(plan.sections.get(), "kyodo_enjo", "", order=2)
    part = a_measure(plan.sections.get(), "part", family="indicator", order=1, parent=whole, parent_role="subset")
    type(part.activity_indicator).objects.filter(measure=part).update(
        service=whole.activity_indicator.service, amount_of="users"
    )

    assert ground_of(plan, "kyodo_enjo", EDITOR).volume.members[0].users == whole


def test_a_service_that_counts_no_users_is_forecast_by_what_it_counts(plan):
    [count] = a_volume(plan.sections.get(), "ishi_sotsu", "", unit="件")
    type(count.activity_indicator).objects.update(amount_of="count")

    volume = ground_of(plan, "ishi_sotsu", EDITOR).volume

    assert (volume.members[0].users, volume.has_amount, volume.users_word) == (count, False, count.title)


# --- The miss ---


def misses(plan, key="kyotaku_kaigo", access=EDITOR):
    ground = ground_of(plan, key, access)
    return misses_of(ground.volume, ground.rows, until=plan.due_year)


def a_plan_for(measures, year, users, amount):
    for measure, number in zip(measures, (users, amount), strict=True):
        a_value(measure, year, number, side=Side.PLANNED)


def test_a_miss_is_split_year_by_year(plan, home_help):
    # 2024: 62 × 15 = 930 planned. (60 − 62) × 15 = −30, and 900 + 30 − 930 = 0.
    a_plan_for(home_help, 2024, 62, 930)

    first, second = misses(plan)

    assert (first.split.by_users, first.split.by_use, first.split.total) == (-30, 0, -30)
    assert (second.split, second.why_not) == (
        None,
        "計画と実績の、人数と量のどれかが数値でないため、分けられません。",
    )


def test_the_miss_of_several_is_that_of_their_sums(plan, home_help, home_visits):
    # 70 × 15 = 1,050 planned, 67 and 1,040 came: −3 × 15 = −45, and 35 for the rest.
    a_plan_for(home_help, 2024, 62, 930)
    a_plan_for(home_visits, 2024, 8, 120)

    found = misses(plan, HOME_VISITS)[0]

    assert (found.planned.users, found.planned.amount) == (70, 1050)
    assert (found.split.by_users, found.split.by_use, found.split.total) == (-45, 35, -10)


def test_a_service_without_all_four_figures_is_left_out_of_a_miss_by_name(plan, home_help, home_visits):
    a_plan_for(home_help, 2024, 62, 930)

    found = misses(plan, HOME_VISITS)[0]

    assert (found.excluded, found.split.total) == (("同行援護",), -30)


def test_a_draft_is_not_split_before_eyes_that_may_not_see_it(plan, home_help):
    a_plan_for(home_help, 2024, 62, 930)
    a_plan_for(home_help, 2025, 64, 960)

    first, second = misses(plan, access=VIEWER)

    assert (first.split.total, second.split, second.actual.amount) == (-30, None, None)
    assert second.why_not == "実績が確定していないため、まだ分けられません。"


def test_without_an_amount_there_is_nothing_to_split(plan):
    [users] = a_volume(plan.sections.get(), "shisetsu_nyusho", "")
    a_value(users, 2024, 57)

    assert misses(plan, "shisetsu_nyusho") == ()


def test_a_service_that_ends_is_forecast_to_its_end(plan, home_help):
    users, _ = home_help
    type(users).objects.filter(pk=users.pk).update(until_year=2025)

    ground = ground_of(plan, "kyotaku_kaigo", EDITOR)

    assert (ground.plan_years, [one.year for one in ground.usable_years]) == ((2024, 2025), [2024])
