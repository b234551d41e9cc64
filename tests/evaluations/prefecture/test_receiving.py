"""A city's file taken in by its prefecture: as a whole or not at all, with its history, and never over living data."""

import copy
import threading

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection

from core.canonical import sha256_of
from core.packages.file import read_package
from core.values import Value
from evaluations.demo.sample import create_sample
from evaluations.models import Evaluation, MadePackage, ReceivedPackage
from evaluations.prefecture.package_content import content_of
from evaluations.prefecture.packages import make_package, package_editions, same_again
from evaluations.prefecture.receiving import incoming, receive
from indicators.models import Service
from plans.access import plan_for
from plans.models import Change, Channel, Measure, Municipality, Plan, Role, SectionYear, YearlyValue, YearState
from plans.queries import measure_rows, measures_of
from plans.refusals import Refused
from plans.rollup import Term, rollup
from targets.models import OutcomeTarget
from tests.builders import a_full_plan, a_measure, a_municipality, a_plan, a_prefecture_user, a_section, a_user
from tests.demo_city import the_demo
from tests.evaluations.exchange.test_tidy_import import empty_the_database
from tests.packages import a_content, a_file

pytestmark = pytest.mark.django_db
SLUG = "122319-7"


@pytest.fixture
def person(prefecture):
    return a_prefecture_user(prefecture)


def take(file: bytes, prefecture, by=None, **more):
    return receive(read_package(file), prefecture, by=by, channel=Channel.UPLOAD, **more)


def edited(edit, number: int = 3) -> bytes:
    content = copy.deepcopy(a_content())
    edit(content)
    return a_file(content, number=number)


def refusal(file: bytes, prefecture) -> str:
    with pytest.raises(Refused) as refused:
        take(file, prefecture)
    return str(refused.value)


def stored(code: str, year: int, side: str) -> Value | None:
    row = YearlyValue.objects.filter(measure__code=code, fiscal_year=year, side=side).first()
    return row.value if row else None


# --- The first file ---


def test_the_first_file_makes_the_city_and_its_plan_as_it_says(prefecture, person):
    found = take(a_file(), prefecture, person)

    city = Municipality.objects.get(code="122319")
    plan = Plan.objects.get(slug=SLUG)
    assert (city.prefecture, city.name, city.planned_word, city.population) == (prefecture, "印西市", "見込量", 110_000)
    assert content_of(plan) == a_content()
    assert len(found.changes) == 12
    assert stored("1-1", 2024, "actual") == Value.from_dict({"number": "2", "wording": "２人", "certainty": "final"})
    assert stored("1-1", 2025, "actual") is None
    assert Evaluation.objects.get().check_text == "2人が移行した。"


def test_a_received_year_is_confirmed_by_nobody_of_the_city(prefecture, person):
    take(a_file(), prefecture, person)

    (row,) = SectionYear.objects.filter(state=YearState.CONFIRMED)
    signer = row.confirmed_by
    assert (row.fiscal_year, row.confirmed_at.isoformat()) == (2024, "2025-07-01T00:00:00+00:00")
    assert (signer.get_full_name(), signer.is_active, signer.has_usable_password()) == ("ファイルで受領", False, False)


def test_where_the_file_came_from_is_kept(prefecture, person):
    take(a_file(), prefecture, person)

    received = ReceivedPackage.objects.get()
    assert (received.plan.slug, received.number, received.role, received.software, received.format) == (
        SLUG,
        2,
        "管理",
        "0.1.0",
        1,
    )
    assert (received.received_by, received.changes, received.label) == (person, 12, "令和8年6月3日作成・第2版")
    assert (received.content_sha256, received.publications) == (sha256_of(a_content()), a_content()["publications"])


def test_every_change_leaves_its_line_by_the_door_of_an_upload(prefecture, person):
    take(a_file(), prefecture, person)

    lines = Change.objects.order_by("id")
    assert [line.subject for line in lines] == [
        *["master"] * 5,
        *["value"] * 4,
        "state",
        "text",
        "publication",
        "package",
    ]
    assert {(line.by, line.channel, line.reason) for line in lines} == {
        (person, Channel.UPLOAD, "ファイルの受領（令和8年6月3日作成・第2版）")
    }
    value = lines.get(subject="value", side="actual")
    assert (value.measure.code, value.section.number, value.fiscal_year, value.old, value.new["number"]) == (
        "1-1",
        1,
        2024,
        None,
        "2",
    )


