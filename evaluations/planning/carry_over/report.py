"""前の計画からの変更点: the report for the council.

It is the same for every reader: it has actuals only where they are 確定, so that no printed copy shows a draft.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

from core.figures import shown_number
from core.fiscal_years import wareki
from core.lineage import UNDECIDED, How
from core.numerals import plain
from core.prose import circled
from core.words import ValueKind
from core.workbooks.printed_table import PrintedTable, write_table
from evaluations.planning.carry_over.baselines import actual_in_words, firmness, last_confirmed
from evaluations.planning.carry_over.comparison import Comparison, comparison_of
from evaluations.planning.carry_over.page import tally
from evaluations.planning.carry_over.shortfalls import last_year
from evaluations.publishing.citations import not_published
from plans.models import Measure, MeasureLink, Plan, Section
from plans.page_words import presence, unit_of
from plans.queries import MeasureRow, YearCell, rows_across

NO_ACTUAL = "確定した実績なし"
NO_GOAL = "目標なし"
COLUMNS = (
    ("引き継ぎ方", 10),
    ("前の計画の指標", 27),
    ("前の目標", 15),
    ("前の実績", 17),
    ("新しい指標", 27),
    ("新しい目標", 15),
    ("基準値と出典", 26),
    ("上乗せ", 16),
    ("理由", 27),
)
"""Of the workbook: heading and width in digits, fitted to one page wide."""


@dataclass(frozen=True)
class ChangeRow:
    """One line of the carry-over, in the order of the columns; "" where there is nothing."""

    how: str
    old: str = ""
    old_goal: str = ""
    old_actual: str = ""
    new: str = ""
    new_goal: str = ""
    baseline: str = ""
    added: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Renumbered:
    """A 節 that has another number, is called otherwise or was put together from others."""

    old: tuple[Section, ...]
    new: Section

    @property
    def words(self) -> str:
        """「第4節 → 第3節」, with the names where they changed."""
        names = "・".join(str(one) if one.title != self.new.title else one.label for one in self.old)
        return f"{names} → {self.new}"


@dataclass(frozen=True)
class Part:
    """The lines of one 節, or what ended or is undecided."""

    title: str
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True)
class ChangeReport:
    """What the report says. `tally` counts decisions; `renumbered` lists the 節 that moved."""

    plan: Plan
    previous: Plan
    tally: tuple[tuple[str, str, int], ...]
    renumbered: tuple[Renumbered, ...]
    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        """「第7期障害福祉計画　前の計画（第6期障害福祉計画）からの変更点」."""
        return f"{self.plan.name}　前の計画（{self.previous.name}）からの変更点"


def change_report(plan: Plan) -> ChangeReport | None:
    """The report; None for a plan that follows none. Six queries."""
    comparison = comparison_of(plan)
    if comparison is None:
        return None
    rows = rows_across([*comparison.olds.values(), *comparison.news.values()], access=None)
    lines = _Lines(comparison, {row.measure.pk: row for row in rows})
    renumbered = tuple(_renumbered(comparison))
    return ChangeReport(plan, comparison.previous, tally(comparison), renumbered, tuple(lines.parts(renumbered)))


def report_bytes(report: ChangeReport) -> bytes:
    """The same as a workbook, every value a text; a line instead of the table where neither plan has a measure.

    No publication holds what was decided on the way from plan to plan.
    """
    counts = "、".join(f"{word} {count}件" for _, word, count in report.tally)
    moved = [f"節の変更：{one.words}" for one in report.renumbered]
    table = PrintedTable(
        sheet_name="前の計画からの変更点",
        title=f"{report.plan.municipality.name} {report.title}",
        columns=COLUMNS,
        parts=tuple((part.title, tuple(astuple(line) for line in part.rows)) for part in report.parts),
        empty="指標はまだありません。",
        remarks=(f"引き継ぎ方の内訳：{counts}", *moved),
        mark=not_published(),
    )
    return write_table(table)


def _renumbered(comparison: Comparison) -> Iterable[Renumbered]:
    """The 節 of the new plan in order, those that come from somewhere else."""
    for section in dict.fromkeys(measure.section for measure in comparison.news.values()):
        if before := comparison.moved_from(section):
            yield Renumbered(before, section)


class _Lines:
    """Makes the lines of a report out of both plans and the rows of all their measures."""

    def __init__(self, comparison: Comparison, rows: Mapping[int, MeasureRow]) -> None:
        self.comparison, self.rows = comparison, rows
        self.links: dict[int | None, list[MeasureLink]] = {}
        places = {measure.pk: place for place, measure in enumerate(comparison.olds.values())}
        for link in sorted(comparison.links, key=lambda link: places.get(link.old_id or 0, -1)):
            self.links.setdefault(link.new_id, []).append(link)

    def parts(self, renumbered: Iterable[Renumbered]) -> Iterable[Part]:
        """A part for each 節 of the new plan, then what ended, then what is undecided."""
        before = {one.new.pk: one for one in renumbered}
        sections: dict[Section, list[ChangeRow]] = {}
        for measure in self.comparison.news.values():
            sections.setdefault(measure.section, []).extend(self._of(measure))
        for section, rows in sections.items():
            was = before.get(section.pk)
            origin = f"（前の計画：{'、'.join(str(one) for one in was.old)}）" if was else ""
            yield Part(f"{section}{origin}", tuple(rows))
        if ended := [self._row(link) for link in self.links.get(None, ())]:
            yield Part("この計画で終了した指標", tuple(ended))
        if self.comparison.must_decide_olds and self.comparison.open_olds:
            left = tuple(ChangeRow(UNDECIDED, **self._old(measure)) for measure in self.comparison.open_olds)
            yield Part("引き継ぎ方がまだ決まっていない前の計画の指標", left)

    def _of(self, measure: Measure) -> list[ChangeRow]:
        links = self.links.get(measure.pk)
        return [self._row(link) for link in links] if links else [ChangeRow(UNDECIDED, **self._new(measure))]

    def _row(self, link: MeasureLink) -> ChangeRow:
        old = self._old(link.old) if link.old else {}
        new = self._new(link.new) if link.new else {}
        reasons = [link.note, f"上乗せの理由：{link.added_reason}" if link.added_reason else ""]
        reason = "\n".join(part for part in reasons if part)
        return ChangeRow(How(link.how).label, **old, **new, added=_added(link), reason=reason)

    def _old(self, measure: Measure) -> dict[str, str]:
        row = self.rows[measure.pk]
        return {
            "old": f"{measure.section.label} {_name(measure)}",
            "old_goal": _goal(row),
            "old_actual": _actual(row, last_confirmed(row)),
        }

    def _new(self, measure: Measure) -> dict[str, str]:
        return {"new": _name(measure), "new_goal": _goal(self.rows[measure.pk]), "baseline": _baseline(measure)}


def _added(link: MeasureLink) -> str:
    if link.added is None or link.shortfall is None or link.new is None:
        return ""
    unit = _unit(link.new)
    return f"{plain(link.added)}{unit}（未達成分 {plain(link.shortfall)}{unit}）"


def _name(measure: Measure) -> str:
    return f"{circled(measure.label)}{measure.title}"


def _actual(row: MeasureRow, cell: YearCell | None) -> str:
    if cell is None:
        return NO_ACTUAL
    firm = firmness(cell)
    mark = "" if firm == "確定" else f"（{firm}）"
    return f"{actual_in_words(row, cell)}{mark}\n{wareki(cell.year)}"


def _goal(row: MeasureRow) -> str:
    """What is planned for the last year, or why nothing is."""
    cell = row.cell(last_year(row.measure))
    planned, year = cell.figures.planned, wareki(cell.year)
    if planned.number is None:
        return f"{planned.wording or (planned.state.label if planned.state else NO_GOAL)}\n{year}"
    if row.measure.value_kind == ValueKind.PRESENCE:
        return f"{presence(planned)}\n{year}"
    return f"{shown_number(planned, cell.figures.nature.kind)}{_unit(row.measure)}\n{year}"


def _baseline(measure: Measure) -> str:
    if measure.baseline_text or measure.baseline is None:
        return measure.baseline_text
    year = f"（{wareki(measure.baseline_year)}）" if measure.baseline_year else ""
    return f"{plain(measure.baseline)}{_unit(measure)}{year}"


def _unit(measure: Measure) -> str:
    return unit_of(measure.unit, measure.plan.municipality)
