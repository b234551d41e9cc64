"""The action that sets which 活動指標 belong to which 成果目標: rights, conflicts and history.

What it writes is `ActivityIndicator.related_sections`, the one place where a link is stored: the 節 represents its
成果目標. No state of a year locks it: a link belongs to the plan, and what was published does not hold it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from core.words import Family
from indicators.models import ActivityIndicator
from plans.access import require_manager
from plans.history_writer import new_line, write_lines
from plans.models import Change, Measure, Plan, Section, Subject
from plans.refusals import Conflict, Refused
from plans.row_locks import lock_plan

MAY_NOT = "成果目標と活動指標の関係を変えられるのは、管理の役割の人だけです。"
FIELD = "関連する成果目標"
Link = ActivityIndicator.related_sections.through


@dataclass(frozen=True)
class LinksOfGoal:
    """The 活動指標 (by id) of the 成果目標 of one 節, from `old`, which the person saw, to `new`."""

    section: Section
    old: frozenset[int]
    new: frozenset[int]


@transaction.atomic
def change_links(plan: Plan, wanted: Iterable[LinksOfGoal], *, by: User, channel: str) -> list[Change]:
    """Make these the indicators of these goals, or change nothing. Returns the history, one line for each indicator.

    Raises PermissionDenied; Conflict, with the links of each changed goal by 節 id as `current`; or Refused for
    something that is no 活動指標 of the plan or is in the goal's own 節, where it needs no link.
    """
    require_manager(by, plan.municipality, MAY_NOT)
    lock_plan(plan)
    wanted = [one for one in wanted if one.old != one.new]
    current = _stored(plan)
    moved = [one for one in wanted if current[one.section.pk] not in (one.old, one.new)]
    if moved:
        now = {one.section.pk: current[one.section.pk] for one in moved}
        raise Conflict(now, "ほかの人が先に関係を変更しました。いまの内容を確かめてください。")
    added = {(pk, one.section.pk) for one in wanted for pk in one.new - current[one.section.pk]}
    removed = {(pk, one.section.pk) for one in wanted for pk in current[one.section.pk] - one.new}
    measures = {measure.pk: measure for measure in plan.measures.filter(pk__in={pk for pk, _ in added | removed})}
    if any(one.section.plan_id != plan.pk for one in wanted) or any(
        not _can_be_linked(measures.get(pk), section) for pk, section in added
    ):
        raise Refused("この計画の、ほかの節にある活動指標だけを結べます。一覧から選び直してください。")
    before = _labels(plan, current, measures)
    _write(added, removed)
    after = _labels(plan, _stored(plan), measures)
    return write_lines(
        new_line(
            plan, Subject.MASTER, FIELD, before[pk] or None, after[pk] or None, by=by, channel=channel, measure=measure
        )
        for pk, measure in sorted(measures.items())
    )


def _stored(plan: Plan) -> dict[int, frozenset[int]]:
    """The linked measures by 節 id; a 節 without any is an empty set. One query."""
    found: dict[int, set[int]] = defaultdict(set)
    for link in Link.objects.filter(section__plan=plan):
        found[link.section_id].add(link.activityindicator_id)
    return defaultdict(frozenset, {section: frozenset(ids) for section, ids in found.items()})


def _can_be_linked(measure: Measure | None, section_id: int) -> bool:
    return measure is not None and measure.family == Family.INDICATOR and measure.section_id != section_id


def _write(added: set[tuple[int, int]], removed: set[tuple[int, int]]) -> None:
    sections = {section for _, section in removed}
    gone = [
        link.pk
        for link in Link.objects.filter(section_id__in=sections)
        if (link.activityindicator_id, link.section_id) in removed
    ]
    Link.objects.filter(pk__in=gone).delete()
    Link.objects.bulk_create(Link(activityindicator_id=pk, section_id=section) for pk, section in sorted(added))


def _labels(plan: Plan, current: dict[int, frozenset[int]], measures: Iterable[int]) -> dict[int, str]:
    """「第1節、第2節」 by measure id, for the history."""
    sections = list(plan.sections.order_by("number"))
    return {pk: "、".join(str(section) for section in sections if pk in current[section.pk]) for pk in measures}
