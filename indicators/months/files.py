"""A monthly file read by a mapping: the months it would change, its problems by cell, and its control totals."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.cell_texts import NotUnderstood
from core.fiscal_months import MONTHS, month_name, read_month
from core.monthly import read_month_value
from core.numerals import read_numeral, squeeze
from core.uploads.tables import BLANK, NotReadable, Table, TableCell, TableRow, address
from core.values import EMPTY, Value
from indicators.models import MonthlyMapping
from indicators.months.mappings import AMOUNT, USERS
from indicators.months.readings import ReadingChange, is_outside, stored_readings
from plans.access import Access, States, state_of
from plans.models import Measure

NO_CODE = "（空欄）"


@dataclass(frozen=True)
class FileProblem:
    """One cell that cannot be read, by its address in the spreadsheet; "" for the file as a whole."""

    address: str
    sentence: str


@dataclass
class Total:
    """Rows of the file and what their two columns come to."""

    label: str
    rows: int = 0
    users: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)

    def add(self, users: Decimal, amount: Decimal) -> None:
        self.rows += 1
        self.users += users
        self.amount += amount


@dataclass
class FoundMonths:
    """What a file says of one fiscal year. Control totals: `read` + `unknown` + `elsewhere` is `everything`."""

    changes: list[ReadingChange] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)
    by_month: dict[int, Total] = field(default_factory=dict)
    read: Total = field(default_factory=lambda: Total("読む行"))
    unknown: Total = field(default_factory=lambda: Total("コードの対応がない行"))
    elsewhere: Total = field(default_factory=lambda: Total("ほかの年度の行"))
    everything: Total = field(default_factory=lambda: Total("ファイル全体"))
    unknown_codes: Counter[str] = field(default_factory=Counter)
    of_others: int = 0
    same: int = 0

    @property
    def totals(self) -> list[Total]:
        return [self.read, self.unknown, self.elsewhere, self.everything]

    @property
    def months(self) -> list[Total]:
        """The rows that are read, by month in the order of the year."""
        return [self.by_month[month] for month in MONTHS if month in self.by_month]

    @property
    def codes(self) -> list[tuple[str, int]]:
        """The codes that no measure reads, the most frequent first."""
        return self.unknown_codes.most_common(50)


def has_columns(mapping: MonthlyMapping, header: Sequence[str]) -> bool:
    """Whether a file with this header can be read by this mapping."""
    given = set(map(squeeze, header))
    named = (mapping.service_column, mapping.month_column, mapping.users_column, mapping.amount_column)
    return all(squeeze(column) in given for column in named if column)


def found_months(
    table: Table,
    mapping: MonthlyMapping,
    year: int,
    measures: Sequence[Measure],
    *,
    access: Access,
    states: States,
    provisional: bool,
) -> FoundMonths:
    """The months of the fiscal year that the file would change. NotReadable where a column is missing. One query.

    A blank cell changes nothing. Rows of other years, of codes without a measure, and of measures that another 担当課
    enters are skipped and counted.
    """
    reader = _Reader(table, mapping, year, measures, provisional)
    for row in table.rows:
        reader.read(row)
    found = reader.found
    stored = stored_readings(measures, year)
    locked: set[str] = set()
    for (code, month), value in reader.values.items():
        measure = reader.by_code[code]
        current = stored.get((measure.pk, month), EMPTY)
        if not access.may_enter(measure):
            found.of_others += 1
        elif current == value:
            found.same += 1
        elif reason := access.lock_reason(state_of(states.get((measure.section_id, year)))):
            locked.add(f"{measure.section.label}は{reason}")
        else:
            found.changes.append(ReadingChange(measure, year, month, current, value))
    found.problems += [FileProblem("", sentence) for sentence in sorted(locked)]
    return found


class _Reader:
    """Row by row: `values` by 指標コード and month, each with the place where it was found first."""

    def __init__(
        self, table: Table, mapping: MonthlyMapping, year: int, measures: Iterable[Measure], provisional: bool
    ) -> None:
        self.table, self.year, self.provisional = table, year, provisional
        self.found = FoundMonths()
        self.values: dict[tuple[str, int], Value] = {}
        self.places: dict[tuple[str, int], str] = {}
        self.by_code = {measure.code: measure for measure in measures}
        self.service = self._place(mapping.service_column)
        self.month = self._place(mapping.month_column)
        self.columns = {
            name: self._place(header)
            for name, header in ((USERS, mapping.users_column), (AMOUNT, mapping.amount_column))
            if header
        }
        self.targets: dict[str, list[tuple[Measure, str]]] = {}
        for code, one in mapping.codes.items():
            if code in self.by_code and one["column"] in self.columns:
                for text in one["codes"]:
                    self.targets.setdefault(text, []).append((self.by_code[code], one["column"]))

    def _place(self, header: str) -> int:
        places = [place for place, text in enumerate(self.table.header) if squeeze(text) == squeeze(header)]
        if len(places) == 1:
            return places[0]
        there = "、".join(text.strip()[:20] for text in self.table.header[:20] if text.strip())
        wrong = f"見出し「{header}」の列が{'二つ以上あります' if places else 'ありません'}"
        raise NotReadable(f"{wrong}。読み方を直すか、ファイルを確かめてください。見出しの行：{there}")

    def read(self, row: TableRow) -> None:
        """One row into the totals, and into the values where it has a code and a month of the year."""
        code = squeeze(self._text(row, self.service))
        sums = self._sum(row, USERS), self._sum(row, AMOUNT)
        self.found.everything.add(*sums)
        if code not in self.targets:
            self.found.unknown.add(*sums)
            self.found.unknown_codes[code or NO_CODE] += 1
            return
        try:
            year, month = read_month(self._text(row, self.month))
        except ValueError as problem:
            self._problem(row, self.month, str(problem))
            return
        if year not in (None, self.year):
            self.found.elsewhere.add(*sums)
            return
        self.found.read.add(*sums)
        self.found.by_month.setdefault(month, Total(month_name(self.year, month))).add(*sums)
        for measure, column in self.targets[code]:
            self._take(row, measure, month, self.columns[column])

    def _take(self, row: TableRow, measure: Measure, month: int, place: int) -> None:
        cell = self._cell(row, place)
        if cell.problem:
            self._problem(row, place, cell.problem)
            return
        try:
            value = read_month_value(self._text(row, place), provisional=self.provisional)
        except NotUnderstood as problem:
            self._problem(row, place, problem.sentence)
            return
        if not value.is_entered:
            return
        name = f"「{measure.title}」{month_name(self.year, month)}"
        if is_outside(measure, self.year, month):
            # Files list every service in every month: a zero before the service existed is no reading.
            if value.number != 0:
                self._problem(row, place, f"{name}は、サービスの制度がない月です。空欄にしてください。")
            return
        key = measure.code, month
        if key in self.values:
            self._problem(row, place, f"{name}の行が二つあります（{self.places[key]}）。一つにしてください。")
            return
        self.values[key], self.places[key] = value, address(place, row.number)

    def _problem(self, row: TableRow, place: int, sentence: str) -> None:
        self.found.problems.append(FileProblem(address(place, row.number), sentence))

    def _cell(self, row: TableRow, place: int) -> TableCell:
        return row.cell(place) or BLANK

    def _text(self, row: TableRow, place: int) -> str:
        text = self._cell(row, place).text
        return text.removeprefix("'") if self.table.is_csv else text

    def _sum(self, row: TableRow, column: str) -> Decimal:
        """The number of one column for the control totals; words and blanks count nothing."""
        if column not in self.columns:
            return Decimal(0)
        try:
            return read_numeral(self._text(row, self.columns[column])).number
        except ValueError:
            return Decimal(0)
