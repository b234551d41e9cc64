"""The page where the evaluation of one 節 × 年度 is written: its queries, the form of the six texts, and the choice
between two versions of one of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django import forms
from django.core import signing
from django.db.models import Q
from django.http import Http404

from core.figures import Figures
from core.repeated import repeated_sentences
from evaluations.models import TEXT_FIELDS, TEXT_LABELS, ActivityRecord, Evaluation
from evaluations.records.counts import name_of, what_counts, with_links
from evaluations.records.form import RecordForm
from plans.access import WithState, state_of
from plans.kept_rows import VersionedForm
from plans.models import Measure, Plan, Section, SectionYear
from plans.prose_field import ProseField, as_kept
from plans.queries import measure_rows, measures_of, section_years

COMPARED = ("issues_text", "act_text")


@dataclass(frozen=True)
class RepeatedText:
    """One text with the sentences that were already in last year's 課題 or 取組."""

    name: str
    label: str
    sentences: tuple[str, ...]


def repeated_texts(now: Evaluation | None, before: Evaluation | None) -> tuple[RepeatedText, ...]:
    """The repeated sentences of this year's texts; nothing where one of the years has none."""
    if now is None or before is None:
        return ()
    former = "\n".join(getattr(before, name) for name in COMPARED)
    found = ((name, tuple(repeated_sentences(getattr(now, name), former))) for name in COMPARED)
    return tuple(RepeatedText(name, TEXT_LABELS[name], sentences) for name, sentences in found if sentences)


SALT = "evaluations.texts"
MINE, THEIRS = "mine", "theirs"
HELP = {
    "do_text": "この年度に何をしたか。会議、研修、整備した事業所、相談の件数などを書きます。",
    "check_text": "目標に届いたか、届かなかった理由は何か。数値と結び付けて書きます。",
    "proposal": "どう改めるかの案。確認する人や協議会に示す内容です。",
    "issues_text": "残っている課題と、これからどう進めるか。評価シートの「課題」欄に載ります。",
    "act_text": "次の年度に行う取組。だれが、いつまでに、何をするかを書きます。",
    "budget_text": "予算や事業のどこに反映したか。事業名や予算の増減を書きます。",
}
GROUPS = (
    ("実績（Do）", ("do_text",)),
    ("評価（Check）", ("check_text", "proposal")),
    ("改善（Act）", ("issues_text", "act_text", "budget_text")),
)


@dataclass(frozen=True)
class TextClash:
    """Two versions of one text: what this person typed, and what another user saved in between."""

    name: str
    label: str
    mine: str
    theirs: str


class TextsForm(VersionedForm):
    """`version` is the one the person started from. `seen` says, signed, which texts they were shown."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, clashes: tuple[TextClash, ...] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.clashes = {clash.name: clash for clash in clashes}
        for name in TEXT_FIELDS:
            rows = 10 if name in ("do_text", "issues_text") else 6
            self.fields[name] = ProseField(rows=rows, label=TEXT_LABELS[name], help_text=HELP[name])

    @classmethod
    def showing(
        cls, current: Evaluation | None, *, typed: Mapping[str, str] | None = None, clashes: tuple[TextClash, ...] = ()
    ) -> "TextsForm":
        """The form over what is kept now, with what was typed over it and the texts that must be chosen between."""
        kept = {name: getattr(current, name) if current else "" for name in TEXT_FIELDS}
        digests = {name: _digest(text) for name, text in kept.items()}
        token = signing.dumps({"seen": digests, "asked": [clash.name for clash in clashes]}, salt=SALT)
        version = current.version if current else 0
        return cls(initial={**kept, **(typed or {}), "version": version, "seen": token}, clashes=clashes)

    @property
    def groups(self) -> list[tuple[str, list[tuple[forms.BoundField, TextClash | None]]]]:
        """The fields under D, C and A, each with its clash."""
        return [(title, [(self[name], self.clashes.get(name)) for name in names]) for title, names in GROUPS]

    def clean(self) -> dict:
        """Every text that offered a choice needs an answer."""
        cleaned = super().clean() or {}
        for name in self._token["asked"]:
            if self._differs(name) and self._choice(name) not in (MINE, THEIRS):
                self.add_error(name, "どちらの文章を残すか選んでください。")
        return cleaned

    @property
    def texts(self) -> dict[str, str]:
        """What this person changed against what they were shown, without what they gave up for the other version."""
        asked = self._token["asked"]
        return {
            name: self.cleaned_data[name]
            for name in TEXT_FIELDS
            if name in self.cleaned_data
            and self._differs(name)
            and not (name in asked and self._choice(name) == THEIRS)
        }

    def clashes_with(self, current: Evaluation) -> tuple[TextClash, ...]:
        """The texts that both users changed differently."""
        return tuple(
            TextClash(name, TEXT_LABELS[name], text, getattr(current, name))
            for name, text in self.texts.items()
            if getattr(current, name) != text and _digest(getattr(current, name)) != self._shown(name)
        )

    def show_asked(self, current: Evaluation | None) -> None:
        """Show the choices again that still need an answer."""
        for name in self._token["asked"]:
            if current and self._differs(name):
                mine = as_kept(self.data[name])
                self.clashes[name] = TextClash(name, TEXT_LABELS[name], mine, getattr(current, name))

    @property
    def has_unsaved(self) -> bool:
        """Whether leaving the page would lose something."""
        return self.is_bound or bool(self.clashes)

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Label and text of what was changed, where it could not be saved."""
        return [(TEXT_LABELS[name], as_kept(self.data[name])) for name in TEXT_FIELDS if self._differs(name)]

    @property
    def _token(self) -> dict:
        """What the page had shown; nothing at all where that is missing or forged."""
        try:
            return signing.loads(self.data.get("seen", ""), salt=SALT)
        except signing.BadSignature:
            return {"seen": {}, "asked": []}

    def _shown(self, name: str) -> str:
        return self._token["seen"].get(name, _digest(""))

    def _differs(self, name: str) -> bool:
        return name in self.data and _digest(self.data[name]) != self._shown(name)

    def _choice(self, name: str) -> str:
        return self.data.get(f"choice-{name}", "")


