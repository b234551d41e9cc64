"""The action that applies an import: all of it or nothing, with its history."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Model

from core.words import Family
from evaluations.exchange.importing.changes import (
    GOAL_LABELS,
    GoalTextChange,
    ImportChange,
    ImportRefused,
    MasterChange,
    NewMeasure,
    NewMunicipality,
    NewPlan,
    NewSection,
    PlanKey,
    Refused,
    TextChange,
    ValueChange,
)
from evaluations.exchange.importing.meanwhile import SETTLED_SINCE, is_settled, lock_years, unfit
from evaluations.exchange.importing.texts import write_texts
from indicators.models import ActivityIndicator
from plans.access import require_manager
from plans.actions import CellChange, CellKey, record_values
from plans.history_writer import new_line, write_lines
from plans.measures.changes import set_columns
from plans.measures.columns import measure_fields
from plans.models import Change, Measure, Municipality, Plan, PlanRevision, Section, Subject
from plans.queries import measures_of
from plans.refusals import Cause, ChangesRefused
from plans.row_locks import lock_section_years
from plans.tidy import measure_columns
from targets.goals import follow_section, outcome_target_of
from targets.models import TargetItem

REASON = "表の取り込み"
_FIELDS = {"自治体名": "name", "計画名": "name", "開始年度": "start_year", "終了年度": "end_year", "節名": "title"}
"""The field that a column of a municipality, plan or 節 is stored in."""


@transaction.atomic
def apply_import(changes: Sequence[ImportChange], *, by: User | None, channel: str, reason: str = REASON) -> int:
    """Make these changes, or none. Returns how many were made; what is stored already as wanted is none. `reason` is
    what the history says.

    Raises ImportRefused for a conflict, a lock or a missing right on a value or text, PermissionDenied for masters
    without the role 管理. `by` None is the operator, whose rights are not checked.
    """
    keys = dict.fromkeys(change.key for change in changes)
    return sum(
        _Import(key, by, channel, reason).apply([change for change in changes if change.key == key]) for key in keys
    )


class _Import:
    """One plan's part of an import, within its transaction."""

    def __init__(self, key: PlanKey, by: User | None, channel: str, reason: str) -> None:
        self.key, self.by, self.channel, self.reason = key, by, channel, reason
        self.history: list[Change] = []
        self.refused: list[Refused] = []

    def apply(self, changes: Sequence[ImportChange]) -> int:
        masters = [change for change in changes if not isinstance(change, ValueChange | TextChange)]
        self._create_roots(masters)
        self.years = lock_years(self.key, changes)
        # NO KEY: another user who writes history of this plan meanwhile refers to its row and need not wait for us.
        self.plan = (
            Plan.objects.select_for_update(no_key=True, of=("self",))
            .select_related("municipality")
            .get(slug=self.key.slug)
        )
        if masters and self.by:
            sentence = "節や指標を取り込めるのは「管理」の役割の人だけです。"
            require_manager(self.by, self.plan.municipality, sentence)
        self.sections = {section.number: section for section in self.plan.sections.all()}
        self._create_sections([c for c in masters if isinstance(c, NewSection)])
        self.measures = {m.code: m for m in measures_of(self.plan).select_related("section", "parent")}
        self._create_measures([c for c in masters if isinstance(c, NewMeasure)])
        self._change_masters([c for c in masters if isinstance(c, MasterChange)])
        self._change_goal_texts([c for c in masters if isinstance(c, GoalTextChange)])
        if self.refused:
            raise ImportRefused(self.refused)
        write_lines(self.history)
        written = self._write_texts([c for c in changes if isinstance(c, TextChange)])
        recorded = self._record([c for c in changes if isinstance(c, ValueChange)])
        sentences = {id(change): sentence for change, sentence in unfit(self.plan, masters)}
        self.refused += [Refused(c, Cause.INVALID, sentences[id(c)]) for c in masters if id(c) in sentences]
        if self.refused:
            raise ImportRefused(self.refused)
        return len(self.history) + written + recorded

    def _create_roots(self, masters: Sequence[ImportChange]) -> None:
        """Municipality and plan; a person never brings them, because their upload concerns a plan that is there."""
        roots = [change for change in masters if isinstance(change, NewMunicipality | NewPlan)]
        if roots and self.by is not None:
            raise PermissionDenied("計画を新しく作る表は、画面からは取り込めません。")
        for change in roots:
            made = _create_municipality(change) if isinstance(change, NewMunicipality) else _create_plan(change)
            self._note("作成", None, change.sides[1], of=made)

    def _create_sections(self, new: Sequence[NewSection]) -> None:
        for change in new:
            if change.number in self.sections:
                self._refuse_existing(change)
                continue
            section = Section.objects.create(plan=self.plan, number=change.number, title=change.title)
            self.sections[change.number] = section
            self._note("作成", None, change.sides[1], section=section)

    def _create_measures(self, new: Sequence[NewMeasure]) -> None:
        """Measures first, parents then: a part may come before its whole."""
        last = dict(self.plan.measures.values_list("section__number").annotate(Max("order")))
        for change in new:
            number = int(change.columns["節番号"])
            if change.code in self.measures:
                self._refuse_existing(change)
                continue
            last[number] = last.get(number, 0) + 1
            family = Family.from_label(change.columns["種別"])
            fields = measure_fields({c: text for c, text in change.columns.items() if c != "親との関係"})
            measure = Measure.objects.create(
                plan=self.plan,
                section=self.sections[number],
                family=family,
                code=change.code,
                order=last[number],
                **fields,
            )
            self.measures[change.code] = measure
            if family is Family.TARGET:
                TargetItem.objects.create(measure=measure, outcome_target=outcome_target_of(measure.section))
            else:
                ActivityIndicator.objects.create(measure=measure)
            self._note("作成", None, change.sides[1], section=measure.section, measure=measure)
        for change in new:
            if change.columns["親指標"] and change.code in self.measures:
                measure = self.measures[change.code]
                measure.parent = self.measures[change.columns["親指標"]]
                measure.parent_role = measure_fields({"親との関係": change.columns["親との関係"]})["parent_role"]
                measure.save(update_fields=["parent", "parent_role"])

    def _change_masters(self, changes: Sequence[MasterChange]) -> None:
        for of, name in dict.fromkeys((change.of, change.name) for change in changes):
            own = [change for change in changes if (change.of, change.name) == (of, name)]
            if of == "measure":
                self._change_measure(name, own)
            elif of == "section":
                self._change_row(self.sections[int(name)], own, section=self.sections[int(name)])
            else:
                self._change_row(self.plan if of == "plan" else self.plan.municipality, own)

    def _change_row(self, row: Model, changes: list[MasterChange], **of: Any) -> None:
        current = {column: str(getattr(row, name)) for column, name in _FIELDS.items() if hasattr(row, name)}
        new = {_FIELDS[change.column]: change.new for change in self._uncontested(changes, current, **of)}
        for name, text in new.items():
            setattr(row, name, type(getattr(row, name))(text))
        row.save(update_fields=new)

    def _change_measure(self, name: str, changes: list[MasterChange]) -> None:
        measure = self.measures[name]
        fresh = self._uncontested(changes, measure_columns(measure), section=measure.section, measure=measure)
        texts = {change.column: change.new for change in fresh}
        old = measure.section
        set_columns(measure, texts, self.sections, self.measures)
        if "節番号" in texts:
            if is_settled(self.years, old, measure.section):
                change = next(change for change in fresh if change.column == "節番号")
                self.refused.append(Refused(change, Cause.LOCKED, f"{change.place}は、{SETTLED_SINCE}"))
            if measure.family == Family.TARGET:
                follow_section(measure)
        if texts:
            measure.save()

    def _change_goal_texts(self, changes: Sequence[GoalTextChange]) -> None:
        for change in changes:
            section = self.sections[change.section]
            goal = outcome_target_of(section)
            now = getattr(goal, change.field)
            if now == change.old:
                setattr(goal, change.field, change.new)
                goal.save(update_fields=[change.field])
                label = GOAL_LABELS[change.field]
                self._note(label, change.old or None, change.new or None, section=section)
            elif now != change.new:
                sentence = f"{change.place}は、ほかの人が先に変更しました。両方の文章を見比べてください。"
                self.refused.append(Refused(change, Cause.CONFLICT, sentence, now))

    def _uncontested(self, changes: list[MasterChange], current: dict[str, str], **of: Any) -> list[MasterChange]:
        """The changes whose old text is still stored, noted in the history; the others are refused."""
        fresh = []
        for change in changes:
            now = current[change.column]
            if now == change.old:
                fresh.append(change)
                self._note(change.column, change.old or None, change.new or None, **of)
            elif now != change.new:
                sentence = f"{change.place}は、ほかの人が「{now or '空欄'}」に変更しています（入力：{change.new}）。"
                self.refused.append(Refused(change, Cause.CONFLICT, sentence, now))
        return fresh

    def _refuse_existing(self, change: NewSection | NewMeasure) -> None:
        sentence = f"{change.sides[1]}は、ほかの人が先に作りました。もう一度ファイルを選んでください。"
        self.refused.append(Refused(change, Cause.INVALID, sentence))

    def _record(self, changes: Sequence[ValueChange]) -> int:
        by_key: dict[CellKey, ValueChange] = {(self.measures[c.code].pk, c.year, c.side): c for c in changes}
        cells = [CellChange(self.measures[c.code], c.year, c.side, c.old, c.new) for c in changes]
        try:
            return len(record_values(cells, by=self.by, channel=self.channel, reason=self.reason))
        except ChangesRefused as error:
            raise ImportRefused(
                Refused(by_key[r.change.key], r.cause, r.sentence, r.current) for r in error.refusals
            ) from error

    def _write_texts(self, changes: Sequence[TextChange]) -> int:
        # Of 節 made just now there was no row to lock before; no one else knows of them yet.
        keys = {(self.sections[c.section].pk, c.year) for c in changes if c.section in self.sections}
        if new := keys - self.years.keys():
            self.years = {**self.years, **lock_section_years(self.plan, new)}
        written, refused = write_texts(
            changes, self.sections, self.years, by=self.by, channel=self.channel, reason=self.reason
        )
        if refused:
            raise ImportRefused(refused)
        return written

    def _note(
        self, field: str, old: str | None, new: str | None, of: Municipality | Plan | None = None, **more: Any
    ) -> None:
        who: dict[str, Any] = {"by": self.by, "channel": self.channel, "reason": self.reason}
        self.history.append(new_line(of or self.plan, Subject.MASTER, field, old, new, **who, **more))


def _create_municipality(change: NewMunicipality) -> Municipality:
    """Three zeros in the place of the city make a prefecture; a city joins its prefecture where that is known."""
    code = change.key.code
    if code[2:5] == "000":
        return Municipality.objects.create(code=code, name=change.name, kind=Municipality.Kind.PREFECTURE)
    prefecture = Municipality.objects.filter(kind=Municipality.Kind.PREFECTURE, code__startswith=code[:2]).first()
    return Municipality.objects.create(code=code, name=change.name, prefecture=prefecture)


def _create_plan(change: NewPlan) -> Plan:
    key = change.key
    plan = Plan.objects.create(
        municipality=Municipality.objects.get(code=key.code),
        kind=key.kind,
        generation=key.generation,
        name=change.name,
        start_year=change.start_year,
        end_year=change.end_year,
        slug=key.slug,
    )
    PlanRevision.objects.create(plan=plan)
    return plan
