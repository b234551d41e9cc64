"""The history of a received file: one line for each change, as if it had been made here, and one for the file."""

from collections.abc import Iterable

from django.contrib.auth.models import User

from core.packages.changes import ChangeKind, PackageChange
from evaluations.models import ReceivedPackage
from plans.models import Change, Subject

SUBJECTS = {
    ChangeKind.CREATED: Subject.MASTER,
    ChangeKind.MASTER: Subject.MASTER,
    ChangeKind.VALUE: Subject.VALUE,
    ChangeKind.TEXT: Subject.TEXT,
    ChangeKind.STATE: Subject.STATE,
    ChangeKind.PUBLICATION: Subject.PUBLICATION,
}


def write_history(
    received: ReceivedPackage,
    changes: Iterable[PackageChange],
    last: ReceivedPackage | None,
    *,
    by: User | None,
    door: str,
) -> None:
    """One line for each change, and one for the file."""
    plan = received.plan
    reason = f"ファイルの受領（{received.label}）"
    sections = {section.number: section.pk for section in plan.sections.all()}
    measures = dict(plan.measures.values_list("code", "pk"))
    common = {"by": by, "door": door, "reason": reason, "municipality": plan.municipality, "plan": plan}
    Change.objects.bulk_create(
        Change(
            section_id=sections[change.section] if change.section else None,
            # The line of a new measure does not refer to it: a city may remove the measure before it has any value.
            measure_id=measures[change.code] if change.code and change.kind is not ChangeKind.CREATED else None,
            fiscal_year=change.year,
            side=change.side,
            subject=SUBJECTS[change.kind],
            field=change.field,
            old=change.old,
            new=change.new,
            **common,
        )
        for change in changes
    )
    former = f"第{last.number}版" if last and last.number != received.number else None
    Change.objects.create(
        subject=Subject.PACKAGE, field="ファイルの受領", old=former, new=f"第{received.number}版", **common
    )