def test_the_prefecture_reads_a_received_plan_as_any_other_and_changes_nothing(prefecture, person):
    take(a_file(), prefecture, person)

    plan = plan_for(person, SLUG)
    rows = {row.measure.code: row for row in measure_rows(plan, measures_of(plan), access=plan.access)}

    assert rows["1-1"].cell(2024).figures.actual.number == 2
    assert rows["1-1"].cell(2025).figures.actual_word == "確認中"
    assert (plan.access.may_write, plan.access.may_confirm, plan.access.may_manage) == (False, False, False)


# --- The next files ---


def test_the_overview_of_a_received_plan_says_which_file_it_shows(client, prefecture, person):
    take(a_file(a_content(), number=2), prefecture)
    a_plan(a_municipality("122301", "八街市", prefecture=prefecture))
    client.force_login(person)

    received, living = (client.get(f"/plans/{slug}/").text for slug in (SLUG, "122301-6"))

    assert "印西市から受け取ったファイル（令和8年6月3日作成・第2版）の内容です。" in received
    assert "受け取ったファイル" not in living


def test_the_same_file_again_changes_nothing_and_leaves_no_line(prefecture, person):
    take(a_file(), prefecture, person)
    lines = Change.objects.count()

    found = take(a_file(), prefecture, person)

    assert (found.is_here, found.changes, Change.objects.count(), ReceivedPackage.objects.count()) == (
        True,
        (),
        lines,
        1,
    )


def test_a_newer_file_with_nothing_new_is_kept_as_the_newer_edition(prefecture, person):
    take(a_file(), prefecture, person)

    found = take(a_file(number=3), prefecture, person)

    assert (found.is_here, found.changes) == (False, ())
    assert list(ReceivedPackage.objects.values_list("number", flat=True)) == [3, 2]
    assert Change.objects.latest("id").new == "第3版"


def test_an_older_file_is_refused_and_so_is_another_file_of_the_same_number(prefecture):
    take(a_file(), prefecture)

    older = refusal(a_file(number=1), prefecture)
    other = refusal(edited(lambda c: c["municipality"].update(population=1), number=2), prefecture)

    assert older == "受け取り済みの第2版より古い、第1版のファイルです。新しい版のファイルを選んでください。"
    assert other == "第2版は受け取り済みですが、内容が違います。市区町村に、新しい版を作ってもらってください。"
    assert content_of(Plan.objects.get()) == a_content()


def settle_2025(content):
    content["sections"][0]["years"]["2025"] = content["sections"][0]["years"]["2024"] | {
        "confirmed_at": "2026-07-01T00:00:00+00:00"
    }
    content["measures"][0]["years"]["2025"] = {"planned": {"number": "5"}, "actual": {"number": "4"}}
    content["measures"][1]["years"]["2025"] = {"planned": None, "actual": {"state": "pending"}}


def reopen_2024(content):
    content["sections"][0]["years"]["2024"] = {"state": "未確定"}
    for measure in content["measures"]:
        measure["years"]["2024"]["actual"] = "確認中"


def everything_about_masters(content):
    content["municipality"] |= {"name": "新印西市", "population": None, "population_as_of": None}
    content["plan"] |= {"name": "改定版", "near_low": "70", "end_year": 2026}
    years = content["sections"][0]["years"] | {"2026": {"state": "未確定"}}
    content["sections"][0] |= {"title": "移行", "sheet_part": 2, "years": years}
    content["sections"][0]["targets"].append(
        {"order": 2, "title": "二つめ", "result_title": "", "overview": "", "goal_text": ""}
    )
    del content["sections"][0]["targets"][0]
    content["sections"].append({"number": 4, "title": "訪問", "sheet_part": 1, "targets": [], "years": years})
    for measure in content["measures"]:
        measure["years"]["2026"] = {"planned": {"number": "6"}, "actual": "確認中"}
    target, service = content["measures"]
    target |= {"title": "移行者", "unit": "名", "direction": "less", "baseline": None, "baseline_year": None}
    target["target_item"] = {"target": 2, "rationale": "", "national_level": "5%"}
    service |= {"section": 4, "parent": "1-1", "parent_role": "subset", "scope": "area"}
    service["indicator"] = {"service": "kyotaku_kaigo", "amount_of": "hours", "related_sections": [1, 4]}
    third = copy.deepcopy(service) | {"code": "2-2", "order": 3, "parent": None, "parent_role": ""}
    content["measures"].append(third)


@pytest.mark.parametrize("edit", [settle_2025, reopen_2024, everything_about_masters])
def test_the_next_file_brings_the_plan_to_what_it_says(prefecture, person, edit):
    Service.objects.create(code="kyotaku_kaigo", name="居宅介護", category="訪問系")
    take(a_file(), prefecture, person)
    file = edited(edit)

    take(file, prefecture, person)

    assert content_of(Plan.objects.get()) == read_package(file).content
    assert incoming(read_package(file), prefecture).changes == ()


