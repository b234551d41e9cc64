"""The pages of forecasts: what is read, what is typed and comes back, and what goes into the plan by a click."""

import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.values import EMPTY, Value
from core.words import Accumulation, Side
from indicators.models import Service, TakenVolume, VolumeForecast
from indicators.volumes.content import ForecastContent
from indicators.volumes.ground import ground_of
from plans.actions import CellChange, record_values
from plans.models import Change, Channel, Department, MeasureLink, Role, YearState
from tests.builders import (
    a_measure,
    a_municipality,
    a_plan,
    a_prefecture_user,
    a_revision,
    a_section,
    a_service,
    a_user,
    a_value,
    a_volume,
    in_state,
)
from tests.page_forms import form_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_editor")]

REASON = "卒業予定者が毎年2人いるため。"


@pytest.fixture
def city(prefecture):
    return a_municipality(prefecture=prefecture)


@pytest.fixture
def plan(city):
    """第7期 2024–2026."""
    plan = a_plan(city, generation=7, start=2024, end=2026)
    a_section(plan)
    return plan


@pytest.fixture
def measures(plan):
    """居宅介護: 60 people and 900 hours in 2024; 62 and 930 were planned."""
    users, hours = a_volume(plan.sections.get())
    for measure, planned, actual in ((users, 62, 60), (hours, 930, 900)):
        a_value(measure, 2024, planned, side=Side.PLANNED)
        a_value(measure, 2024, actual)
    return users, hours


def address(plan, key="kyotaku_kaigo"):
    return reverse("indicators:volume", args=[plan.slug, key])


def form_of(client, plan, key="kyotaku_kaigo"):
    return form_with(client.get(address(plan, key) + "?edit=1"), "reason")


def post(client, plan, do="save", key="kyotaku_kaigo", form=None, **typed):
    form = form or form_of(client, plan, key)
    return client.post(address(plan, key), form | {"do": do} | typed)


def chosen(client, plan, **typed):
    """A forecast that stands, as a person made it on the page."""
    return post(client, plan, **({"scenario": "hold", "reason": REASON} | typed))


def planned(measure):
    return {row.fiscal_year: row.number for row in measure.values.filter(side=Side.PLANNED)}


def plain_text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


# --- The overview ---


def states(client, plan):
    page = client.get(reverse("indicators:volumes", args=[plan.slug])).text
    rows = re.findall(r'data-volume="(\w+)".*?<span class="reading \w+">([^<]+)<', page, re.DOTALL)
    return dict(rows)


def test_the_overview_says_how_far_each_forecast_has_come(client, plan, measures, editor):
    users, hours = a_volume(plan.sections.get(), "doko_engo")
    a_value(users, 2024, 7)
    a_value(hours, 2024, 140)
    found = [states(client, plan)]

    post(client, plan, places="1")
    found.append(states(client, plan))
    chosen(client, plan)
    found.append(states(client, plan))
    post(client, plan, "take", take="2025")
    found.append(states(client, plan))
    chosen(client, plan, reason="ほかの理由")
    found.append(states(client, plan))
    post(client, plan, key="homon_kei", scenario="hold", reason=REASON)
    found.append(states(client, plan))

    assert [one["kyotaku_kaigo"] for one in found] == [
        "未作成",
        "作成中",
        "計画値に未反映",
        "計画値に反映済み",
        "反映後に変更",
        "反映後に変更",
    ]
    assert (found[4]["doko_engo"], found[5]["doko_engo"], found[5]["homon_kei"]) == (
        "未作成",
        "訪問系でまとめて作成",
        "計画値に未反映",
    )


def test_the_overview_of_a_plan_without_services_says_so(client, plan, editor):
    page = client.get(reverse("indicators:volumes", args=[plan.slug])).text

    assert "この計画に、見込量を作る活動指標はありません。" in page


