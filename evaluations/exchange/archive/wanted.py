"""From a proposal and the choices made to the changes of an import, each with the address where the sheet prints it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from core.archive.answering import Answers, Content, content_of, of_one_number
from core.archive.proposal import Proposal, ProposedMeasure, PutText, PutValue
from core.archive.section_reading import guessed
from core.numerals import squeeze
from core.words import Direction, Family, Side, ValueKind
from evaluations.exchange.archive.targets import (
    Target,
    asked_of,
    exists_already,
    new_codes,
    section_numbers,
    targets_of,
)
from evaluations.exchange.importing.cells import FIELDS
from evaluations.exchange.importing.changes import (
    GOAL_LABELS,
    GoalTextChange,
    ImportChange,
    ImportPlan,
    NewMeasure,
    NewSection,
    PlanKey,
    TextChange,
    ValueChange,
)
from evaluations.exchange.importing.planning import changes_of_rows
from evaluations.exchange.importing.report import Report
from evaluations.exchange.importing.rows import ImportRow
from evaluations.exchange.importing.stored import StoredPlan, stored_plan, stored_texts
from plans.access import Access
from plans.models import Plan
from plans.prose_field import LONGEST
from plans.tidy import measure_columns, plan_columns
from targets.models import OutcomeTarget

ARCHIVE_REASON = "過去の評価シートの読み取り"
"""What the history says of such a change."""
MASTER_COLUMNS = ("種別", "単位", "種類", "方向", "集計")
"""What of a new measure may be put right before it is made."""
_MASTERS_ASIDE = "新しい節・指標、目標の文章、基準値は「管理」の役割の人だけが取り込めるため、含めていません。"


@dataclass(frozen=True)
class Filled:
    """What a person said: choices, where each goal goes, and master columns put right, by goal and column."""

    answers: Answers = field(default_factory=Answers)
    targets: Mapping[str, str] = field(default_factory=dict)
    masters: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class ArchiveRow(ImportRow):
    """A row of values with the addresses of the old sheet."""

    at: str = "A1"
    printed: Mapping[str, str] = field(default_factory=dict)

    def address(self, *columns: str) -> str:
        """Where the first of these columns is printed; else where the goal is."""
        return next((self.printed[column] for column in columns if column in self.printed), self.at)


@dataclass(frozen=True)
class PlannedProposal:
    """A proposal with the plan that it is for. `access` None is the operator, who may all. Eight queries."""

    plan: Plan
    access: Access | None
    stored: StoredPlan
    proposal: Proposal
    targets: dict[str, Target]

    @property
    def may_manage(self) -> bool:
        return self.access is None or self.access.may_manage


def proposal_for(proposal: Proposal, plan: Plan, filled: Filled, *, access: Access | None) -> PlannedProposal:
    """The proposal matched with the plan, with the questions that remain."""
    stored = stored_plan(PlanKey.of(plan))
    may_manage = access is None or access.may_manage
    targets = targets_of(proposal, stored, filled.targets, may_manage=may_manage)
    return PlannedProposal(plan, access, stored, asked_of(proposal, targets, stored), targets)


def changes_of(here: PlannedProposal, filled: Filled) -> tuple[ImportPlan, Content]:
    """What the choices would change in the plan, and what they say."""
    wanted = _Wanted(here, filled)
    return wanted.plan(), wanted.content


class _Wanted:
    """What a sheet wants of its plan, without the 節 that are left out."""

    def __init__(self, here: PlannedProposal, filled: Filled) -> None:
        self.proposal = of_one_number(here.proposal, filled.answers)
        self.here, self.filled, self.stored, self.report = here, filled, here.stored, Report()
        self.targets = {key: here.targets[key] for key in self.proposal.measures}
        self.content = content_of(self.proposal, filled.answers)
        self.numbers = section_numbers(self.proposal, here.stored)
        self.codes = {key: target.code for key, target in self.targets.items() if target.code}
        self.codes |= new_codes(self.proposal.sections, self.targets, here.stored.measures)
        goals = OutcomeTarget.objects.filter(section__plan=here.plan).select_related("section").order_by("-order")
        self.goals = {goal.section.number: goal for goal in goals}  # the first of each 節

    def plan(self) -> ImportPlan:
        """The changes, with what is wrong in them."""
        self._report_twice()
        found = changes_of_rows(list(self._rows()), self.here.plan, self.report, access=self.here.access)
        changes = [self._completed(change) for change in found if _differs(change)]
        there = set(self.stored.sections) | {change.number for change in changes if isinstance(change, NewSection)}
        changes += self._texts(there)
        if not self.here.may_manage and self._is_for_managers():
            self.report.warn("A1", _MASTERS_ASIDE)
        return ImportPlan(changes=tuple(changes), **self.report.in_order())

    def _report_twice(self) -> None:
        """Two goals cannot be one measure."""
        first: dict[str, str] = {}
        for key, target in self.targets.items():
            if target.code and first.setdefault(target.code, key) != key:
                self.report.problem(
                    self.proposal.measures[key].address,
                    f"二つの目標が同じ指標「{target.code}」に取り込まれます。どちらかを「取り込まない」にしてください。",
                )

    def _rows(self) -> Iterator[ArchiveRow]:
        of_plan = {column: plan_columns(self.here.plan)[column] for column in ("団体コード", "計画種別", "計画期")}
        titles = {section.number: section.title for section in self.proposal.sections}
        for measure in self.proposal.measures.values():
            code = self.codes.get(measure.key)
            if code is None:
                continue
            texts = of_plan | self._masters(measure, code)
            if not self.targets[measure.key].code:
                number = self.numbers[measure.section]
                texts |= {"節番号": str(number)}
                if number not in self.stored.sections:
                    texts |= {"節名": titles[measure.section]}
            yield from self._years(measure, texts)

    def _masters(self, measure: ProposedMeasure, code: str) -> dict[str, str]:
        """The master columns: of a measure that is there its own, of a new one what the sheet says."""
        baseline = self.content.baselines.get(measure.key) if self.here.may_manage else None
        of_baseline = {"基準値": baseline.text, "基準年度": str(baseline.year)} if baseline else {}
        current = self.stored.measures.get(code)
        if current:
            kept = measure_columns(current)
            return (
                {column: kept[column] for column in ("節番号", "種別", "指標名")} | {"指標コード": code} | of_baseline
            )
        guessed = guessed_masters(measure, self.content)
        said = {column: self.filled.masters.get((measure.key, column), text) for column, text in guessed.items()}
        title = self.content.titles.get(measure.key, measure.title)
        return {"指標コード": code, "指標番号": measure.label, "指標名": title, **said, **of_baseline}

    def _years(self, measure: ProposedMeasure, texts: Mapping[str, str]) -> Iterator[ArchiveRow]:
        """One row a year that has a value; a goal without any has one of its first year, which says nothing of it."""
        values: dict[int, list[PutValue]] = {}
        for (key, year, _), value in self.content.values.items():
            if key == measure.key:
                values.setdefault(year, []).append(value)
        for year in sorted(values) or [self.here.plan.start_year]:
            cells: dict[str, str] = {}
            printed: dict[str, str] = {}
            for value in values.get(year, []):
                columns = self._cell(value)
                cells |= columns
                printed |= dict.fromkeys(columns, value.address)
            yield ArchiveRow(0, {**texts, **cells, "年度": str(year)}, {}, at=measure.address, printed=printed)

    def _cell(self, value: PutValue) -> dict[str, str]:
        """The columns that one value fills. A 注記 that is stored is not replaced."""
        names = FIELDS[value.side]
        texts = {names["value"]: value.text}
        if value.wording:
            texts[names["wording"]] = value.wording
        if value.side is Side.ACTUAL:
            current = self.stored.value(self.targets[value.measure].code, value.year, value.side)
            if value.as_of:
                texts[names["as_of"]] = value.as_of
            if value.note and not current.note:
                texts[names["note"]] = value.note
        return texts

    def _completed(self, change: ImportChange) -> ImportChange:
        """A new measure with what the tidy table has no column for: the heading of its figures, and whether it has
        any."""
        if not isinstance(change, NewMeasure):
            return change
        key = next(key for key, code in self.codes.items() if code == change.code)
        measure = self.proposal.measures[key]
        quantity = self.content.quantities.get(key, measure.quantity)
        has_block = measure.has_block or key in self.content.quantities
        extra = {"数え方の見出し": _heading(quantity), "評価シートの表": "有" if has_block else "無"}
        return replace(change, columns=change.columns | extra)

    def _is_for_managers(self) -> bool:
        """Whether the sheet says something that the plan does not and that only a manager takes in."""
        return (
            any(not target.code for target in self.targets.values())
            or any(not exists_already(one, self.targets, self.stored) for one in self.content.baselines.values())
            or any(
                name in GOAL_LABELS
                and squeeze(getattr(self.goals.get(self.numbers[section]), name, "")) != squeeze(text.text)
                for (section, name), text in self.content.texts.items()
            )
        )

    def _texts(self, there: set[int]) -> Iterator[ImportChange]:
        """The texts that differ by more than their blanks."""
        year, key = self.content.year, self.stored.key
        written = {} if year is None else stored_texts(self.here.plan, year)
        for (section, name), text in self.content.texts.items():
            number, is_goal = self.numbers[section], name in GOAL_LABELS
            if number not in there or (is_goal and not self.here.may_manage) or (not is_goal and year is None):
                continue
            old = getattr(self.goals.get(number) if is_goal else written.get(number), name, "")
            if squeeze(old) == squeeze(text.text):
                continue
            change: GoalTextChange | TextChange
            if is_goal:
                change = GoalTextChange(key, number, name, old, text.text, text.address)
            else:
                change = TextChange(key, number, year or 0, name, old, text.text, text.address)
            self._report_text(change, text)
            yield change

    def _report_text(self, change: GoalTextChange | TextChange, text: PutText) -> None:
        longest = 200 if change.field == "result_title" else LONGEST
        if len(text.text) > longest:
            sentence = f"{change.place}は{longest:,}文字までです（{len(text.text):,}文字あります）。"
            self.report.problem(text.address, sentence)
        if isinstance(change, TextChange):
            reason = self.stored.lock_reason(change.section, change.year, self.here.access)
            if reason:
                self.report.problem(text.address, f"{change.place}は{reason}")


def guessed_masters(measure: ProposedMeasure, content: Content) -> dict[str, str]:
    """The columns of a new measure as the sheet lets us guess them."""
    if measure.key in content.quantities:
        measure = guessed(replace(measure, quantity=content.quantities[measure.key]))
    kind = content.kinds.get(measure.key, measure.kind)
    direction = Direction.MORE if measure.family is Family.TARGET else Direction.NEAR
    return {
        "種別": measure.family.label,
        "単位": "" if kind is ValueKind.PRESENCE else measure.unit,
        "種類": kind.label,
        "方向": direction.label,
        "集計": measure.accumulation.label,
    }


def _differs(change: ImportChange) -> bool:
    """Whether a change is more than another spelling of the same number: then what is stored is kept."""
    if not isinstance(change, ValueChange) or not change.old.is_entered:
        return True
    return (change.old.number, change.old.state) != (change.new.number, change.new.state)


def _heading(quantity: str) -> str:
    """利用者数（実人）; a unit alone is no heading."""
    return quantity[:60] if any(bracket in quantity for bracket in "（(") else ""
