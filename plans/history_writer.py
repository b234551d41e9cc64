"""The one writer of 変更履歴. An action writes its lines in its own transaction; `plans.history` reads them."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User

from core.values import Value
from plans.models import Change, Municipality, Plan

Side = Value | str | None
"""What a line says of one side: the value of a cell, or words. None, like 未入力, is kept as null."""


def new_line(
    of: Plan | Municipality,
    subject: str,
    field: str,
    old: Side,
    new: Side,
    *,
    by: User | None,
    channel: str,
    **more: Any,
) -> Change:
    """Return one line, not saved yet. `of` is the plan, or the 自治体 for what belongs to no plan.

    `more` are the other fields of `Change`. A line about a measure is of its 節, unless `more` gives one.
    """
    place = {"plan": of, "municipality_id": of.municipality_id} if isinstance(of, Plan) else {"municipality": of}
    if (measure := more.get("measure")) and not more.keys() & {"section", "section_id"}:
        more["section_id"] = measure.section_id
    return Change(subject=subject, field=field, old=_kept(old), new=_kept(new), by=by, channel=channel, **place, **more)


def write_lines(lines: Iterable[Change]) -> list[Change]:
    """Save lines of history. One query."""
    return Change.objects.bulk_create(lines)


def write_line(
    of: Plan | Municipality,
    subject: str,
    field: str,
    old: Side,
    new: Side,
    *,
    by: User | None,
    channel: str,
    **more: Any,
) -> None:
    """Save one line, made as `new_line` makes it. One query."""
    write_lines([new_line(of, subject, field, old, new, by=by, channel=channel, **more)])


def _kept(side: Any) -> Any:
    return (side.as_dict() or None) if isinstance(side, Value) else side
