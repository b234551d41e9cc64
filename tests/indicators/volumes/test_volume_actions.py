"""The verbs of forecasts: what is kept, what goes into the plan, who may, and what two people do to each other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.values import EMPTY, Value
from core.volumes import Effect, PerUser, Scenario, Spread
from core.words import Side
from indicators.models import ForecastFactor, TakenVolume, VolumeForecast, VolumeTaking
from indicators.volumes.actions import save_forecast, take_over_forecast, worked_out
from indicators.volumes.content import Factor, ForecastContent
from indicators.volumes.ground import ground_of
from indicators.volumes.services import HOME_VISITS
from plans.actions import CellChange, record_values
from plans.models import Change, Channel, Department, Role, Subject, YearState
from plans.refusals import ChangesRefused, Conflict, Refused
from tests.builders import a_municipality, a_plan, a_section, a_service, a_user, a_value, a_volume, in_state

pytestmark = pytest.mark.django_db

D = Decimal
REASON = "卒業予定者が毎年2人いるため。"


@pytest.fixture
def plan():
    """A plan of five years, of which the last three, 2027–2029, are to be forecast."""
    return a_plan(generation=8, start=2025, end=2029)


@pytest.fixture
def measures(plan):
    """居宅介護: 60 people and 900 hours in 2025, 63 and 1,008 in 2026."""
    users, hours = a_volume(a_section(plan))
    for year, number, amount in ((2025, 60, 900), (2026, 63, 1008)):
        a_value(users, year, number)
        a_value(hours, year, amount)
    return users, hours


NEEDS = Factor("障害者等のニーズ", D(2), "人", "学校への照会", effect=Effect.ADD, spread=Spread.EACH)
CHOICE = ForecastContent(basis_year=2026, scenario=Scenario.ARITHMETIC, reason=REASON, factors=(NEEDS,))


def volume_of(plan, key="kyotaku_kaigo"):
    return ground_of(plan, key, None).volume


def save(plan, by, content=CHOICE, version=0, key="kyotaku_kaigo"):
    return save_forecast(plan, volume_of(plan, key), content, version=version, by=by, channel=Channel.SCREEN)


def seen(plan, by, *years, key="kyotaku_kaigo"):
    """What the page would have shown this person of these years."""
    bench = worked_out(plan, volume_of(plan, key), by)
    return [
        CellChange(cell.measure, cell.year, Side.PLANNED, cell.old, cell.new)
        for one in bench.planned
        for cell in one.cells
        if not years or one.year in years
    ]


def take(plan, by, wanted, version=1, key="kyotaku_kaigo"):
    return take_over_forecast(plan, volume_of(plan, key), wanted, version=version, by=by, channel=Channel.SCREEN)


def planned(measure):
    return {row.fiscal_year: row.number for row in measure.values.filter(side=Side.PLANNED).order_by("fiscal_year")}


# --- Keeping a forecast ---


def test_a_forecast_is_kept_with_its_factors_and_one_line_in_the_history(plan, measures, editor):
    forecast = save(plan, editor)

    assert (ForecastContent.of(forecast), forecast.version, forecast.saved_by) == (CHOICE, 1, editor)
    [line] = Change.objects.all()
    assert (line.subject, line.field, line.measure, line.old) == (
        Subject.VOLUME,
        "見込量の算出（居宅介護）",
        measures[0],
        None,
    )
    assert line.new == (
        "採る算出のしかた：等差\nもとにする実績：令和8年度まで\n1人当たり量：もとにした最後の年度\n端数：整数\n"
        f"勘案事項：障害者等のニーズ 2人（加える、毎年度この数、出典：学校への照会）\n理由：{REASON}"
    )


def test_everything_that_can_be_decided_comes_back_as_it_was(plan, measures, editor):
    everything = ForecastContent(
        first_year=2025,
        basis_year=2026,
        per_user=PerUser.OWN,
        places=1,
        own_users={2027: D(64), 2028: D("65.5"), 2029: D(0)},
        own_per_user={2027: D(16), 2028: D("16.25"), 2029: D(17)},
        factors=(NEEDS, Factor("退院する人", None, "人", "", "県の通知", Effect.SUBTRACT, Spread.OWN, {2028: D(1)})),
        scenario=Scenario.OWN,
        reason=REASON,
    )

    save(plan, editor, everything)

    assert ground_of(plan, "kyotaku_kaigo", None).content == everything


def test_keeping_the_same_again_writes_nothing(plan, measures, editor):
    save(plan, editor)
    again = save(plan, editor)

    assert (again.version, Change.objects.count()) == (1, 1)


def test_a_change_keeps_old_and_new_in_the_history(plan, measures, editor):
    save(plan, editor)
    save(plan, editor, replace(CHOICE, scenario=Scenario.HOLD), version=1)

    line = Change.objects.latest("id")
    assert ("等差" in line.old, "据置" in line.new) == (True, True)
    assert VolumeForecast.objects.get().version == 2
    assert ForecastFactor.objects.count() == 1


def test_who_saw_an_older_version_changes_nothing(plan, measures, editor):
    save(plan, editor)
    save(plan, a_user(), replace(CHOICE, places=1), version=1)

    with pytest.raises(Conflict) as conflict:
        save(plan, editor, replace(CHOICE, scenario=Scenario.HOLD), version=1)

    assert conflict.value.current.places == 1
    assert VolumeForecast.objects.get().scenario == Scenario.ARITHMETIC


def test_who_thought_to_be_the_first_is_told(plan, measures, editor):
    save(plan, editor)

    with pytest.raises(Conflict):
        save(plan, a_user(), replace(CHOICE, places=1), version=0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (replace(CHOICE, reason=""), "採る算出のしかたを選んだときは、理由を書いてください。"),
        (
            replace(CHOICE, scenario=Scenario.OWN),
            "「自分で入力」は選べません。自分で入力する数がまだそろっていません。",
        ),
        (
            replace(CHOICE, first_year=2026),
            "「等差」は選べません。実績が2年度分そろっていないため、計算しません。1年度分では増え方が分かりません。",
        ),
        (
            replace(CHOICE, basis_year=None, scenario=Scenario.HOLD),
            "「据置」は選べません。実績がないため、計算しません。",
        ),
    ],
)
def test_a_choice_without_a_reason_or_without_figures_is_refused(plan, measures, editor, content, sentence):
    with pytest.raises(Refused) as refused:
        save(plan, editor, content)

    assert str(refused.value) == sentence
    assert VolumeForecast.objects.count() == 0


def test_work_without_a_choice_may_be_kept_without_a_reason(plan, measures, editor):
    save(plan, editor, replace(CHOICE, scenario="", reason=""))

    assert VolumeForecast.objects.get().scenario == ""


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_who_may_not_enter_may_not_forecast(plan, measures, role):
    with pytest.raises(PermissionDenied):
        save(plan, a_user(role))


def test_the_department_of_both_measures_is_asked(plan, measures):
    ours, theirs = (
        Department.objects.create(municipality=a_municipality(), name=name) for name in ("福祉課", "総務課")
    )
    for measure, department in zip(measures, (ours, theirs), strict=True):
        type(measure).objects.filter(pk=measure.pk).update(department=department)

    with pytest.raises(PermissionDenied) as refused:
        save(plan, a_user(department=ours))

    assert str(refused.value) == "担当は総務課です。ほかの課の人は変更できません。"


def test_confirmed_years_do_not_lock_a_forecast(plan, measures, editor):
    for year in plan.years:
        in_state(plan.sections.get(), year, YearState.CONFIRMED)

    assert save(plan, editor).version == 1


# --- Into the plan ---


def test_the_chosen_figures_become_planned_values_with_where_they_came_from(plan, measures, editor):
    users, hours = measures
    save(plan, editor)

    lines = take(plan, editor, seen(plan, editor))

    # 63 + 3 a year + 2 a year: 68, 73, 78; 1,008 ÷ 63 = 16 hours each.
    assert planned(users) == {2027: 68, 2028: 73, 2029: 78}
    assert planned(hours) == {2027: 1088, 2028: 1168, 2029: 1248}
    assert {(line.subject, line.reason) for line in lines} == {(Subject.VALUE, "見込量の算出から")}
    taking = VolumeTaking.objects.get()
    assert (taking.scenario, taking.reason, taking.taken_by, taking.forecast_version) == (
        Scenario.ARITHMETIC,
        REASON,
        editor,
        1,
    )
    assert taking.stands_on == [[plan.sections.get().pk, 2025], [plan.sections.get().pk, 2026]]
    assert taking.formula == (
        "利用者数：令和8年度の63人/月に、令和7年度の60人/月から1年間の増減（年+3人/月）を毎年足す。\n"
        "加減（最終年度まで）：障害者等のニーズ（+6人/月）。\n"
        "1人当たり量：令和8年度の1人当たり 1008 ÷ 63 ＝ 16時間。\n"
        "加減したあとの数を四捨五入して整数にします。量は、その数に（丸める前の）1人当たり量をかけ、"
        "同じように四捨五入して整数にします。"
    )
    assert TakenVolume.objects.count() == 6


def test_the_figure_before_rounding_is_kept_beside_the_planned_one(plan, measures, editor):
    save(plan, editor, replace(CHOICE, scenario=Scenario.GEOMETRIC, factors=()))

    take(plan, editor, seen(plan, editor, 2027))

    # 63 × 63 ÷ 60 = 66.15; 66 × 16 = 1,056.
    rows = TakenVolume.objects.order_by("measure_id").values_list("number", "exact")
    assert sorted(rows) == [(66, D("66.15")), (1056, 1056)]


def test_a_single_year_may_be_taken_and_the_next_one_later(plan, measures, editor):
    save(plan, editor)
    take(plan, editor, seen(plan, editor, 2027))
    save(plan, editor, replace(CHOICE, scenario=Scenario.HOLD, factors=()), version=1)
    take(plan, editor, seen(plan, editor, 2028), version=2)

    assert planned(measures[0]) == {2027: 68, 2028: 63}
    found = {(row.fiscal_year, row.taking.scenario) for row in TakenVolume.objects.select_related("taking")}
    assert found == {(2027, Scenario.ARITHMETIC), (2028, Scenario.HOLD)}


def test_taking_the_same_again_changes_no_value_and_signs_anew(plan, measures, editor):
    save(plan, editor)
    take(plan, editor, seen(plan, editor))

    lines = take(plan, editor, seen(plan, editor))

    assert (lines, TakenVolume.objects.count(), VolumeTaking.objects.count()) == ([], 6, 2)


def test_a_planned_value_that_somebody_changed_meanwhile_is_shown_and_not_overwritten(plan, measures, editor):
    save(plan, editor)
    wanted = seen(plan, editor)
    theirs = CellChange(measures[0], 2028, Side.PLANNED, EMPTY, Value(D(80)))
    record_values([theirs], by=a_user(), channel=Channel.SCREEN)

    with pytest.raises(ChangesRefused, match="ほかの人が「80」に変更しています（入力：73）"):
        take(plan, editor, wanted)

    assert (planned(measures[0]), TakenVolume.objects.count(), VolumeTaking.objects.count()) == ({2028: 80}, 0, 0)


def test_an_actual_that_changed_meanwhile_stops_the_taking(plan, measures, editor):
    save(plan, editor)
    wanted = seen(plan, editor)
    measures[0].values.filter(fiscal_year=2026).update(number=70)

    with pytest.raises(Refused):
        take(plan, editor, wanted)

    assert planned(measures[0]) == {}


def test_a_forecast_that_changed_meanwhile_stops_the_taking(plan, measures, editor):
    save(plan, editor)
    wanted = seen(plan, editor)
    save(plan, a_user(), replace(CHOICE, places=1), version=1)

    with pytest.raises(Conflict):
        take(plan, editor, wanted)


@pytest.mark.parametrize("forged", [{"new": Value(D(999))}, {"fiscal_year": 2026}])
def test_what_the_forecast_does_not_make_is_not_taken(plan, measures, editor, forged):
    save(plan, editor)

    with pytest.raises(Refused):
        take(plan, editor, [replace(seen(plan, editor)[0], **forged)])


def test_nothing_to_take_is_not_a_taking(plan, measures, editor):
    save(plan, editor)

    with pytest.raises(Refused):
        take(plan, editor, [])


def test_without_a_kept_forecast_nothing_is_taken(plan, measures, editor):
    with pytest.raises(Conflict):
        take(plan, editor, [CellChange(measures[0], 2027, Side.PLANNED, EMPTY, Value(D(1)))], version=0)


def test_a_confirmed_year_takes_nothing_and_says_why(plan, measures, editor):
    save(plan, editor)
    in_state(plan.sections.get(), 2028, YearState.CONFIRMED)
    bench = worked_out(plan, volume_of(plan), editor)

    with pytest.raises(ChangesRefused, match="令和10年度 計画値は確定しているため変更できません"):
        take(plan, editor, seen(plan, editor))

    assert [(one.year, bool(one.lock_reason)) for one in bench.planned] == [(2027, False), (2028, True), (2029, False)]
    assert planned(measures[0]) == {}


def test_the_operator_may_keep_and_take_without_a_name(plan, measures):
    save(plan, None)

    take(plan, None, seen(plan, None))

    assert (planned(measures[0])[2029], VolumeTaking.objects.get().taken_by) == (78, None)


# --- Several together ---


@pytest.fixture
def group(plan, measures):
    users, hours = a_volume(plan.sections.get(), "doko_engo")
    for year, number, amount in ((2025, 7, 140), (2026, 8, 152)):
        a_value(users, year, number)
        a_value(hours, year, amount)
    return users, hours


def test_the_sums_are_shared_out_among_the_services_and_come_to_them_again(plan, measures, group, editor):
    content = ForecastContent(basis_year=2026, scenario=Scenario.ARITHMETIC, reason=REASON)
    save(plan, editor, content, key=HOME_VISITS)

    take(plan, editor, seen(plan, editor, 2027, key=HOME_VISITS), key=HOME_VISITS)

    # 67 → 71 → 75 people with 1,160 ÷ 71 each: 1,225.35 → 1,225 hours.
    # By 63 : 8 of 75 are 66.55 and 8.45 → 67 and 8; by 1,008 : 152 of 1,225 are 1,064.48 and 160.52 → 1,064 and 161.
    found = [planned(measure)[2027] for measure in (*measures, *group)]
    assert found == [67, 1064, 8, 161]


def test_a_forecast_of_a_service_and_of_the_group_are_two(plan, measures, group, editor):
    save(plan, editor)
    save(plan, editor, ForecastContent(basis_year=2026), key=HOME_VISITS)

    found = {(one.service and one.service.code, one.group) for one in VolumeForecast.objects.all()}

    assert found == {("kyotaku_kaigo", ""), (None, HOME_VISITS)}


def test_own_sums_without_a_year_to_share_by_are_not_put_into_the_plan(plan, measures, group, editor):
    own = {year: D(80) for year in plan.years}
    content = ForecastContent(scenario=Scenario.OWN, own_users=own, reason=REASON)
    save(plan, editor, content, key=HOME_VISITS)

    bench = worked_out(plan, volume_of(plan, HOME_VISITS), editor)

    assert bench.planned == ()
    assert bench.why_not_planned == "分けるもとになる実績の割合がないため、サービスごとの計画値に分けられません。"


# --- What the database holds by itself ---


@pytest.mark.parametrize(
    "fields",
    [
        {"group": HOME_VISITS},
        {"service": None},
        {"scenario": "hold", "reason": ""},
        {"places": 2},
        {"first_year": 2027, "basis_year": 2026},
        {"first_year": 2027, "basis_year": None},
    ],
)
def test_a_row_that_contradicts_itself_is_not_kept(plan, measures, fields):
    facts = {"service": a_service(), "saved_at": timezone.now()} | fields

    with pytest.raises(IntegrityError), transaction.atomic():
        VolumeForecast.objects.create(plan=plan, **facts)


@pytest.mark.parametrize("fields", [{"name": ""}, {"effect": "add"}])
def test_a_factor_without_a_name_or_an_effect_without_a_number_is_not_kept(plan, measures, editor, fields):
    forecast = save(plan, editor)

    with pytest.raises(IntegrityError), transaction.atomic():
        ForecastFactor.objects.create(**({"forecast": forecast, "order": 9, "name": "ほか"} | fields))


# --- Two at once ---


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_the_same_forecast_one_wins_and_the_other_is_told(plan, measures):
    people = [a_user(), a_user()]
    contents = [replace(CHOICE, scenario=scenario) for scenario in (Scenario.HOLD, Scenario.ARITHMETIC)]
    together = Barrier(2)

    def begin(number):
        try:
            together.wait()
            save(plan, people[number], contents[number])
            return "written"
        except Conflict:
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        came = list(pool.map(begin, range(2)))

    assert sorted(came) == ["told", "written"]
    assert VolumeForecast.objects.get().scenario == contents[came.index("written")].scenario


@pytest.mark.django_db(transaction=True)
def test_a_taking_beside_another_hand_on_the_same_value_loses_nothing(plan, measures):
    taker, other = a_user(), a_user()
    save(plan, taker)
    wanted = seen(plan, taker)
    theirs = CellChange(measures[0], 2027, Side.PLANNED, EMPTY, Value(D(80)))
    together = Barrier(2)

    def run(work):
        try:
            together.wait()
            work()
            return "written"
        except ChangesRefused:
            return "told"
        finally:
            connection.close()

    works = [
        lambda: take(plan, taker, wanted),
        lambda: record_values([theirs], by=other, channel=Channel.SCREEN),
    ]
    with ThreadPoolExecutor(2) as pool:
        came = list(pool.map(run, works))

    assert sorted(came) == ["told", "written"]
    assert planned(measures[0])[2027] == (68 if came[0] == "written" else 80)
    assert TakenVolume.objects.exists() is (came[0] == "written")
