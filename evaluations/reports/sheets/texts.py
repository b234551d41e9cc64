"""The texts of an evaluation sheet, 節 by 節: only those that its layout prints are fetched."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from core.fiscal_months import western_day
from core.fiscal_years import wareki
from core.prose import circled, printed
from core.sheets.design import WRITABLE, Content
from core.sheets.notes import notes_of
from core.words import UNDER_REVIEW, Family
from evaluations.follow_up.opinions_page import section_of, visible_opinions
from evaluations.models import ActionItem, CouncilOpinion, Evaluation
from evaluations.publishing.report_sections import ReportOpinion
from evaluations.reports.revision_notes import revision_notes
from plans.access import Access, States, state_of
from plans.models import Measure, Plan, Section, SectionYear
from plans.queries import MeasureRow
from plans.sheet_layouts import SheetForm
from targets.models import OutcomeTarget, TargetItem

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class SheetTexts:
    """All texts of a sheet, by the id of the 節, in the order in which they are printed.

    `wanted` is what the layout prints; the names of a 節 are always given. `notes` say what found no place.
    """

    wanted: Collection[Content]
    access: Access | None
    section_years: Mapping[int, SectionYear]
    targets: Mapping[int, list[OutcomeTarget]]
    rationales: Mapping[int, list[TargetItem]]
    opinions: Mapping[int | None, list[CouncilOpinion]]
    actions: Mapping[int, list[ActionItem]]

    def of(self, section: Section) -> dict[Content, str]:
        """The texts of one 節."""
        targets = self.targets.get(section.pk, [])
        names = {
            Content.TARGET_TITLE: targets[0].title if targets else section.title,
            Content.SECTION_LABEL: section.label,
            Content.SECTION_TITLE: section.title,
        }
        return names | {
            content: self._text(content, section, targets) for content in self.wanted if content not in names
        }

    def result_title(self, section: Section) -> str:
        """The heading over the results; "" where the city prints none."""
        targets = self.targets.get(section.pk, [])
        return targets[0].result_title if targets else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Opinions on no particular 節 are counted, not dropped."""
        return remark_on_opinions(len(self.opinions.get(None, [])))

    def _text(self, content: Content, section: Section, targets: Iterable[OutcomeTarget]) -> str:
        if content in WRITABLE:
            return self._written(section, content.value)
        if content is Content.OPINIONS:
            return "\n".join(opinion_text(opinion) for opinion in self.opinions.get(section.pk, []))
        if content is Content.ACTIONS:
            return self._actions(section)
        if content is Content.RATIONALE:
            items = self.rationales.get(section.pk, [])
            return "\n".join(rationale_line(item.measure, item.rationale) for item in items)
        return "\n".join(outline(target, content) for target in targets)

    def _is_visible(self, section: Section) -> bool:
        return self.access is None or self.access.sees_actuals(state_of(self.section_years.get(section.pk)))

    def _written(self, section: Section, name: str) -> str:
        if not self._is_visible(section):
            return UNDER_REVIEW
        evaluation: Evaluation | None = getattr(self.section_years.get(section.pk), "evaluation", None)
        return printed(getattr(evaluation, name)) if evaluation else ""

    def _actions(self, section: Section) -> str:
        if not self._is_visible(section):
            return UNDER_REVIEW
        return "\n".join(_action(item) for item in self.actions.get(section.pk, []))


def sheet_texts(
    plan: Plan,
    year: int,
    wanted: Collection[Content],
    rows: Iterable[MeasureRow],
    *,
    access: Access | None,
    states: States,
) -> SheetTexts:
    """The texts of one year that this reader may see: one query, and one each for 意見 and 取組 if wanted.

    `rows` are those of the goals where 目標値設定の考え方 is wanted, each with its 目標項目. `access` None is the
    operator, who sees everything.
    """
    opinions: Iterable[CouncilOpinion] = ()
    if Content.OPINIONS in wanted:
        seen = visible_opinions(plan, access).filter(fiscal_year=year).select_related("measure")
        opinions = seen.order_by("held_on", "council", "number")
    measures = (row.measure for row in rows if Content.RATIONALE in wanted)
    goals = [measure for measure in measures if measure.family == Family.TARGET]
    actions: Iterable[ActionItem] = ()
    if Content.ACTIONS in wanted:
        actions = plan.action_items.filter(fiscal_year=year).order_by("id")
    targets = OutcomeTarget.objects.filter(section__plan=plan).order_by("order")
    return SheetTexts(
        wanted=wanted,
        access=access,
        section_years={section: row for (section, fiscal_year), row in states.items() if fiscal_year == year},
        targets=grouped((target.section_id, target) for target in targets),
        rationales=grouped(
            (one.section_id, one.target_item)
            for one in goals
            if hasattr(one, "target_item") and one.target_item.rationale
        ),
        opinions=grouped((section_of(opinion), opinion) for opinion in opinions),
        actions=grouped((action.section_id, action) for action in actions),
    )


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """The values by their key, in the order given; [] for a key that has none."""
    found: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def sheet_notes(plan: Plan, form: SheetForm, rows: Iterable[MeasureRow]) -> tuple[str, ...]:
    """The formulas of what is printed, the layout's own notes, and the 計画変更 of these rows."""
    design, edition = form.design, form.edition
    formulas = notes_of(design.lines(edition), edition, near_low=plan.near_low, near_high=plan.near_high)
    return (*formulas, *design.notes[edition], *revision_notes(plan, rows))


def outline(target: OutcomeTarget, content: Content) -> str:
    """概要, an empty line, 目標; either may be missing, or not wanted."""
    given = {Content.OVERVIEW: [target.overview], Content.GOAL_TEXT: [target.goal_text]}
    texts = given.get(content, [target.overview, target.goal_text])
    return "\n\n".join(printed(text) for text in texts if text)


def rationale_line(measure: Measure, rationale: str) -> str:
    """「①指標名：考え方」."""
    return f"{circled(measure.label)}{measure.title}：{printed(rationale)}"


def remark_on_opinions(general: int) -> tuple[str, ...]:
    """The line that counts the opinions on no particular 節; none where there are none."""
    if not general:
        return ()
    return (f"節を決めていない協議会等の意見が{general}件あります。「意見と対応」の表に記載しています。",)


def opinion_text(opinion: CouncilOpinion | ReportOpinion) -> str:
    """「1 意見（意見者）」 under the council and its day, and what the city answered."""
    day = western_day(opinion.held_on)
    speaker = f"（{opinion.speaker}）" if opinion.speaker else ""
    said = f"■{opinion.council}（{day}）{opinion.number}　{opinion.opinion}{speaker}"
    return f"{said}\n→{opinion.response}" if opinion.response else said


def _action(item: ActionItem) -> str:
    """「・取組（担当：…、期限：…、予算・事業：…）」."""
    terms = {
        "担当": item.owner,
        "期限": wareki(item.due_year) if item.due_year else "",
        "予算・事業": item.budget,
    }
    said = "、".join(f"{name}：{term}" for name, term in terms.items() if term)
    return f"・{item.action}（{said}）" if said else f"・{item.action}"
