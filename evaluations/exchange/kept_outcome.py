"""What the page of import has to say, kept as a file between the long work that found it and the page."""

import json
from typing import Any

from django.contrib.auth.models import User

from evaluations.exchange.importing.outcome import Outcome
from evaluations.exchange.importing.preview import Preview, PreviewLost, unsigned
from evaluations.exchange.importing.report import Remark, Unknown
from plans.models import Plan
from plans.value_rows import newest_number


def as_kept(outcome: Outcome) -> bytes:
    """The outcome as JSON; its changes are in the signed text."""
    kept: dict[str, Any] = {
        "name": outcome.name,
        "failure": outcome.failure,
        "problems": [(one.address, one.sentence) for one in outcome.problems],
        "warnings": [(one.address, one.sentence) for one in outcome.warnings],
        "unknown": [(one.address, one.old, one.new, one.note) for one in outcome.unknown],
        "notes": outcome.notes,
        "is_sheet": outcome.is_sheet,
        "signed": outcome.signed,
    }
    return json.dumps(kept, ensure_ascii=False).encode()


def from_kept(content: bytes, plan: Plan, person: User) -> Outcome:
    """The outcome again. Where its changes cannot be confirmed any more, the sentence that says why."""
    kept = json.loads(content)
    preview = Preview(is_sheet=kept["is_sheet"])
    if kept["signed"]:
        try:
            preview = unsigned(kept["signed"], plan, person, revision=newest_number(plan))
        except PreviewLost as lost:
            return Outcome(kept["name"], failure=str(lost))
    return Outcome(
        name=kept["name"],
        failure=kept["failure"],
        problems=tuple(Remark(*one) for one in kept["problems"]),
        warnings=tuple(Remark(*one) for one in kept["warnings"]),
        unknown=tuple(Unknown(*one) for one in kept["unknown"]),
        notes=tuple(kept["notes"]),
        preview=preview,
        signed=kept["signed"],
    )
