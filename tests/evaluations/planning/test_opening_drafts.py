"""The draft of a plan as verbs: begun, changed, typed into, thrown away, and by whom."""

import pytest
from django.core.exceptions import PermissionDenied

from evaluations.models import DraftSection, PlanDraft
from evaluations.planning.opening.drafts import (
    Frame,
    OwnMeasure,
    PlanExists,
    SectionPlace,
    add_own_section,
    change_frame,
    discard_draft,
    remove_own_section,
    save_section,
    start_draft,
)
from evaluations.planning.opening.parts import parts_of
from indicators.models import Service
from plans.models import Change, Role
from plans.refusals import Conflict, Refused
from tests.builders import a_draft, a_municipality, a_plan, a_user
from tests.drafts import OWN, made, part, typed

pytestmark = pytest.mark.django_db


def test_a_draft_begins_with_the_years_of_the_law_and_the_plan_before(manager):
    before = a_plan(generation=6)

    draft = start_draft(a_municipality(), "disability", 7, first_year=2027, by=manager)

    assert Frame.of(draft) == Frame("第7期障害福祉計画", 2024, 2026, before, True)
    assert draft.slug == "122319-7"


@pytest.mark.parametrize(
    ("kind", "generation", "frame"),
    [
        ("child", 4, Frame("第4期障害児福祉計画", 2027, 2029, None, False)),
        ("comprehensive", 3, Frame("第3期障害者計画", 2027, 2032, None, False)),
    ],
)
def test_the_other_kinds_of_plan_have_frames_of_their_own(manager, kind, generation, frame):
    draft = start_draft(a_municipality(), kind, generation, first_year=2027, by=manager)

    assert Frame.of(draft) == frame


def test_children_are_not_proposed_to_a_city_that_plans_for_them_apart(manager):
    a_plan(kind="child", generation=3, start=2024, end=2026)

    draft = start_draft(a_municipality(), "disability", 7, first_year=2027, by=manager)

    assert draft.with_child is False
    assert "7-5" not in [part.key for part in parts_of(draft)]


def test_a_city_that_writes_another_word_gets_its_word(manager, city):
    city.disability_word = "障がい"
    city.save()

    draft = start_draft(city, "disability", 7, first_year=2027, by=manager)

    assert draft.name == "第7期障がい福祉計画"
    assert draft.sections.get(key="7-2").title == "精神障がいにも対応した地域包括ケアシステムの構築"


def test_a_bare_database_gets_its_services_with_the_first_draft(manager):
    assert Service.objects.count() == 0

    a_draft(by=manager)

    assert Service.objects.filter(code="kyotaku_kaigo").exists()


def test_a_plan_that_exists_is_not_begun_again(manager):
    plan = a_plan(generation=7, start=2024, end=2026)

    with pytest.raises(PlanExists, match="もうあります") as refused:
        start_draft(a_municipality(), "disability", 7, first_year=2027, by=manager)

    assert refused.value.plan == plan


def test_a_draft_that_exists_is_gone_on_with(manager, draft):
    assert start_draft(a_municipality(), "disability", 7, first_year=2027, by=manager) == draft


def test_what_the_prefecture_sets_is_left_out_until_the_city_says_otherwise(draft):
    uses = {line.code: line.use.value for line in part(draft, "7-5").lines}

    assert uses == dict.fromkeys([f"7-5-{n}" for n in range(1, 7)], "yes") | {"7-5-7": "no", "7-5-8": "no"}


def test_texts_are_kept_as_they_were_typed_problems_and_all(draft, manager):
    row = typed(draft, "7-1", manager, {"7-1-1": {"use": "yes", "baseline": "三十六", "y2026": " ３人以上"}})

    assert row.lines["7-1-1"] == {"use": "yes", "baseline": "三十六", "y2026": " ３人以上"}
    assert [(line.code, name) for line, name, _ in part(draft, "7-1").problems] == [("7-1-1", "baseline")]


