"""The action that copies measures of the plan before into the new one, as they are: how a city's own come along.

Copied is what a measure is. What was said of the old goal (計画値, 基準値, 目標値設定の考え方, 国の水準, the texts of
the 成果目標) belongs to the old plan and is not.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction

from core.catalogue import Catalogue, Entry
from core.lineage import How, LineageLink
from core.numerals import squeeze
from core.words import Family
from evaluations.planning.carry_over.comparison import Comparison, why_gone
from evaluations.planning.carry_over.deciding import settle, start
from indicators.models import ActivityIndicator
from plans.catalogue import catalogue_of
from plans.history_writer import new_line, write_lines
from plans.models import Change, Measure, Plan, Section, Subject
from plans.models.measure import KIND_COLUMNS
from plans.refusals import Refused
from targets.models import OutcomeTarget, TargetItem

CODE_LENGTH = 40
COPIED = (
    *KIND_COLUMNS,
    *("label", "quantity", "definition", "data_source", "scope", "department_id"),
    *("since_year", "until_year", "sheet_block"),
)


@transaction.atomic
def add_to_plan(plan: Plan, codes: Sequence[str], *, by: User, channel: str) -> int:
    """Copy these measures of the plan before into this one and decide 継続 of each, all or none; how many.

    Raises PermissionDenied, or Refused with a sentence for each that is decided already or cannot go on.
    """
    comparison = start(plan, by)
    _refuse(comparison, codes)
    wanted = set(codes)
    olds = [measure for code, measure in comparison.olds.items() if code in wanted]
    copying = _Copying(comparison, olds)
    lineages = [LineageLink(How.SAME, (old.code,), (copying.copies[old.pk].code,)) for old in olds]
    write_lines(copying.history(by, channel))
    settle(replace(comparison, news=comparison.news | copying.by_code), lineages, by=by, channel=channel)
    return len(lineages)


def _refuse(comparison: Comparison, codes: Sequence[str]) -> None:
    open_codes = {measure.code for measure in comparison.open_olds}
    sentences = []
    for code in dict.fromkeys(codes):
        measure = comparison.olds.get(code)
        if measure is None:
            raise Refused("前の計画にない指標が選ばれています。ページを開き直してください。")
        if code not in open_codes:
            sentences.append(f"「{measure.title}」は、引き継ぎ方がもう決まっています。")
        elif why := why_gone(measure, comparison.plan.start_year):
            sentences.append(f"「{measure.title}」はこの計画に加えられません。{why}")
    if sentences:
        raise Refused("\n".join(sentences))


class _Copying:
    """The copies of some old measures, written when it is made. `copies` are by the id of the old measure."""

    def __init__(self, comparison: Comparison, olds: Sequence[Measure]) -> None:
        self.comparison, self.olds = comparison, olds
        self.new_sections: list[Section] = []
        self.sections = self._sections()
        self.catalogue = catalogue_of(comparison.plan.municipality)
        self.copies = self._measures()
        self._set_parents()
        self._add_targets()
        self._add_indicators()

    @property
    def by_code(self) -> dict[str, Measure]:
        return {copy.code: copy for copy in self.copies.values()}

    def history(self, by: User, channel: str) -> list[Change]:
        """A line for each 節 and each measure that was made."""
        plan = self.comparison.plan
        made: list[tuple[Section, Measure | None, str]] = [(s, None, str(s)) for s in self.new_sections]
        made += [(copy.section, copy, f"{copy.code} {copy.title}") for copy in self.copies.values()]
        return [
            new_line(
                plan, Subject.MASTER, "作成", None, words, by=by, channel=channel, section=section, measure=measure
            )
            for section, measure, words in made
        ]

    def _sections(self) -> dict[int, Section]:
        """By the id of an old 節 the one where its measures are now, or one of the same name, or a new one."""
        here = list(self.comparison.plan.sections.order_by("number"))
        by_id, by_title = {s.pk: s for s in here}, {squeeze(s.title): s for s in reversed(here)}
        found = {olds[0].pk: by_id[new] for new, olds in self.comparison.sections_before.items()}
        taken = {section.number for section in here}
        for old in dict.fromkeys(measure.section for measure in self.olds):
            section = found.get(old.pk) or by_title.get(squeeze(old.title))
            if section is None:
                number = old.number if old.number not in taken else max(taken) + 1
                section = Section(plan=self.comparison.plan, number=number, title=old.title, sheet_part=old.sheet_part)
                self.new_sections.append(section)
                taken.add(number)
            found[old.pk] = section
        Section.objects.bulk_create(self.new_sections)
        return found

    def _measures(self) -> dict[int, Measure]:
        codes, marks = set(self.comparison.news), {m.catalogue_code for m in self.comparison.news.values()}
        last: dict[int, int] = {}
        for measure in self.comparison.news.values():
            last[measure.section_id] = max(last.get(measure.section_id, 0), measure.order)
        copies = {}
        for old in self.olds:
            section = self.sections[old.section_id]
            entry = following_entry(old, self.catalogue)
            copy = Measure(plan=self.comparison.plan, section=section, code=free_code(old.code, codes))
            for name in COPIED:
                setattr(copy, name, getattr(old, name))
            copy.order = last[section.pk] = max(last.get(section.pk, 0) + 1, old.order)
            copy.catalogue_code = entry.code if entry and entry.code not in marks else ""
            codes.add(copy.code)
            marks.add(copy.catalogue_code)
            copies[old.pk] = copy
        Measure.objects.bulk_create(copies.values())
        return copies

    def _set_parents(self) -> None:
        """A part goes with its whole, where that goes on unchanged; otherwise it has no whole."""
        stays = {
            self.comparison.olds[lineage.olds[0]].pk: self.comparison.news[lineage.news[0]]
            for lineage in self.comparison.lineages
            if lineage.how is How.SAME
        }
        wholes = stays | self.copies
        parts = []
        for old in self.olds:
            copy, whole = self.copies[old.pk], wholes.get(old.parent_id or 0)
            if whole:
                copy.parent, copy.parent_role = whole, old.parent_role
                parts.append(copy)
        Measure.objects.bulk_update(parts, ["parent", "parent_role"])

    def _add_targets(self) -> None:
        olds = [old for old in self.olds if old.family == Family.TARGET]
        sections = {self.sections[old.section_id].pk for old in olds}
        goals = {(g.section_id, squeeze(g.title)): g for g in OutcomeTarget.objects.filter(section__in=sections)}
        last: dict[int, int] = {}
        for goal in goals.values():
            last[goal.section_id] = max(last.get(goal.section_id, 0), goal.order)
        items, fresh = [], []
        for old in olds:
            section, before = self.sections[old.section_id], old.target_item.outcome_target
            key = section.pk, squeeze(before.title)
            if key not in goals:
                last[section.pk] = last.get(section.pk, 0) + 1
                goals[key] = OutcomeTarget(
                    section=section, order=last[section.pk], title=before.title, result_title=before.result_title
                )
                fresh.append(goals[key])
            entry = self.catalogue.by_code().get(self.copies[old.pk].catalogue_code)
            level = entry.level_text if entry else ""
            items.append(TargetItem(measure=self.copies[old.pk], outcome_target=goals[key], national_level=level))
        OutcomeTarget.objects.bulk_create(fresh)
        TargetItem.objects.bulk_create(items)

    def _add_indicators(self) -> None:
        olds = [old for old in self.olds if old.family == Family.INDICATOR]
        indicators = [
            ActivityIndicator(
                measure=self.copies[old.pk],
                service=old.activity_indicator.service,
                amount_of=old.activity_indicator.amount_of,
            )
            for old in olds
        ]
        ActivityIndicator.objects.bulk_create(indicators)
        related = ActivityIndicator.related_sections.through
        lines = related.objects.filter(activityindicator__in=[old.pk for old in olds])
        related.objects.bulk_create(
            related(activityindicator_id=self.copies[indicator].pk, section_id=self.sections[section].pk)
            for indicator, section in lines.order_by("id").values_list("activityindicator", "section")
            if section in self.sections
        )


def following_entry(old: Measure, catalogue: Catalogue) -> Entry | None:
    """The entry of the catalogue that an unchanged copy belongs to: the volume itself, or the one that follows."""
    if not old.catalogue_code:
        return None
    volumes = [entry for entry in catalogue.volumes if entry.code == old.catalogue_code]
    followers = [
        entry
        for entry in catalogue.entries
        if (old.catalogue_code, How.SAME) in ((f.code, f.how) for f in entry.follows)
    ]
    found = volumes or followers
    return found[0] if len(found) == 1 else None


def free_code(code: str, taken: set[str]) -> str:
    """The code, or the first of code-2, code-3 … that is free."""
    number, free = 1, code
    while free in taken:
        number += 1
        free = f"{code[: CODE_LENGTH - len(str(number)) - 1]}-{number}"
    return free
