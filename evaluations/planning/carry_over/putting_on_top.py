"""The verb of the 上乗せ: what was missed moves a new goal by as much as the city decides, and leaves its trace."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from core.fiscal_years import wareki
from core.lineage import GOES_ON
from core.numerals import plain
from core.shortfall import raised
from core.values import Value
from core.words import Direction, Side
from evaluations.planning.carry_over.book import book_of
from evaluations.planning.carry_over.deciding import NO_PREVIOUS
from evaluations.planning.carry_over.shortfalls import ShortfallLine, last_year, lines_of
from plans.access import require_manager
from plans.actions import CellChange, record_values
from plans.history_writer import write_line
from plans.locks import lock_section_year
from plans.models import MeasureLink, Plan, Subject
from plans.predecessor import MAY_NOT
from plans.refusals import Refused

FIELD = "未達成分の上乗せ"
CHANGED = "この引き継ぎは、ほかの人が変えました。ページを開き直してください。"
NOTHING_ADDED: dict[str, Any] = {"added": None, "shortfall": None, "added_reason": ""}


@transaction.atomic
def put_on_top(
    plan: Plan, old: str, new: str, amount: Decimal, reason: str, *, mark: str, by: User, channel: str
) -> ShortfallLine:
    """Put this much of what the old measure missed on top of the new plan's last 計画値; 0 takes it back.

    The 計画値 moves by the difference to what was put on top before. Returns the line as it was. `mark` is what the
    page showed. Raises PermissionDenied, Refused, or ChangesRefused where the year is locked.
    """
    require_manager(by, plan.municipality, MAY_NOT)
    line = _locked(plan, old, new)
    if line.mark != mark:
        raise Refused("ページを開いた後に、計画値か上乗せが変わりました。いまの内容を確かめてください。")
    if not reason:
        raise Refused("理由を書いてください。")
    before, direction = line.link.added or Decimal(0), Direction(line.new.direction)
    if amount < 0:
        raise Refused("上乗せする数は、0以上で入力してください。0にすると、上乗せを取り消します。")
    if amount == before and (not amount or reason == line.link.added_reason):
        return line
    if amount and line.amount is None:
        raise Refused(f"「{line.old.title}」に未達成分がないため、上乗せできません。上乗せは0にして取り消せます。")
    if line.planned.number is None:
        raise Refused(f"{wareki(line.goal_year)}の計画値がまだ数値で入力されていません。先に計画値を入力してください。")
    goal = raised(line.planned.number, amount - before, direction)
    if goal < 0 <= line.planned.number:
        raise Refused(f"上乗せすると計画値が{plain(goal)}になります。0以上になるようにしてください。")
    change = CellChange(line.new, line.goal_year, Side.PLANNED, line.planned, Value(number=goal))
    record_values([change], by=by, channel=channel, reason=f"{FIELD}：{reason}")
    _keep(line, amount, reason, by, channel)
    return line


def in_words(added: Decimal | None, missed: Decimal | None, reason: str, unit: str) -> str | None:
    """「8人（未達成分 8人、理由：…）」 for the history; None where nothing was put on top."""
    if added is None or missed is None:
        return None
    return f"{plain(added)}{unit}（未達成分 {plain(missed)}{unit}、理由：{reason}）"


def _locked(plan: Plan, old: str, new: str) -> ShortfallLine:
    """The line with the year of the new goal and the row of the trace locked, in the order in which values are."""
    book = book_of(plan)
    if book is None:
        raise Refused(NO_PREVIOUS)
    link = book.by_pair.get((old, new))
    if link is None or link.new is None or link.how not in GOES_ON:
        raise Refused(CHANGED)
    lock_section_year(link.new.section, last_year(link.new))
    kept = MeasureLink.objects.select_for_update(of=("self",)).filter(pk=link.pk).first()
    if kept is None:
        raise Refused(CHANGED)
    kept.old, kept.new = link.old, link.new
    [line] = lines_of([kept])
    return line


def _keep(line: ShortfallLine, amount: Decimal, reason: str, by: User, channel: str) -> None:
    """The trace, and its line in the history of the new measure."""
    trace = {"added": amount, "shortfall": line.amount, "added_reason": reason} if amount else NOTHING_ADDED
    link = line.link
    old = in_words(link.added, link.shortfall, link.added_reason, line.unit)
    MeasureLink.objects.filter(pk=link.pk).update(**trace, version=F("version") + 1)
    new = in_words(amount, line.amount, reason, line.unit) if amount else None
    more = {"reason": "" if amount else reason, "measure": line.new, "fiscal_year": line.goal_year}
    write_line(line.new.plan, Subject.MASTER, FIELD, old, new, by=by, channel=channel, **more)
