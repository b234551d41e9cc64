"""Whatever leaves the house says the same: text, tables, sheets and pages of one plan and year carry the same facts.

An output is one line of OUTPUTS: how its files are made, and how they are read back from their bytes. What they must
say is read from the database and computed by the second, independent computation.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from core.prose import printed
from core.second_opinion import derived_columns
from core.spoken_text import spoken
from core.words import Direction, Family, Side, State, ValueKind
from evaluations.demo.loading import FIXTURES, PLAN_FILES
from evaluations.demo.plan import create_plan
from evaluations.models import Evaluation
from evaluations.publishing.publication import publish
from plans.models import Channel, Measure, Plan, Role, SectionYear, YearlyValue, YearState
from targets.models import OutcomeTarget
from tests import output_readers as readers
from tests import pdf_readers, sheet_readers
from tests.builders import (
    a_measure,
    a_municipality,
    a_plan,
    a_revision,
    a_section,
    a_user,
    a_value,
    changed_plan,
    in_state,
)
from tests.output_readers import Facts, Figures, Sentences, name_of, squeezed, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]

Files = tuple[bytes, ...]
EVERYTHING = frozenset(Facts._fields)
ENTERED = frozenset({"planned", "actual"})


@dataclass(frozen=True)
class Output:
    """`prints` are the columns it has, `holds` says which measures it shows, `writes` how it writes a typed text."""

    name: str
    make: Callable[["Case"], Files]
    figures: Callable[[Iterable[bytes]], Figures]
    sentences: Callable[[Iterable[bytes]], Sentences] | None = None
    prints: frozenset[str] = EVERYTHING
    holds: Callable[[Measure], bool] = lambda measure: True
    writes: Callable[[str], str] = printed


@dataclass(frozen=True)
class Case:
    """One plan and year, with people who may fetch it."""

    plan: Plan
    year: int
    staff: Client
    resident: Client

    def page(self, name: str, *args: object, client: Client | None = None) -> bytes:
        answer = (client or self.staff).get(reverse(f"evaluations:{name}", args=[self.plan.slug, *args]))
        assert answer.status_code == 200
        return answer.content

    @property
    def sections(self) -> list[int]:
        return list(self.plan.sections.order_by("number").values_list("number", flat=True))


def download(name: str, *args: object) -> Callable[[Case], Files]:
    return lambda case: (case.page(name, *(case.year if arg == "year" else arg for arg in args)),)


def sheet(layout: str) -> Callable[[Case], Files]:
    address = f"?layout={layout}&edition=new"
    return lambda case: (
        case.staff.get(reverse("evaluations:sheet_download", args=[case.plan.slug, case.year]) + address).content,
    )


def pages(name: str) -> Callable[[Case], Files]:
    return lambda case: tuple(case.page(name, number, case.year) for number in case.sections)


def book(case: Case) -> Files:
    with NamedTemporaryFile(suffix=".pdf") as file:
        call_command("export_plan", case.plan.slug, format="pdf", year=case.year, output=Path(file.name))
        return (file.read(),)


def in_words(text: str) -> str:
    return spoken(printed(text))


OUTPUTS = (
    Output("tidy CSV", download("tidy_download", "csv"), readers.tidy_csv),
    Output("tidy JSON", download("tidy_download", "json"), readers.tidy_json),
    Output("tidy xlsx", download("tidy_download", "xlsx"), readers.tidy_xlsx),
    Output("text", download("text_download", "year"), readers.text_figures, readers.text_sentences, writes=in_words),
    Output("page", pages("section_year"), readers.page_figures, readers.page_sentences),
    Output("sheet", sheet("inzai"), sheet_readers.inzai_figures, holds=lambda measure: measure.sheet_block),
    Output("管理シート", sheet("kanri"), sheet_readers.kanri_figures, sheet_readers.kanri_sentences, prints=ENTERED),
    Output("PDF", book, pdf_readers.pdf_figures, pdf_readers.pdf_sentences),
    Output("published CSV", download("published_data", "csv"), readers.tidy_csv),
    Output("published JSON", download("published_data", "json"), readers.tidy_json),
    Output("published page", pages("published_section"), readers.page_figures, readers.page_sentences),
    Output(
        "published text",
        download("published_version_text", 3),
        readers.text_figures,
        readers.text_sentences,
        writes=in_words,
    ),
    Output(
        "published text of each 節",
        pages("published_section_text"),
        readers.text_figures,
        readers.text_sentences,
        writes=in_words,
    ),
)


# --- What they must say ---


def facts(plan: Plan, output: Output) -> Figures:
    """From the rows of the database, derived by the second computation."""
    stored = {(v.measure_id, v.fiscal_year, v.side): v for v in values(plan)}
    return {
        (measure.section.number, name_of(measure.title), year): only(
            output.prints,
            fact(measure, year, stored.get((measure.pk, year, "planned")), stored.get((measure.pk, year, "actual"))),
        )
        for measure in plan.measures.select_related("section")
        if output.holds(measure)
        for year in plan.years
    }


def values(plan: Plan) -> Iterable[YearlyValue]:
    return YearlyValue.objects.filter(measure__plan=plan, replaced_in__isnull=True)


def fact(measure: Measure, year: int, planned: YearlyValue | None, actual: YearlyValue | None) -> Facts:
    row = {
        "種類": ValueKind(measure.value_kind).label,
        "方向": Direction(measure.direction).label,
        "計画値": number(planned),
        "実績値": number(actual),
        "実績値状態": State(actual.state).label if actual and actual.state else "",
        "分子": str(actual.numerator) if actual and actual.numerator is not None else "",
        "分母": str(actual.denominator) if actual and actual.denominator is not None else "",
    }
    derived = derived_columns(row)
    is_outside = measure.since_year and year < measure.since_year
    return Facts(
        "なし" if planned is None else side(measure, planned),
        ("該当なし" if is_outside else "未入力") if actual is None else side(measure, actual),
        Decimal(derived["差"]) if derived["差"] else None,
        Decimal(derived["達成率"]) if derived["達成率"] else None,
        derived["判定"] or None,
    )


def number(value: YearlyValue | None) -> str:
    return "" if value is None or value.number is None else f"{value.number.normalize():f}"


def side(measure: Measure, value: YearlyValue) -> Decimal | str:
    """The number, 有 or 無, the city's words where it has no number, or the word of the state."""
    if value.number is None:
        is_worded = value.side == Side.PLANNED or value.state == State.WORDS_ONLY
        return (is_worded and words_of(value.wording)) or State(value.state).label
    if measure.value_kind == ValueKind.PRESENCE:
        return words_of(value.wording) or ("有" if value.number else "無")
    if value.numerator is not None and value.denominator:
        return round(value.numerator * 100 / value.denominator, 1)
    return value.number


