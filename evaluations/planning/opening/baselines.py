"""基準値 proposed from the plan before: the confirmed actual of the very thing that the guideline starts from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.catalogue import Catalogue, Entry
from core.fiscal_years import wareki
from core.numerals import plain, squeeze
from evaluations.planning.carry_over.baselines import is_confirmed, last_confirmed, standing
from plans.models import Measure, Plan
from plans.queries import MeasureRow, measure_rows, measures_of

_WHEN = re.compile(r"^(?:昭和|平成|令和)(?:元|[0-9]+)年度(?:末)?(?:時点)?(?:の)?")


@dataclass(frozen=True)
class Proposal:
    """An actual of a 確定 year of the plan before. `standing`: 確定, or 速報 where the figure says so of itself;
    `is_of_year`: it is of the very 年度 that the guideline starts from.
    """

    number: Decimal
    year: int
    title: str
    plan: str
    unit: str
    standing: str
    is_of_year: bool

    @property
    def origin(self) -> str:
        """「第7期障害福祉計画「施設入所者数」の令和6年度の実績（確定）」."""
        return f"{self.plan}「{self.title}」の{wareki(self.year)}の実績（{self.standing}）"

    @property
    def words(self) -> str:
        """The number with where it comes from."""
        return f"{plain(self.number)}{self.unit}　{self.origin}"


def proposals(previous: Plan | None, entries: Iterable[Entry], catalogue: Catalogue) -> dict[str, Proposal]:
    """By code of the entry, for those that start from a 基準値. Three queries, none without a plan before."""
    wanted = [entry for entry in entries if entry.level and entry.level.needs_baseline]
    if previous is None or not wanted:
        return {}
    rows = {row.measure: row for row in measure_rows(previous, measures_of(previous), access=None)}
    found = {}
    for entry in wanted:
        measure = _same_thing(entry, list(rows), catalogue)
        if measure and (proposal := _proposal(entry, rows[measure], previous)):
            found[entry.code] = proposal
    return found


def counted_thing(entry: Entry) -> str:
    """What the 基準値 counts: 「施設入所者数」; "" where it is the measure itself (令和6年度実績)."""
    what = _WHEN.sub("", squeeze(entry.baseline_text))
    return "" if what == "実績" else what


def bare_name(title: str) -> str:
    """A title without widths and blanks; cities write 移行者 and 移行者数 for one thing."""
    return squeeze(title).removesuffix("数")


def _same_thing(entry: Entry, measures: list[Measure], catalogue: Catalogue) -> Measure | None:
    """The one measure of the plan before that counts what the 基準値 counts; None for none, or for several."""
    what = counted_thing(entry)
    if what:
        same = [measure for measure in measures if _is_called(measure, {what})]
    else:
        known = catalogue.by_code()
        codes = {follow.code for follow in entry.follows if follow.how == "same"}
        names = {entry.title, *(known[code].title for code in codes if code in known)}
        same = [m for m in measures if m.catalogue_code in codes] or [m for m in measures if _is_called(m, names)]
    same = [measure for measure in same if measure.value_kind == entry.value_kind]
    return same[0] if len(same) == 1 else None


def _is_called(measure: Measure, names: Iterable[str]) -> bool:
    return bare_name(measure.title) in {bare_name(name) for name in names}


def _proposal(entry: Entry, row: MeasureRow, plan: Plan) -> Proposal | None:
    """The actual of the year that the guideline starts from, else the latest; None without any."""
    wanted = next((cell for cell in row.cells if cell.year == entry.baseline_year and is_confirmed(cell)), None)
    cell = wanted or last_confirmed(row)
    number = cell.figures.actual.amount if cell else None
    if cell is None or number is None:
        return None
    measure = row.measure
    return Proposal(
        number, cell.year, measure.title, plan.name, measure.unit, standing(cell), cell.year == entry.baseline_year
    )
