"""基準値 of the new measures, proposed from the last confirmed actual of what they come from; taken over by a click."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from django.contrib.auth.models import User
from django.db import transaction

from core.figures import shown_number
from core.fiscal_years import wareki
from core.lineage import How, LineageLink, differences
from core.numerals import plain
from core.words import Accumulation, Certainty, ValueKind
from evaluations.planning.carry_over.comparison import Comparison, traits
from evaluations.planning.carry_over.deciding import start
from plans.models import Change, Measure, Plan
from plans.models.measure import BASELINE_COLUMNS
from plans.models.section_year import SETTLED
from plans.page_words import presence, unit_of
from plans.plan_settings import SettingChange, change_settings
from plans.queries import MeasureRow, YearCell, measure_rows
from plans.refusals import Refused


@dataclass(frozen=True)
class Baseline:
    """基準値, its 年度 and where it comes from, in words."""

    number: Decimal
    year: int
    text: str

    @classmethod
    def of(cls, measure: Measure) -> "Baseline | None":
        """What a measure has now; None without a number."""
        if measure.baseline is None or measure.baseline_year is None:
            return None
        return cls(measure.baseline, measure.baseline_year, measure.baseline_text)


@dataclass(frozen=True)
class BaselineLine:
    """One measure that comes from others, with its proposal; `why_none` says why there is none.

    `remark` says what to know of it: a later year that was passed over, an old definition.
    """

    lineage: LineageLink
    old: Measure
    new: Measure
    proposal: Baseline | None = None
    why_none: str = ""
    remark: str = ""

    @property
    def news(self) -> tuple[Measure, ...]:
        """The measure as the one end of a line."""
        return (self.new,)

    @property
    def may_be_same(self) -> bool:
        """Whether the 基準値 is the same quantity as the goal: what continues; a 累計 begins from 0 again."""
        return self.lineage.how is How.SAME and self.new.accumulation != Accumulation.CUMULATIVE

    @property
    def is_taken(self) -> bool:
        return self.proposal is not None and self.proposal == Baseline.of(self.new)

    @property
    def mark(self) -> str:
        """A digest of the proposal and the 基準値 that the page showed; it differs where either does."""
        new, offered = self.new, self.proposal
        number = "" if new.baseline is None else plain(new.baseline)
        before = (number, new.baseline_year, new.baseline_text, new.baseline_is_same_quantity)
        shown = (*before, *((plain(offered.number), offered.year, offered.text) if offered else ()))
        return sha256(repr(shown).encode()).hexdigest()[:16]


def baseline_lines(comparison: Comparison) -> list[BaselineLine]:
    """Each new measure that comes from old ones, in the order of the new plan. Two queries."""
    lineages = {code: lineage for lineage in comparison.lineages for code in lineage.news if lineage.olds}
    rows = measure_rows(comparison.previous, comparison.olds.values(), access=None)
    by_code = {row.measure.code: row for row in rows}
    return [
        _line(comparison, lineages[code], new, by_code) for code, new in comparison.news.items() if code in lineages
    ]


@transaction.atomic
def take_baselines(plan: Plan, marks: Mapping[str, str], same: Iterable[str], *, by: User) -> list[Change]:
    """Take the proposals of these measures over, all or none. `marks` by 指標コード: what the page showed; `same`: the
    codes whose 基準値 is the same quantity as the goal.

    Raises PermissionDenied, or Refused where a proposal or a 基準値 is not what was shown, or there is none.
    """
    comparison = start(plan, by)
    lines = {line.new.code: line for line in baseline_lines(comparison)}
    same = set(same)
    changes: list[SettingChange] = []
    sentences = []
    for code, mark in marks.items():
        line = lines.get(code)
        if line is None or line.proposal is None or line.mark != mark:
            title = comparison.news[code].title if code in comparison.news else code
            sentences.append(f"「{title}」の基準値か前の計画の実績が、ページを開いた後に変わりました。")
        else:
            changes += _changes(line, line.proposal, is_same=line.may_be_same and code in same)
    if sentences:
        raise Refused("\n".join([*sentences, "いまの内容を確かめてから、もう一度選んでください。"]))
    return change_settings(comparison.plan, changes, by=by)


def last_confirmed(row: MeasureRow) -> YearCell | None:
    """The latest 確定 or 公表 year whose actual is a number; one whose 確定度 is 見込み is none."""
    return next((cell for cell in reversed(row.cells) if is_confirmed(cell)), None)


def is_confirmed(cell: YearCell) -> bool:
    """Whether a 確定 or 公表 year has an actual that is a number and no 見込み."""
    actual = cell.figures.actual
    return cell.state in SETTLED and actual.number is not None and actual.certainty is not Certainty.EXPECTED


def actual_in_words(row: MeasureRow, cell: YearCell) -> str:
    """「27人」 for an actual that is a number, 「有」 for a 有無."""
    measure, actual = row.measure, cell.figures.actual
    if measure.value_kind == ValueKind.PRESENCE:
        return presence(actual)
    return shown_number(actual, cell.figures.nature.kind) + unit_of(measure.unit, measure.plan.municipality)


def firmness(cell: YearCell) -> str:
    """How firm a confirmed actual is: a year may be 確定 with figures that are 速報."""
    return "速報" if cell.figures.actual.certainty is Certainty.PRELIMINARY else "確定"


def _line(comparison: Comparison, lineage: LineageLink, new: Measure, rows: Mapping[str, MeasureRow]) -> BaselineLine:
    old = comparison.olds[lineage.olds[0]]
    if lineage.how in (How.SPLIT, How.MERGED):
        return BaselineLine(
            lineage, old, new, why_none=f"「{lineage.how.label}」のため、前の計画の値は基準値になりません。"
        )
    if new.value_kind == ValueKind.TEXT:
        return BaselineLine(lineage, old, new, why_none="文章の指標に基準値はありません。")
    if changed := differences(traits(old), traits(new)):
        return BaselineLine(
            lineage, old, new, why_none=f"前の計画と数え方が違うため、基準値になりません（{'、'.join(changed)}）。"
        )
    row = rows[old.code]
    cell = last_confirmed(row)
    if cell is None:
        return BaselineLine(lineage, old, new, why_none=f"確定した実績がありません（{_passed_over(row, None)}）。")
    number = Decimal(shown_number(cell.figures.actual, cell.figures.nature.kind))
    actual = f"{wareki(cell.year)}：{actual_in_words(row, cell)}（{firmness(cell)}）"
    previous = comparison.previous
    kind = previous.get_kind_display() if previous.kind != comparison.plan.kind else ""
    origin = f"第{previous.generation}期{kind}の実績 {actual}"
    before = "見直し前の定義による値です" if lineage.how is How.REDEFINED else ""
    remark = "。".join(part for part in (before, _passed_over(row, cell)) if part)
    return BaselineLine(lineage, old, new, Baseline(number, cell.year, origin), remark=remark)


def _passed_over(row: MeasureRow, found: YearCell | None) -> str:
    """「令和5年度は確定前」 for each year after the one that was found; "" for none."""
    later = [cell for cell in row.cells if found is None or cell.year > found.year]
    return "、".join(f"{wareki(cell.year)}は{_why_passed_over(cell)}" for cell in later)


def _why_passed_over(cell: YearCell) -> str:
    if cell.state not in SETTLED:
        return "確定前"
    return cell.figures.actual_word or "見込みの値"


def _changes(line: BaselineLine, proposal: Baseline, *, is_same: bool) -> list[SettingChange]:
    wanted = zip(BASELINE_COLUMNS, (proposal.number, proposal.year, proposal.text, is_same), strict=True)
    return [
        SettingChange(f"{field}-{line.new.code}", line.new, field, getattr(line.new, field), value)
        for field, value in wanted
    ]