def only(columns: frozenset[str], fact: Facts) -> Facts:
    return Facts(**{name: value if name in columns else None for name, value in fact._asdict().items()})


def sentences(plan: Plan, year: int, writes: Callable[[str], str]) -> Sentences:
    """概要 and goals, and every text of the year."""
    found: dict[tuple[int, str], str] = {}
    for target in OutcomeTarget.objects.filter(section__plan=plan).select_related("section"):
        found[target.section.number, "outline"] = writes(target.overview) + writes(target.goal_text)
    for row in SectionYear.objects.filter(section__plan=plan, fiscal_year=year, evaluation__isnull=False):
        for name in readers.TEXTS.values():
            found[row.section.number, name] = writes(getattr(row.evaluation, name))
    return {key: squeezed(text) for key, text in found.items() if text}


# --- The plans ---

KINDS = ((ValueKind.RATE, "%"), (ValueKind.PRESENCE, ""), (ValueKind.TEXT, ""))


@pytest.fixture
def inzai():
    document = json.loads((FIXTURES / PLAN_FILES[0]).read_text(), parse_float=Decimal)
    roles = {"submit": Role.EDITOR, "check": Role.CHECKER, "confirm": Role.CONFIRMER}
    signers = {move: a_user(role, username=role) for move, role in roles.items()}
    return settled(create_plan(a_municipality(), document, signers=signers))