def test_the_overview_is_found_from_the_list_the_dashboard_and_the_entry(client, plan, measures, editor):
    link = f'href="{reverse("indicators:volumes", args=[plan.slug])}"'
    pages = [
        reverse("indicators:indicator_list", args=[plan.slug]),
        reverse("evaluations:dashboard", args=[plan.slug]),
        reverse("evaluations:entry_year", args=[plan.slug, 2024]),
    ]

    assert [link in client.get(page).text for page in pages] == [True] * 3


# --- Reading ---


def test_the_workbench_shows_every_factor_that_the_reference_names(client, plan, editor):
    a_volume(plan.sections.get(), "shisetsu_nyusho", "")

    page = plain_text(client.get(address(plan, "shisetsu_nyusho")))

    for words in (
        "現に利用している者の数",
        "施設入所者の地域生活への移行者数(成果目標)",
        "※施設入所者の地域生活への移行者数(成果目標)は減として見込む",
    ):
        assert words in page
    assert "要確認" not in page


def test_a_service_after_the_fourth_plan_is_marked(client, plan, editor):
    a_volume(plan.sections.get(), "jiritsu_enjo", "")

    page = plain_text(client.get(address(plan, "jiritsu_enjo")))

    assert "第4期の参考資料にないサービス：要確認" in page


def test_the_scenarios_stand_side_by_side_and_say_why_they_say_nothing(client, plan, measures, editor):
    page = client.get(address(plan)).text

    rows = dict(re.findall(r'data-scenario="(\w+)"(.*?)</tr>', page, re.DOTALL))
    assert list(rows) == ["hold", "arithmetic", "geometric", "own"]
    assert (rows["hold"].count("60人/月"), rows["hold"].count("900時間/月")) == (3, 2)
    assert "実績が2年度分そろっていないため、計算しません。" in rows["arithmetic"]


def test_the_miss_is_split_on_the_workbench_and_on_the_page_of_the_amount(client, plan, measures, editor):
    sentence = "人数の差で-30時間/月、1人当たりの差で0時間/月、あわせて計画との差は-30時間/月です。"

    found = [
        sentence in client.get(page).text
        for page in (
            address(plan),
            reverse("evaluations:measure", args=[plan.slug, "kyotaku_kaigo-hours"]),
            reverse("evaluations:measure", args=[plan.slug, "kyotaku_kaigo-users"]),
        )
    ]

    assert found == [True, True, False]


def test_few_people_are_named(client, plan, editor):
    [users] = a_volume(plan.sections.get(), "jiritsu_enjo", "")
    a_value(users, 2024, "0.3")

    page = plain_text(client.get(address(plan, "jiritsu_enjo")))

    assert "10人/月に満たない実績があります。" in page
    assert "四捨五入で0になりました（0.3人/月）。" in page


@pytest.mark.parametrize("key", ["seikatsu_kaigo", "unknown", "homon_kei"])
def test_what_the_plan_does_not_have_is_not_found(client, plan, measures, editor, key):
    assert client.get(address(plan, key)).status_code == 404


# --- Typing ---


def test_working_out_keeps_everything_typed_and_saves_nothing(client, plan, measures, editor):
    typed = {
        "factor-1-number": "２人",
        "factor-1-effect": "add",
        "factor-1-spread": "each",
        "factor-1-source": "照会",
        "factor-3-name": "市の独自調査",
        "factor-3-note": "秋に実施",
        "own_users-2025": "70",
        "own_users-2026": "75",
        "per_user": "own",
        "own_per_user-2025": "16",
        "own_per_user-2026": "16.5",
        "places": "1",
        "scenario": "own",
        "reason": "書きかけ",
    }

    page = post(client, plan, "work-out", **typed)

    assert {name: form_with(page, "reason")[name] for name in typed} == typed
    rows = dict(re.findall(r'data-scenario="(\w+)"(.*?)</tr>', page.text, re.DOTALL))
    # 60 + 2 with 16 hours each, 60 + 4 with 16.5; 72 and 79 of the own figures.
    assert [("62人/月" in rows["hold"], "992時間/月" in rows["hold"], "1056時間/月" in rows["hold"])] == [(True,) * 3]
    assert ("72人/月" in rows["own"], "79人/月" in rows["own"]) == (True, True)
    assert (VolumeForecast.objects.count(), Change.objects.count()) == (0, 0)