def test_a_section_saved_by_two_is_a_conflict_for_the_second(draft, manager):
    seen = part(draft, "7-1").row
    save_section(draft, seen, {"7-1-1": {"y2026": "3"}}, version=0, by=manager)

    with pytest.raises(Conflict) as conflict:
        save_section(draft, seen, {"7-1-1": {"y2026": "4"}}, version=0, by=manager)

    assert conflict.value.current.lines["7-1-1"]["y2026"] == "3"


def test_sections_of_one_draft_are_saved_side_by_side(draft, manager):
    first, second = part(draft, "7-1").row, part(draft, "7-3").row

    save_section(draft, first, {"7-1-1": {"y2026": "3"}}, version=0, by=manager)
    save_section(draft, second, {"7-3-1": {"y2026": "1"}}, version=0, by=manager)

    assert [part(draft, key).row.lines for key in ("7-1", "7-3")] == [
        {"7-1-1": {"y2026": "3"}},
        {"7-3-1": {"y2026": "1"}},
    ]


def test_the_frame_is_changed_from_the_version_that_was_drawn(draft, manager):
    frame = Frame("新しい名前", 2024, 2027, None, False)
    change_frame(draft, frame, {"7-3": SectionPlace("拠点", 1)}, version=1, by=manager)

    with pytest.raises(Conflict):
        change_frame(draft, Frame("別の名前", 2024, 2026, None, False), {}, version=1, by=manager)

    draft.refresh_from_db()
    assert Frame.of(draft) == frame
    assert (draft.sections.get(key="7-3").title, draft.sections.get(key="7-3").order) == ("拠点", 1)


def test_years_out_of_order_are_refused_with_a_sentence(draft, manager):
    with pytest.raises(Refused, match="終了年度は開始年度以後、12年以内にしてください。"):
        change_frame(draft, Frame("名前", 2026, 2024, None, False), {}, version=1, by=manager)


def test_the_city_adds_a_section_and_measures_of_its_own(draft, manager):
    section = add_own_section(draft, "市の重点施策", by=manager)
    save_section(draft, section, {}, own=OwnMeasure("", OWN), version=0, by=manager)
    row = save_section(draft, section, {"city-1": {"y2024": "5"}}, own=OwnMeasure("", OWN), version=1, by=manager)

    found = part(draft, section.key)
    assert (found.row.title, found.key) == ("市の重点施策", "own-1")
    assert [(line.code, line.text("y2024"), line.is_own) for line in found.lines] == [
        ("city-1", "5", True),
        ("city-2", "", True),
    ]

    save_section(draft, row, {}, removed="city-1", version=2, by=manager)
    assert [line.code for line in part(draft, section.key).lines] == ["city-2"]


def test_a_section_of_the_catalogue_is_not_removed_but_left_out(draft, manager):
    with pytest.raises(Refused):
        remove_own_section(draft, "7-1", by=manager)

    add_own_section(draft, "市の重点施策", by=manager)
    remove_own_section(draft, "own-1", by=manager)
    assert not draft.sections.filter(key="own-1").exists()


def test_a_draft_leaves_no_history_and_goes_without_a_trace(draft, manager):
    discard_draft(draft, by=manager)

    assert (PlanDraft.objects.count(), DraftSection.objects.count(), Change.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.MANAGER, Role.PREFECTURE)])
def test_only_managers_of_the_city_write_drafts_and_make_plans(draft, role):
    person, row = a_user(role), draft.sections.first()

    for verb in (
        lambda: start_draft(a_municipality(), "disability", 8, first_year=2027, by=person),
        lambda: save_section(draft, row, {}, version=0, by=person),
        lambda: change_frame(draft, Frame.of(draft), {}, version=1, by=person),
        lambda: add_own_section(draft, "節", by=person),
        lambda: discard_draft(draft, by=person),
        lambda: made(draft, person),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_a_manager_of_another_city_is_a_stranger(draft, stranger):
    with pytest.raises(PermissionDenied):
        made(draft, stranger)
