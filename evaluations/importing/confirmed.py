"""What a person confirmed: written, or given back with what keeps it from being written."""

from django.contrib.auth.models import User

from evaluations.entry_forms.merging import FORM_REASON
from evaluations.importing.applying import REASON, apply_import
from evaluations.importing.outcome import Outcome
from evaluations.importing.preview import Preview
from evaluations.importing.refused import ImportRefused
from evaluations.importing.report import Remark
from evaluations.importing.upload import to_confirm
from evaluations.sheet_import.difference import SHEET_REASON
from plans.models import Door, Plan
from plans.refusals import Cause

LONG_CHANGES = 3_000
"""Changes that are written in about a second."""


def write_chosen(chosen: Preview, plan: Plan, *, by: User) -> int | Outcome:
    """How many changes were made, all of them in one transaction; or, with nothing written, what others changed since,
    to be chosen again, or the problems."""
    try:
        reason = FORM_REASON if chosen.sources else SHEET_REASON if chosen.is_sheet else REASON
        return apply_import(chosen.changes, by=by, door=Door.UPLOAD, reason=reason)
    except ImportRefused as error:
        others = tuple(Remark(r.change.address, r.sentence) for r in error.refused if r.cause is not Cause.CONFLICT)
        again = chosen.after_conflict(error.refused)
        return Outcome(problems=others) if others else to_confirm(by, plan, again)


def in_words(count: int) -> str:
    return f"変更 {count} 件を取り込みました。" if count else "変更はありませんでした。"