def test_a_reopened_year_is_no_longer_confirmed_and_its_actuals_are_gone(prefecture, person):
    take(a_file(), prefecture, person)

    take(edited(reopen_2024), prefecture, person)

    row = SectionYear.objects.get(fiscal_year=2024)
    assert (row.state, row.confirmed_at, row.confirmed_by) == (YearState.DRAFT, None, None)
    assert stored("1-1", 2024, "actual") is None
    assert Evaluation.objects.get().check_text == ""
    reopened = Change.objects.get(subject="state", new="未確定")
    assert (reopened.old, reopened.fiscal_year, reopened.section.number) == ("確定", 2024, 1)


def test_a_part_that_is_no_longer_in_the_plan_goes_and_the_rest_keeps_its_rows(prefecture, person):
    take(a_file(), prefecture, person)
    before = dict(Measure.objects.values_list("code", "pk")), set(YearlyValue.objects.values_list("pk", flat=True))

    take(edited(everything_about_masters), prefecture, person)

    assert before[0].items() <= dict(Measure.objects.values_list("code", "pk")).items()
    assert before[1] <= set(YearlyValue.objects.values_list("pk", flat=True))
    assert list(OutcomeTarget.objects.values_list("title", flat=True)) == ["二つめ"]


# --- What is refused ---


def test_a_city_of_another_prefecture_is_refused(prefecture):
    tokyo = a_municipality("130001", "東京都", kind=Municipality.Kind.PREFECTURE)

    assert refusal(a_file(), tokyo) == (
        "印西市（122319）は東京都の市区町村ではありません。団体コードの先頭2桁が 13 のファイルを選んでください。"
    )
    assert not Municipality.objects.filter(code="122319").exists()


def test_a_city_that_is_registered_elsewhere_is_refused(prefecture):
    a_municipality("122319", prefecture=a_municipality("130001", "東京都", kind=Municipality.Kind.PREFECTURE))

    assert refusal(a_file(), prefecture).startswith("印西市は、ほかの都道府県の市区町村として登録されています。")


def test_a_city_that_lives_here_is_refused(prefecture):
    a_user(Role.VIEWER, a_municipality(prefecture=prefecture))

    assert refusal(a_file(), prefecture) == (
        "印西市はここで計画を管理しているので、ファイルで受け取る必要はありません。"
    )


def test_a_plan_that_was_not_received_is_refused_and_left_alone(prefecture):
    plan = a_full_plan(municipality=a_municipality(prefecture=prefecture), generation=7, start=2024, end=2025)
    before = content_of(plan)

    sentence = refusal(a_file(), prefecture)

    assert sentence == (
        "印西市 第7期障害福祉計画は、ファイルで受け取ったものではなく、ここで入力されている計画です。"
        "ファイルは受け取れません。"
    )
    assert content_of(plan) == before


def test_a_city_without_a_prefecture_joins_the_one_that_takes_its_file(prefecture, person, city):
    take(a_file(), prefecture, person)

    city.refresh_from_db()
    assert city.prefecture == prefecture


def test_a_measure_or_a_section_that_is_missing_refuses_the_file(prefecture):
    take(a_file(), prefecture)

    sentence = refusal(edited(lambda c: c["measures"].pop()), prefecture)

    assert sentence == (
        "受け取り済みの活動指標「生活介護の利用者数」（2-1）が、このファイルにありません。"
        "別の計画のファイルでないか、市区町村に確かめてください。"
    )


def test_a_measure_that_the_city_took_away_before_it_had_any_value_goes_here_too(prefecture, person):
    def with_an_empty_one(content):
        years = {year: {"planned": None, "actual": "確認中" if year == "2025" else None} for year in ("2024", "2025")}
        content["measures"].append(copy.deepcopy(content["measures"][1]) | {"code": "2-2", "order": 3, "years": years})

    take(edited(with_an_empty_one, number=2), prefecture, person)

    found = take(a_file(number=3), prefecture, person)

    assert [(change.field, change.old) for change in found.changes] == [("取り除き", "2-2 生活介護の利用者数")]
    assert content_of(Plan.objects.get()) == a_content()
    lines = Change.objects.filter(subject="master", field__in=["作成", "取り除き"]).order_by("id")
    assert [(line.old, line.new) for line in lines][-2:] == [
        (None, "2-2 生活介護の利用者数"),
        ("2-2 生活介護の利用者数", None),
    ]


def test_a_slug_that_belongs_to_another_plan_is_refused(prefecture):
    file = edited(lambda c: c["plan"].update(slug="122319-6"))

    assert refusal(file, prefecture).startswith("計画の記号が、団体コード・計画種別・期と合いません。")


