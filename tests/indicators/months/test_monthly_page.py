"""The page of months: what it shows to whom, what it saves, what it takes over, and what it says when it cannot."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.values import EMPTY, Value
from core.words import Accumulation, Certainty, Family, Side, ValueKind
from indicators.models import Service
from indicators.months.readings import ReadingChange, record_readings, stored_readings
from plans.measures.changes import remove_measure
from plans.models import Change, Channel, Department, Role, YearlyValue, YearState
from tests.builders import a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def section():
    return a_section(a_plan(), number=3, title="訪問系サービス")


@pytest.fixture
def users(section):
    return an_indicator(section, "home", title="居宅介護")


def an_indicator(section, code, **fields):
    given = {"family": Family.INDICATOR, "accumulation": Accumulation.MONTHLY_AVERAGE, "unit": "人/月"} | fields
    return a_measure(section, code, **given)


def number(text, *, provisional=False):
    return Value(Decimal(text), certainty=Certainty.PRELIMINARY if provisional else None)


def with_months(measure, *texts, year=2022):
    months = (*range(4, 13), 1, 2, 3)
    changes = [
        ReadingChange(measure, year, month, EMPTY, number(text)) for month, text in zip(months, texts, strict=False)
    ]
    record_readings(changes, by=None, channel=Channel.COMMAND)


def page(section, year=2022):
    return reverse("indicators:monthly", args=[section.plan.slug, year])


def drawn(client, section):
    return form_with(client.get(page(section)), "seen")


def kept(measure):
    return {month: value for (_, month), value in stored_readings([measure], 2022).items()}


def actual(measure):
    row = YearlyValue.objects.filter(measure=measure, fiscal_year=2022, side=Side.ACTUAL).first()
    return row.value if row else EMPTY


def test_months_typed_as_people_type_are_saved_and_said_back(as_editor, section, users):
    fields = drawn(as_editor, section) | {"m-home-4": "１２人", "m-home-5": "13", "p-home-5": "1", "m-home-6": "集計中"}

    answer = as_editor.post(page(section), fields, follow=True)

    assert kept(users) == {4: number(12), 5: number(13, provisional=True), 6: Value.from_dict({"state": "pending"})}
    assert "第3節の月別の値3件を保存しました。読み取った値：１２人 → 12" in answer.text
    assert "12.5人/月" in answer.text
    assert "2か月分の平均（あと10か月）" in answer.text


def test_saving_changes_no_year(as_editor, section, users):
    a_value(users, 2022, 99)

    as_editor.post(page(section), drawn(as_editor, section) | {"m-home-4": "12"})

    assert actual(users).number == 99


def test_a_page_nobody_touched_writes_nothing(as_editor, section, users):
    with_months(users, "12.5", "0")
    before = Change.objects.count()

    answer = as_editor.post(page(section), drawn(as_editor, section), follow=True)

    assert "変更はありませんでした。" in answer.text
    assert Change.objects.count() == before


def test_the_mark_alone_can_be_set_and_taken_off(as_editor, section, users):
    with_months(users, "12")

    as_editor.post(page(section), drawn(as_editor, section) | {"p-home-4": "1"})
    marked = kept(users)
    fields = drawn(as_editor, section)
    fields.pop("p-home-4")
    as_editor.post(page(section), fields)

    assert (marked, kept(users)) == ({4: number(12, provisional=True)}, {4: number(12)})


def test_a_month_that_cannot_be_read_is_named_in_its_place_and_nothing_is_saved(as_editor, section, users):
    answer = as_editor.post(page(section), drawn(as_editor, section) | {"m-home-4": "十二", "m-home-5": "7"})

    fields = form_with(answer, "seen")
    assert kept(users) == {}
    assert '<a href="#m-home-4">「居宅介護」4月</a>：数値で入力してください（入力：十二）' in answer.text
    assert (fields["m-home-4"], fields["m-home-5"]) == ("十二", "7")


def test_clearing_a_field_takes_the_month_away(as_editor, section, users):
    with_months(users, "12", "13")

    as_editor.post(page(section), drawn(as_editor, section) | {"m-home-4": ""})

    assert kept(users) == {5: number(13)}


# --- Two people ---


def test_the_second_sees_both_values_and_chooses(as_editor, section, users):
    fields = drawn(as_editor, section)
    with_months(users, "15")

    answer = as_editor.post(page(section), fields | {"m-home-4": "12"})
    before = kept(users)
    again = form_with(answer, "seen")
    unchosen = as_editor.post(page(section), again)
    as_editor.post(page(section), form_with(unchosen, "seen") | {"m-home-4-choice": "mine"})

    assert "自分の入力「12」を使う" in answer.text
    assert "いまの値「15」を残す" in answer.text
    assert "どちらの値を残すか選んでください。" in unchosen.text
    assert (before, kept(users)) == ({4: number(15)}, {4: number(12)})


def test_keeping_the_other_value_saves_the_rest(as_editor, section, users):
    fields = drawn(as_editor, section)
    with_months(users, "15")

    answer = as_editor.post(page(section), fields | {"m-home-4": "12", "m-home-5": "3"})
    as_editor.post(page(section), form_with(answer, "seen") | {"m-home-4-choice": "theirs"})

    assert kept(users) == {4: number(15), 5: number(3)}


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_page_without_what_it_showed_overwrites_nothing(as_editor, section, users, token):
    with_months(users, "5")

    answer = as_editor.post(page(section), drawn(as_editor, section) | {"seen": token, "m-home-4": "12"})

    assert kept(users) == {4: number(5)}
    assert "いまの値「5」を残す" in answer.text


def test_what_was_typed_before_the_year_was_locked_is_shown(as_editor, section, users):
    fields = drawn(as_editor, section)
    in_state(section, 2022, YearState.CONFIRMED)

    answer = as_editor.post(page(section), fields | {"m-home-4": "12"})

    assert kept(users) == {}
    assert "次の入力は保存していません。" in answer.text
    assert "「居宅介護」4月：12" in answer.text


def test_what_was_typed_for_a_measure_that_moved_meanwhile_is_shown_and_nothing_is_saved(as_editor, section, users):
    stays = an_indicator(section, "day", title="生活介護")
    fields = drawn(as_editor, section)
    users.section = a_section(section.plan, 4)
    users.save()

    answer = as_editor.post(page(section), fields | {"m-home-4": "12", "m-day-4": "3"})

    assert (kept(users), kept(stays)) == ({}, {})
    assert "第4節「居宅介護」4月：12" in answer.text
    assert form_with(answer, "seen")["m-day-4"] == "3"


def test_what_was_typed_for_a_measure_that_was_removed_meanwhile_is_shown_and_nothing_is_saved(
    as_editor, section, users
):
    stays = an_indicator(section, "day", title="生活介護")
    fields = drawn(as_editor, section)
    remove_measure(section.plan, users, by=a_user(Role.MANAGER), channel=Channel.SCREEN)

    answer = as_editor.post(page(section), fields | {"m-home-4": "12", "m-day-4": "3"})

    assert kept(stays) == {}
    assert "「home（取り除かれた指標）」4月：12" in answer.text


# --- Into the year ---


def test_one_row_is_taken_over_with_its_circumstances(as_editor, section, users):
    with_months(users, *["60"] * 11, "63")
    other = an_indicator(section, "other")
    with_months(other, "1")

    answer = as_editor.post(page(section), drawn(as_editor, section) | {"take-one": "home"}, follow=True)

    assert actual(users) == Value(
        number=Decimal("60.3"),
        as_of="令和4年4月〜令和5年3月の月別値から",
        certainty=Certainty.FINAL,
        note="月別値から：12か月の平均、合計 723 ÷ 12 ＝ 60.25",
    )
    assert actual(other) == EMPTY
    assert "1件を第3節の年度の実績に反映しました。" in answer.text
    assert "反映済み" in answer.text


def test_all_ticked_rows_are_taken_over_together(as_editor, section, users):
    other, third = an_indicator(section, "other"), an_indicator(section, "third")
    for measure in (users, other, third):
        with_months(measure, "1", "2")
    fields = drawn(as_editor, section) | {"take": ["home", "third"], "take-chosen": "1"}

    as_editor.post(page(section), fields)

    taken = [actual(measure).number for measure in (users, other, third)]
    assert taken == [Decimal("1.5"), None, Decimal("1.5")]
    assert actual(users).certainty is Certainty.PRELIMINARY


def test_a_newer_actual_is_shown_beside_what_would_replace_it_and_only_a_second_click_does(as_editor, section, users):
    with_months(users, "60")
    fields = drawn(as_editor, section) | {"take-one": "home"}
    a_value(users, 2022, 99)

    answer = as_editor.post(page(section), fields)
    before = actual(users).number
    as_editor.post(page(section), form_with(answer, "seen") | {"take-one": "home"})

    assert "ほかの人が「99」に変更しています（入力：60）。それでも反映するときは、" in answer.text
    assert (before, actual(users).number) == (99, 60)


def test_months_that_moved_since_the_page_was_drawn_are_looked_at_again(as_editor, section, users):
    with_months(users, "60")
    fields = drawn(as_editor, section) | {"take-one": "home"}
    record_readings([ReadingChange(users, 2022, 4, number(60), number(70))], by=None, channel=Channel.COMMAND)

    answer = as_editor.post(page(section), fields)

    assert "月別の値が変わりました。" in answer.text
    assert actual(users) == EMPTY


def test_typed_months_are_saved_before_anything_is_taken_over(as_editor, section, users):
    with_months(users, "60")

    answer = as_editor.post(page(section), drawn(as_editor, section) | {"m-home-5": "62", "take-one": "home"})

    assert "先に、月別の値を保存してください。" in answer.text
    assert form_with(answer, "seen")["m-home-5"] == "62"
    assert (kept(users), actual(users)) == ({4: number(60)}, EMPTY)


def test_without_a_tick_nothing_is_taken_over_and_it_says_so(as_editor, section, users):
    with_months(users, "60")

    answer = as_editor.post(page(section), drawn(as_editor, section) | {"take-chosen": "1"}, follow=True)

    assert "年度の実績に反映する指標が選ばれていません。" in answer.text
    assert actual(users) == EMPTY


def test_a_row_that_was_not_offered_is_not_taken_over(as_editor, section, users):
    department = Department.objects.create(municipality=section.plan.municipality, name="子ども課")
    other = an_indicator(section, "other", department=department)
    as_editor.force_login(a_user(Role.EDITOR, department=department))
    with_months(users, "60")
    with_months(other, "1")

    answer = as_editor.post(page(section), drawn(as_editor, section) | {"take-one": "home"}, follow=True)

    assert "担当課が決まっていません。ほかの課の人は変更できません。" in answer.text
    assert (actual(users), 'name="m-home-4"' in answer.text, 'name="m-other-4"' in answer.text) == (EMPTY, False, True)


# --- Who sees what ---


def test_a_viewer_reads_settled_months_without_a_field_and_nothing_of_a_draft(client, section, users):
    with_months(users, "31337")
    client.force_login(a_user(Role.VIEWER))

    draft = client.get(page(section)).text
    in_state(section, 2022, YearState.CONFIRMED)
    settled = client.get(page(section)).text

    assert ("31337" in draft, "確認中" in draft, "<svg" in draft) == (False, True, False)
    assert ("31337" in settled, 'name="m-home-4"' in settled, "<svg" in settled) == (True, False, True)


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.PREFECTURE, 404), (None, 404)])
def test_only_those_who_write_may_post(client, section, users, role, status):
    client.force_login(a_user(role, a_municipality("120006", "千葉県") if role == Role.PREFECTURE else None))

    answer = client.post(page(section), {"m-home-4": "1"})

    assert (answer.status_code, kept(users)) == (status, {})


def test_another_city_finds_nothing(client, section, users):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市")))

    assert [client.get(page(section)).status_code, client.post(page(section)).status_code] == [404, 404]


def test_a_confirmed_year_says_why_it_cannot_be_changed(as_editor, section, users):
    in_state(section, 2022, YearState.CONFIRMED)

    answer = as_editor.get(page(section))

    assert "確定しているため変更できません。" in answer.text
    assert "<form" not in answer.text.split("<main")[1]


@pytest.mark.parametrize("address", ["?section=9", "?section=x"])
def test_a_section_without_months_is_not_found(as_editor, section, users, address):
    assert as_editor.get(page(section) + address).status_code == 404


def test_a_year_outside_the_plan_is_not_found(as_editor, section, users):
    assert as_editor.get(page(section, 2024)).status_code == 404


def test_a_plan_without_such_indicators_says_what_is_counted_by_month(as_editor, section):
    an_indicator(section, "rate", value_kind=ValueKind.RATE)
    a_measure(section, "goal")

    answer = as_editor.get(page(section))

    assert "月別に入力する活動指標はありません。" in answer.text
    assert as_editor.post(page(section)).status_code == 302


def test_users_and_hours_of_one_service_stand_together(as_editor, section):
    service = Service.objects.create(code="home", name="居宅介護", category="訪問系")
    for code in ("home-users", "between", "home-hours"):
        measure = an_indicator(section, code)
        if code != "between":
            measure.activity_indicator.service = service
            measure.activity_indicator.save()

    text = as_editor.get(page(section)).text

    places = [text.index(f'data-measure="{code}"') for code in ("home-users", "home-hours", "between")]
    assert places == sorted(places)


def test_a_large_section_is_paged_so_that_every_form_fits(as_editor, section):
    for place in range(60):
        with_months(an_indicator(section, f"i{place}"), *["1"] * 12)

    answer = as_editor.get(page(section))
    with CaptureQueriesContext(connection) as asked:
        third = as_editor.get(page(section) + "?page=3")

    assert answer.text.count("data-measure=") == 25
    assert third.text.count("data-measure=") == 10
    assert answer.text.count("<input") < 1000
    assert len(asked) <= 12


def test_the_list_and_the_page_of_entry_lead_here(as_editor, section, users):
    plan = section.plan
    listed = as_editor.get(reverse("indicators:indicator_list", args=[plan.slug])).text
    entered = as_editor.get(reverse("evaluations:entry_year", args=[plan.slug, 2022])).text

    assert f'href="{page(section, plan.current_year)}"' in listed
    assert f'href="{page(section)}"' in entered


def test_the_chart_draws_the_plan_as_a_line_for_a_monthly_average_alone(as_editor, section, users):
    total = an_indicator(section, "total", accumulation=Accumulation.YEAR_TOTAL)
    for measure in (users, total):
        with_months(measure, "60", "0")
        a_value(measure, 2022, 66, side=Side.PLANNED)

    text = as_editor.get(page(section)).text

    summary = "4月：実績60人/月。5月：実績0人/月。6月：実績は未入力。"
    assert text.count(summary) == 2
    assert text.count("年度の計画（月平均）は66人/月。") == 1
