"""カタログ: what a city amends, by verb and on the page, and who may."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.catalogue import Level, LevelKind
from evaluations.planning.opening.parts import parts_of
from plans.catalogue import catalogue_of, national_catalogue
from plans.catalogue_amendments import add_entry, amend_entry, content_of, take_back, unamended
from plans.models import CatalogueAmendment, Change, Channel, Membership, Role
from plans.refusals import Conflict
from tests.builders import a_draft, a_municipality, a_user
from tests.page_forms import form_with

pytestmark = pytest.mark.django_db

ADDRESS = reverse("plans:catalogue", args=[8])


OWN = {
    "title": "ピアサポーターの人数",
    "unit": "人",
    "value_kind": "number",
    "direction": "more",
    "accumulation": "year_end",
    "source": "市",
}


def national(code):
    return content_of(unamended(national_catalogue().by_code()[code]))


def amended(code, **changed):
    return national(code) | changed


def amend(city, by, code="8-1-1", version=0, **changed):
    return amend_entry(city, code, amended(code, **changed), version=version, by=by, channel=Channel.SCREEN)


def entry(city, code):
    return catalogue_of(city).by_code().get(code)


# --- The verbs ---


def test_an_entry_saved_as_it_is_says_that_the_city_has_checked_it(city, manager):
    amend(city, manager)

    assert (entry(city, "8-1-1").needs_check, national_catalogue().by_code()["8-1-1"].needs_check) == (False, True)


def test_a_changed_level_is_what_plans_of_the_city_are_opened_with(city, manager):
    amend(city, manager, level_text="7%以上", level_number=Decimal(7))

    (line,) = (one for one in _lines(a_draft(city, generation=8, by=manager)) if one.code == "8-1-1")
    assert (line.entry.level, line.entry.level_text) == (Level(LevelKind.SHARE, Decimal(7)), "7%以上")
    assert entry(a_municipality("129992", "みほん市（架空）"), "8-1-1").level == Level(LevelKind.SHARE, Decimal(6))


def _lines(draft):
    return [line for part in parts_of(draft) for line in part.lines]


def test_an_entry_of_the_citys_own_has_a_code_of_its_own_and_is_matched_with_no_other_citys(city, manager):
    new = OWN | {"goal": "8-2", "family": "target"}

    rows = [add_entry(city, 8, one, by=manager, channel=Channel.SCREEN) for one in (new, new | {"unit": "回"})]

    assert [row.code for row in rows] == ["8-c1", "8-c2"]
    (line,) = (one for one in _lines(a_draft(city, generation=8, by=manager)) if one.code == "8-c1")
    assert (line.entry.title, line.is_target, line.masters.catalogue_code) == ("ピアサポーターの人数", True, "")


def test_an_entry_of_the_citys_own_that_is_sent_twice_is_kept_once(stopped_clock, city, manager):
    new = OWN

    first, second = (add_entry(city, 8, new, by=manager, channel=Channel.SCREEN) for _ in range(2))
    stopped_clock.shift(60)
    later = add_entry(city, 8, new, by=manager, channel=Channel.SCREEN)

    assert (first, later.code, Change.objects.count()) == (second, "8-c2", 2)


def test_an_entry_that_is_left_out_is_not_offered_and_comes_back(city, manager):
    row = amend(city, manager, left_out=True)
    assert entry(city, "8-1-1") is None

    take_back(city, "8-1-1", version=row.version, by=manager, channel=Channel.SCREEN)
    assert entry(city, "8-1-1") == national_catalogue().by_code()["8-1-1"]


def test_the_second_of_two_sees_what_the_first_saved(city, manager):
    amend(city, manager, title="地域へ移った人")

    with pytest.raises(Conflict) as conflict:
        amend(city, manager, title="移行した人")

    assert conflict.value.current.title == "地域へ移った人"
    assert amend(city, manager, version=1, title="移行した人").version == 2


def test_the_same_content_saved_twice_is_no_conflict(city, manager):
    amend(city, manager, title="移行した人")

    assert amend(city, manager, title="移行した人").version == 1


def test_what_was_taken_back_meanwhile_is_not_taken_back_again(city, manager):
    with pytest.raises(Conflict) as conflict:
        take_back(city, "8-1-1", version=1, by=manager, channel=Channel.SCREEN)

    assert conflict.value.current is None


def test_each_amendment_leaves_a_line_with_the_national_wording(city, manager):
    amend(city, manager, title="移行した人")
    take_back(city, "8-1-1", version=1, by=manager, channel=Channel.SCREEN)

    facts = "単位：人／数値／増／累計／国の水準：令和7年度末時点の施設入所者数の6%以上／水準の計算：割合 6"
    rest = f"{facts}／注記：前の期の未達成の割合を上乗せする。／出典：令和8年3月31日 こども家庭庁・厚生労働省告示第4号"
    lines = [(c.field, c.old, c.new) for c in Change.objects.order_by("id")]
    assert lines == [
        ("カタログ 8-1-1", f"国の内容：地域移行者数／{rest}", f"移行した人／{rest}"),
        ("カタログ 8-1-1", f"移行した人／{rest}", f"国の内容：地域移行者数／{rest}"),
    ]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.MANAGER, Role.PREFECTURE)])
def test_only_managers_amend(city, role):
    person = a_user(role, city)

    for verb in (
        lambda: amend(city, person),
        lambda: add_entry(city, 8, national("8-1-1"), by=person, channel=Channel.SCREEN),
        lambda: take_back(city, "8-1-1", version=0, by=person, channel=Channel.SCREEN),
    ):
        with pytest.raises(PermissionDenied):
            verb()


# --- The page ---


def open_form(page, code="8-1-1"):
    return form_with(page.get(f"{ADDRESS}?entry={code}"), "title")


def test_the_page_says_what_the_guideline_says_and_what_rests_on_a_secondary_source(as_manager):
    shown = as_manager.get(ADDRESS).text

    for words in (
        "令和7年度末時点の施設入所者数の6%以上",
        "計算：基準値 × 6％ 以上",
        "要確認",
        "第4期障害児福祉計画",
        "居宅介護の利用者数",
    ):
        assert words in shown


def test_a_viewer_reads_and_finds_no_button(client, city):
    client.force_login(a_user(Role.VIEWER, city))

    shown = client.get(ADDRESS).text

    assert "令和7年度末時点の施設入所者数の6%以上" in shown
    assert ("確かめる" in shown, "市の項目を加える" in shown) == (False, False)


def test_a_viewer_who_sends_the_form_nevertheless_is_refused(client, city):
    client.force_login(a_user(Role.VIEWER, city))

    answer = client.post(f"{ADDRESS}?entry=8-1-1", {"do": "save"})

    assert (answer.status_code, CatalogueAmendment.objects.count()) == (403, 0)


def test_saving_a_checked_entry_takes_the_mark_away_and_stays_at_its_place(as_manager, city):
    form = open_form(as_manager)

    answer = as_manager.post(f"{ADDRESS}?entry=8-1-1", form | {"do": "save"})

    assert answer["Location"] == f"{ADDRESS}#row-8-1-1"
    assert content_of(CatalogueAmendment.objects.get()) == national("8-1-1")
    assert "市で確認済み" in as_manager.get(ADDRESS).text


def test_one_entry_after_the_other_is_checked_by_one_button(as_manager):
    answer = as_manager.post(f"{ADDRESS}?entry=8-1-1", open_form(as_manager) | {"do": "next"})

    assert answer["Location"] == f"{ADDRESS}?entry=8-1-2#entry"


def test_a_changed_entry_shows_the_national_wording_beside(as_manager):
    as_manager.post(f"{ADDRESS}?entry=8-1-1", open_form(as_manager) | {"do": "save", "title": "移行した人"})

    shown = as_manager.get(ADDRESS).text

    assert "市で変更" in shown
    assert "<dt>国の指標名</dt><dd>地域移行者数</dd>" in shown


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": ""}, "指標名を入力してください。"),
        ({"source": ""}, "何で確かめたかを、出典に書いてください。"),
        ({"level_number": "六"}, "水準の数は数値で入力してください（入力：六）。"),
        ({"level_number": "99999999999"}, "水準の数は0から1000000までで入力してください。"),
        ({"level_number": ""}, "水準の計算と水準の数は、両方を入力するか、両方を空欄にしてください。"),
        ({"level_kind": ""}, "水準の計算と水準の数は、両方を入力するか、両方を空欄にしてください。"),
    ],
)
def test_what_cannot_be_read_is_named_and_kept(as_manager, typed, sentence):
    answer = as_manager.post(f"{ADDRESS}?entry=8-1-1", open_form(as_manager) | {"do": "save", "unit": "名"} | typed)

    assert sentence in answer.text
    assert form_with(answer, "title")["unit"] == "名"
    assert not CatalogueAmendment.objects.exists()


def test_a_conflict_shows_both_and_the_next_save_is_a_decision(as_manager, city, manager):
    form = open_form(as_manager) | {"do": "save", "title": "移行した人"}
    amend(city, manager, title="地域へ移った人")

    refused = as_manager.post(f"{ADDRESS}?entry=8-1-1", form)
    again = form_with(refused, "title")

    assert (refused.status_code, "いまの内容：地域へ移った人" in refused.text, again["title"]) == (
        409,
        True,
        "移行した人",
    )
    as_manager.post(f"{ADDRESS}?entry=8-1-1", again | {"do": "save"})
    assert CatalogueAmendment.objects.get().title == "移行した人"


def test_an_entry_is_left_out_and_taken_back_on_the_page(as_manager, city):
    as_manager.post(f"{ADDRESS}?entry=8-1-1", open_form(as_manager) | {"do": "leave_out"})
    assert entry(city, "8-1-1") is None

    as_manager.post(f"{ADDRESS}?entry=8-1-1", open_form(as_manager) | {"do": "take_back"})
    assert entry(city, "8-1-1") is not None


def test_a_new_entry_is_added_on_the_page(as_manager, city):
    form = open_form(as_manager, "new") | {"title": "ピアサポーターの人数", "goal": "8-2", "source": "市の方針"}

    as_manager.post(f"{ADDRESS}?entry=new", form | {"do": "save", "family": "target"})

    assert (entry(city, "8-c1").title, entry(city, "8-c1").goal) == ("ピアサポーターの人数", "8-2")


def test_a_volume_is_amended_under_its_service(as_manager, city):
    as_manager.post(
        f"{ADDRESS}?entry=chiiki_iko-users", open_form(as_manager, "chiiki_iko-users") | {"do": "save", "unit": "人/年"}
    )

    found = entry(city, "chiiki_iko-users")
    assert (found.unit, found.service, found.generation) == ("人/年", "chiiki_iko", 0)


@pytest.mark.parametrize(
    "address", [reverse("plans:catalogue", args=[99]), f"{ADDRESS}?entry=9-9-9", f"{ADDRESS}?city=999999"]
)
def test_what_is_not_in_the_catalogue_is_not_found(as_manager, address):
    assert as_manager.get(address).status_code == 404


def test_a_person_of_two_cities_chooses(client, city, manager):
    other = a_municipality("129992", "みほん市（架空）")
    Membership.objects.create(user=manager, municipality=other, role=Role.VIEWER)
    amend(city, manager, title="移行した人")
    client.force_login(manager)

    shown = [client.get(f"{ADDRESS}?city={code}").text for code in ("122319", "129992")]

    assert [("移行した人" in text, "市の項目を加える" in text) for text in shown] == [(True, True), (False, False)]
