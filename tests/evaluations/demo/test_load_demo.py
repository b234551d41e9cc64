"""`load_demo` makes the two demo plans and their people, and a second run leaves what was typed alone."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from core.values import EMPTY, Value
from core.words import Family, Side
from evaluations.demo.loading import PEOPLE
from evaluations.models import ActivityRecord, Evaluation, Publication
from indicators.models import ActivityIndicator, ForecastFactor, Service, VolumeForecast
from indicators.volumes.ground import ground_of
from indicators.volumes.workbench import Workbench
from plans.actions import CellChange, record_values
from plans.models import (
    Change,
    Channel,
    Measure,
    Membership,
    Municipality,
    Plan,
    Role,
    SectionYear,
    Subject,
    YearlyValue,
)
from targets.models import OutcomeTarget, TargetItem
from tests.builders import a_municipality, a_user
from tests.demo_city import the_demo

pytestmark = pytest.mark.django_db
NAMES = [person.username for person in PEOPLE]
NOT_THE_DEMOS = "見本専用ではないため、何も変えていません"
KEPT = (
    *(Municipality, Membership, Plan, Measure, YearlyValue, SectionYear, Change),
    *(OutcomeTarget, TargetItem, Service, ActivityIndicator, Evaluation, ActivityRecord, Publication),
    *(VolumeForecast, ForecastFactor),
)


def load(monkeypatch=None, password=""):
    out = StringIO()
    if monkeypatch:
        monkeypatch.setenv("DEMO_PASSWORD", password)
    call_command("load_demo", stdout=out)
    return out.getvalue()


def everything():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in KEPT}


def value_of(slug, code, year, side):
    return YearlyValue.objects.get(measure__plan__slug=slug, measure__code=code, fiscal_year=year, side=side).value


def states_of(slug, year):
    rows = SectionYear.objects.filter(section__plan__slug=slug, fiscal_year=year).order_by("section__number")
    return {row.section.number: row.state for row in rows.select_related("section")}


def test_both_plans_are_there_with_their_measures():
    load()

    found = {
        plan.slug: tuple(plan.measures.filter(family=family).count() for family in (Family.TARGET, Family.INDICATOR))
        for plan in Plan.objects.all()
    }

    assert found == {"122319-6": (24, 0), "129992-7": (6, 33)}


def test_every_measure_has_its_row_of_the_right_family():
    the_demo()

    assert set(TargetItem.objects.values_list("measure__family", flat=True)) == {Family.TARGET}
    assert set(ActivityIndicator.objects.values_list("measure__family", flat=True)) == {Family.INDICATOR}
    assert (TargetItem.objects.count(), ActivityIndicator.objects.count()) == (30, 33)
    assert not ActivityIndicator.objects.filter(service=None).exists()


def test_values_keep_number_wording_and_circumstances():
    the_demo()

    assert value_of("122319-6", "5-4", 2023, Side.PLANNED) == Value(Decimal(5), wording="有5人")
    assert value_of("122319-6", "1-1", 2021, Side.ACTUAL) == Value(Decimal(0))
    assert value_of("122319-6", "6-3", 2022, Side.ACTUAL) == Value(
        Decimal(4), wording="4件", as_of="資料に年度の記載なし"
    )


def test_the_fictional_city_has_worked_out_a_volume_that_exceeds_its_plan():
    the_demo()
    plan = Plan.objects.get(slug="129992-7")

    ground = ground_of(plan, "shuro_b", None)
    bench = Workbench(ground, ground.content)
    [year], [planned] = bench.chosen.years, bench.planned

    # 151 → 163 → 175, and 3 who leave school; 2,771 ÷ 163 = 17 days each.
    assert (year.users, year.amount) == (Decimal(178), Decimal(3026))
    assert [cell.old.number for cell in planned.cells] == [Decimal(174), Decimal(2950)]


def test_years_of_the_real_city_are_settled_but_for_the_last():
    the_demo()

    assert set(states_of("122319-6", 2021).values()) == {"CONFIRMED"}
    assert set(states_of("122319-6", 2022).values()) == {"PUBLISHED"}
    assert set(states_of("122319-6", 2023).values()) == {"DRAFT"}


def test_the_confirmer_of_the_real_city_has_published_the_second_year():
    the_demo()

    found = [(p.plan.slug, p.fiscal_year, p.number, p.by.username) for p in Publication.objects.all()]

    assert found == [("122319-6", 2022, 1, "confirmer")]


def test_the_fictional_city_has_handed_in_one_section_of_the_second_year():
    the_demo()

    assert set(states_of("129992-7", 2024).values()) == {"CONFIRMED"}
    assert [number for number, state in states_of("129992-7", 2025).items() if state != "DRAFT"] == [4]
    assert states_of("129992-7", 2025)[4] == "SUBMITTED"


def test_texts_and_records_belong_to_their_sections():
    the_demo()

    issues = Evaluation.objects.get(section_year__section__plan__slug="122319-6", section_year__section__number=5)
    shared = ActivityRecord.objects.get(held_on="2022-05-09")

    assert issues.issues_text == "今後も障害のある子どもへの支援体制構築を図る。"
    assert [section.number for section in shared.sections.order_by("number")] == [6, 7]


def test_people_have_their_roles_and_no_department():
    the_demo()

    found = {
        m.user.username: (m.municipality.name, m.role, m.department)
        for m in Membership.objects.select_related("user", "municipality", "department")
    }

    assert found == {
        "viewer": ("印西市", Role.VIEWER, None),
        "editor": ("印西市", Role.EDITOR, None),
        "checker": ("印西市", Role.CHECKER, None),
        "confirmer": ("印西市", Role.CONFIRMER, None),
        "manager": ("印西市", Role.MANAGER, None),
        "pref": ("千葉県", Role.PREFECTURE, None),
        "other": ("みほん市（架空）", Role.MANAGER, None),
    }


def test_the_fictional_city_changed_its_plan_once():
    the_demo()

    rows = YearlyValue.objects.filter(measure__code="kyodo_enjo-users", side="planned").order_by(
        "fiscal_year", "revision"
    )
    assert list(rows.values_list("fiscal_year", "revision", "replaced_in", "number")) == [
        (2024, 0, None, 58),
        (2025, 0, 1, 61),
        (2025, 1, None, 66),
        (2026, 0, 1, 64),
        (2026, 1, None, 70),
    ]


def test_the_fictional_city_is_marked_and_in_no_prefecture():
    the_demo()

    found = {m.code: (m.is_fictional, m.prefecture and m.prefecture.code) for m in Municipality.objects.all()}

    assert found == {"120006": (False, None), "122319": (False, "120006"), "129992": (True, None)}


def test_a_second_run_changes_nothing():
    load()
    before = everything()

    load()

    assert everything() == before


def test_a_value_typed_in_between_survives():
    load()
    measure = Measure.objects.get(plan__slug="122319-6", code="1-1")
    typed = Value(Decimal(3), wording="3人")
    editor = User.objects.get(username="editor")
    record_values([CellChange(measure, 2023, Side.ACTUAL, EMPTY, typed)], by=editor, channel=Channel.SCREEN)

    load()

    assert value_of("122319-6", "1-1", 2023, Side.ACTUAL) == typed


def test_a_service_that_a_city_amended_survives():
    load()
    Service.objects.filter(code="kyotaku_kaigo").update(name="居宅介護（ホームヘルプ）")

    load()

    assert Service.objects.get(code="kyotaku_kaigo").name == "居宅介護（ホームヘルプ）"


def test_a_membership_taken_away_is_restored_and_a_changed_role_is_kept():
    load()
    Membership.objects.get(user__username="viewer").delete()
    Membership.objects.filter(user__username="editor").update(role=Role.CHECKER)

    load()

    found = dict(
        Membership.objects.filter(user__username__in=["viewer", "editor"]).values_list("user__username", "role")
    )
    assert found == {"viewer": Role.VIEWER, "editor": Role.CHECKER}


def test_the_password_of_the_environment_is_set_anew_for_all(monkeypatch):
    load(monkeypatch, "one-that-was-said")
    load(monkeypatch, "another-one")

    assert [user.check_password("another-one") for user in User.objects.all()] == [True] * 7


def test_without_one_in_the_environment_each_run_prints_a_fresh_password(monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)

    printed = [load().splitlines()[-1].split(": ")[1] for _ in range(2)]

    assert printed[0] != printed[1]
    assert User.objects.get(username="viewer").check_password(printed[1])


def test_production_refuses_the_demo_and_makes_nothing(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="本番の設定なので、見本は読み込みません。") as refused:
        load()

    assert (refused.value.returncode, User.objects.count(), Municipality.objects.count()) == (2, 0, 0)


def account(name):
    """Everything of one account: its row, what it may do where, and what was signed with it."""
    user = User.objects.get(username=name)
    return (
        User.objects.filter(pk=user.pk).values().get(),
        list(user.memberships.values()),
        Change.objects.filter(by=user).count(),
        SectionYear.objects.filter(confirmed_by=user).count(),
    )


def people_listed(printed):
    """What the command says of each person."""
    lines = printed.partition("people\n")[2].splitlines()
    return {name: line for line in lines for name in NAMES if line.startswith(f"  {name:<10}")}


@pytest.mark.parametrize(
    ("taken", "how"),
    [([name], "without a role") for name in NAMES]
    + [(NAMES, how) for how in ("without a role", "with the role of the demo", "superuser")],
)
def test_an_account_that_the_demo_did_not_make_is_left_alone_and_said_to_be(monkeypatch, taken, how):
    for person in PEOPLE:
        if person.username in taken:
            city = a_municipality(person.municipality_code, kind="city" if person.username != "pref" else "prefecture")
            user = a_user(person.role if how == "with the role of the demo" else None, city, username=person.username)
            User.objects.filter(pk=user.pk).update(is_superuser=how == "superuser", is_staff=how == "superuser")
    before = [account(name) for name in taken]

    printed = [load(monkeypatch, "demo-pass-12") for _ in range(2)]

    assert [account(name) for name in taken] == before
    for listed in map(people_listed, printed):
        assert [name for name in NAMES if NOT_THE_DEMOS in listed[name]] == taken
    assert ["demo-pass-12" in text for text in printed] == [taken != NAMES] * 2
    others = User.objects.filter(username__in=set(NAMES) - set(taken))
    assert [user.check_password("demo-pass-12") for user in others] == [True] * (7 - len(taken))
    assert set(states_of("122319-6", 2022).values()) == {"PUBLISHED"}
    assert states_of("129992-7", 2025)[4] == "SUBMITTED"


@pytest.mark.parametrize(
    "becomes",
    [
        lambda user: User.objects.filter(pk=user.pk).update(is_staff=True),
        lambda user: User.objects.filter(pk=user.pk).update(is_superuser=True),
        lambda user: Membership.objects.create(
            user=user, municipality=a_municipality("132012", "八王子市"), role="viewer"
        ),
    ],
    ids=["staff", "superuser", "member of another city"],
)
def test_an_account_of_the_demo_that_is_used_for_more_since_is_left_alone(monkeypatch, becomes):
    load(monkeypatch, "one-that-was-said")
    becomes(User.objects.get(username="editor"))
    before = account("editor")

    printed = load(monkeypatch, "another-one")

    assert account("editor") == before
    assert NOT_THE_DEMOS in people_listed(printed)["editor"]


def test_a_role_in_the_other_city_of_the_demo_is_no_other_use(monkeypatch):
    load(monkeypatch, "one-that-was-said")
    editor = User.objects.get(username="editor")
    Membership.objects.create(user=editor, municipality=Municipality.objects.get(code="129992"), role=Role.VIEWER)

    load(monkeypatch, "another-one")

    editor.refresh_from_db()
    assert editor.check_password("another-one")


def test_each_person_of_the_demo_is_in_the_history():
    load()

    lines = Change.objects.filter(subject=Subject.PEOPLE).order_by("pk")

    assert list(lines.values_list("by", "channel", "municipality__code", "field", "old", "new")) == [
        (None, "command", person.municipality_code, "登録", None, f"{name}（{name}）：{person.role.label}")
        for person in PEOPLE
        for name in [person.username]
    ]


def test_people_made_by_a_release_that_wrote_no_history_of_them_are_known(monkeypatch):
    load(monkeypatch, "one-that-was-said")
    Change.objects.filter(subject=Subject.PEOPLE).delete()

    printed = load(monkeypatch, "another-one")

    assert NOT_THE_DEMOS not in printed
    assert [user.check_password("another-one") for user in User.objects.all()] == [True] * 7


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.parametrize("has_lines", [False, True])
def test_an_account_made_by_hand_under_a_name_of_the_demo_is_not_the_demos(monkeypatch, has_lines, days):
    """Renamed to it, or made anew: only the time of its making differs from the one that the demo made."""
    load(monkeypatch, "one-that-was-said")
    Membership.objects.get(user__username="viewer").delete()
    User.objects.get(username="viewer").delete()
    viewer = a_user(Role.VIEWER, Municipality.objects.get(code="122319"), username="viewer")
    User.objects.filter(pk=viewer.pk).update(date_joined=viewer.date_joined + timedelta(days=days))
    if not has_lines:
        Change.objects.filter(subject=Subject.PEOPLE).delete()
    before = account("viewer")

    load(monkeypatch, "another-one")

    assert account("viewer") == before


def test_an_account_of_the_demo_that_was_deleted_is_made_again(monkeypatch):
    load(monkeypatch, "one-that-was-said")
    Membership.objects.get(user__username="viewer").delete()
    User.objects.get(username="viewer").delete()

    for password in ("another-one", "a-third-one"):
        printed = load(monkeypatch, password)

        assert NOT_THE_DEMOS not in printed
        assert User.objects.get(username="viewer").check_password(password)
