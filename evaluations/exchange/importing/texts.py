"""The texts of evaluations that an import brings, written by the action that writes texts from the screen."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from evaluations.entry.texts import save_texts
from evaluations.exchange.importing.changes import Refused, TextChange
from evaluations.exchange.importing.meanwhile import Years
from evaluations.models import Evaluation
from plans.models import Section
from plans.refusals import Cause, Locked


def write_texts(
    changes: Sequence[TextChange],
    sections: Mapping[int, Section],
    years: Years,
    *,
    by: User | None,
    channel: str,
    reason: str,
) -> tuple[int, list[Refused]]:
    """Write the texts of each 節 × 年度 at once: how many, and why others could not be written.

    `sections` by 節番号, `years` locked by the caller, who takes everything back where anything was refused.
    """
    written, refused = 0, []
    for number, year in dict.fromkeys((change.section, change.year) for change in changes):
        texts = [change for change in changes if (change.section, change.year) == (number, year)]
        section = sections.get(number)
        if section is None:
            refused += _all(texts, Cause.INVALID, "、節がこの間に削除されています。")
            continue
        current = Evaluation.objects.filter(section_year=years[section.pk, year]).first() or Evaluation()
        refused += [_conflict(one, current) for one in texts if getattr(current, one.field) not in (one.old, one.new)]
        fresh = [change for change in texts if getattr(current, change.field) == change.old]
        try:
            # Its row of the year is locked, so that what is stored now is still stored when it is compared there.
            save_texts(
                section,
                year,
                {change.field: change.new for change in fresh},
                version=current.version,
                by=by,
                channel=channel,
                reason=reason,
            )
        except Locked as locked:
            refused += _all(fresh, Cause.LOCKED, f"は{locked}")
        except PermissionDenied as forbidden:
            refused += _all(fresh, Cause.FORBIDDEN, f"：{forbidden}")
        written += len(fresh)
    return written, refused


def _conflict(change: TextChange, current: Evaluation) -> Refused:
    sentence = f"{change.place}は、ほかの人が先に保存しました。両方の文章を見比べてください。"
    return Refused(change, Cause.CONFLICT, sentence, getattr(current, change.field))


def _all(changes: Sequence[TextChange], cause: Cause, ending: str) -> list[Refused]:
    return [Refused(change, cause, f"{change.place}{ending}") for change in changes]
