"""The page of 協議会意見 and its form: what a person may see, by council and day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404

from core.citation import Mark
from core.fiscal_months import western_day
from core.fiscal_years import wareki
from core.workbooks.printed_table import PrintedTable, write_table
from evaluations.models import CouncilOpinion, OpinionStatus
from evaluations.publishing.citations import mark_of, not_published
from evaluations.publishing.report_sections import ReportOpinion
from plans.access import Access
from plans.history import HistoryLine, measure_history
from plans.kept_rows import RowForm, asked_row
from plans.model_fields import day, label_of, line, listed, number_choice, prose
from plans.models import Measure, Plan, Section
from plans.places import next_year_in_words
from plans.plan_filters import PlanFilters
from plans.queries import measures_of

NONE = ("", "選ばない")
ANSWERED = (OpinionStatus.ANSWERED, OpinionStatus.REFLECTED)


def _of_plan(name: str, **more: Any) -> forms.TypedChoiceField:
    label = label_of(CouncilOpinion, name)
    return number_choice(label, f"{label}は、この計画のものから選んでください。", **more)


class OpinionForm(RowForm):
    """One opinion of a plan. `opinion` is the one that is edited, None for a new one."""

    fiscal_year = number_choice(
        "評価する年度",
        "この計画の年度から選んでください。",
        missing="年度を選んでください。",
        help_text="開催日の年度ではなく、意見が向けられた評価の年度です。",
    )
    council = line(CouncilOpinion, "council", help_text="例：地域自立支援協議会 全体会")
    held_on = day(
        CouncilOpinion,
        "held_on",
        "2022-05-01",
        missing="開催日を入力してください。書面で聞いたときは、締め切りの日を書きます。",
    )
    number = forms.IntegerField(
        label=label_of(CouncilOpinion, "number"),
        required=False,
        min_value=1,
        max_value=9999,
        help_text="空欄にすると、同じ協議会と日の続きの番号になります。",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "番号は1から9999までの数字にしてください。"
        ),
    )
    place = line(CouncilOpinion, "place", help_text="例：素案12ページ。空欄なら、下の節と指標を表に書きます。")
    section_id = _of_plan("section")
    measure_id = _of_plan("measure")
    speaker = line(CouncilOpinion, "speaker", help_text="公表すると、ここに書いたまま載ります。空欄でもかまいません。")
    opinion = prose(CouncilOpinion, "opinion", 4)
    response = prose(CouncilOpinion, "response", 4, help_text="市の考えと、どう対応するか。")
    reflected = prose(CouncilOpinion, "reflected", 2, help_text="例：第1節の「課題と今後の実施について」に加えた。")
    reflected_section_id = _of_plan("reflected_section")
    reflected_measure_id = _of_plan(
        "reflected_measure", help_text="選ぶと、その指標がその後どう変わったかを下に示します。"
    )
    status = listed(CouncilOpinion, "status")
    published = forms.BooleanField(
        label=label_of(CouncilOpinion, "published"),
        required=False,
        help_text="閲覧と県の人にはすぐに、住民には次に公表したときから見えます。",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        plan: Plan,
        sections: Iterable[Section],
        measures: Iterable[Measure],
        opinion: CouncilOpinion | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.measures = {measure.pk: measure for measure in measures}
        of_plan = [NONE, *((section.pk, str(section)) for section in sections)]
        by_section = [
            (section.label, [(measure.pk, measure.title) for measure in group])
            for section, group in groupby(self.measures.values(), key=lambda measure: measure.section)
        ]
        # Carrying on is an action of its own: a carried opinion stays so, another cannot become one here.
        is_carried = opinion is not None and opinion.status == OpinionStatus.CARRIED
        statuses = [one for one in OpinionStatus if (one == OpinionStatus.CARRIED) == is_carried]
        choices: dict[str, list[Any]] = {
            "fiscal_year": [(year, wareki(year)) for year in plan.years],
            "section_id": of_plan,
            "measure_id": [NONE, *by_section],
            "reflected_section_id": of_plan,
            "reflected_measure_id": [NONE, *by_section],
            "status": [(status.value, status.label) for status in statuses],
        }
        super().__init__(data, row=opinion, initial=initial, choices=choices, auto_id="opinion-%s")

    def clean(self) -> dict[str, Any]:
        """An answer has words, and what was reflected says where."""
        said = super().clean() or {}
        status, where = said.get("status"), ("reflected", "reflected_section_id", "reflected_measure_id")
        if status in ANSWERED and not said.get("response"):
            self.add_error("response", f"状態を「{OpinionStatus(status).label}」にするときは、対応を書いてください。")
        if status == OpinionStatus.REFLECTED and not any(said.get(name) for name in where):
            self.add_error("reflected", "状態を「反映済み」にするときは、反映先を書くか、節か指標を選んでください。")
        return said

    @property
    def new(self) -> dict[str, Any]:
        """What the opinion shall say. A 指標 brings its 節 where none was chosen."""
        said = super().new
        for section, measure in (("section_id", "measure_id"), ("reflected_section_id", "reflected_measure_id")):
            if said[measure] and not said[section]:
                said[section] = self.measures[said[measure]].section_id
        return said


WITH = ("section", "measure", "reflected_section", "reflected_measure", "origin")
COLUMNS = (("番号", 6), ("該当箇所", 20), ("意見者", 14), ("意見", 44), ("対応", 44), ("反映先", 24))
"""Of the standard table: heading and width in digits, together what A4 landscape holds at this size."""


@dataclass(frozen=True)
class OpinionGroup:
    """What one council said on one day of the evaluation of one 年度."""

    fiscal_year: int
    council: str
    held_on: date
    opinions: tuple[CouncilOpinion, ...]

    @property
    def title(self) -> str:
        """「地域自立支援協議会（2022年5月20日）令和3年度の評価への意見」."""
        return f"{self.council}（{western_day(self.held_on)}）　{wareki(self.fiscal_year)}の評価への意見"


@dataclass(frozen=True)
class OpinionsPage:
    """`opinion` is the one being edited, None for a new one; `unanswered` counts what is seen of all years."""

    plan: Plan
    filters: PlanFilters
    groups: tuple[OpinionGroup, ...]
    unanswered: int
    sections: tuple[Section, ...]
    opinion: CouncilOpinion | None

    @property
    def count(self) -> int:
        """How many opinions are shown."""
        return sum(len(group.opinions) for group in self.groups)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """The measures to choose from, in the order of the plan."""
        return tuple(measures_of(self.plan))

    @cached_property
    def carries_to(self) -> str:
        """Where the opinion being edited may go on to, 「令和5年度」; "" for one that is not open or has nowhere to go.

        In the last 年度 of the plan one query.
        """
        opinion = self.opinion
        is_open = opinion is not None and opinion.status == OpinionStatus.UNANSWERED
        return next_year_in_words(self.plan, opinion.fiscal_year) if opinion and is_open else ""

    @property
    def opened(self) -> CouncilOpinion:
        """The opinion being edited; Http404 where there is none."""
        if self.opinion is None:
            raise Http404("協議会意見が見つかりません。")
        return self.opinion

    @property
    def changes_since(self) -> list[HistoryLine]:
        """What was changed of the 指標 the opinion led to (else of its own), since the council sat. One query."""
        measure = self.opinion and (self.opinion.reflected_measure or self.opinion.measure)
        if not self.opinion or not measure:
            return []
        since = self.opinion.held_on
        return measure_history(self.plan, measure, since=since)

    def form(self, data: Any = None) -> OpinionForm:
        """The form of the opinion being edited, or of a new one, which begins with the council heard last."""
        return OpinionForm(
            data,
            plan=self.plan,
            sections=self.sections,
            measures=self.measures,
            opinion=self.opinion,
            initial=self._for_a_new_one(),
        )

    def _for_a_new_one(self) -> dict[str, Any]:
        last = max((group.opinions[-1] for group in self.groups), key=lambda opinion: opinion.pk, default=None)
        if last:
            return {"fiscal_year": last.fiscal_year, "council": last.council, "held_on": last.held_on}
        return {"fiscal_year": self.filters.year_asked or self.plan.due_year}


def visible_opinions(plan: Plan, access: Access | None) -> QuerySet[CouncilOpinion]:
    """Opinions are working documents: a reader who does not see drafts sees those marked for publication. None is the
    operator.
    """
    opinions = plan.opinions.all()
    return opinions if access is None or access.sees_drafts else opinions.filter(published=True)


def section_of(opinion: CouncilOpinion) -> int | None:
    """The 節 that an opinion is about, by itself or by its 指標; None for one about the whole plan."""
    return opinion.section_id or (opinion.measure.section_id if opinion.measure else None)


def opinions_page(plan: Plan, asked: Any, opinion_key: str = "") -> OpinionsPage:
    """The page for the person of `plan.access`; Http404 for an opinion that they may not edit or is not of this plan.

    Four queries at most, and those of the form.
    """
    sections = tuple(plan.sections.order_by("number"))
    filters = PlanFilters(asked, plan=plan, sections=sections, states=OpinionStatus.choices, state_field="status")
    visible = visible_opinions(plan, plan.access)
    return OpinionsPage(
        plan=plan,
        filters=filters,
        groups=_grouped(filters.narrowed(visible)),
        unanswered=unanswered(plan),
        sections=sections,
        opinion=asked_row(
            plan.opinions.select_related(*WITH), plan, opinion_key, "この計画の協議会意見ではありません。"
        ),
    )


def unanswered(plan: Plan) -> int:
    """How many opinions the person may see that have no answer yet. One query."""
    return visible_opinions(plan, plan.access).filter(status=OpinionStatus.UNANSWERED).count()


def table_bytes(plan: Plan, groups: Sequence[OpinionGroup]) -> bytes:
    """The standard table as an .xlsx file, every value a text; a line instead of it where there is no opinion."""
    table = PrintedTable(
        sheet_name="意見と対応",
        title=f"{plan.municipality.name} {plan.name} 協議会等の意見と対応",
        columns=COLUMNS,
        parts=tuple((group.title, tuple(_row(one) for one in group.opinions)) for group in groups),
        empty="意見はありません。",
        centred=frozenset({1}),
        mark=_mark(plan, groups),
    )
    return write_table(table)


def _row(one: CouncilOpinion) -> tuple[str, ...]:
    """One row of the standard table, in the order of its columns."""
    response = one.response or one.get_status_display()
    return str(one.number), one.place_in_words, one.speaker, one.opinion, response, one.reflected_in_words


def _mark(plan: Plan, groups: Iterable[OpinionGroup]) -> Mark:
    """The publication that says the same of each of these opinions; there is none for several 年度. One query."""
    years = {group.fiscal_year for group in groups}
    if len(years) != 1:
        return not_published()
    shown = [_as_published(opinion) for group in groups for opinion in group.opinions]
    return mark_of(plan, years.pop(), lambda published: all(one in published.all_opinions for one in shown))


def _as_published(one: CouncilOpinion) -> ReportOpinion:
    facts = (one.council, one.held_on, one.number, one.place_in_words, one.speaker, one.opinion, one.response)
    return ReportOpinion(*facts, one.reflected_in_words, one.status)


def _grouped(opinions: QuerySet[CouncilOpinion]) -> tuple[OpinionGroup, ...]:
    """Newest 年度 first, then by day and council. One query."""
    rows = opinions.select_related(*WITH).order_by("-fiscal_year", "held_on", "council", "number")
    return tuple(
        OpinionGroup(*key, opinions=tuple(group))
        for key, group in groupby(rows, key=lambda one: (one.fiscal_year, one.council, one.held_on))
    )