@pytest.fixture
def every_kind():
    """Each kind, direction and state, zero, negatives, 計画変更, a year before its beginning, long names and texts."""
    plan = a_plan()
    a_revision(plan)
    goals, indicators = a_section(plan, 1, "成果目標の節"), a_section(plan, 2, "活動指標の節")
    words, nothing = State.WORDS_ONLY, (None, None)
    rate, presence, text = ({"value_kind": kind, "unit": unit} for kind, unit in KINDS)
    long = "途中から" + "長い名前、（それも、とても長い）" * 9
    for title, fields, years in (
        ("増える数", {"label": "1"}, ((10, 12), (10, 0), (10, None))),
        ("減る数", {"direction": Direction.LESS, "baseline": 36}, ((30, 31), (30, 29), (0, 0))),
        ("負の数", {"label": "3"}, ((40, -2), ("0.3", "1234567.8912"), (-4, -5))),
        ("割合", rate, ((100, (2, 3)), ("50.5", "33.3"), (None, 10))),
        ("有無", presence, ((1, 1), (1, 0), ((1, "有 1回"), None))),
        ("文章", text, (((words, "検討する"), (words, "検討した。")), nothing, nothing)),
        ("実績の状態", {}, ((4, State.PENDING), (4, State.NOT_APPLICABLE), (4, State.CANCELLED))),
        ("計画の状態", {}, ((State.NOT_SET, 3), (State.NOT_APPLICABLE, State.WITHHELD), ((words, "検討"), 0))),
        ("原文のある数", {}, (((5, "有5人"), (3, "3名")), nothing, nothing)),
        (long, {"since_year": 2022}, (nothing, (4, 4), (4, None))),
    ):
        entered(a_measure(goals, title=title, **fields), years)
    changed_plan(a_measure(goals, title="変わった計画"), 2022, 12, 15)
    near = {"family": Family.INDICATOR, "direction": Direction.NEAR, "unit": "人/月"}
    entered(a_measure(indicators, title="計画が0", **near), ((0, 2), (0, 0), (0, -2)))
    entered(a_measure(indicators, title="見込み", **near), ((100, 160), (100, 79), (100, 100)))
    OutcomeTarget.objects.update(overview="概要です。○と△3。", goal_text="①4人 ②▲2人\n※ <b>&\"'")
    for number in (1, 2):
        texts = {name: f"{heading}{number}の文。\n・次の行は-3度（-3℃）。" for heading, name in readers.TEXTS.items()}
        row = SectionYear.objects.create(section=plan.sections.get(number=number), fiscal_year=plan.end_year)
        Evaluation.objects.create(section_year=row, **texts)
    Evaluation.objects.filter(section_year__section=goals).update(do_text="=1+1 で始まる" + "長い文。" * 300)
    return settled(plan)


def entered(measure: Measure, years) -> None:
    for year, pair in zip(measure.plan.years, years, strict=True):
        for kind, typed in zip((Side.PLANNED, Side.ACTUAL), pair, strict=True):
            if isinstance(typed, State):
                a_value(measure, year, side=kind, state=typed)
            elif isinstance(typed, tuple) and isinstance(typed[0], State):
                a_value(measure, year, side=kind, state=typed[0], wording=typed[1])
            elif isinstance(typed, tuple) and isinstance(typed[1], str):
                a_value(measure, year, typed[0], side=kind, wording=typed[1])
            elif isinstance(typed, tuple):
                share = {"numerator": Decimal(typed[0]), "denominator": Decimal(typed[1])}
                a_value(measure, year, "66.6667", side=kind, **share)
            elif typed is not None:
                a_value(measure, year, typed, side=kind)


def settled(plan: Plan) -> Case:
    """Everything 確定 and published year by year, so that residents read all of it too."""
    confirmer, resident, staff = a_user(Role.CONFIRMER), Client(), Client()
    for section in plan.sections.all():
        for year in plan.years:
            in_state(section, year, YearState.CONFIRMED, confirmer)
    plan.publications.all().delete()
    for year in plan.years:
        publish(plan, year, by=confirmer, reason="", channel=Channel.SCREEN)
    staff.force_login(confirmer)
    return Case(plan, plan.end_year, staff, resident)


@pytest.mark.parametrize("plan", [pytest.param("inzai", marks=pytest.mark.sqlite), "every_kind"])
def test_every_output_says_the_same(plan, request):
    case: Case = request.getfixturevalue(plan)
    made = {output.name: (output, output.make(case)) for output in OUTPUTS}

    for name, (output, files) in made.items():
        assert differences(name, output.figures(files), facts(case.plan, output)) == []
        if output.sentences:
            expected = sentences(case.plan, case.year, output.writes)
            assert differences(name, output.sentences(files), expected) == []


def differences(name: str, said: Mapping, expected: Mapping) -> list[tuple]:
    """Where two whole structures differ; [] where they are equal."""
    keys = sorted({*said, *expected}, key=str)
    found = [(name, key, said.get(key), expected.get(key)) for key in keys if said.get(key) != expected.get(key)]
    assert bool(found) == (said != expected)
    return found