def test_an_unknown_service_is_named_and_one_of_the_law_is_made(prefecture):
    def named(code):
        return edited(lambda c: c["measures"][1]["indicator"].update(service=code))

    sentence = refusal(named("no-such-service"), prefecture)
    take(named("kyotaku_kaigo"), prefecture)

    assert sentence.startswith("このシステムにないサービスのコードがあります（no-such-service）。")
    assert Measure.objects.get(code="2-1").activity_indicator.service.code == "kyotaku_kaigo"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER])
def test_only_the_prefecture_and_its_manager_take_files_in(prefecture, role):
    with pytest.raises(PermissionDenied):
        take(a_file(), prefecture, a_user(role, prefecture))

    take(a_file(), prefecture, a_user(Role.MANAGER, prefecture))
    assert Plan.objects.count() == 1


def test_nobody_of_a_city_takes_its_own_file_in(prefecture):
    city = a_municipality("122327", "白井市", prefecture=prefecture)

    with pytest.raises(PermissionDenied):
        take(a_file(), prefecture, a_user(Role.MANAGER, city))


def test_what_somebody_else_took_in_meanwhile_is_not_overwritten_unseen(prefecture, person):
    take(a_file(), prefecture)
    seen = ReceivedPackage.objects.get().sha256
    take(edited(settle_2025), prefecture)

    with pytest.raises(Refused, match="ほかの人が同じ計画の別のファイルを受け取りました"):
        take(a_file(number=4), prefecture, person, seen_sha256=seen)
    with pytest.raises(Refused, match="ほかの人が同じ計画の別のファイルを受け取りました"):
        take(a_file(number=4), prefecture, person, seen_sha256="")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_people_with_the_first_file_of_one_city_do_not_meet_on_the_way(prefecture):
    outcomes, together = [], threading.Barrier(4)

    def one():
        try:
            together.wait()
            outcomes.append(len(take(a_file(), prefecture).changes))
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [0, 0, 0, 12]
    assert content_of(Plan.objects.get()) == a_content()


# --- The round trip ---


@pytest.mark.parametrize("slug", ["122319-6", "129992-7"])
def test_a_plan_goes_into_an_empty_database_and_comes_out_as_the_same_file(slug, settings):
    the_demo()
    edition, _ = make_package(Plan.objects.get(slug=slug), by=None, channel=Channel.COMMAND)
    file = edition.body.encode()
    edition.delete()
    empty_the_database()
    Service.objects.all().delete()
    User.objects.filter(memberships__isnull=True).exclude(username="(file)").delete()

    prefecture = a_municipality("120006", "千葉県", kind="prefecture") if slug.startswith("122319") else None
    take(file, prefecture)

    received = ReceivedPackage.objects.select_related("plan__municipality").get()
    assert sha256_of(content_of(received.plan)) == received.content_sha256
    assert same_again(received) == file


def test_a_received_plan_makes_no_file_of_its_own(prefecture):
    take(a_file(), prefecture)
    plan = Plan.objects.get()

    with pytest.raises(Refused, match="市区町村が作ります"):
        make_package(plan, by=None, channel=Channel.COMMAND)

    assert package_editions(plan).received == ReceivedPackage.objects.get()


@pytest.mark.parametrize("year", [2024, 2025])
def test_the_rollup_of_files_equals_the_rollup_of_the_cities_that_made_them(year):
    prefecture, _ = create_sample(12)
    term = Term("disability", 7, year)
    living = rollup(prefecture, term)
    files = [make_package(plan, by=None, channel=Channel.COMMAND)[0].body.encode() for plan in Plan.objects.all()]
    without_plan = list(Municipality.objects.filter(plans__isnull=True, prefecture=prefecture).values())
    empty_the_packages()
    empty_the_database()

    prefecture = a_municipality(prefecture.code, "架空県", kind="prefecture", is_fictional=True)
    for file in files:
        take(file, prefecture)
    for city in without_plan:
        Municipality.objects.create(**city | {"id": None, "prefecture_id": prefecture.pk})

    from_files = rollup(prefecture, term)
    assert from_files.totals == living.totals
    assert (from_files.cities, from_files.with_plan, from_files.received) == (12, living.with_plan, living.with_plan)
    assert living.received == 0


def empty_the_packages():
    MadePackage.objects.all().delete()
    ReceivedPackage.objects.all().delete()


def test_only_what_is_here_is_compared_with_a_file(prefecture):
    other = a_plan(a_municipality("122327", "白井市", prefecture=prefecture))
    a_measure(a_section(other), "1-1")

    assert len(incoming(read_package(a_file()), prefecture).changes) == 12
