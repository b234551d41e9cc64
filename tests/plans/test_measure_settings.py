"""指標の設定: what a measure is, changed by the rules of the import, and a measure taken away."""

import pytest
from django.urls import reverse

from indicators.models import Service
from indicators.services import create_missing_services
from plans.models import Change, Measure, Role, Subject
from targets.models import TargetItem
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db

SLUG = "122319-6"
LIST = reverse("evaluations:plan_measures", args=[SLUG])
ADDRESS = reverse("evaluations:measure_settings", args=[SLUG, "1-1"])


@pytest.fixture
def measure(section):
    return a_measure(section, "1-1", title="移行者数", order=1, baseline=36, baseline_year=2019)


def the_form(page, address=ADDRESS):
    return form_with(page.get(address), "title")


def saved(page, address=ADDRESS, **typed):
    return page.post(address, the_form(page, address) | {"do": "save"} | typed)


def history():
    return [(c.field, c.old, c.new) for c in Change.objects.filter(subject=Subject.MASTER).order_by("id")]


def test_everything_that_a_measure_is_can_be_changed(as_manager, measure, section):
    a_section(section.plan, 2)
    a_measure(section, "1-2", title="施設入所者数", order=2)
    typed = {
        "section": "2",
        "label": "3",
        "title": "地域へ移った人",
        "unit": "名",
        "direction": "減",
        "accumulation": "累計",
        "baseline": "４０人",
        "baseline_year": "R2",
        "baseline_text": "令和2年度末の40人",
        "baseline_is_same_quantity": "on",
        "parent": "1-2",
        "parent_role": "内数",
        "national_level": "6%以上",
        "rationale": "過去3年の平均から",
        "quantity": "移行者数（人）",
        "definition": "住民票による。",
        "data_source": "福祉課",
        "until_year": "令和4年度",
        "order": "7",
    }

    saved(as_manager, **typed)

    measure.refresh_from_db()
    fields = ("label", "title", "unit", "direction", "accumulation", "baseline", "baseline_year", "baseline_text")
    assert [getattr(measure, name) for name in fields] == [
        *("3", "地域へ移った人", "名", "less", "cumulative", 40, 2020, "令和2年度末の40人")
    ]
    more = ("baseline_is_same_quantity", "parent_role", "quantity", "definition", "data_source", "until_year", "order")
    assert [getattr(measure, name) for name in more] == [
        True,
        "subset",
        "移行者数（人）",
        "住民票による。",
        "福祉課",
        2022,
        7,
    ]
    assert (measure.section.number, measure.parent.code) == (2, "1-2")
    item = TargetItem.objects.get(measure=measure)
    assert (item.national_level, item.rationale) == ("6%以上", "過去3年の平均から")
    assert {field for field, _, _ in history()} >= {"指標名", "目標値設定の考え方", "国の基本指針の水準", "終了年度"}
    assert ("指標名", "移行者数", "地域へ移った人") in history()
    assert ("基準値は目標と同じ量", "いいえ", "はい") in history()


def test_a_form_sent_as_it_was_drawn_changes_nothing(as_manager, measure):
    answer = as_manager.post(ADDRESS, the_form(as_manager) | {"do": "save"}, follow=True)

    assert "変更はありませんでした。" in answer.text
    assert history() == []


def test_an_indicator_gets_its_service(as_manager, section):
    create_missing_services()
    a_measure(section, "i-1", family="indicator", title="居宅介護の利用者数")
    address = reverse("evaluations:measure_settings", args=[SLUG, "i-1"])
    form = the_form(as_manager, address)
    service = Service.objects.get(code="kyotaku_kaigo")

    as_manager.post(address, form | {"do": "save", "service_id": str(service.pk), "amount_of": "users"})

    indicator = Measure.objects.get(code="i-1").activity_indicator
    assert (indicator.service, indicator.amount_of) == (service, "users")
    assert ("サービス", None, "居宅介護") in history()


def test_a_measure_is_said_to_be_an_entry_of_the_catalogue(as_manager, measure, section):
    a_measure(section, "1-2", catalogue_code="6-1-2")

    refused = saved(as_manager, catalogue_code="6-1-2")
    saved(as_manager, catalogue_code="6-1-1")

    assert "この項目は、この計画のほかの指標が使っています。" in refused.text
    measure.refresh_from_db()
    assert (measure.catalogue_code, history()) == ("6-1-1", [("国のカタログの項目", None, "6-1-1")])


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": ""}, "指標名を入力してください。"),
        ({"title": "一行\x0b二行"}, "改行や制御文字は使えません。"),
        ({"baseline": "三十六"}, "数値で入力してください（入力：三十六）。"),
        ({"baseline_year": "去年"}, "年度は「2021年度」「令和3年度」「R3」のように入力してください（入力：去年）。"),
        ({"until_year": "去年"}, "年度は「2021年度」「令和3年度」「R3」のように入力してください（入力：去年）。"),
        ({"since_year": "R5", "until_year": "R4"}, "終了年度は開始年度以後にしてください。"),
        ({"parent": "1-2"}, "「親との関係」も入力してください。"),
        ({"value_kind": "有無"}, "入力済みの値が「有無」に合わないため、種類を変えられません。"),
        ({"until_year": "R3"}, "令和4年度に値が入力されているため、変えられません。"),
        ({"since_year": "令和5年度"}, "令和4年度に値が入力されているため、変えられません。"),
    ],
)
def test_what_cannot_be_is_named_and_kept(as_manager, measure, section, typed, sentence):
    a_measure(section, "1-2")
    a_value(measure, 2022, 5)

    answer = saved(as_manager, unit="名", **typed)

    assert sentence in answer.text
    assert form_with(answer, "title")["unit"] == "名"
    measure.refresh_from_db()
    assert (measure.unit, history()) == ("人", [])


