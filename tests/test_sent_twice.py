"""A button that was pressed twice: what two equal requests leave behind is one row, counted once."""

from datetime import date

import pytest

from evaluations.follow_up.action_items import add_action
from evaluations.follow_up.deadlines import add_deadline
from evaluations.follow_up.opinions import add_opinion
from evaluations.models import ActionItem, ActivityRecord, CouncilOpinion, Deadline
from evaluations.records.actions import RecordContent, add_record
from plans.models import Change, Channel, Role
from tests.builders import a_measure, a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]


def a_record(section):
    counted = frozenset({section.measures.get().pk}) if section.measures.exists() else frozenset()
    return RecordContent(2022, "第1回 協議会", frozenset({section.pk}), held_on=date(2022, 5, 1), counted_ids=counted)


def a_promise(section):
    return {"fiscal_year": 2022, "section_id": section.pk, "action": "4か所に広げる。"}


def an_opinion(_):
    return {"fiscal_year": 2022, "council": "協議会", "held_on": date(2022, 5, 1), "opinion": "意見", "number": None}


def a_date(_):
    return {"due_on": date(2022, 6, 15), "title": "素案を出す", "step": "other"}


ADDED = {
    "取組記録": (ActivityRecord, add_record, a_record),
    "取組": (ActionItem, add_action, a_promise),
    "協議会意見": (CouncilOpinion, add_opinion, an_opinion),
    "日程": (Deadline, add_deadline, a_date),
}


@pytest.mark.parametrize("kind", ADDED)
def test_what_is_sent_twice_is_kept_once(section, manager, kind):
    a_measure(section, "c", unit="回")
    model, add, content = ADDED[kind]

    kept = [add(section.plan, content(section), by=manager, channel=Channel.SCREEN).pk for _ in range(2)]

    assert (model.objects.count(), len(set(kept)), Change.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("kind", ADDED)
def test_the_same_a_minute_later_or_from_somebody_else_is_another(section, manager, kind, stopped_clock):
    model, add, content = ADDED[kind]
    add(section.plan, content(section), by=manager, channel=Channel.SCREEN)

    add(section.plan, content(section), by=a_user(Role.MANAGER), channel=Channel.SCREEN)
    stopped_clock.shift(60)
    add(section.plan, content(section), by=manager, channel=Channel.SCREEN)

    assert model.objects.count() == 3


@pytest.mark.parametrize("kind", ADDED)
def test_what_was_changed_since_is_not_the_same(section, manager, kind):
    model, add, content = ADDED[kind]
    field = {"取組記録": "title", "取組": "action", "協議会意見": "opinion", "日程": "title"}[kind]
    first = add(section.plan, content(section), by=manager, channel=Channel.SCREEN)
    model.objects.filter(pk=first.pk).update(**{field: "直した"})

    add(section.plan, content(section), by=manager, channel=Channel.SCREEN)

    assert model.objects.count() == 2
