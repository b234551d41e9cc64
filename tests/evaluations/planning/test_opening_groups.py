"""What a plan may be opened with: the groups of its 期, and services within the years in which the law knows them."""

import pytest

from core.catalogue import Goal
from evaluations.planning.opening.groups import Scope, groups_of
from indicators.services import counted_years, create_missing_services, services_by_code
from plans.catalogue import national_catalogue
from plans.models import PlanKind

pytestmark = pytest.mark.django_db

VOLUMES = ["homon", "nitchu", "kyoju", "sodan"]


def groups(kind, generation, years, with_child=False):
    return groups_of(national_catalogue(), Scope(kind, generation, years, with_child), services_by_code())


def offered(groups, code):
    return next((one for group in groups for one in group.offered if one.entry.code == code), None)


@pytest.mark.parametrize(
    ("kind", "generation", "years", "with_child", "keys"),
    [
        (
            PlanKind.DISABILITY,
            8,
            (2027, 2028, 2029),
            False,
            ["8-1", "8-2", "8-3", "8-5", "8-6", "8-7", "8-8", "others", *VOLUMES, "chiiki"],
        ),
        (
            PlanKind.DISABILITY,
            8,
            (2027, 2028, 2029),
            True,
            ["8-1", "8-2", "8-3", "8-4", "8-5", "8-6", "8-7", "8-8", "others", *VOLUMES, "shogaiji", "chiiki"],
        ),
        (PlanKind.CHILD, 4, (2027, 2028, 2029), False, ["8-4", "shogaiji"]),
        (PlanKind.CHILD, 3, (2024, 2025, 2026), False, ["7-5", "shogaiji"]),
        (PlanKind.DISABILITY, 9, (2030, 2031, 2032), False, [*VOLUMES, "chiiki"]),
        (PlanKind.COMPREHENSIVE, 4, tuple(range(2027, 2033)), True, []),
    ],
)
def test_a_plan_is_offered_what_concerns_it(kind, generation, years, with_child, keys):
    assert [group.key for group in groups(kind, generation, years, with_child)] == keys


@pytest.mark.parametrize(
    ("code", "generation", "years", "counted", "since", "until"),
    [
        ("shuro_sentaku-users", 7, (2024, 2025, 2026), (2025, 2026), 2025, None),
        ("shuro_sentaku-users", 6, (2021, 2022, 2023), None, None, None),
        ("shuro_sentaku-users", 8, (2027, 2028, 2029), (2027, 2028, 2029), None, None),
        ("iryo_jido_hattatsu-users", 7, (2024, 2025, 2026), None, None, None),
        ("iryo_jido_hattatsu-users", 6, (2021, 2022, 2023), (2021, 2022, 2023), None, None),
        ("iryo_jido_hattatsu-users", 6, (2022, 2023, 2024), (2022, 2023), None, 2023),
        ("jiritsu_enjo-users", 4, (2015, 2016, 2017), None, None, None),
        ("jiritsu_enjo-users", 5, (2017, 2018, 2019), (2018, 2019), 2018, None),
        ("kyotaku_kaigo-users", 7, (2024, 2025, 2026), (2024, 2025, 2026), None, None),
    ],
)
def test_a_service_is_offered_for_the_years_in_which_it_exists_on_some_day(
    code, generation, years, counted, since, until
):
    found = offered(groups(PlanKind.DISABILITY, generation, years, with_child=True), code)

    assert (found and found.years) == counted
    if found:
        assert (found.since_year(years), found.until_year(years)) == (since, until)


def test_a_service_that_begins_within_the_plan_says_when():
    found = offered(groups(PlanKind.DISABILITY, 7, (2024, 2025, 2026)), "shuro_sentaku-users")

    assert found.span == "令和7年度（2025年10月1日）から"


def test_the_day_on_which_a_city_says_a_service_begins_is_the_one_that_counts():
    create_missing_services()
    service = services_by_code()["shuro_sentaku"]
    service.since = service.since.replace(year=2026, month=4)
    service.save()

    assert counted_years(services_by_code()["shuro_sentaku"], (2024, 2025, 2026)) == (2026,)


def test_every_entry_of_a_period_is_offered_once():
    found = groups(PlanKind.DISABILITY, 8, (2027, 2028, 2029), with_child=True)

    codes = [one.entry.code for group in found for one in group.offered]
    expected = [entry.code for entry in national_catalogue().entries_of(8)]
    expected += [entry.code for entry in national_catalogue().volumes if entry.service != "iryo_jido_hattatsu"]
    assert sorted(codes) == sorted(expected)


def test_a_goal_of_the_guideline_names_its_group():
    found = groups(PlanKind.DISABILITY, 8, (2027, 2028, 2029))

    assert isinstance(found[0].goal, Goal)
    assert (found[0].title, found[-1].title, found[-1].goal) == (
        "福祉施設の入所者の地域生活への移行",
        "地域生活支援事業",
        None,
    )
