"""What a kind of long work is made of: a function, the right to it, and its result."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import PermissionDenied

from evaluations.models import LongWork
from plans.access import Access, plan_for, require
from plans.models import Plan

Progress = Callable[[int, int, str], None]
"""The progress callback `report(done, total, step)`. Raises what ends the work (see `running`).

Called between actions and never within a transaction, where the progress would be visible only at its end.
"""


@dataclass(frozen=True)
class ReportLine:
    """The result of one part: of one file, of one step."""

    name: str
    sentence: str
    is_problem: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class ResultFile:
    """The file that a work made, to be downloaded."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Result:
    """The result of a work, in a sentence; perhaps a file, and a line per part."""

    sentence: str
    file: ResultFile | None = None
    report: tuple[ReportLine, ...] = ()


@dataclass(frozen=True)
class NextPage:
    """Where a person goes on when the work is done."""

    address: str
    label: str


def plan_of(work: LongWork) -> Plan:
    """The plan of a work, with `plan.access`, as the person who requested it may see it now. Raises Http404 for a
    stranger.
    """
    if work.plan is None:
        raise PermissionDenied("計画のない処理です。")
    return plan_for(work.by, work.plan.slug)


def readers(work: LongWork) -> Access:
    """For anyone who may see the plan."""
    return plan_of(work).access


def writers(sentence: str) -> Callable[[LongWork], Access]:
    """For those who may enter, import and write texts; others are refused with this sentence."""

    def access(work: LongWork) -> Access:
        plan = plan_of(work)
        require(plan.access.may_write, sentence)
        return plan.access

    return access


@dataclass(frozen=True)
class Kind:
    """One kind of work. `run` does it. `access` returns what the person may do now, and raises PermissionDenied or
    Http404 for a person who may not (or no longer); it is called when the work runs, is shown and is downloaded.

    `next_page` returns where a finished work leads, if that is more than its file. `offers_file`: the resulting file is
    for people; otherwise it is for the page that `next_page` leads to.
    """

    name: str
    run: Callable[[LongWork, Progress], Result]
    access: Callable[[LongWork], Access] = readers
    next_page: Callable[[LongWork], NextPage] | None = None
    offers_file: bool = True


KINDS: dict[str, Kind] = {}
"""Every kind of long work there is, by its name. Filled once, when the application starts (see `work_kinds`)."""


def register(*kinds: Kind) -> None:
    """Add these kinds to those that a runner can do and a page can show."""
    KINDS.update({kind.name: kind for kind in kinds})
