"""計画を新しく作る on the pages: begun, interrupted, conflicted, put right and made; more added afterwards."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.urls import reverse

from evaluations.models import PlanDraft
from evaluations.planning.opening.parts import parts_of
from plans.models import Membership, Plan, Role, YearlyValue
from tests.builders import a_draft, a_measure, a_municipality, a_plan, a_section, a_user, a_value, in_state
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db

NEW = reverse("evaluations:new_plan")
DRAFT = reverse("evaluations:draft", args=["122319-7"])
GOAL = reverse("evaluations:draft_section", args=["122319-7", "7-1"])


def the_form(page, address, field):
    return form_with(page.get(address), field)


def row(draft, key):
    return draft.sections.get(key=key)


# --- Which plan ---


def test_a_plan_is_begun_with_two_answers(as_manager):
    a_plan(generation=6)
    form = the_form(as_manager, NEW, "generation")

    answer = as_manager.post(NEW, form)

    assert (form, answer["Location"]) == ({"kind": "disability", "generation": "7"}, DRAFT)
    assert PlanDraft.objects.get().name == "第7期障害福祉計画"


def test_a_plan_that_exists_is_said_with_the_way_to_it(as_manager):
    plan = a_plan(generation=7, start=2024, end=2026)

    answer = as_manager.post(NEW, {"kind": "disability", "generation": "7"})

    assert "「第7期障害福祉計画」はもうあります。" in answer.text
    assert f'href="{plan.get_absolute_url()}">計画を開く' in answer.text


@pytest.mark.parametrize("generation", ["", "0", "第七期", "100"])
def test_a_period_that_is_no_number_is_named_and_kept(as_manager, generation):
    answer = as_manager.post(NEW, {"kind": "disability", "generation": generation})

    assert "1から60までの数字で入力してください。" in answer.text
    assert not PlanDraft.objects.exists()


def test_a_person_of_several_cities_chooses_and_no_other_city_can_be_named(as_manager, manager):
    other = a_municipality("129992", "みほん市（架空）")
    third = a_municipality("131016", "千代田区")
    Membership.objects.create(user=manager, municipality=other, role=Role.MANAGER)
    Membership.objects.create(user=manager, municipality=third, role=Role.VIEWER)

    refused = as_manager.post(NEW, {"municipality": "131016", "kind": "disability", "generation": "8"})
    taken = as_manager.post(NEW, {"municipality": "129992", "kind": "disability", "generation": "8"})

    assert (refused.status_code, taken["Location"]) == (200, reverse("evaluations:draft", args=["129992-8"]))
    assert [draft.municipality for draft in PlanDraft.objects.all()] == [other]


def test_a_draft_is_found_again(as_manager, draft):
    assert f'href="{DRAFT}"' in as_manager.get(NEW).text


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.MANAGER, Role.PREFECTURE)])
def test_others_of_the_city_are_told_who_makes_plans(client, draft, role):
    client.force_login(a_user(role))

    for address in (NEW, DRAFT, GOAL):
        for answer in (client.get(address), client.post(address, {"do": "create"})):
            assert answer.status_code == 403
            assert "計画を作れるのは、管理の役割の人だけです。" in answer.text


def test_a_stranger_finds_no_draft(client, draft):
    client.force_login(a_user(Role.MANAGER, a_municipality("129992", "みほん市（架空）")))

    assert [client.post(address, {"do": "create"}).status_code for address in (DRAFT, GOAL)] == [404, 404]


# --- One 節 ---


def test_what_was_typed_is_there_again_with_its_arithmetic(as_manager, draft):
    form = the_form(as_manager, GOAL, "7-1-1-use")

    as_manager.post(GOAL, form | {"do": "save", "7-1-1-baseline": "３６人", "7-1-1-y2026": "2"})
    shown = as_manager.get(GOAL)

    assert "基準値36人 × 6％ ＝ 2.16人 → 3人以上" in shown.text
    assert "目標が国の水準に届いていません。" in shown.text
    again = form_with(shown, "7-1-1-use")
    assert (again["7-1-1-baseline"], again["7-1-1-y2026"], again["7-1-1-baseline_year"]) == ("３６人", "2", "令和4年度")


def test_a_proposed_baseline_is_shown_with_where_it_comes_from(as_manager, manager):
    before = a_section(a_plan(generation=6))
    a_value(a_measure(before, title="施設入所者数", direction="less"), 2022, 36)
    in_state(before, 2022, "CONFIRMED")
    a_draft(by=manager)

    shown = as_manager.get(GOAL)

    assert "前の期の計画から：36人　第6期障害福祉計画「施設入所者数」の令和4年度の実績（確定）。" in shown.text
    assert "基準値36人 × 6％ ＝ 2.16人 → 3人以上" in shown.text
    assert form_with(shown, "7-1-1-use")["7-1-1-baseline"] == "36"


def test_what_cannot_be_read_is_saved_and_named_with_the_way_to_it(as_manager, draft):
    form = the_form(as_manager, GOAL, "7-1-1-use")

    answer = as_manager.post(GOAL, form | {"do": "next", "7-1-1-y2026": "三人"}, follow=True)

    assert answer.redirect_chain == [(GOAL, 302)]
    assert "入力を保存しました。読み取れない入力が1か所あります。" in answer.text
    assert (
        '<a href="#7-1-1-y2026">地域生活への移行者数　令和8年度の計画値</a>：数値で入力してください（入力：三人）。'
        in answer.text
    )
    assert form_with(answer, "7-1-1-use")["7-1-1-y2026"] == "三人"


def test_save_and_next_leads_through_the_sections_and_back_to_the_draft(as_manager, draft):
    addresses, address = [], GOAL
    while "/sections/" in address:
        addresses.append(address)
        field = next(name for name in the_form_of_lines(as_manager, address) if name.endswith("-use"))
        address = as_manager.post(address, the_form(as_manager, address, field) | {"do": "next"})["Location"]

    assert address == DRAFT
    assert [one.split("/")[-2] for one in addresses] == [part.key for part in parts_of(draft)]
    assert all(part.is_seen for part in parts_of(draft))


def the_form_of_lines(page, address):
    return form_with(page.get(address), "version")


def test_two_managers_on_one_section_see_each_others_texts(as_manager, draft):
    first = the_form(as_manager, GOAL, "7-1-1-use")
    as_manager.post(GOAL, first | {"do": "save", "7-1-1-y2026": "3", "7-1-1-rationale": "同僚の考え方"})

    refused = as_manager.post(GOAL, first | {"do": "save", "7-1-1-y2026": "4"})

    assert refused.status_code == 409
    assert "ほかの人が先に変更しました。" in refused.text
    assert "ほかの人の入力：3" in refused.text
    assert "ほかの人の入力：同僚の考え方" in refused.text
    again = form_with(refused, "7-1-1-use")
    assert again["7-1-1-y2026"] == "4"
    as_manager.post(GOAL, again | {"do": "save"})
    assert row(draft, "7-1").lines["7-1-1"]["y2026"] == "4"


OWN = {
    "own-title": "体験利用をした人の数",
    "own-family": "indicator",
    "own-unit": "人",
    "own-value_kind": "number",
    "own-direction": "near",
    "own-accumulation": "year_total",
    "own-parent": "7-1-1",
    "own-parent_role": "subset",
}


def test_a_measure_of_the_citys_own_is_added_changed_and_removed_beside_what_was_typed(as_manager, draft):
    form = the_form(as_manager, GOAL, "7-1-1-use")

    as_manager.post(GOAL, form | {"do": "own", "7-1-1-y2026": "3"} | OWN)
    assert row(draft, "7-1").lines["7-1-1"]["y2026"] == "3"
    assert row(draft, "7-1").lines["city-1"]["own"]["title"] == "体験利用をした人の数"

    opened = the_form(as_manager, f"{GOAL}?own=city-1", "own-title")
    assert {name: opened[name] for name in OWN} == OWN
    as_manager.post(f"{GOAL}?own=city-1", opened | {"do": "own", "own-title": "体験した人", "city-1-y2024": "5"})
    line = row(draft, "7-1").lines["city-1"]
    assert (line["own"]["title"], line["y2024"]) == ("体験した人", "5")

    as_manager.post(
        f"{GOAL}?own=city-1", the_form(as_manager, f"{GOAL}?own=city-1", "own-title") | {"remove_own": "city-1"}
    )
    assert "city-1" not in row(draft, "7-1").lines


def test_an_own_measure_that_lacks_something_is_kept_in_its_form_and_the_lines_are_saved(as_manager, draft):
    form = the_form(as_manager, GOAL, "7-1-1-use")

    answer = as_manager.post(GOAL, form | OWN | {"do": "own", "7-1-1-y2026": "3", "own-title": "", "own-parent": ""})

    assert "指標名を入力してください。" in answer.text
    assert "親指標と親との関係は組です。" in answer.text
    assert form_with(answer, "own-unit")["own-unit"] == "人"
    assert row(draft, "7-1").lines["7-1-1"]["y2026"] == "3"


@pytest.mark.parametrize("address", [f"{DRAFT}sections/9-9/", f"{DRAFT}sections/shogaiji-x/", f"{GOAL}?own=city-9"])
def test_what_is_not_in_the_draft_is_not_found(as_manager, draft, address):
    assert as_manager.get(address).status_code == 404


def test_no_form_comes_near_the_thousand_fields_that_are_taken(as_manager, draft):
    counts = [len(form_with(as_manager.get(f"{DRAFT}sections/{part.key}/"), "version")) for part in parts_of(draft)]

    assert max(counts) < 300


# --- The draft and the plan ---


def test_the_frame_is_saved_as_people_write_years(as_manager, draft):
    form = the_form(as_manager, DRAFT, "name")

    as_manager.post(
        DRAFT, form | {"do": "save", "name": "第7期 計画", "end_year": "R9", "title-7-1": "移行", "order-7-1": "3"}
    )

    draft.refresh_from_db()
    assert (draft.name, draft.end_year, draft.previous) == ("第7期 計画", 2027, None)
    assert [part.row.title for part in parts_of(draft)][2] == "移行"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "計画名を入力してください。"),
        ({"start_year": "来年"}, "年度は「2021年度」「令和3年度」「R3」のように入力してください（入力：来年）。"),
        ({"start_year": "R4"}, "「第6期障害福祉計画」は、この計画が始まる前に終わっていません。"),
        ({"end_year": "R3"}, "終了年度は開始年度以後、12年以内にしてください。"),
        ({"title-7-1": ""}, "節名を入力してください。"),
        ({"order-7-1": "一"}, "順番は1から999までの数字にしてください。"),
    ],
)
@pytest.mark.parametrize("action", ["save", "create", "add_section"])
def test_what_is_wrong_with_the_frame_is_named_whatever_the_button(as_manager, manager, typed, sentence, action):
    a_plan(generation=6)
    draft = a_draft(by=manager)
    form = the_form(as_manager, DRAFT, "name") | {"new-title": "節"} | typed

    answer = as_manager.post(DRAFT, form | {"do": action})

    assert sentence in answer.text
    assert (Plan.objects.count(), draft.sections.filter(key="own-1").count()) == (1, 0)


def test_without_the_tick_for_children_their_sections_are_gone_and_come_back(as_manager, draft):
    form = the_form(as_manager, DRAFT, "name")
    assert form.pop("with_child") == "on"

    as_manager.post(DRAFT, form | {"do": "save"})
    assert 'data-section="7-5"' not in as_manager.get(DRAFT).text

    as_manager.post(DRAFT, the_form(as_manager, DRAFT, "name") | {"do": "save", "with_child": "on"})
    assert 'data-section="7-5"' in as_manager.get(DRAFT).text


def test_a_section_of_the_citys_own_is_added_and_removed(as_manager, draft):
    form = the_form(as_manager, DRAFT, "name")

    answer = as_manager.post(DRAFT, form | {"do": "add_section", "new-title": "市の重点施策"})
    assert answer["Location"] == f"{DRAFT}sections/own-1/"

    as_manager.post(DRAFT, the_form(as_manager, DRAFT, "name") | {"remove_section": "own-1"})
    assert not draft.sections.filter(key="own-1").exists()


def test_the_plan_is_made_and_its_dashboard_says_what_comes_next(as_manager, draft):
    form = the_form(as_manager, GOAL, "7-1-1-use")
    as_manager.post(GOAL, form | {"do": "save", "7-1-1-baseline": "36", "7-1-1-y2026": "3"})

    answer = as_manager.post(DRAFT, the_form(as_manager, DRAFT, "name") | {"do": "create"}, follow=True)

    plan = Plan.objects.get()
    assert answer.redirect_chain == [("/plans/122319-7/", 302)]
    assert f"「第7期障害福祉計画」を作りました（12節、{plan.measures.count()}指標）。" in answer.text
    assert "次は、「設定」で指標の担当課を決め" in answer.text
    assert YearlyValue.objects.get().number == 3


def test_a_plan_is_not_made_of_what_cannot_be_read(as_manager, draft):
    form = the_form(as_manager, GOAL, "7-1-1-use")
    as_manager.post(GOAL, form | {"do": "save", "7-1-1-y2026": "三人"})

    answer = as_manager.post(DRAFT, the_form(as_manager, DRAFT, "name") | {"do": "create", "name": "新しい名前"})

    assert "読み取れない入力が1か所あります。" in answer.text
    assert f'<a href="{GOAL}">福祉施設の入所者の地域生活への移行</a>（1か所）' in answer.text
    assert (Plan.objects.count(), form_with(answer, "name")["name"]) == (0, "新しい名前")


def test_a_draft_that_a_colleague_changed_is_looked_at_again_before_it_is_made(as_manager, draft):
    seen = the_form(as_manager, DRAFT, "name")
    as_manager.post(GOAL, the_form(as_manager, GOAL, "7-1-1-use") | {"do": "save"})

    refused = as_manager.post(DRAFT, seen | {"do": "create"})
    assert (refused.status_code, Plan.objects.count()) == (409, 0)

    as_manager.post(DRAFT, form_with(refused, "name") | {"do": "create"})
    assert Plan.objects.count() == 1


def test_a_draft_is_thrown_away(as_manager, draft):
    as_manager.post(DRAFT, the_form(as_manager, DRAFT, "name") | {"do": "discard"})

    assert (PlanDraft.objects.count(), as_manager.get(DRAFT).status_code) == (0, 404)


@contextmanager
def a_colleague_who_throws_it_away():
    """As soon as the page has fetched the draft, and before anything is written, somebody else discards it."""
    met = []

    def look(execute, sql, *rest):
        found = execute(sql, *rest)
        if sql.startswith("SELECT") and 'FROM "evaluations_plandraft"' in sql and not met:
            met.append(sql)
            PlanDraft.objects.all().delete()
        return found

    with connection.execute_wrapper(look):
        yield


@pytest.mark.parametrize("action", ["save", "create", "add_section", "discard"])
def test_a_draft_that_a_colleague_threw_away_is_said_to_be_gone(as_manager, draft, action):
    form = the_form(as_manager, DRAFT, "name") | {"new-title": "節"}

    with a_colleague_who_throws_it_away():
        answer = as_manager.post(DRAFT, form | {"do": action})

    assert answer["Location"] == NEW
    assert "この下書きはもうありません。" in as_manager.get(NEW).text
    assert not Plan.objects.exists()


def test_a_section_of_a_draft_that_is_gone_says_so(as_manager, draft):
    form = the_form(as_manager, GOAL, "7-1-1-use")

    with a_colleague_who_throws_it_away():
        answer = as_manager.post(GOAL, form | {"do": "save"})

    assert answer["Location"] == NEW


def test_a_sign_that_no_database_keeps_is_dropped(as_manager, draft):
    form = the_form(as_manager, GOAL, "7-1-1-use")

    as_manager.post(GOAL, form | {"do": "save", "7-1-1-rationale": "理\0由"})

    assert row(draft, "7-1").lines["7-1-1"]["rationale"] == "理由"


def test_a_click_that_means_nothing_is_a_bad_request(as_manager, draft):
    assert as_manager.post(DRAFT, {"do": "publish"}).status_code == 400