def test_what_was_saved_is_there_again_and_may_be_read(client, plan, measures, editor):
    answer = chosen(client, plan, **{"factor-3-name": "独自の調査", "factor-3-number": "5"})

    page = plain_text(client.get(address(plan)))
    assert answer["Location"] == address(plan) + "?edit=1#take"
    assert ("採る算出のしかた" in page, REASON in page, "独自の調査" in page) == (True, True, True)
    assert form_of(client, plan)["factor-3-name"] == "独自の調査"


def test_a_row_of_the_city_disappears_when_it_is_emptied(client, plan, measures, editor):
    chosen(client, plan, **{"factor-3-name": "独自の調査", "factor-3-number": "5"})

    chosen(client, plan, **{"factor-3-name": "", "factor-3-number": ""})

    factors = ground_of(plan, "kyotaku_kaigo", None).content.factors
    assert [factor.name for factor in factors] == [
        "現に利用している者の数",
        "障害者等のニーズ",
        "平均的な一人当たり利用量",
    ]


def test_a_number_left_blank_is_not_entered_and_not_zero(client, plan, measures, editor):
    chosen(client, plan, **{"factor-0-number": "", "factor-1-number": "0"})

    factors = ground_of(plan, "kyotaku_kaigo", None).content.factors
    assert [factor.number for factor in factors[:2]] == [None, 0]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"factor-1-number": "二人"}, "数値で入力してください（入力：二人）"),
        ({"factor-1-number": "2割"}, "割・分ではなく、数値で入力してください（入力：2割）"),
        ({"factor-1-number": "99999999"}, "10000000より小さい数を入力してください（入力：99999999）"),
        ({"own_users-2025": "-3"}, "0以上の数を入力してください（入力：-3）"),
        ({"factor-1-effect": "add"}, "利用者数に加減するときは、数を入力してください。"),
        (
            {"factor-1-effect": "add", "factor-1-number": "-2"},
            "加減する数は0以上にし、「加える」か「減らす」を選んでください。",
        ),
        ({"factor-1-effect": "add", "factor-1-spread": "own"}, "加減する年度に、数を入力してください。"),
        ({"factor-3-number": "4"}, "勘案事項の名前を入力してください。使わない行は空欄にします。"),
        ({"factor-3-name": "障害者等のニーズ"}, "「障害者等のニーズ」が二つあります。名前を変えてください。"),
        ({"scenario": "hold", "reason": ""}, "採る算出のしかたを選んだときは、理由を書いてください。"),
        ({"scenario": "guess"}, "一覧から選んでください。"),
        ({"basis_year": "2020"}, "一覧から選んでください。"),
        (
            {"first_year": "2024", "basis_year": ""},
            "最後の実績を選ばないときは、「いちばん古い実績から」にしてください。",
        ),
    ],
)
def test_a_problem_is_named_in_its_place_and_nothing_is_lost(client, plan, measures, editor, typed, sentence):
    page = post(client, plan, **({"reason": REASON} | typed))

    assert sentence in page.text
    assert form_with(page, "reason")["reason"] == typed.get("reason", REASON)
    assert VolumeForecast.objects.count() == 0


def test_a_scenario_that_says_nothing_cannot_be_chosen(client, plan, measures, editor):
    page = chosen(client, plan, scenario="arithmetic")

    assert "「等差」は選べません。実績が2年度分そろっていないため、計算しません。" in page.text
    assert form_with(page, "reason")["reason"] == REASON


