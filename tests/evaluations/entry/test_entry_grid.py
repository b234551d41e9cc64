"""The entry grid: what is drawn, what is saved, and what comes back with its problem."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.values import EMPTY, Value
from core.words import Certainty, Family, Side, State, ValueKind
from evaluations.entry.grid import PAGE_SIZE
from plans.measures.changes import remove_measure
from plans.models import Change, Channel, Department, Role, YearlyValue, YearState
from tests.builders import a_full_plan, a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.page_forms import form_with
from tests.page_readers import found_words, page_tree, rows_of, words

pytestmark = pytest.mark.django_db


def grid(section, year=2022):
    return reverse("evaluations:entry_section", args=[section.plan.slug, year, section.number])


def drawn(client, section, year=2022):
    return form_with(client.get(grid(section, year)), "seen")


def kept(measure, side=Side.ACTUAL, year=2022):
    row = YearlyValue.objects.filter(measure=measure, fiscal_year=year, side=side).first()
    return row.value if row else EMPTY


def enter(client, section, follow=True, **texts):
    """Type these texts (`a__actual__value="12"`) into the page as drawn and save."""
    typed = {"-".join((side, code, field)): text for (code, side, field), text in _named(texts)}
    return client.post(grid(section), drawn(client, section) | typed, follow=follow)


def _named(texts):
    return [(name.split("__"), text) for name, text in texts.items()]


# --- What is drawn ---


def test_each_row_has_one_field_for_the_plan_and_one_for_the_actual(as_editor, section):
    a_measure(section, "a")
    a_measure(section, "b", value_kind=ValueKind.TEXT)

    page = as_editor.get(grid(section)).text

    assert page.count('<tr data-measure="') == 2
    assert (page.count('data-field="actual"'), page.count('data-field="planned"')) == (2, 2)
    assert page.count('data-year="2022"') == 4


def test_the_fields_hold_what_is_kept_and_the_year_before_stands_beside(as_editor, section):
    measure = a_measure(section, "a")
    a_value(measure, 2022, 12, wording="延12人", as_of="3月末", certainty=Certainty.FINAL, note="速報から更新")
    a_value(measure, 2022, state=State.NOT_SET, side=Side.PLANNED)
    a_value(measure, 2021, 9)
    a_value(measure, 2021, 8, side=Side.PLANNED)

    page = as_editor.get(grid(section))
    fields = form_with(page, "seen")

    assert {name: text for name, text in fields.items() if name != "seen"} == {
        "planned-a-value": "",
        "planned-a-state": "設定しない",
        "planned-a-wording": "",
        "actual-a-value": "12",
        "actual-a-state": "",
        "actual-a-as_of": "3月末",
        "actual-a-certainty": "確定値",
        "actual-a-note": "速報から更新",
        "actual-a-wording": "延12人",
    }
    assert found_words(page, ".//dl[@class='cell']/dd") == ["8人", "9人"]


def test_a_goal_of_zero_for_the_last_year_is_a_goal(as_editor, section):
    a_value(a_measure(section, "a"), 2023, 0, side=Side.PLANNED)

    assert "期間の目標：0人（令和5年度）" in as_editor.get(grid(section)).text


def test_the_first_year_shows_the_baseline_beside(as_editor, section):
    a_measure(section, "a", baseline=Decimal(36), baseline_year=2019)

    page = as_editor.get(grid(section, 2021)).text

    assert "基準値 36人（令和元年度）" in page


@pytest.mark.parametrize("count", [1, 30])
def test_the_pages_of_entry_do_not_ask_more_for_more(as_editor, django_assert_max_num_queries, count):
    plan = a_full_plan(count)
    year, section = reverse("evaluations:entry_year", args=[plan.slug, 2022]), grid(plan.sections.get())

    with django_assert_max_num_queries(10):
        assert as_editor.get(section).status_code == 200
    with django_assert_max_num_queries(10):
        assert as_editor.get(year).status_code == 200


def test_a_section_of_sixty_measures_stays_below_the_limit_of_fields_and_more_are_paged(as_editor, section):
    for number in range(PAGE_SIZE + 1):
        a_measure(section, f"r{number}", value_kind=ValueKind.RATE, order=number)

    first = drawn(as_editor, section)
    saved = as_editor.post(grid(section), first | {f"actual-r{n}-value": str(n) for n in range(PAGE_SIZE)})
    onward = as_editor.post(grid(section), drawn(as_editor, section) | {"next": "1"})
    second = form_with(as_editor.get(grid(section) + "?page=2"), "seen")
    as_editor.post(grid(section) + "?page=2", second | {f"actual-r{PAGE_SIZE}-value": "5"})

    assert len(first) + 2 * PAGE_SIZE < 1000  # with a choice in every cell
    assert (saved.status_code, YearlyValue.objects.count()) == (302, PAGE_SIZE + 1)
    assert onward.url == grid(section) + "?page=2"


# --- What is saved ---


def test_a_number_typed_in_any_width_is_saved_and_echoed(as_editor, section):
    measure = a_measure(section, "a")

    page = enter(as_editor, section, a__actual__value="１２人")

    assert kept(measure) == Value(number=Decimal(12), wording="１２人")
    assert page.redirect_chain == [(grid(section), 302)]
    assert "第1節の1件を保存しました。読み取った値：１２人 → 12" in page.text
    assert '<p class="echo">１２人 → 12 と読み取りました</p>' in page.text


def test_an_echo_is_said_once_and_only_where_the_typing_differs(as_editor, section):
    a_measure(section, "a")

    plain = enter(as_editor, section, a__actual__value="12")
    enter(as_editor, section, a__actual__value="１３人")
    again = as_editor.get(grid(section))

    assert "読み取" not in plain.text
    assert "読み取" not in again.text


def test_a_page_saved_as_it_was_drawn_changes_nothing(as_editor, section):
    rate = a_measure(section, "r", value_kind=ValueKind.RATE)
    a_value(rate, 2022, "66.6667", numerator=Decimal(2), denominator=Decimal(3))
    a_value(a_measure(section, "p", value_kind=ValueKind.PRESENCE), 2022, 1, wording="有5人")
    a_value(a_measure(section, "t", value_kind=ValueKind.TEXT), 2022, state=State.WORDS_ONLY, wording="一行目\n二行目")
    a_value(a_measure(section, "s"), 2022, state=State.PENDING, wording="5月に確定", note="照会中")
    a_value(a_measure(section, "w"), 2022, state=State.WORDS_ONLY, wording="検討を始めた")
    before = {row.pk: row.value for row in YearlyValue.objects.all()}

    page = as_editor.post(grid(section), drawn(as_editor, section), follow=True)

    assert {row.pk: row.value for row in YearlyValue.objects.all()} == before
    assert Change.objects.count() == 0
    assert "変更はありませんでした。" in page.text


@pytest.mark.parametrize("state", ["集計中", "該当なし", "中止", "非公表"])
def test_a_state_is_chosen_even_where_a_number_stands(as_editor, section, state):
    measure = a_measure(section, "a")
    a_value(measure, 2022, 12)

    enter(as_editor, section, a__actual__state=state)

    assert kept(measure) == Value(state=State.from_label(state))


def test_a_number_typed_over_a_state_takes_its_place(as_editor, section):
    measure = a_measure(section, "a")
    a_value(measure, 2022, state=State.PENDING)

    enter(as_editor, section, a__actual__value="0")

    assert kept(measure) == Value(number=Decimal(0))


@pytest.mark.parametrize("texts", [{"a__actual__value": ""}, {"a__actual__state": "未入力"}])
def test_clearing_a_value_or_choosing_not_entered_leaves_no_row(as_editor, section, texts):
    measure = a_measure(section, "a")
    a_value(measure, 2022, 12, as_of="3月末")

    enter(as_editor, section, **texts)

    assert not YearlyValue.objects.filter(measure=measure).exists()


def test_circumstances_are_saved_with_the_actual(as_editor, section):
    measure = a_measure(section, "a")

    enter(
        as_editor,
        section,
        a__actual__value="12",
        a__actual__as_of="令和5年3月末",
        a__actual__certainty="速報",
        a__actual__note="相談支援分は含まない",
    )

    assert kept(measure) == Value(
        number=Decimal(12), as_of="令和5年3月末", certainty=Certainty.PRELIMINARY, note="相談支援分は含まない"
    )


def test_changing_a_note_leaves_the_value_exactly_as_it_is_kept(as_editor, section):
    measure = a_measure(section, "a", value_kind=ValueKind.PRESENCE)
    a_value(measure, 2022, 1)

    enter(as_editor, section, a__actual__note="年度内に設置")

    assert kept(measure) == Value(number=Decimal(1), note="年度内に設置")


def test_a_rate_is_computed_from_its_parts_when_they_change(as_editor, section):
    measure = a_measure(section, "a", value_kind=ValueKind.RATE, unit="%")
    a_value(measure, 2022, "66.6667", numerator=Decimal(2), denominator=Decimal(3))

    enter(as_editor, section, a__actual__numerator="1")

    assert kept(measure) == Value(number=Decimal("33.3333"), numerator=Decimal(1), denominator=Decimal(3))


def test_a_plan_is_entered_beside_the_actual(as_editor, section):
    measure = a_measure(section, "a")

    enter(as_editor, section, a__planned__value="40", a__actual__value="38")

    assert (kept(measure, Side.PLANNED), kept(measure)) == (Value(number=Decimal(40)), Value(number=Decimal(38)))


def test_prose_is_typed_into_the_value_field_itself(as_editor, section):
    measure = a_measure(section, "a", value_kind=ValueKind.TEXT)

    enter(as_editor, section, a__actual__value="協議会で検討した。\r\n来年度に決める。")

    assert kept(measure) == Value(state=State.WORDS_ONLY, wording="協議会で検討した。\n来年度に決める。")


def test_a_reading_worth_saying_is_said_after_saving(as_editor, section):
    a_measure(section, "a", title="地域移行者数")

    page = enter(as_editor, section, a__actual__value="なし")

    assert "「地域移行者数」令和4年度 実績値：「該当なし」と読みました。0 のときは 0 と入力してください" in page.text


def test_every_change_is_a_line_of_the_history(as_editor, section):
    measure = a_measure(section, "a")
    a_value(measure, 2022, 3)

    enter(as_editor, section, a__actual__value="4")

    line = Change.objects.get()
    assert (line.measure, line.side, line.fiscal_year, line.old, line.new, line.channel) == (
        measure,
        "actual",
        2022,
        {"number": "3"},
        {"number": "4"},
        "screen",
    )


# --- Problems ---


def test_one_problem_saves_nothing_and_keeps_everything_that_was_typed(as_editor, section):
    a_measure(section, "a", title="地域移行者数")
    a_measure(section, "b")

    page = enter(as_editor, section, a__actual__value="十二人", a__actual__note="照会中", b__actual__value="５人")
    fields = form_with(page, "seen")

    assert YearlyValue.objects.count() == 0
    assert (page.status_code, page.redirect_chain) == (200, [])
    assert (fields["actual-a-value"], fields["actual-a-note"], fields["actual-b-value"]) == ("十二人", "照会中", "５人")
    assert '<a href="#actual-a-value">「地域移行者数」実績値</a>：数値で入力してください（入力：十二人）' in page.text
    invalid = page_tree(page).findall(".//*[@aria-invalid]")
    assert [(one.get("name"), one.get("aria-invalid")) for one in invalid] == [("actual-a-value", "true")]


def test_what_was_put_right_after_a_problem_is_saved_with_the_rest(as_editor, section):
    first, second = a_measure(section, "a"), a_measure(section, "b")
    page = enter(as_editor, section, a__actual__value="十二人", b__actual__value="５人")

    as_editor.post(grid(section), form_with(page, "seen") | {"actual-a-value": "12"})

    assert (kept(first).number, kept(second).number) == (12, 5)


def test_a_problem_in_the_folded_part_unfolds_it(as_editor, section):
    a_measure(section, "a")

    page = enter(as_editor, section, a__actual__note="値がない")

    assert '<details class="more" open>' in page.text
    assert '<a href="#actual-a-note">' in page.text


def test_what_a_person_types_is_never_markup(as_editor, section):
    a_measure(section, "a")

    page = enter(as_editor, section, a__actual__value='"><script>alert(1)</script>')

    assert "<script>alert" not in page.text


# --- Rights and locks ---


@pytest.mark.parametrize("state", [YearState.SUBMITTED, YearState.CONFIRMED, YearState.PUBLISHED])
def test_a_locked_grid_has_no_fields_and_says_why(as_editor, section, state):
    a_measure(section, "a")
    in_state(section, 2022, state)

    page = as_editor.get(grid(section)).text

    assert "変更できません。" in page
    assert "data-field" not in page


def test_a_checker_may_still_correct_what_was_submitted(client, section):
    measure = a_measure(section, "a")
    in_state(section, 2022, YearState.SUBMITTED)
    client.force_login(a_user(Role.CHECKER))

    enter(client, section, a__actual__value="12")

    assert kept(measure).number == 12


def test_what_was_typed_into_a_grid_that_was_locked_meanwhile_is_shown_and_not_saved(as_editor, section):
    a_measure(section, "a")
    fields = drawn(as_editor, section)
    in_state(section, 2022, YearState.CONFIRMED)

    page = as_editor.post(grid(section), fields | {"actual-a-value": "１２人"})

    assert "次の入力は保存していません。" in page.text
    assert "実績値：値「１２人」" in page.text
    assert YearlyValue.objects.count() == 0


def test_what_was_typed_for_a_measure_that_moved_meanwhile_is_shown_and_nothing_is_saved(as_editor, section):
    moved, stays = a_measure(section, "a-value", title="移った指標"), a_measure(section, "b")
    fields = drawn(as_editor, section)
    moved.section = a_section(section.plan, 2)
    moved.save()

    response = as_editor.post(grid(section), fields | {"actual-a-value-value": "12人", "actual-b-value": "3"})

    assert YearlyValue.objects.count() == 0
    assert "次の入力は保存していません。" in response.text
    assert "第2節「移った指標」実績値：値「12人」" in response.text
    assert form_with(response, "seen")[f"actual-{stays.code}-value"] == "3"


def test_what_was_typed_for_a_measure_that_was_removed_meanwhile_is_shown_and_nothing_is_saved(as_editor, section):
    removed, stays = a_measure(section, "a-value", value_kind="rate"), a_measure(section, "b")
    fields = drawn(as_editor, section)
    remove_measure(section.plan, removed, by=a_user(Role.MANAGER), channel=Channel.SCREEN)

    response = as_editor.post(grid(section), fields | {"actual-a-value-numerator": "12", "actual-b-value": "3"})

    assert YearlyValue.objects.count() == 0
    assert "第1節「a-value（取り除かれた指標）」実績値：" in response.text
    assert form_with(response, "seen")[f"actual-{stays.code}-value"] == "3"


def test_a_measure_that_was_removed_and_not_touched_stops_nobody(as_editor, section):
    removed, stays = a_measure(section, "a"), a_measure(section, "b")
    fields = drawn(as_editor, section)
    remove_measure(section.plan, removed, by=a_user(Role.MANAGER), channel=Channel.SCREEN)

    response = as_editor.post(grid(section), fields | {"actual-b-value": "3"})

    assert response.status_code == 302
    assert YearlyValue.objects.get(measure=stays).number == 3


def test_what_was_typed_for_a_measure_that_left_the_page_is_shown(as_editor, section):
    measures = [a_measure(section, f"m{number}", order=number + 1) for number in range(PAGE_SIZE)]
    last = measures[-1]
    fields = drawn(as_editor, section)
    a_measure(section, "new", order=0)

    response = as_editor.post(grid(section), fields | {f"actual-{last.code}-value": "12"})

    assert f"「{last.title}」実績値：値「12」" in response.text
    assert YearlyValue.objects.count() == 0


def test_a_measure_that_moved_and_was_not_touched_stops_nobody(as_editor, section):
    moved, stays = a_measure(section, "a"), a_measure(section, "b")
    a_value(moved, 2022, 7, note="注記")
    fields = drawn(as_editor, section)
    moved.section = a_section(section.plan, 2)
    moved.save()

    response = as_editor.post(grid(section), fields | {"actual-b-value": "3"})

    assert response.status_code == 302
    assert YearlyValue.objects.get(measure=stays).number == 3


def test_a_row_of_another_department_is_shown_without_fields_and_a_forged_entry_changes_nothing(client, section):
    city = section.plan.municipality
    welfare = Department.objects.create(municipality=city, name="福祉課")
    children = Department.objects.create(municipality=city, name="こども課")
    own, other = a_measure(section, "own", department=welfare), a_measure(section, "other", department=children)
    a_value(other, 2022, 7)
    client.force_login(a_user(Role.EDITOR, department=welfare))

    page = client.get(grid(section))
    fields = form_with(page, "seen")
    forged = client.post(grid(section), fields | {"actual-own-value": "1", "actual-other-value": "99"})
    client.post(grid(section), fields | {"actual-own-value": "1"})

    assert "担当はこども課です。" in page.text
    assert [name for name in fields if "other" in name] == []
    assert "次の入力は保存していません。" in forged.text
    assert (kept(own).number, kept(other).number) == (1, 7)


@pytest.mark.parametrize("role", [Role.VIEWER])
def test_a_viewer_gets_a_sentence_instead_of_the_grid(client, section, role):
    measure = a_measure(section, "a")
    client.force_login(a_user(role))

    answers = [client.get(grid(section)), client.post(grid(section), {"actual-a-value": "1"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert kept(measure) == EMPTY


def test_another_citys_plan_an_unknown_section_and_a_year_outside_are_not_found(as_editor, section):
    there = a_section(a_plan(a_municipality("129992", "みほん市")))
    slug = section.plan.slug
    unknown = reverse("evaluations:entry_section", args=[slug, 2022, 9])
    outside = reverse("evaluations:entry_year", args=[slug, 2024])

    answers = [as_editor.get(place).status_code for place in (grid(there), unknown, grid(section, 2024), outside)]

    assert answers == [404, 404, 404, 404]


def test_measures_of_another_section_or_city_in_the_post_change_nothing(as_editor, section):
    a_measure(section, "a")
    beside = a_measure(a_section(section.plan, 2), "b")
    there = a_measure(a_section(a_plan(a_municipality("129992", "みほん市"))), "c")

    as_editor.post(
        grid(section),
        drawn(as_editor, section)
        | {
            "actual-b-value": "5",
            f"actual-{beside.pk}-value": "5",
            "actual-c-value": "5",
            f"actual-{there.pk}-value": "5",
        },
    )

    assert YearlyValue.objects.count() == 0


def test_a_stranger_is_sent_to_the_login(section):
    response = Client().get(grid(section))

    assert (response.status_code, response.url) == (302, f"/login/?next={grid(section)}")


# --- Where it goes on ---


def test_save_and_go_on_leads_to_the_next_section_that_is_open_to_the_person(as_editor, section):
    a_measure(section, "a")
    locked, empty, following = (a_section(section.plan, number) for number in (2, 3, 4))
    a_measure(locked, "b")
    a_measure(following, "d")
    in_state(locked, 2022, YearState.SUBMITTED)

    response = as_editor.post(grid(section), drawn(as_editor, section) | {"next": "1", "actual-a-value": "1"})
    last = as_editor.post(grid(following), drawn(as_editor, following) | {"next": "1"})

    assert response.url == grid(following)
    assert last.url == reverse("evaluations:entry_year", args=[section.plan.slug, 2022])


def sections_in_parts(page) -> dict[str, list[str]]:
    """The sections in each part of the page of a year."""
    captions = ("差し戻されたもの", "入力するもの", "数値の入力がない節", "提出したもの")
    return {caption: [row[0] for row in rows_of(page, caption)] for caption in captions}


def test_the_year_lists_what_was_sent_back_with_its_note_and_leaves_out_what_is_handed_on(as_editor, section):
    plan = section.plan
    sections = [section, *(a_section(plan, number, f"節{number}") for number in (2, 3, 4))]
    for number, one in enumerate(sections, start=1):
        a_value(a_measure(one, f"a{number}"), 2022, 1)
        a_measure(one, f"b{number}", title=f"まだの指標{number}", family=Family.INDICATOR)
    in_state(sections[1], 2022, YearState.RETURNED)
    in_state(sections[2], 2022, YearState.SUBMITTED)
    in_state(sections[3], 2022, YearState.CONFIRMED)

    page = as_editor.get(reverse("evaluations:entry_year", args=[plan.slug, 2022]))

    assert sections_in_parts(page) == {
        "差し戻されたもの": ["第2節 節2"],
        "入力するもの": [f"第1節 {section.title}"],
        "数値の入力がない節": [],
        "提出したもの": ["第3節 節3", "第4節 節4"],
    }
    [note] = page_tree(page).findall(".//section[@aria-labelledby='returned']/div[@class='notice error']")
    assert words(note.findall("p")[1]) == "直してください。"
    [todo] = rows_of(page, "入力するもの")
    assert (todo[2], todo[4]) == ("2件中 1件", "まだの指標1")


def test_the_year_puts_the_sections_of_other_departments_last(client, section):
    city = section.plan.municipality
    own = Department.objects.create(municipality=city, name="福祉課")
    a_measure(section, "a")
    a_measure(a_section(section.plan, 2), "b", department=own)
    client.force_login(a_user(Role.EDITOR, department=own))

    page = client.get(reverse("evaluations:entry_year", args=[section.plan.slug, 2022]))

    parts = sections_in_parts(page)
    assert parts["入力するもの"] == [f"第2節 {section.title}"]
    assert parts["数値の入力がない節"] == [f"第1節 {section.title}"]


def test_the_year_lays_no_section_at_the_door_of_another_department_that_has_no_measures(as_editor, section):
    a_section(section.plan, 2, "指標のない節")

    page = as_editor.get(reverse("evaluations:entry_year", args=[section.plan.slug, 2022])).text

    assert "指標なし" in page
    assert "数値は担当課の人が入力します" not in page
    assert '<span class="soft">ほかの担当課</span>' not in page
