"""The 入力様式 of a plan and 年度, for one 担当課 or for all of them, from finished rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from core.entry_forms.file import write_entry_form
from core.entry_forms.form import (
    CODE,
    DEPARTMENT,
    FIELDS,
    NO_DEPARTMENT,
    RATE_FIELDS,
    REMARK,
    TITLE,
    EntryForm,
    FormColumn,
    FormRow,
    side_title,
)
from core.fiscal_months import wareki_day
from core.lineage import How
from core.prose import circled
from core.values import EMPTY, Value
from core.words import NOT_ENTERED, Accumulation, Side, State, ValueKind
from core.workbooks.cells import Shown
from core.workbooks.file import NO_TIME
from core.yearly_round import RoundStep
from evaluations.entry.cells import texts_of
from evaluations.models import Deadline
from evaluations.reports.sheets.blocks import shown, shown_actual
from plans.access import Access, lock_reason
from plans.models import Department, Measure, MeasureLink, Plan, YearState
from plans.page_words import unit_of
from plans.queries import MeasureRow, YearCell, measure_rows, measures_of, rows_across, section_years

YEARS_BEFORE = 2
"""Years before the one to fill in whose actuals are shown next to it."""
DEFINITION_SHOWN = 48
SECTION, LABEL, UNIT, HOW_COUNTED = "節", "番号", "単位", "数え方・定義"
_FIELD_WIDTHS = dict(zip(FIELDS, (12, 10, 8, 8, 13, 9, 22), strict=True))
"""In digits."""
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


@dataclass(frozen=True)
class Owner:
    """Whose measures are on a form. `department` None: those without a 担当課; `is_whole`: those of all."""

    department: Department | None = None
    is_whole: bool = False

    @property
    def name(self) -> str:
        """「障がい福祉課」, 「担当課なし」; "" for everybody."""
        if self.is_whole:
            return ""
        return self.department.name if self.department else NO_DEPARTMENT

    @property
    def key(self) -> str:
        """What names it in an address."""
        if self.is_whole:
            return ""
        return str(self.department.pk) if self.department else "none"

    def owns(self, measure: Measure) -> bool:
        """Whether a measure belongs on its form."""
        return self.is_whole or measure.department_id == (self.department.pk if self.department else None)


EVERYBODY = Owner(is_whole=True)


def owners_of(measures: Iterable[Measure]) -> list[Owner]:
    """The 担当課 that measures have, by name; last those measures that have none."""
    found = {measure.department_id: measure.department for measure in measures}
    named = sorted((one for one in found.values() if one), key=lambda one: one.name)
    return [*map(Owner, named), *([Owner()] if None in found else [])]


@dataclass(frozen=True)
class FormMaterial:
    """What every form of one plan and 年度 is made from, fetched once."""

    plan: Plan
    year: int
    total: int
    due: str
    rows: Sequence[MeasureRow]
    earlier: Mapping[int, Mapping[int, YearCell]]

    def owners(self) -> list[Owner]:
        """Everybody who gets a form."""
        return owners_of(row.measure for row in self.rows)

    def form(self, owner: Owner = EVERYBODY) -> EntryForm:
        """The form of one of them; without rows where nothing is theirs."""
        rows = [row for row in self.rows if owner.owns(row.measure)]
        has_rates = any(row.measure.value_kind == ValueKind.RATE for row in rows)
        return EntryForm(
            plan=self.plan.slug,
            plan_title=str(self.plan),
            year=self.year,
            total=self.total,
            department=owner.name,
            due=self.due,
            columns=tuple(_columns(self._years_before, self.year, whole=owner.is_whole, has_rates=has_rates)),
            rows=tuple(self._row(row) for row in rows),
        )

    @property
    def _years_before(self) -> tuple[int, ...]:
        """The years before, as far as this plan or the one before knows them."""
        known = {*self.plan.years, *(year for cells in self.earlier.values() for year in cells)}
        return tuple(year for year in range(self.year - YEARS_BEFORE, self.year) if year in known)

    def _row(self, row: MeasureRow) -> FormRow:
        measure, cell = row.measure, row.cell(self.year)
        figures, kind = cell.figures, ValueKind(measure.value_kind)
        before = {**self.earlier.get(measure.pk, {}), **row.by_year}
        printed: dict[str, Shown] = {
            SECTION: str(measure.section),
            LABEL: circled(measure.label),
            CODE: measure.code,
            TITLE: measure.title,
            DEPARTMENT: measure.department.name if measure.department else "",
            UNIT: unit_of(measure.unit, self.plan.municipality) or ("％" if kind is ValueKind.RATE else ""),
            HOW_COUNTED: _how_counted(measure, kind),
            side_title(Side.PLANNED, self.year): shown(figures.planned, kind),
        }
        for year in self._years_before:
            printed[side_title(Side.ACTUAL, year)] = _actual(before.get(year), kind)
        printed[REMARK] = shut = _why_shut(cell)
        word = figures.actual_word if figures.is_outside or figures.withheld else ""
        return FormRow(
            code=measure.code,
            kind=kind,
            printed=printed,
            value=EMPTY if word else figures.actual,
            texts=_texts(figures.actual, kind),
            shut=shut,
            word=word,
        )


def form_material(plan: Plan, year: int, *, access: Access | None) -> FormMaterial:
    """Everything on the forms as this reader may see it; `access` None is the operator. Four queries, and three more
    for the first years of a plan that follows another."""
    measures = list(measures_of(plan))
    states = section_years(plan)
    return FormMaterial(
        plan=plan,
        year=year,
        total=sum(row.version for row in states.values()),
        due=due_day(plan, year),
        rows=measure_rows(plan, measures, access=access, states=states),
        earlier=_earlier(plan, year, access),
    )


def due_day(plan: Plan, year: int) -> str:
    """The day on which the calendar of the plan has the actuals of a year due, 「令和5年6月15日」; "" for none."""
    found = Deadline.objects.filter(plan=plan, step=RoundStep.ENTRY, fiscal_year=year)
    day = found.values_list("due_on", flat=True).first()
    return wareki_day(day) if day else ""


def form_bytes(plan: Plan, year: int, owner: Owner = EVERYBODY, *, access: Access | None) -> bytes:
    """One form as an .xlsx file."""
    return write_entry_form(form_material(plan, year, access=access).form(owner))


def forms_zip(plan: Plan, year: int, *, access: Access | None) -> bytes:
    """One form for each 担当課, in a zip with names that say whose it is; the same bytes for the same forms."""
    material = form_material(plan, year, access=access)
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for owner in material.owners():
            entry = ZipInfo(form_name(plan, year, owner), NO_TIME)
            archive.writestr(entry, write_entry_form(material.form(owner)), ZIP_DEFLATED)
    return stream.getvalue()


def form_name(plan: Plan, year: int, owner: Owner) -> str:
    """「122319-6_入力様式_2022年度_障がい福祉課.xlsx」."""
    whose = f"_{owner.name.translate(_NOT_IN_NAMES)}" if owner.name else ""
    return f"{plan.slug}_入力様式_{year}年度{whose}.xlsx"


def _columns(before: Iterable[int], year: int, *, whole: bool, has_rates: bool) -> Iterator[FormColumn]:
    yield FormColumn(SECTION, 16)
    yield FormColumn(LABEL, 5)
    yield FormColumn(CODE, 15)
    yield FormColumn(TITLE, 26)
    if whole:
        yield FormColumn(DEPARTMENT, 12)
    yield FormColumn(UNIT, 8)
    yield FormColumn(HOW_COUNTED, 28)
    for one in before:
        yield FormColumn(side_title(Side.ACTUAL, one), 10)
    yield FormColumn(side_title(Side.PLANNED, year), 10)
    for name, title in FIELDS.items():
        if has_rates or name not in RATE_FIELDS:
            yield FormColumn(title, _FIELD_WIDTHS[name], name)
    yield FormColumn(REMARK, 14)


def _how_counted(measure: Measure, kind: ValueKind) -> str:
    """「利用者数（実人）・月平均。毎年度3月の…」: what one must know to count the same thing as last year."""
    counts = kind in (ValueKind.NUMBER, ValueKind.RATE)
    short = [measure.quantity, Accumulation(measure.accumulation).label if counts else kind.label]
    definition = " ".join(measure.definition.split())
    if len(definition) > DEFINITION_SHOWN:
        definition = f"{definition[:DEFINITION_SHOWN]}…"
    return "。".join(part for part in ("・".join(filter(None, short)), definition) if part)


def _actual(cell: YearCell | None, kind: ValueKind) -> Shown:
    if cell is None:
        return None
    figures = cell.figures
    if figures.is_outside or figures.withheld:
        return figures.actual_word
    return NOT_ENTERED if not figures.actual.is_entered else shown_actual(figures.actual, kind)


def _texts(actual: Value, kind: ValueKind) -> dict[str, str]:
    """What is printed to be filled in: nothing for 未入力; 注記 has the words of 記述のみ, as 実績値 takes numbers."""
    texts = texts_of(actual, kind)
    if texts["state"] == NOT_ENTERED:
        texts["state"] = ""
    if texts["state"] == State.WORDS_ONLY.label and not actual.note:
        texts["note"] = actual.wording
    return texts


def _why_shut(cell: YearCell) -> str:
    """Why nothing is to be filled in; "" where it is. 確認待ち too: the form is for those who enter."""
    figures = cell.figures
    if figures.is_outside:
        return f"{figures.outside}のため記入しません"
    if figures.withheld:
        return f"{figures.withheld}のため記入しません"
    if lock_reason(cell.state, is_editor=True):
        return f"{YearState(cell.state).label}のため記入できません"
    return ""


def _earlier(plan: Plan, year: int, access: Access | None) -> dict[int, Mapping[int, YearCell]]:
    """By measure, the years of the one that it continues unchanged from the plan before, where these are wanted."""
    if plan.previous_id is None or year - YEARS_BEFORE >= plan.start_year:
        return {}
    whole = ("old__plan__municipality", "old__section", "old__department", "old__parent")
    lines = MeasureLink.objects.filter(plan=plan, how=How.SAME, old__isnull=False, new__isnull=False)
    found = [(line.old, line.new_id) for line in lines.select_related(*whole) if line.old and line.new_id]
    news = {old.pk: new for old, new in found}
    return {news[row.measure.pk]: row.by_year for row in rows_across([old for old, _ in found], access=access)}
