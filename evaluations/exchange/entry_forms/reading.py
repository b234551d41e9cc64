"""What one returned form would change, row by row, against what it was handed out with. Nothing is written here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.entry_forms.form import CODE, FIELDS, RATE_FIELDS, REMARK, PrintedRow, plain_heading, printed_form
from core.fiscal_years import wareki
from core.numerals import squeeze
from core.prose import full_stop
from core.sheets.matching import same
from core.uploads.tables import BLANK, NotReadable, TableCell
from core.values import Value
from core.words import ENDED, NOT_BEGUN, NOT_ENTERED, WITHHELD, Side, State, ValueKind
from evaluations.entry.cells import EntryCell
from evaluations.exchange.entry_forms.files import NO_KEYS, NO_NAME, FormFile, find_form
from evaluations.exchange.entry_forms.making import form_material
from evaluations.exchange.importing.changes import PlanKey, ValueChange
from evaluations.exchange.importing.preview import PreviewLine
from evaluations.exchange.importing.report import MAX_REMARKS, Remarks, Report, Unknown
from evaluations.exchange.importing.stored import StoredPlan, stored_plan
from plans.access import Access
from plans.history import side_in_words
from plans.models import Measure, Plan

OUTSIDE = (NOT_BEGUN, ENDED)
TO_BE_READ = "見るための欄のため、取り込みません。"
NO_CODE = "指標コードのない行のため、取り込みません。"
NOT_HERE = "この指標コードは、いまの計画にありません。"
LONGEST_NOTE = 200


@dataclass(frozen=True)
class FormReading(Remarks):
    """What came of one file. `rows` are its measures that were found, `unchanged` those of them that change nothing."""

    department: str = ""
    who: str = ""
    rows: int = 0
    unchanged: int = 0
    changes: tuple[PreviewLine[ValueChange], ...] = ()


@dataclass
class FormDesk:
    """Where the forms of one plan are read: what is kept of it, fetched once for many files. `access` None is the
    operator. `year` is the one whose forms are awaited, None for any."""

    plan: Plan
    year: int | None
    access: Access | None
    stored: StoredPlan
    today: dict[int, Mapping[str, PrintedRow]] = field(default_factory=dict)

    def printed_today(self, year: int) -> Mapping[str, PrintedRow]:
        """What a form would print now: of a file without its keys nothing better is known."""
        if year not in self.today:
            self.today[year] = printed_form(form_material(self.plan, year, access=self.access).form()).rows
        return self.today[year]


def desk_of(plan: Plan, year: int | None, *, access: Access | None) -> FormDesk:
    """A desk for the forms of this plan. Six queries."""
    return FormDesk(plan, year, access, stored_plan(PlanKey.of(plan)))


def read_form(name: str, content: bytes, desk: FormDesk) -> FormReading:
    """One file, whatever it is: what cannot be read says so."""
    try:
        file = find_form(name, content, [desk.plan], year=desk.year)
        if desk.year not in (None, file.year):
            raise NotReadable(f"{wareki(file.year)}の入力様式です。{wareki(file.year)}のページで選んでください。")
    except NotReadable as error:
        return FormReading(name, failure=str(error))
    return read_found(name, file, desk)


def read_found(name: str, file: FormFile, desk: FormDesk) -> FormReading:
    """A file that is a form."""
    return _Reader(name, file, desk).reading()


class _Reader:
    """One file on the desk."""

    def __init__(self, name: str, file: FormFile, desk: FormDesk) -> None:
        self.name, self.file, self.desk, self.stored = name, file, desk, desk.stored
        self.key = PlanKey.of(desk.plan)
        self.report = Report()
        self.unknown: list[Unknown] = []
        self.changes: list[PreviewLine] = []
        self.seen: dict[str, tuple[int, dict[str, str]]] = {}
        self.unchanged = 0

    def reading(self) -> FormReading:
        for row, line in self.file.lines():
            self._read_row(row, line)
        return FormReading(
            name=self.name,
            department=self.file.department,
            who=self.file.who[:LONGEST_NOTE],
            rows=len(self.seen),
            unchanged=self.unchanged,
            changes=tuple(self.changes),
            **self.report.in_order(),
            unknown=tuple(self.unknown[:MAX_REMARKS]),
            notes=tuple(self._notes()),
        )

    def _read_row(self, row: int, line: Sequence[TableCell]) -> None:
        code = squeeze(self._cell(line, CODE).text).removeprefix("'")
        measure = self.stored.measures.get(code)
        if measure is None:
            self._pass_over(row, line, code)
            return
        typed = self._typed(row, line, measure)
        if code in self.seen:
            self._refuse_twice(row, code, measure, typed)
            return
        self.seen[code] = row, typed or {}
        printed = self.file.keys.rows.get(code) if self.file.keys else None  # None: no one can know
        self._tell_edited(row, line, measure, printed)
        if typed is not None:
            self._compare(row, measure, printed, typed)

    def _cell(self, line: Sequence[TableCell], column: str) -> TableCell:
        place = self.file.columns.get(column)
        return line[place] if place is not None and place < len(line) else BLANK

    def _pass_over(self, row: int, line: Sequence[TableCell], code: str) -> None:
        """A row of no measure: a repeated heading says nothing, everything else is reported."""
        if code == plain_heading(CODE):
            return
        said = " ".join(cell.text.strip() or cell.problem for cell in line if not cell.is_blank)
        place = self.file.address(row, CODE)
        self.unknown.append(Unknown(place, "", said[:LONGEST_NOTE], NOT_HERE if code else NO_CODE))

    def _typed(self, row: int, line: Sequence[TableCell], measure: Measure) -> dict[str, str] | None:
        """The texts of the fields; None, and a problem, where a cell has none that could be read."""
        typed, is_sound = {}, True
        for name, title in FIELDS.items():
            if name not in self.file.columns:
                continue
            cell = self._cell(line, name)
            sentence = cell.problem or ("" if name in ("as_of", "note") else cell.wrong_date)
            if sentence:
                self._problem(row, name, measure, f"「{title}」は{sentence}")
                is_sound = False
            percent = "%" if cell.is_percent and measure.value_kind != ValueKind.RATE else ""
            text = cell.text.removeprefix("'") if self.file.is_csv else cell.text
            typed[name] = f"{text.strip()}{percent}"
        return typed if is_sound else None

    def _refuse_twice(self, row: int, code: str, measure: Measure, typed: dict[str, str] | None) -> None:
        """Two rows of one measure must agree; where they do not, neither is taken."""
        first, before = self.seen[code]
        if typed != before:
            self.changes = [one for one in self.changes if one.change.code != code]
            place = self.file.address(first, CODE)
            self._problem(row, CODE, measure, f"同じ指標の行が{place}にもあり、書かれていることが違います。")

    def _tell_edited(self, row: int, line: Sequence[TableCell], measure: Measure, printed: PrintedRow | None) -> None:
        """Cells to be read that say something else than was printed."""
        known = printed or self.desk.printed_today(self.file.year).get(measure.code)
        for title, text in known.texts.items() if known else ():
            column = plain_heading(title)
            if column not in self.file.columns or (printed is None and title == REMARK):
                continue
            cell = self._cell(line, column)
            if not same(cell.text, text) and squeeze(cell.text) != squeeze(text):
                note = f"「{measure.title}」{title}：{TO_BE_READ}"
                self.unknown.append(Unknown(self.file.address(row, column), text, cell.text[:LONGEST_NOTE], note))

    def _compare(self, row: int, measure: Measure, printed: PrintedRow | None, typed: dict[str, str]) -> None:
        """What the person changed against what was printed, over what is stored now."""
        year = self.file.year
        current = self.stored.value(measure.code, year, Side.ACTUAL)
        seen = printed.value if printed else current
        if squeeze(typed["value"]) in WITHHELD:
            self.unchanged += 1
            return
        if squeeze(typed["value"]) in OUTSIDE:
            typed = {**typed, "value": ""}
        typed = _with_words(typed, seen)
        # Where no one knows what was printed, a blank may be older than the value that it would take away.
        texts = _as_typed(typed) if printed else {name: text for name, text in typed.items() if text}
        first = EntryCell(measure, year, Side.ACTUAL, stored=current, seen=seen, typed=texts)
        now = EntryCell(measure, year, Side.ACTUAL, stored=current, seen=current, typed=first.changed)
        if now.problem:
            self._problem(row, now.problem_field.removeprefix(f"{now.prefix}-"), measure, full_stop(now.problem))
            return
        for warning in now.warnings:
            self.report.warn(self.file.address(row, "value"), f"「{measure.title}」：{full_stop(warning)}")
        if now.change is None:
            self.unchanged += 1
            return
        self._change(row, measure, now, printed)

    def _change(self, row: int, measure: Measure, now: EntryCell, printed: PrintedRow | None) -> None:
        current, new, year = now.stored, now.mine, self.file.year
        problem = self.stored.why_not(measure, year, new, self.desk.access)
        if problem:
            self._problem(row, next(iter(now.changed)), measure, problem)
            return
        place = self.file.address(row, *now.changed)
        change = ValueChange(self.key, measure.code, measure.title, year, Side.ACTUAL, current, new, place)
        contested = current != printed.value if printed else current.is_entered
        said = side_in_words(printed.value.as_dict() or None) if printed else None
        self.changes.append(PreviewLine(change, said, contested))

    def _problem(self, row: int, column: str, measure: Measure, sentence: str) -> None:
        self.report.problem(self.file.address(row, column, "value"), f"「{measure.title}」：{sentence}")

    def _notes(self) -> Iterator[str]:
        keys = self.file.keys
        if keys is None:
            yield NO_KEYS
            if not self.file.is_named:
                yield NO_NAME.format(year=wareki(self.file.year))
        moved_on = sum(one.contested for one in self.changes)
        if keys and moved_on:
            yield f"記入された指標のうち{moved_on}件は、この様式を出力したあとに、いまの実績値が変わっています。"
        lost = len(keys.rows.keys() - self.seen.keys()) if keys else 0
        if lost:
            yield f"配った様式にあった指標のうち、{lost}件の行がありません。その指標は、そのままにします。"
        usual = [name for name in FIELDS if name not in RATE_FIELDS]
        absent = [FIELDS[name] for name in usual if name not in self.file.columns]
        if absent:
            yield f"「{'」「'.join(absent)}」の列がありません。その内容は、そのままにします。"


def _as_typed(typed: dict[str, str]) -> dict[str, str]:
    """The texts as the screen would post them: nothing at all is 未入力."""
    is_blank = not typed["value"] and typed.get("state") == ""
    return {**typed, "state": NOT_ENTERED} if is_blank else typed


def _with_words(typed: dict[str, str], seen: Value) -> dict[str, str]:
    """記述のみ takes its words from 注記, where the form wants them; a note next to words stays one."""
    if squeeze(typed.get("state", "")) != State.WORDS_ONLY.label or typed["value"] or not typed.get("note"):
        return typed
    if seen.state is State.WORDS_ONLY and seen.note:
        return typed
    return {**typed, "wording": typed["note"], "note": ""}