def test_a_measure_does_not_leave_a_section_with_a_confirmed_year(as_manager, measure, section):
    a_section(section.plan, 2)
    in_state(section, 2021, "CONFIRMED")

    answer = saved(as_manager, section="2")

    assert "確定または公表した年度のある節との間では、指標を移せません。" in answer.text
    measure.refresh_from_db()
    assert measure.section == section


def test_two_managers_on_one_field_see_both(as_manager, measure):
    form = the_form(as_manager) | {"do": "save", "title": "自分の名前", "rationale": "自分の考え方", "unit": "名"}
    saved(as_manager, title="同僚の名前")

    refused = as_manager.post(ADDRESS, form)

    assert refused.status_code == 409
    assert "ほかの人が「同僚の名前」に変更しています（入力：自分の名前）。" in refused.text
    measure.refresh_from_db()
    assert (measure.title, measure.unit) == ("同僚の名前", "人")
    as_manager.post(ADDRESS, form_with(refused, "title") | {"do": "save"})
    measure.refresh_from_db()
    assert (measure.title, measure.unit, measure.target_item.rationale) == ("自分の名前", "名", "自分の考え方")


def test_two_managers_on_a_text_of_the_page_alone_see_both(as_manager, measure):
    form = the_form(as_manager) | {"do": "save", "rationale": "自分の考え方"}
    saved(as_manager, rationale="同僚の考え方")

    refused = as_manager.post(ADDRESS, form)

    assert (refused.status_code, "ほかの人が「同僚の考え方」に変更しています。" in refused.text) == (409, True)
    as_manager.post(ADDRESS, form_with(refused, "title") | {"do": "save"})
    assert TargetItem.objects.get(measure=measure).rationale == "自分の考え方"


def test_two_managers_on_a_tick_and_a_choice_see_both(as_manager, measure):
    form = the_form(as_manager) | {"do": "save", "until_year": "R4"}
    form.pop("sheet_block")
    saved(as_manager, until_year="令和5年度")

    refused = as_manager.post(ADDRESS, form)

    assert "ほかの人が「令和5年度」に変更しています。" in refused.text
    again = form_with(refused, "title") | {"do": "save"}
    as_manager.post(ADDRESS, again)
    measure.refresh_from_db()
    assert (measure.until_year, measure.sheet_block) == (2022, False)


def test_two_managers_on_two_fields_never_meet(as_manager, measure):
    form = the_form(as_manager) | {"do": "save", "title": "新しい名前"}
    saved(as_manager, unit="名")

    as_manager.post(ADDRESS, form)

    measure.refresh_from_db()
    assert (measure.title, measure.unit) == ("新しい名前", "名")


# --- Taken away ---


def removed(page):
    return page.post(ADDRESS, {"do": "remove"}, follow=True)


def test_a_measure_without_values_and_history_is_taken_away_and_leaves_a_line(as_manager, measure, section):
    answer = removed(as_manager)

    assert "「移行者数」を取り除きました。" in answer.text
    assert not Measure.objects.exists()
    line = Change.objects.get()
    assert (line.field, line.old, line.new, line.section) == ("取り除き", "1-1 移行者数", None, section)


@pytest.mark.parametrize(
    ("arrange", "sentence"),
    [
        (lambda m: a_value(m, 2021, 3), "値が入力されているため、取り除けません。"),
        (
            lambda m: Change.objects.create(
                channel="screen", municipality=a_municipality(), measure=m, subject="value"
            ),
            "変更履歴があるため、取り除けません。",
        ),
        (
            lambda m: a_measure(m.section, "part", parent=m, parent_role="subset"),
            "この指標の内数や内訳があるため、取り除けません。",
        ),
    ],
)
def test_a_measure_that_something_hangs_on_stays(as_manager, measure, arrange, sentence):
    arrange(measure)

    assert sentence in as_manager.get(ADDRESS).text
    assert sentence in removed(as_manager).text
    assert Measure.objects.filter(code="1-1").exists()


# --- Doors ---


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.MANAGER, Role.PREFECTURE)])
def test_others_of_the_city_are_told_who_may(client, measure, role):
    client.force_login(a_user(role))

    for address in (LIST, f"{LIST}add/", ADDRESS):
        answers = [client.get(address)]
        if address != LIST:
            answers.append(client.post(address, {"do": "remove", "title": "x"}))
        for answer in answers:
            assert answer.status_code == 403
            assert "管理の役割の人だけです。" in answer.text
    assert Measure.objects.filter(code="1-1", title="移行者数").exists()


def test_a_stranger_finds_nothing(client, measure):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市（架空）")))

    statuses = {client.get(address).status_code for address in (LIST, f"{LIST}add/", ADDRESS)}
    statuses |= {client.post(address, {"do": "remove"}).status_code for address in (f"{LIST}add/", ADDRESS)}

    assert statuses == {404}


def test_a_measure_of_another_plan_is_not_found_here(as_manager, measure):
    a_measure(a_section(a_plan(generation=7, start=2024, end=2026)), "7-x")

    assert as_manager.get(reverse("evaluations:measure_settings", args=[SLUG, "7-x"])).status_code == 404


def test_the_order_that_an_import_may_give_can_be_saved_again(as_manager, section):
    a_measure(section, "1-9", order=32767)

    saved(as_manager, reverse("evaluations:measure_settings", args=[SLUG, "1-9"]), title="並び順の大きい指標")

    assert Measure.objects.get(code="1-9").title == "並び順の大きい指標"