def test_of_two_who_save_the_second_sees_both(client, plan, measures, editor):
    form = form_of(client, plan)
    chosen(client, plan, reason="先の人の理由")

    page = client.post(address(plan), form | {"do": "save", "scenario": "hold", "reason": REASON})
    again = client.post(address(plan), form_with(page, "reason") | {"do": "save"})

    assert ("ほかの人が先に変更しました。" in page.text, "理由：先の人の理由" in page.text) == (True, True)
    assert form_with(page, "reason")["reason"] == REASON
    assert (again.status_code, VolumeForecast.objects.get().reason) == (302, REASON)


# --- Into the plan ---


def test_ticked_years_go_into_the_plan_and_say_why(client, plan, measures, editor):
    users, hours = measures
    chosen(client, plan)

    answer = post(client, plan, "take", take="2025")

    assert (answer["Location"], planned(users), planned(hours)) == (
        address(plan),
        {2024: 62, 2025: 60},
        {2024: 930, 2025: 900},
    )
    for page in (address(plan), *(reverse("evaluations:measure", args=[plan.slug, m.code]) for m in measures)):
        text = plain_text(client.get(page))
        assert ("見込量の算出：据置" in text, REASON in text) == (True, True)


def test_a_planned_value_that_was_changed_later_says_so(client, plan, measures, editor):
    chosen(client, plan)
    post(client, plan, "take", take="2025")
    users, _ = measures
    change = CellChange(users, 2025, Side.PLANNED, Value(planned(users)[2025]), Value(planned(users)[2025] + 5))
    record_values([change], by=editor, channel=Channel.SCREEN)

    page = plain_text(client.get(reverse("evaluations:measure", args=[plan.slug, users.code])))

    assert "その後に変更 いまの計画値は65人/月です。" in page


def test_what_was_typed_and_not_saved_is_not_taken(client, plan, measures, editor):
    chosen(client, plan)

    page = post(client, plan, "take", take="2025", reason="書き直した理由")

    assert "先に、入力した内容を保存してください。" in page.text
    assert form_with(page, "reason")["reason"] == "書き直した理由"
    assert TakenVolume.objects.count() == 0


@pytest.mark.parametrize("typed", [{"take": ""}, {"take": "2024"}, {"take": "2025", "seen": "forged"}])
def test_without_a_year_or_without_the_page_nothing_is_taken(client, plan, measures, editor, typed):
    chosen(client, plan)

    page = post(client, plan, "take", **typed)

    assert "計画値に入れる年度に印を付けてください。" in page.text
    assert TakenVolume.objects.count() == 0


def test_a_value_changed_by_another_hand_is_shown_before_it_is_overwritten(client, plan, measures, editor):
    users, _ = measures
    chosen(client, plan)
    form = form_of(client, plan)
    record_values([CellChange(users, 2025, Side.PLANNED, EMPTY, Value(number=80))], by=editor, channel=Channel.SCREEN)

    page = client.post(address(plan), form | {"do": "take", "take": "2025"})
    again = client.post(address(plan), form_with(page, "reason") | {"do": "take", "take": "2025"})

    assert "ほかの人が「80」に変更しています（入力：60）" in page.text
    assert (again.status_code, planned(users)[2025]) == (302, 60)


def test_actuals_that_moved_meanwhile_are_shown_before_they_are_taken(client, plan, measures, editor):
    users, _ = measures
    chosen(client, plan)
    form = form_of(client, plan)
    users.values.filter(side=Side.ACTUAL).update(number=61)

    page = client.post(address(plan), form | {"do": "take", "take": "2025"})

    assert "ページを開いた後に、もとにした実績か算出の内容が変わりました。" in page.text
    assert "61人/月" in page.text
    assert TakenVolume.objects.count() == 0


