"""The form of one 協議会意見."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms

from core.fiscal_years import wareki
from evaluations.follow_up.opinions import OpinionContent
from evaluations.models import CouncilOpinion, OpinionStatus
from plans.kept_rows import VersionedForm
from plans.models import Measure, Plan, Section
from plans.prose_field import ProseField, refuse_controls

NONE = ("", "選ばない")
OWN_STATUSES: list[OpinionStatus] = [status for status in OpinionStatus if status != OpinionStatus.CARRIED]
ANSWERED = (OpinionStatus.ANSWERED, OpinionStatus.REFLECTED)


def _line(label: str, longest: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        validators=[refuse_controls],
        error_messages={
            "required": f"{label}を入力してください。",
            "max_length": f"{label}は{longest}文字までで入力してください。",
        },
        **more,
    )


def _choice(label: str, **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": f"{label}は、この計画のものから選んでください。"},
        **more,
    )


class OpinionForm(VersionedForm):
    """One opinion of a plan. `opinion` is the one that is edited, None for a new one."""

    fiscal_year = forms.TypedChoiceField(
        label="評価する年度",
        coerce=int,
        help_text="開催日の年度ではなく、意見が向けられた評価の年度です。",
        error_messages={"required": "年度を選んでください。", "invalid_choice": "この計画の年度から選んでください。"},
    )
    council = _line("協議会の名前", 100, help_text="例：地域自立支援協議会 全体会")
    held_on = forms.DateField(
        label="開催日",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "開催日を入力してください。書面で聞いたときは、締め切りの日を書きます。",
            "invalid": "開催日は「2022-05-01」のように入力してください。",
        },
    )
    number = forms.IntegerField(
        label="番号",
        required=False,
        min_value=1,
        max_value=9999,
        help_text="空欄にすると、同じ協議会と日の続きの番号になります。",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "番号は1から9999までの数字にしてください。"
        ),
    )
    place = _line("該当箇所", 200, required=False, help_text="例：素案12ページ。空欄なら、下の節と指標を表に書きます。")
    section_id = _choice("節")
    measure_id = _choice("指標")
    speaker = _line(
        "意見者", 100, required=False, help_text="公表すると、ここに書いたまま載ります。空欄でもかまいません。"
    )
    opinion = ProseField(label="意見", rows=4, required="意見を入力してください。")
    response = ProseField(label="対応", rows=4, help_text="市の考えと、どう対応するか。")
    reflected = ProseField(label="反映先", rows=2, help_text="例：第1節の「課題と今後の実施について」に加えた。")
    reflected_section_id = _choice("反映した節")
    reflected_measure_id = _choice("反映した指標", help_text="選ぶと、その指標がその後どう変わったかを下に示します。")
    status = forms.ChoiceField(
        label="状態",
        error_messages={"required": "状態を選んでください。", "invalid_choice": "一覧の状態から選んでください。"},
    )
    published = forms.BooleanField(
        label="公表する",
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
        self.current = opinion
        super().__init__(data, initial=_initial(opinion) if opinion else initial, auto_id="opinion-%s")
        self.measures = {measure.pk: measure for measure in measures}
        by_section = [
            (section.label, [(measure.pk, measure.title) for measure in group])
            for section, group in groupby(self.measures.values(), key=lambda measure: measure.section)
        ]
        choices: dict[str, list] = {
            "fiscal_year": [(year, wareki(year)) for year in plan.years],
            "section_id": [NONE, *((section.pk, str(section)) for section in sections)],
            "measure_id": [NONE, *by_section],
            "status": [(status.value, status.label) for status in self._statuses()],
        }
        choices |= {"reflected_section_id": choices["section_id"], "reflected_measure_id": choices["measure_id"]}
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

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
    def new(self) -> OpinionContent:
        """What the opinion shall say. A 指標 brings its 節 where none was chosen."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        for section, measure in (("section_id", "measure_id"), ("reflected_section_id", "reflected_measure_id")):
            if said[measure] and not said[section]:
                said[section] = self.measures[said[measure]].section_id
        return OpinionContent(**said)

    def _statuses(self) -> list[OpinionStatus]:
        """Carrying on is an act of its own: a carried opinion stays what it is, another cannot become one here."""
        is_carried = self.current is not None and self.current.status == OpinionStatus.CARRIED
        return [OpinionStatus.CARRIED] if is_carried else OWN_STATUSES


def _initial(opinion: CouncilOpinion) -> dict[str, Any]:
    content = OpinionContent.of(opinion)
    return {name: getattr(content, name) for name in content.__dataclass_fields__} | {"version": opinion.version}
