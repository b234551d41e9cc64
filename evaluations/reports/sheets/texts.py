"""The texts of an evaluation sheet, 節 by 節: only those that its layout prints are fetched."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
from plans.models import Plan, Section
from plans.queries import MeasureRow
from plans.sheet_layouts import SheetForm
from targets.models import OutcomeTarget, TargetItem

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class SheetTexts:
    """All texts of a sheet, by the id of the 節, in the order in which they are printed.

    `wanted` is what the layout prints; the names of a 節 are always given. `withheld` returns the word in place of what
    was written about the year, "" where that is shown. `actions` None: 取組 are not known, as in a publication.
    """

    wanted: Collection[Content]
    withheld: Callable[[int], str]
    evaluations: Mapping[int, Evaluation]
    targets: Mapping[int, Sequence[OutcomeTarget]]
    rationales: Mapping[int, Sequence[TargetItem]]
    opinions: Mapping[int | None, Sequence[CouncilOpinion | ReportOpinion]]
    actions: Mapping[int, Sequence[ActionItem]] | None = None

    def of(self, section: Section) -> dict[Content, str]:
        """The texts of one 節."""
        targets = self.targets.get(section.pk, ())
        names = {
            Content.TARGET_TITLE: targets[0].title if targets else section.title,
            Content.SECTION_LABEL: section.label,
            Content.SECTION_TITLE: section.title,
        }
        return names | {content: self._text(content, section.pk) for content in self.wanted if content not in names}

    def result_title(self, section: Section) -> str:
        """The heading over the results; "" where the city prints none."""
        targets = self.targets.get(section.pk, ())
        return targets[0].result_title if targets else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """The line that counts the opinions on no particular 節; none where there are none."""
        general = len(self.opinions.get(None, ()))
        sentence = f"節を決めていない協議会等の意見が{general}件あります。「意見と対応」の表に記載しています。"
        return (sentence,) if general else ()

    def _text(self, content: Content, section: int) -> str:
        if content in WRITABLE:
            evaluation = self.evaluations.get(section)
            return self.withheld(section) or (printed(getattr(evaluation, content.value)) if evaluation else "")
        if content is Content.OPINIONS:
            return "\n".join(map(_opinion, self.opinions.get(section, ())))
        if content is Content.ACTIONS:
            if self.actions is None:
                return ""
            return self.withheld(section) or "\n".join(map(_action, self.actions.get(section, ())))
        if content is Content.RATIONALE:
            return "\n".join(
                f"{circled(item.measure.label)}{item.measure.title}：{printed(item.rationale)}"
                for item in self.rationales.get(section, ())
                if item.rationale
            )
        return "\n".join(_outline(target, content) for target in self.targets.get(section, ()))


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
    of_year = {section: row for (section, fiscal_year), row in states.items() if fiscal_year == year}

    def withheld(section: int) -> str:
        return "" if access is None or access.sees_actuals(state_of(of_year.get(section))) else UNDER_REVIEW

    return SheetTexts(
        wanted=wanted,
        withheld=withheld,
        evaluations={section: row.evaluation for section, row in of_year.items() if hasattr(row, "evaluation")},
        targets=grouped((target.section_id, target) for target in targets),
        rationales=grouped((one.section_id, one.target_item) for one in goals if hasattr(one, "target_item")),
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


def _outline(target: OutcomeTarget, content: Content) -> str:
    """概要, an empty line, 目標; either may be missing, or not wanted."""
    given = {Content.OVERVIEW: [target.overview], Content.GOAL_TEXT: [target.goal_text]}
    texts = given.get(content, [target.overview, target.goal_text])
    return "\n\n".join(printed(text) for text in texts if text)


def _opinion(opinion: CouncilOpinion | ReportOpinion) -> str:
    """「1 意見（意見者）」 under the council and its day, and the city's response."""
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
