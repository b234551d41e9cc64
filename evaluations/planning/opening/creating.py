"""Making 節 and 指標 of a plan, with the lines of history: what the actions that open and extend a plan share.

The line that says that a 指標 was made names it in words and belongs to its 節: a 指標 without values can so be taken
away again, while its history stays.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from django.contrib.auth.models import User
from django.db.models import Max

from core.catalogue import Entry
from core.numerals import plain
from core.values import EMPTY
from core.words import Accumulation, Direction, Family, Side, ValueKind
from evaluations.planning.opening.lines import Line
from indicators.models import ActivityIndicator, Service
from plans.actions import CellChange
from plans.history_writer import new_line
from plans.models import Change, Measure, Plan, Section, Subject
from plans.models.measure import BASELINE_COLUMNS, KIND_COLUMNS
from targets.goals import outcome_target_of
from targets.models import TargetItem

MADE = "作成"
QUANTITIES = {"users": "利用者数", "days": "利用日数", "hours": "利用時間"}


MakeLine = Callable[..., Change]
"""Makes a line of history of what was made, in words, and the `section` it belongs to."""


def lines_for(plan: Plan, *, by: User, channel: str, reason: str) -> MakeLine:
    """Makes lines that say what was made of this plan, by whom and why; the caller writes them at once."""
    return partial(new_line, plan, Subject.MASTER, MADE, None, by=by, channel=channel, reason=reason)


def create_section(plan: Plan, number: int, title: str, line_of: MakeLine) -> tuple[Section, Change]:
    """A 節 with its line of history, which the caller writes."""
    section = Section.objects.create(plan=plan, number=number, title=title)
    return section, line_of(f"{section.label} {title}", section=section)


def create_measures(
    section: Section, lines: Iterable[Line], services: Mapping[str, Service], line_of: MakeLine
) -> tuple[list[CellChange], list[Change]]:
    """The 指標 of these lines in a 節: measures first, parents then. Returns their 計画値 and their lines of history,
    both for the caller to write.
    """
    plan, lines = section.plan, list(lines)
    last = plan.measures.filter(section=section).aggregate(last=Max("order"))["last"] or 0
    labels = _labels(lines, plan.measures.filter(section=section).exclude(label="").values_list("label", flat=True))
    made = [_measure(section, line, last + place, labels[line.code]) for place, line in enumerate(lines, 1)]
    Measure.objects.bulk_create(made)
    _add_parents(plan, lines)
    targets = [pair for pair in zip(lines, made, strict=True) if pair[0].is_target]
    if targets:
        goal = outcome_target_of(section)
        TargetItem.objects.bulk_create(
            TargetItem(
                measure=measure,
                outcome_target=goal,
                rationale=line.text("rationale").replace("\r\n", "\n").strip(),
                national_level=line.entry.level_text,
            )
            for line, measure in targets
        )
    for line, measure in zip(lines, made, strict=True):
        if not line.is_target:
            _create_indicator(section, line.entry, measure, services)
    cells = [
        CellChange(measure, year, Side.PLANNED, EMPTY, value)
        for line, measure in zip(lines, made, strict=True)
        for year, value in line.values.items()
    ]
    return cells, [line_of(in_words(line, measure), section=section) for line, measure in zip(lines, made, strict=True)]


def in_words(line: Line, measure: Measure) -> str:
    """What was made, in one line for the history."""
    parts = [
        f"{measure.code} {measure.title}",
        f"単位：{measure.unit}" if measure.unit else "",
        ValueKind(measure.value_kind).label,
        Direction(measure.direction).label,
        Accumulation(measure.accumulation).label,
        f"国の水準：{line.entry.level_text}" if line.entry.level_text else "",
        f"基準値：{measure.baseline_text or plain(measure.baseline)}" if measure.baseline is not None else "",
        f"考え方：{line.text('rationale')}" if line.is_target and line.text("rationale") else "",
    ]
    return "／".join(part for part in parts if part)


def _measure(section: Section, line: Line, order: int, label: str) -> Measure:
    """A 基準値 that no one looked at is not written."""
    entry, years = line.entry, section.plan.years
    with_baseline = line.is_seen and line.asks_for_baseline and line.baseline is not None
    return Measure(
        **{name: getattr(entry, name) for name in KIND_COLUMNS},
        **{name: getattr(line, name) for name in BASELINE_COLUMNS if with_baseline},
        plan=section.plan,
        section=section,
        code=entry.code,
        order=order,
        label=label,
        quantity=_quantity(line),
        catalogue_code=line.masters.catalogue_code,
        since_year=line.offered.since_year(years),
        until_year=line.offered.until_year(years),
    )


def _quantity(line: Line) -> str:
    """The heading of the years on the sheet, where the unit alone does not say it."""
    entry = line.entry
    if line.offered.entry.may_be_counted:
        return f"削減した人数（{entry.unit}）" if entry.direction is Direction.MORE else f"年度末の人数（{entry.unit}）"
    return f"{QUANTITIES[entry.amount_of]}（{entry.unit}）" if entry.amount_of in QUANTITIES else ""


def _labels(lines: Iterable[Line], taken: Iterable[str]) -> dict[str, str]:
    """A number for each 指標, going on from those of the 節; users and days or hours of one service share theirs."""
    numbers = [int(label) for label in taken if label.isascii() and label.isdigit()]
    number, before, labels = max(numbers, default=0), "", {}
    for line in lines:
        number += not line.entry.service or line.entry.service != before
        before = line.entry.service
        labels[line.code] = str(number)
    return labels


def _add_parents(plan: Plan, lines: Iterable[Line]) -> None:
    """A part joins its whole where the plan has it."""
    parts = {line.code: line for line in lines if line.masters.parent}
    codes = {*parts, *(line.masters.parent for line in parts.values())}
    measures = {measure.code: measure for measure in plan.measures.filter(code__in=codes)}
    changed = []
    for code, line in parts.items():
        if whole := measures.get(line.masters.parent):
            measures[code].parent, measures[code].parent_role = whole, line.parent_role
            changed.append(measures[code])
    Measure.objects.bulk_update(changed, ["parent", "parent_role"])


def _create_indicator(section: Section, entry: Entry, measure: Measure, services: Mapping[str, Service]) -> None:
    """The row of a 活動指標. One that is in another 節 than its 成果目標 is shown there as related."""
    indicator = ActivityIndicator.objects.create(
        measure=measure, service=services.get(entry.service), amount_of=entry.amount_of
    )
    if entry.goal:
        goal = f"{entry.goal}-"
        items = section.plan.measures.filter(family=Family.TARGET, catalogue_code__startswith=goal)
        related = set(items.exclude(section=section).values_list("section_id", flat=True))
        if related:
            indicator.related_sections.set(related)
