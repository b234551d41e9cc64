"""未達成分: by how much old goals were missed, and the action of the 上乗せ, which adds what the city decides to the
new goals and leaves its trace.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from core.figures import Figures
from core.fiscal_years import wareki
from core.lineage import GOES_ON, How, differences
from core.numerals import plain
from core.shortfall import raised, shortfall
from core.values import Value
from core.words import Certainty, Direction, Side, ValueKind
from evaluations.planning.carry_over.comparison import Comparison, comparison_of, traits
from evaluations.planning.carry_over.deciding import NO_PREVIOUS
from plans.access import require_manager
from plans.actions import CellChange, record_values
from plans.history_writer import write_line
from plans.models import Measure, MeasureLink, Plan, Subject
from plans.models.section_year import SETTLED
from plans.page_words import unit_of
from plans.predecessor import MAY_NOT
from plans.queries import MeasureRow, YearCell, rows_across
from plans.refusals import Refused
from plans.row_locks import lock_section_year


@dataclass(frozen=True)
class ShortfallLine:
    """One line of the carry-over whose old goal was missed, or would be judged if it could.

    `cell` is the old measure in its last year, `planned` what the new plan has for its own last year, `amount` the
    未達成分; None where there is none, and then `why_none` says why where a person would wonder.
    """

    link: MeasureLink
    old: Measure
    new: Measure
    cell: YearCell
    planned: Value
    amount: Decimal | None
    why_none: str = ""

    @property
    def goal_year(self) -> int:
        return last_year(self.new)

    @property
    def unit(self) -> str:
        return unit_of(self.new.unit, self.new.plan.municipality)

    @property
    def key(self) -> str:
        """A name for the fields of the page."""
        return f"{self.old.code}.{self.new.code}"

    @property
    def offered(self) -> Decimal | None:
        """What the field begins with: what was put on top, else the whole 未達成分; a 分割 has to be shared out."""
        if self.link.added is not None:
            return self.link.added
        return None if self.link.how == How.SPLIT else self.amount

    @property
    def before(self) -> Decimal | None:
        """The new goal without what was put on top."""
        if self.planned.number is None or self.link.added is None:
            return self.planned.number
        return raised(self.planned.number, -self.link.added, Direction(self.new.direction))

    @property
    def mark(self) -> str:
        """What the page showed, in short."""
        shown = (self.link.version, self.amount and plain(self.amount), self.planned.as_dict())
        return sha256(repr(shown).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Shortfalls:
    """`lines` were missed, or had something put on top before; `waiting` cannot be judged yet."""

    lines: tuple[ShortfallLine, ...]
    waiting: tuple[ShortfallLine, ...]


def shortfalls(comparison: Comparison) -> Shortfalls:
    """Every line of the carry-over with a goal, in the order of the new plan. Two queries."""
    links = sorted((link for link in comparison.links if link.how in GOES_ON), key=_order(comparison))
    lines = lines_of(links)
    return Shortfalls(
        lines=tuple(line for line in lines if line.amount is not None or line.link.added is not None),
        waiting=tuple(
            sorted((one for one in lines if one.why_none and one.link.added is None), key=attrgetter("why_none"))
        ),
    )


def last_year(measure: Measure) -> int:
    """The plan's last year, or the last in which the measure exists."""
    plan = measure.plan
    return max(plan.start_year, min(plan.end_year, measure.until_year or plan.end_year))


def lines_of(links: Sequence[MeasureLink]) -> list[ShortfallLine]:
    """These lines with the current values; they bring both measures with their plans. Two queries."""
    measures = [measure for link in links for measure in (link.old, link.new) if measure]
    rows = {row.measure.pk: row for row in rows_across(dict.fromkeys(measures), access=None)}
    return [_line(link, rows[link.old_id or 0], rows[link.new_id or 0]) for link in links]


def _line(link: MeasureLink, old: MeasureRow, new: MeasureRow) -> ShortfallLine:
    cell = old.cell(last_year(old.measure))
    planned = new.cell(last_year(new.measure)).figures.planned
    missed, why_none = _missed(old, new, cell)
    return ShortfallLine(link, old.measure, new.measure, cell, planned, missed, why_none)


def _missed(old: MeasureRow, new: MeasureRow, cell: YearCell) -> tuple[Decimal | None, str]:
    """The 未達成分, and why there is none where a person would look for it."""
    figures: Figures = cell.figures
    direction = figures.nature.direction
    is_goal = figures.nature.kind is ValueKind.NUMBER and direction is not Direction.NEAR
    if not is_goal or figures.planned.number is None:
        return None, ""
    if new.measure.direction != direction or differences(traits(old.measure), traits(new.measure)):
        return None, ""
    if cell.state not in SETTLED:
        return None, f"{wareki(cell.year)}の実績が確定していません"
    if figures.actual.number is None:
        return None, f"{wareki(cell.year)}の実績は{figures.actual_word}です"
    if figures.actual.certainty is Certainty.EXPECTED:
        return None, f"{wareki(cell.year)}の実績は見込みの値です"
    return shortfall(figures), ""


def _order(comparison: Comparison) -> Callable[[MeasureLink], tuple[int, int]]:
    """The place of a line in the order of the new plan, then of the old one."""
    places = {measure.pk: place for place, measure in enumerate((*comparison.news.values(), *comparison.olds.values()))}
    return lambda link: (places[link.new_id or 0], places[link.old_id or 0])


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
    comparison = comparison_of(plan)
    if comparison is None:
        raise Refused(NO_PREVIOUS)
    link = comparison.by_pair.get((old, new))
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
