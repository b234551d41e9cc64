"""The form of one 協議会意見."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms

from core.fiscal_years import wareki
from evaluations.models import CouncilOpinion, OpinionStatus
from plans.kept_rows import RowForm
from plans.model_fields import day, label_of, line, listed, number_choice, prose
from plans.models import Measure, Plan, Section

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
