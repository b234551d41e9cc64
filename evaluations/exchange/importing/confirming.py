"""Between a preview and what is written: the signed text that confirms, and what came of the confirmation."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict

from evaluations.exchange.importing.applying import apply_import
from evaluations.exchange.importing.changes import ImportRefused
from evaluations.exchange.importing.preview import Outcome, Preview, PreviewLost, signed, unsigned
from evaluations.exchange.importing.report import Remark
from plans.models import Channel, Plan
from plans.refusals import Cause
from plans.signed_previews import MAX_SIGNED
from plans.value_rows import newest_number

NOTHING = Outcome()
NOTHING_MARKED = "取り込む変更に印が付いていません。まだ何も書き込んでいません。"


@dataclass(frozen=True)
class Confirmation:
    """How many changes were made, or where none were, what is to be shown; `message` is said above it."""

    count: int = 0
    outcome: Outcome | None = None
    message: str = ""


def to_confirm(preview: Preview, plan: Plan, person: User, outcome: Outcome = NOTHING) -> Outcome:
    """The outcome with a preview, and the signed text that confirms it."""
    text = signed(preview, plan, person, revision=newest_number(plan))
    if len(text) > MAX_SIGNED:
        count = f"{len(preview.changes):,}"
        return Outcome(outcome.name, failure=f"変更が{count}件あり、一度に扱えません。表を年度か節で分けてください。")
    return replace(outcome, preview=preview, signed=text)


def confirm(posted: QueryDict, plan: Plan, person: User, *, reason: str) -> Confirmation:
    """Write what was looked at; what others changed since comes back to be chosen. `reason` is for the history."""
    chosen = chosen_in(posted, plan, person)
    return chosen if isinstance(chosen, Confirmation) else write_chosen(chosen, plan, person, reason=reason)


def chosen_in(posted: QueryDict, plan: Plan, person: User) -> Preview | Confirmation:
    """The changes that a person chose; a Confirmation where there is nothing that could be written."""
    try:
        preview = unsigned(posted.get("preview", ""), plan, person, revision=newest_number(plan))
    except PreviewLost as error:
        return Confirmation(outcome=Outcome(failure=str(error)))
    chosen = preview.chosen(posted.getlist("overwrite"), posted.getlist("accept"))
    if preview.is_sheet and not chosen.changes:
        return Confirmation(outcome=to_confirm(preview, plan, person), message=NOTHING_MARKED)
    return chosen


def write_chosen(chosen: Preview, plan: Plan, person: User, *, reason: str) -> Confirmation:
    """Write all of these changes or, where one cannot be written, none."""
    try:
        count = apply_import(chosen.changes, by=person, channel=Channel.UPLOAD, reason=reason)
    except ImportRefused as error:
        others = tuple(Remark(r.change.address, r.sentence) for r in error.refused if r.cause is not Cause.CONFLICT)
        again = chosen.after_conflict(error.refused)
        return Confirmation(outcome=Outcome(problems=others) if others else to_confirm(again, plan, person))
    return Confirmation(count)


def count_in_words(count: int) -> str:
    """What came of a confirmation that went well."""
    return f"変更 {count} 件を取り込みました。" if count else "変更はありませんでした。"


def say_count(request: HttpRequest, count: int) -> None:
    """The same as a message on the next page."""
    (messages.success if count else messages.info)(request, count_in_words(count))