def test_in_a_changed_plan_the_values_go_into_the_newest_change(client, plan, measures, editor):
    users, _ = measures
    a_value(users, 2025, 64, side=Side.PLANNED)
    chosen(client, plan)
    form = form_of(client, plan)
    a_revision(plan)

    page = client.post(address(plan), form | {"do": "take", "take": "2025"})
    again = client.post(address(plan), form_with(page, "reason") | {"do": "take", "take": "2025"}, follow=True)

    assert "ページを開いた後に、計画変更の登録が変わりました。" in page.text
    assert "計画値は、第1回変更の値として記録されます。" in re.sub(r"<[^>]+>", "", page.text)
    assert "計画値は、第1回変更の値として記録しました。" in again.text
    found = users.values.filter(side=Side.PLANNED, fiscal_year=2025).order_by("revision")
    assert [(row.number, row.revision, row.replaced_in) for row in found] == [(64, 0, 1), (60, 1, None)]


def test_a_locked_year_offers_no_tick_and_says_why(client, plan, measures, editor):
    in_state(plan.sections.get(), 2026, YearState.CONFIRMED)
    chosen(client, plan)

    page = client.get(address(plan) + "?edit=1").text

    assert re.findall(r'name="take" value="(\d+)"', page) == ["2025"]
    assert "確定しているため変更できません。" in page


def test_the_leavers_of_the_goal_are_taken_off_the_facilities(client, plan, editor):
    section = plan.sections.get()
    [users] = a_volume(section, "shisetsu_nyusho", "")
    a_value(users, 2024, 57)
    goal = a_measure(section, "1-1", title="地域生活への移行者数", accumulation=Accumulation.CUMULATIVE)
    a_value(goal, 2026, 6, side=Side.PLANNED)

    chosen(client, plan, key="shisetsu_nyusho")
    post(client, plan, "take", key="shisetsu_nyusho", take="2026")

    # Six leave within three years; by the end of 2026 four more than by 2024.
    assert planned(users) == {2026: 53}
    assert "成果目標 1-1「地域生活への移行者数」令和8年度の目標" in client.get(address(plan, "shisetsu_nyusho")).text


# --- Who sees and who may ---


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PREFECTURE])
def test_readers_find_no_form_and_cannot_post(client, plan, measures, role):
    person = a_user(Role.VIEWER) if role == Role.VIEWER else a_prefecture_user(plan.municipality.prefecture)
    client.force_login(person)

    page, answer = client.get(address(plan) + "?edit=1"), client.post(address(plan), {"do": "save"})

    assert (page.status_code, '<form method="post" action="?edit=1"' in page.text, answer.status_code) == (
        200,
        False,
        403,
    )
    assert "見込量の算出は、入力・確認・確定・管理の役割の人が行います。" in answer.text


def test_another_department_reads_and_is_told_whose_it_is(client, plan, measures):
    ours, theirs = (Department.objects.create(municipality=plan.municipality, name=n) for n in ("福祉課", "総務課"))
    for measure in measures:
        type(measure).objects.filter(pk=measure.pk).update(department=ours)
    client.force_login(a_user(department=theirs))

    page = client.get(address(plan) + "?edit=1")

    assert "担当は福祉課です。ほかの課の人は変更できません。" in page.text
    assert client.post(address(plan), {"do": "save"}).status_code == 403


def test_a_stranger_finds_nothing(client, plan, measures):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))

    assert [client.get(address(plan)).status_code, client.post(address(plan), {}).status_code] == [404, 404]


def test_a_forecast_that_stands_on_drafts_is_seen_when_they_are_confirmed(client, plan, measures, editor):
    chosen(client, plan)
    post(client, plan, "take", take="2025")
    client.force_login(a_user(Role.VIEWER))
    pages = (
        address(plan),
        reverse("indicators:volumes", args=[plan.slug]),
        reverse("evaluations:measure", args=[plan.slug, "kyotaku_kaigo-users"]),
        reverse("indicators:volume_table", args=[plan.slug, "kyotaku_kaigo"]),
    )

    def seen():
        texts = [book_text(client.get(page)) for page in pages]
        return [(REASON in text, "据置" in text) for text in texts]

    before = seen()
    in_state(plan.sections.get(), 2024, YearState.CONFIRMED)

    assert before == [(False, False)] * 4
    assert seen() == [(True, True), (False, True), (True, True), (True, True)]


