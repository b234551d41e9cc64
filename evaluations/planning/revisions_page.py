"""The page of 計画変更 and its form: the revisions of a plan, every 計画値 they changed, where new ones are entered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.http import Http404
from django.utils import timezone

from core.citation import Mark
from core.figures import Figures
from core.fiscal_months import wareki_day
from core.fiscal_years import wareki
from core.values import Value
from core.words import ValueKind
from core.workbooks.cells import Shown
from core.workbooks.printed_table import PrintedTable, write_table
from evaluations.planning.revisions import days_of, why_not_on
from evaluations.publishing.citations import mark_of
from evaluations.publishing.published_year import PublishedYear
from plans.access import state_of
from plans.kept_rows import RowForm
from plans.model_fields import day, label_of
from plans.models import Measure, Plan, PlanRevision, Section, YearState
from plans.planned_versions import PlannedVersion, Versions, planned_in_words
from plans.prose_field import ProseField
from plans.queries import MeasureRow, measure_rows, measures_of, section_years

LONGEST_REASON = 1000


class RevisionForm(RowForm):
    """`revision` is the one that is corrected, None for a new one, which starts from the newest number there is.

    Of 当初 there is only the day to say, and no one has to know it.
    """

    decided_on = day(PlanRevision, "decided_on", "2022-10-01", help_text="計画の変更を市として決めた日です。")
    reason = ProseField(
        label=label_of(PlanRevision, "reason"),
        rows=3,
        longest=LONGEST_REASON,
        required="理由を書いてください。",
        help_text="住民にも公表されます。例：グループホームの整備が計画より早く進んだため。",
    )

    def __init__(
        self, data: Any = None, *, plan: Plan, revisions: Sequence[PlanRevision], revision: PlanRevision | None = None
    ) -> None:
        newest = revisions[-1].number if revisions else 0
        super().__init__(data, row=revision, initial={"version": newest}, auto_id="revision-%s")
        number = revision.number if revision else newest + 1
        self.days = days_of(plan, list(revisions), number, timezone.localdate())
        if not number:
            del self.fields["reason"]
            self.fields["decided_on"].label = "計画の策定日"
            self.fields["decided_on"].help_text = "分からないときは空欄のままにします。"
            self.fields["decided_on"].required = False

    def clean_decided_on(self) -> date | None:
        """A day in the time of the plan and in the order of its revisions."""
        decided_on = self.cleaned_data["decided_on"]
        if decided_on and (wrong := why_not_on(self.days, decided_on)):
            raise forms.ValidationError(wrong)
        return decided_on


BEFORE = (("節", 8), ("指標コード", 12), ("指標", 34), ("単位", 8), ("年度", 12), ("当初", 12))
"""Of the workbook: heading and width in digits; then a column for each 計画変更."""
AFTER = (("当初との差", 12), ("変更の理由", 44))
VERSION_WIDTH = 14


@dataclass(frozen=True)
class RevisedCell:
    """One 計画値 that was changed. `columns` are 当初 and each 計画変更 by heading, None where it left this one alone;
    `change` is the current value against 当初.
    """

    measure: Measure
    year: int
    versions: Versions
    columns: tuple[tuple[str, PlannedVersion | None], ...]
    change: Figures

    @property
    def kind(self) -> ValueKind:
        return ValueKind(self.measure.value_kind)

    @property
    def reasons(self) -> tuple[PlannedVersion, ...]:
        """The 計画変更 that touched it, with their reasons."""
        return tuple(version for version in self.versions if version.number)


@dataclass(frozen=True)
class ListedRevision:
    """One line of the list. `changed` counts the 計画値 that it set or took away."""

    revision: PlanRevision
    changed: int
    is_newest: bool

    @property
    def may_be_removed(self) -> bool:
        return self.is_newest and bool(self.revision.number) and not self.changed


@dataclass(frozen=True)
class EntryPlace:
    """One 節 × 年度 in which 計画値 are entered; `lock_reason` is set where they are not."""

    year: int
    state_label: str
    state: str
    lock_reason: str


@dataclass(frozen=True)
class RevisionsPage:
    """`revision` is the one being corrected, None for a new one. `places` are the years of each 節, for writers."""

    plan: Plan
    revisions: tuple[ListedRevision, ...]
    cells: tuple[RevisedCell, ...]
    places: tuple[tuple[Section, tuple[EntryPlace, ...]], ...]
    revision: ListedRevision | None

    @property
    def newest_number(self) -> int:
        """0 while the plan is as first adopted."""
        return max((listed.revision.number for listed in self.revisions), default=0)

    @property
    def newest(self) -> PlanRevision | None:
        """The 計画変更 that 計画値 are entered into; None while there is none."""
        return self.changes[-1] if self.changes else None

    @property
    def changes(self) -> tuple[PlanRevision, ...]:
        """The revisions but 当初: the columns of the table behind the first."""
        return tuple(listed.revision for listed in self.revisions if listed.revision.number)

    @property
    def lock_reasons(self) -> tuple[str, ...]:
        """Why some years are not open, each reason once."""
        return tuple(dict.fromkeys(p.lock_reason for _, places in self.places for p in places if p.lock_reason))

    @property
    def opened(self) -> PlanRevision:
        """The revision being corrected; Http404 where there is none."""
        if self.revision is None:
            raise Http404("計画変更が見つかりません。")
        return self.revision.revision

    def form(self, data: Any = None) -> RevisionForm:
        """The form of the revision being corrected, or of a new one."""
        revisions = [listed.revision for listed in self.revisions]
        return RevisionForm(
            data, plan=self.plan, revisions=revisions, revision=self.revision.revision if self.revision else None
        )


def revisions_page(plan: Plan, revision_number: str = "") -> RevisionsPage:
    """The page for the person of `plan.access`; Http404 for a revision that they may not correct. Five queries."""
    revisions = list(plan.revisions.select_related("opened_by").order_by("number"))
    states = section_years(plan)
    cells = _cells(measure_rows(plan, measures_of(plan), access=plan.access, states=states), revisions)
    listed = tuple(
        ListedRevision(
            revision,
            changed=sum(version.number == revision.number for cell in cells for version in cell.reasons),
            is_newest=revision is revisions[-1],
        )
        for revision in revisions
    )
    sections = plan.sections.order_by("number") if plan.access.may_write else ()
    places = tuple(
        (section, tuple(_place(plan, year, state_of(states.get((section.pk, year)))) for year in plan.years))
        for section in sections
    )
    return RevisionsPage(plan, listed, cells, places, _chosen(plan, listed, revision_number))


def table_bytes(page: RevisionsPage) -> bytes:
    """The changed 計画値 as an .xlsx file, numbers as numbers; a line instead of the table where none was changed."""
    plan = page.plan
    decided = tuple(
        f"{one.label}（{wareki_day(one.decided_on)}決定）：{'　'.join(one.reason.split())}"
        for one in page.changes
        if one.decided_on
    )
    table = PrintedTable(
        sheet_name="計画変更",
        title=f"{plan.municipality.name} {plan.name} 計画変更",
        columns=(*BEFORE, *((f"{one.label}後", VERSION_WIDTH) for one in page.changes), *AFTER),
        parts=(("", tuple(_row(plan, cell) for cell in page.cells)),) if page.cells else (),
        empty="変更した計画値はありません。",
        remarks=decided,
        mark=_mark(page),
    )
    return write_table(table)


def _row(plan: Plan, cell: RevisedCell) -> tuple[Shown, ...]:
    """One 計画値 in the order of the columns of the workbook."""
    measure, unit = cell.measure, plan.municipality.unit(cell.measure.unit)
    (_, first), *later = cell.columns
    return (
        *(measure.section.label, measure.code, measure.title, unit, wareki(cell.year)),
        _shown(first.value, cell.kind) if first else None,
        *(_shown(version.value, cell.kind) if version else "変更なし" for _, version in later),
        cell.change.difference,
        "\n".join(f"第{version.number}回：{version.reason}" for version in cell.reasons),
    )


def _mark(page: RevisionsPage) -> Mark:
    """The newest current publication, if it says the same of every 計画値. One query."""
    shown = {(cell.measure.code, cell.year): cell.versions for cell in page.cells}
    return mark_of(page.plan, None, lambda published: _published_versions(published) == shown)


def _published_versions(published: PublishedYear) -> dict[tuple[str, int], Versions]:
    """By 指標コード and year what the publication says of each 計画値 that was changed."""
    rows = (row for section in published.sections for row in section.rows)
    return {(row.measure.code, cell.year): cell.versions for row in rows for cell in row.cells if cell.versions}


def _cells(rows: Iterable[MeasureRow], revisions: Iterable[PlanRevision]) -> tuple[RevisedCell, ...]:
    """Every 計画値 that a 計画変更 touched, in the order of the plan."""
    headings = {0: "当初"} | {revision.number: f"{revision.label}後" for revision in revisions if revision.number}
    return tuple(
        RevisedCell(
            measure=row.measure,
            year=cell.year,
            versions=cell.versions,
            columns=_columns(cell.versions, headings),
            # Not 実績 against 計画, but the same 差: the current value less what was first planned.
            change=replace(cell.figures, planned=cell.versions[0].value, actual=cell.versions[-1].value, withheld=""),
        )
        for row in rows
        for cell in row.cells
        if cell.versions
    )


def _columns(versions: Versions, headings: Mapping[int, str]) -> tuple[tuple[str, PlannedVersion | None], ...]:
    by_number = {version.number: version for version in versions}
    return tuple((heading, by_number.get(number)) for number, heading in headings.items())


def _place(plan: Plan, year: int, state: str) -> EntryPlace:
    return EntryPlace(year, YearState(state).label, state, plan.access.lock_reason(state))


def _chosen(plan: Plan, listed: Iterable[ListedRevision], number: str) -> ListedRevision | None:
    if not number:
        return None
    found = next((one for one in listed if str(one.revision.number) == number), None)
    if found is None or not plan.access.may_manage:
        raise Http404("この計画の計画変更ではありません。")
    found.revision.plan = plan
    return found


def _shown(value: Value, kind: ValueKind) -> Shown:
    """A number as one, anything else in words; a blank 計画値 says so."""
    is_number = value.number is not None and kind is not ValueKind.PRESENCE
    return value.number if is_number else planned_in_words(value, kind)
