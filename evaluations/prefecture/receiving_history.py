"""The history of a received file: one line for each change, as if it had been made here, and one for the file."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User

from core.packages.changes import ChangeKind, PackageChange
from evaluations.models import ReceivedPackage
from plans.history_writer import new_line, write_line, write_lines
from plans.models import Subject


def write_history(
    received: ReceivedPackage,
    changes: Iterable[PackageChange],
    last: ReceivedPackage | None,
    *,
    by: User | None,
    channel: str,
) -> None:
    """One line for each change, and one for the file."""
    plan = received.plan
    reason = f"ファイルの受領（{received.label}）"
    sections = {section.number: section.pk for section in plan.sections.all()}
    measures = dict(plan.measures.values_list("code", "pk"))
    who: dict[str, Any] = {"by": by, "channel": channel, "reason": reason}
    write_lines(
        new_line(
            plan,
            Subject.MASTER if change.kind is ChangeKind.CREATED else Subject[change.kind.name],
            change.field,
            change.old,
            change.new,
            **who,
            section_id=sections[change.section] if change.section else None,
            # The line of a new measure does not refer to it: a city may remove the measure before it has any value.
            measure_id=measures[change.code] if change.code and change.kind is not ChangeKind.CREATED else None,
            fiscal_year=change.year,
            side=change.side,
        )
        for change in changes
    )
    former = f"第{last.number}版" if last and last.number != received.number else None
    write_line(plan, Subject.PACKAGE, "ファイルの受領", former, f"第{received.number}版", **who)