def test_in_the_history_a_forecast_stays_a_working_paper(client, plan, measures, editor):
    chosen(client, plan)
    history = reverse("plans:history")

    found = []
    for person in (editor, a_user(Role.VIEWER)):
        client.force_login(person)
        page = plain_text(client.get(history))
        found.append(("見込量の算出" in page, REASON in page))

    assert found == [(True, True), (True, False)]


# --- The workbook ---


def book_text(response):
    if not response.headers["Content-Type"].startswith("application/vnd"):
        return response.text
    sheet = load_workbook(io.BytesIO(response.content)).active
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)


def test_the_workbook_holds_what_the_page_prints_as_numbers(client, plan, measures, editor):
    chosen(client, plan)
    post(client, plan, "take", take="2025")

    sheet = load_workbook(io.BytesIO(client.get(address(plan) + "table.xlsx").content)).active

    rows = [[cell.value for cell in row if cell.value not in (None, "")] for row in sheet.iter_rows()]
    titles = [row[0] for row in rows if len(row) == 1 and len(str(row[0])) < 20]
    assert [title for title in titles if title.startswith(("実績", "勘案", "算出", "採る", "計画"))] == [
        "実績",
        "勘案事項（参考5）",
        "算出のしかたの比較",
        "採る算出のしかた",
        "計画値に入れた見込量",
        "計画と実績の差の内訳",
    ]
    assert ["令和6年度", "この計画", 60, 900, 15] in rows
    assert ["据置", "令和7年度", 60, 0, 60, 15, 900, "令和6年度の60人/月がそのまま続く"] in rows
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_nothing_typed_becomes_a_formula_in_the_workbook(client, plan, measures, editor):
    chosen(client, plan, **{"factor-3-name": "=1+1", "factor-3-source": "@SUM(A1)"})

    sheet = load_workbook(io.BytesIO(client.get(address(plan) + "table.xlsx").content)).active

    found = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert (found["=1+1"], found["@SUM(A1)"]) == ("s", "s")


# --- Questions ---


def questions(client, page):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_no_page_asks_more_than_twelve_questions_however_much_there_is(client, plan, measures, role):
    writer = a_user()
    client.force_login(writer)
    older = a_plan(plan.municipality, generation=6)
    for measure in a_volume(plan.sections.get(), "doko_engo"):
        a_value(measure, 2024, 5)
    for new, old in zip(measures, a_volume(a_section(older)), strict=True):
        MeasureLink.objects.create(plan=plan, old=old, new=new, how="same")
        a_value(old, 2022, 50)
    chosen(client, plan)
    post(client, plan, "take", take="2025")
    client.force_login(a_user(role))
    overview = reverse("indicators:volumes", args=[plan.slug])
    pages = (
        overview,
        address(plan),
        address(plan) + "?edit=1",
        address(plan) + "table.xlsx",
        address(plan, "homon_kei") + "?edit=1",
        reverse("evaluations:measure", args=[plan.slug, "kyotaku_kaigo-hours"]),
    )
    few = [len(questions(client, page)) for page in pages]

    a_service()
    for service in Service.objects.exclude(code__in=["kyotaku_kaigo", "doko_engo"])[:29]:
        for measure in a_volume(plan.sections.get(), service.code):
            a_value(measure, 2024, 5)
        VolumeForecast.objects.create(plan=plan, service=service, saved_at="2026-01-01T00:00Z")
    many = [len(questions(client, page)) for page in pages]

    assert many == few
    assert max(many) <= 12


def test_the_content_of_a_new_forecast_is_what_the_form_shows(client, plan, measures, editor):
    ground = ground_of(plan, "kyotaku_kaigo", None)

    post(client, plan)

    assert ForecastContent.of(VolumeForecast.objects.get()) == ground.content