def _digest(text: str) -> str:
    return sha256(as_kept(text).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class TextsPage(WithState):
    """`record` is the one being edited, None for a new one; `evaluation` None while nothing is written. `lines` are the
    measures with their figures of the year, `repeated` the sentences of the stored texts that were in last year's.
    `countable` are the measures that the record may count for: of this 節, and of the others that it belongs to.
    """

    plan: Plan
    section: Section
    year: int
    section_year: SectionYear | None
    evaluation: Evaluation | None
    lock_reason: str
    lines: tuple[tuple[Measure, Figures], ...]
    sections: tuple[Section, ...]
    records: tuple[ActivityRecord, ...]
    record: ActivityRecord | None
    countable: tuple[Measure, ...]
    repeated: tuple[RepeatedText, ...]

    def record_form(self, data: Any = None) -> RecordForm:
        """The form of the record being edited, or of a new one."""
        return RecordForm(
            data,
            sections=self.sections,
            section=self.section,
            year=self.year,
            countable=self.countable,
            record=self.record,
        )

    @property
    def counting_records(self) -> tuple[tuple[ActivityRecord, str], ...]:
        """The records, each with the measures that count it, in words; those of other 節 are named on their pages."""
        titles = {measure.pk: name_of(measure) for measure in self.countable}
        return tuple(
            (record, "、".join(title for pk, title in titles.items() if pk in record.counted_ids))
            for record in self.records
        )


def texts_page(
    plan: Plan, section: Section, year: int, record_key: str = "", asked_sections: Iterable[str] = ()
) -> TextsPage:
    """The page for the person of `plan.access`. Http404 for a record that is not of this 節 and year.

    `asked_sections` are ids of 節, as posted, that the record shall belong to. Seven queries, and one for the links of
    the record being edited, however many measures and records.
    """
    states = section_years(plan, [section], along=["evaluation", "returned_by"])
    section_year = states.get((section.pk, year))
    records = with_links(plan.records.filter(sections=section, fiscal_year=year).prefetch_related("sections"))
    record = _chosen(records, record_key)
    sections = tuple(plan.sections.order_by("number"))
    asked = {str(one.pk) for one in sections} & set(asked_sections)
    measures = list(measures_of(plan).filter(_around(section, record, asked)))
    own = [measure for measure in measures if measure.section_id == section.pk]
    rows = measure_rows(plan, own, access=plan.access, states=states)
    evaluation = getattr(section_year, "evaluation", None)
    before = getattr(states.get((section.pk, year - 1)), "evaluation", None)
    return TextsPage(
        plan=plan,
        section=section,
        year=year,
        section_year=section_year,
        evaluation=evaluation,
        lock_reason=plan.access.lock_reason(state_of(section_year)),
        lines=tuple((row.measure, row.cell(year).figures) for row in rows),
        sections=sections,
        records=records,
        record=record,
        countable=tuple(measure for measure in measures if what_counts(measure)),
        repeated=repeated_texts(evaluation, before),
    )


def _around(section: Section, record: ActivityRecord | None, asked: Iterable[str]) -> Q:
    """The measures of the 節 of the page, of those of the record or that it shall get, and those that count it now."""
    around = Q(section=section) | Q(section__in=[int(pk) for pk in asked])
    if record is None:
        return around
    return around | Q(section__in=record.sections.all()) | Q(pk__in=record.counted_ids)


def _chosen(records: tuple[ActivityRecord, ...], key: str) -> ActivityRecord | None:
    if not key:
        return None
    for record in records:
        if str(record.pk) == key:
            return record
    raise Http404("この節と年度の取組記録ではありません。")
