"""Queries for the pages of long work: the works of one person, and one of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from evaluations.long_work.kinds import KINDS, Kind, NextPage, ReportLine
from evaluations.models import LongWork, LongWorkFile, WorkState
from plans.models import Plan

GONE = "確かめた内容は、もう残っていません。もう一度ファイルを選んでください。"
"""What a page says when the result that a work leads to is no longer stored."""
NO_RIGHT = "この処理の結果を見る権限がなくなったため、表示できません。"
INTERRUPTED = (
    "サーバーの停止などで、途中で止まりました。もう一度始められます。"
    "くり返し止まるときは、システム管理者に知らせてください。"
)
CANCELLED = "取り消しました。途中までの結果は残していません。"
CANCELLING = "取り消しています。いまの作業の切りのよいところで止まります。"
WAITING = "順番を待っています。"
STARTING = "始めています。"


def works_of(person: User) -> QuerySet[LongWork]:
    """The works that this person requested and that are still stored, the newest first. Without the files."""
    oldest = timezone.now() - timedelta(days=settings.WORK_DAYS)
    kept = Q(ended_at=None) | Q(ended_at__gte=oldest)
    return LongWork.objects.filter(kept, by=person.pk).select_related("by", "municipality", "plan")


def work_for(person: User, key: UUID) -> LongWork:
    """One of them. Http404 for anything else, works of others included."""
    return get_object_or_404(works_of(person), key=key)


def refusal(work: LongWork) -> str:
    """Why the person may not (or no longer) see the result of the work; "" where they may. Checks current rights."""
    kind = KINDS.get(work.kind)
    if kind is None:
        return "システムが更新され、この処理の結果は見られません。"
    try:
        access = kind.access(work)
    except (PermissionDenied, Http404):
        return NO_RIGHT
    return NO_RIGHT if work.shows_drafts and not access.sees_drafts else ""


def in_words(work: LongWork) -> str:
    """The current status of the work, in a sentence."""
    state = work.shown_state
    if state == WorkState.WAITING:
        return WAITING
    if state == WorkState.RUNNING:
        return CANCELLING if work.cancel_asked_at else work.step or STARTING
    words = {WorkState.INTERRUPTED: INTERRUPTED, WorkState.CANCELLED: CANCELLED, WorkState.FAILED: work.failure}
    return words.get(state, work.step)


def as_json(work: LongWork) -> dict[str, Any]:
    """What the script of the page requests again and again."""
    state = work.shown_state
    return {
        "state": state.value,
        "label": state.label,
        "is_under_way": work.is_under_way,
        "done": work.done,
        "total": work.total,
        "words": in_words(work),
    }


@dataclass(frozen=True)
class WorkPage:
    """One work. `refused`: why its report and result are hidden; "" where they are not."""

    work: LongWork
    words: str
    refused: str
    report: tuple[ReportLine, ...]
    result: LongWorkFile | None
    onward: NextPage | None

    @property
    def problems(self) -> int:
        return sum(line.is_problem for line in self.report)


def work_page(work: LongWork) -> WorkPage:
    """The work with what the person may see of it. Three queries at most."""
    if work.is_under_way:
        return WorkPage(work, in_words(work), "", (), None, None)
    refused = refusal(work)
    if refused:
        # The reason of a failure may name what the person may no longer see.
        return WorkPage(work, "", refused, (), None, None)
    files = work.files.filter(side=LongWorkFile.Side.RESULT).defer("content")
    is_done = work.state == WorkState.DONE
    kind = KINDS[work.kind]
    return WorkPage(
        work,
        in_words(work),
        "",
        tuple(ReportLine(**line) for line in work.report),
        files.first() if is_done and kind.offers_file else None,
        kind.next_page(work) if is_done and kind.next_page else None,
    )


def found_for(person: User, key: str, plan: Plan, *kinds: Kind) -> LongWorkFile | None:
    """The result that a work of these kinds has for a page of this plan, `key` being in its address. None where it is
    no longer stored or is another user's. Raises PermissionDenied for a person who may no longer see it.
    """
    try:
        work = work_for(person, UUID(key))
    except (Http404, ValueError):
        return None
    if work.plan_id != plan.pk or work.kind not in {kind.name for kind in kinds}:
        return None
    return _shown_result(work).first()


def result_for(person: User, key: UUID) -> LongWorkFile:
    """The file that a work made. Raises Http404 where there is none, PermissionDenied for a person who may no longer
    see it.
    """
    return get_object_or_404(_shown_result(work_for(person, key)))


def _shown_result(work: LongWork) -> QuerySet[LongWorkFile]:
    """The file that the work made, if any. Raises PermissionDenied for a person who may no longer see it."""
    refused = refusal(work)
    if refused:
        raise PermissionDenied(refused)
    return work.files.filter(side=LongWorkFile.Side.RESULT)
