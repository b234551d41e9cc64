"""What the rows of a table say of municipality, plan, 節 and measures, put together; contradictions are problems."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from core.numerals import typed
from core.prose import full_stop
from core.tidy import REQUIRED
from evaluations.exchange.importing.changes import PlanKey
from evaluations.exchange.importing.report import Report
from evaluations.exchange.importing.rows import ImportRow
from plans.measures.columns import (
    MEASURE_COLUMNS,
    MUNICIPALITY_COLUMNS,
    PLAN_COLUMNS,
    SECTION_COLUMNS,
    canonical,
    plan_kind,
)


@dataclass
class Wanted:
    """The columns that rows give one thing, in exported form, each with the address where it was first said."""

    address: str
    texts: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def at(self, *columns: str) -> str:
        """Where one of these columns was said, else where the thing was first named."""
        return next((self.addresses[column] for column in columns if column in self.addresses), self.address)


@dataclass
class WantedMeasure(Wanted):
    """A measure with the row of each of its years."""

    years: dict[int, ImportRow] = field(default_factory=dict)


@dataclass
class WantedPlan:
    """One plan of the table. `measures` and `sections` are in order of first appearance."""

    key: PlanKey
    address: str
    municipality: Wanted
    plan: Wanted
    sections: dict[int, Wanted] = field(default_factory=dict)
    measures: dict[str, WantedMeasure] = field(default_factory=dict)


def wanted_plans(
    rows: Iterable[ImportRow], report: Report, refuse: Callable[[ImportRow, PlanKey], bool] = lambda row, key: False
) -> list[WantedPlan]:
    """The plans of a table. `refuse` may report a row as out of place; then it is passed over."""
    plans: dict[PlanKey, WantedPlan] = {}
    cities: dict[str, Wanted] = {}
    for row in rows:
        texts = _canonical_texts(row, report)
        if not {"団体コード", "計画種別", "計画期"} <= texts.keys():
            continue
        key = PlanKey(texts["団体コード"], plan_kind(texts["計画種別"]), int(texts["計画期"]))
        if refuse(row, key):
            continue
        city = cities.setdefault(key.code, Wanted(row.address("団体コード")))
        plan = plans.get(key)
        if plan is None:
            plan = plans[key] = WantedPlan(
                key, row.address("団体コード"), city, Wanted(row.address("計画種別", "計画期"))
            )
        _say(city, MUNICIPALITY_COLUMNS, texts, row, report)
        _say(plan.plan, PLAN_COLUMNS, texts, row, report)
        _add_measure(plan, texts, row, report)
    return list(plans.values())


def _canonical_texts(row: ImportRow, report: Report) -> dict[str, str]:
    """The master columns of a row in exported form; what cannot be read is reported and left out."""
    texts = {}
    for column in REQUIRED:
        if column not in row.texts:  # an object of JSON may lack a key that others have
            report.problem(row.address(column), f"「{column}」がありません。入力してください。")
    columns = ("団体コード", "計画種別", "計画期", "指標コード", "年度")
    for column in (*columns, *MUNICIPALITY_COLUMNS, *PLAN_COLUMNS, *SECTION_COLUMNS, *MEASURE_COLUMNS):
        if column in row.broken or column not in row.texts:
            continue
        try:
            texts[column] = canonical(column, row.texts[column])
        except ValueError as problem:
            report.problem(row.address(column), f"「{column}」は{_sentence(problem, column)}")
    if "計画種別" not in row.texts:
        texts["計画種別"] = canonical("計画種別", "")
    return texts


def _sentence(problem: ValueError, column: str) -> str:
    """The readers of years and codes begin with their own subject; said once is enough."""
    sentence = str(problem)
    for subject in (column, "年度", "数値"):
        sentence = sentence.removeprefix(f"{subject}は")
    return full_stop(sentence)


def _add_measure(plan: WantedPlan, texts: dict[str, str], row: ImportRow, report: Report) -> None:
    if "節番号" in texts:
        number = int(texts["節番号"])
        section = plan.sections.setdefault(number, Wanted(row.address("節番号")))
        _say(section, SECTION_COLUMNS, texts, row, report)
    code = texts.get("指標コード")
    if code is None:
        return
    measure = plan.measures.setdefault(code, WantedMeasure(row.address("指標コード")))
    _say(measure, MEASURE_COLUMNS, texts, row, report)
    if "年度" in texts and (first := measure.years.setdefault(int(texts["年度"]), row)) is not row:
        sentence = f"同じ指標の同じ年度の行が二度あります（{first.address('年度')}）。一つにしてください。"
        report.problem(row.address("年度"), sentence)


def _say(thing: Wanted, columns: tuple[str, ...], texts: dict[str, str], row: ImportRow, report: Report) -> None:
    """Take these columns of a row; what another row said otherwise is a problem."""
    for column in columns:
        if column not in texts:
            continue
        if column not in thing.texts:
            thing.texts[column], thing.addresses[column] = texts[column], row.address(column)
        elif thing.texts[column] != texts[column]:
            place = row.address(column)
            report.problem(
                place,
                f"「{column}」がほかの行（{thing.addresses[column]}）と違います。"
                f"どの行も同じにしてください{typed(texts[column])}。",
            )
