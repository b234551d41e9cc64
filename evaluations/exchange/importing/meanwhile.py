"""What others did between the preview of an import and its confirmation: locks, and checks that must hold again."""

from collections.abc import Iterator, Mapping, Sequence

from core.words import ValueKind
from evaluations.exchange.importing.changes import (
    ImportChange,
    MasterChange,
    NewMeasure,
    PlanKey,
    TextChange,
    ValueChange,
)
from evaluations.exchange.importing.stored import years_in_use
from plans.measures.rules import fits
from plans.models import Plan, Section, SectionYear, YearlyValue
from plans.models.section_year import SETTLED
from plans.row_locks import lock_section_years

ENTERED_SINCE = "この間に入力された値に合わないため変えられません。もう一度ファイルを選んでください。"
USED_SINCE = (
    "この間に、外れる年度に確定や協議会意見などが加わったため変えられません。もう一度ファイルを選んでください。"
)
SETTLED_SINCE = "この間に確定または公表した年度があるため移せません。先に確定を解除してください。"
BOUNDS = ("開始年度", "終了年度")
Years = Mapping[tuple[int, int], SectionYear]


def lock_years(key: PlanKey, changes: Sequence[ImportChange]) -> Years:
    """Lock the 節 × 年度 that these changes touch, by section id and year.

    Before the plan, as publishing does: otherwise each would wait for the other. A 指標 that moves or changes its 種類
    touches every year.
    """
    plan = Plan.objects.get(slug=key.slug)
    numbers = dict(plan.sections.values_list("number", "pk"))
    sections = {c.code: numbers.get(int(c.columns["節番号"])) for c in changes if isinstance(c, NewMeasure)}
    sections |= dict(plan.measures.values_list("code", "section_id"))
    keys: set[tuple[int, int]] = set()
    for change in changes:
        if isinstance(change, ValueChange | TextChange):
            pk = numbers.get(change.section) if isinstance(change, TextChange) else sections.get(change.code)
            keys |= {(pk, change.year)} if pk else set()
        elif isinstance(change, MasterChange) and change.column in ("節番号", "種類") and change.name in sections:
            entered = numbers.get(int(change.new)) if change.column == "節番号" else None
            keys |= {(pk, year) for pk in (sections[change.name], entered) if pk for year in plan.years}
    return lock_section_years(plan, keys) if keys else {}


def is_settled(years: Years, *sections: Section) -> bool:
    """Whether any locked year of these 節 is 確定 or 公表."""
    wanted = {section.pk for section in sections}
    return any(row.state in SETTLED for (section, _), row in years.items() if section in wanted)


def unfit(plan: Plan, changes: Sequence[ImportChange]) -> Iterator[tuple[ImportChange, str]]:
    """The changes of 種類 and period that do not know what is stored now, each with its sentence."""
    values = YearlyValue.objects.filter(measure__plan=plan)
    moves_bounds = any(isinstance(change, MasterChange) and change.column in BOUNDS for change in changes)
    used = {year for year in years_in_use(plan) if year not in plan.years} if moves_bounds else set()
    for change in changes:
        if not isinstance(change, MasterChange):
            continue
        if change.column == "種類":
            kind = ValueKind.from_label(change.new)
            if not all(fits(row.value, kind) for row in values.filter(measure__code=change.name)):
                yield change, f"{change.place}は、{ENTERED_SINCE}"
        elif change.column in BOUNDS and used:
            entered = values.filter(fiscal_year__in=used).exists()
            yield change, f"{change.place}は、{ENTERED_SINCE if entered else USED_SINCE}"
