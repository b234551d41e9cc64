"""The questions that the sentences of an old sheet leave: figures without a year, words, texts without a place."""

from collections.abc import Iterable, Iterator, Sequence

from core.archive.asking import NOT_READ
from core.archive.goals import same_name
from core.archive.proposal import (
    SAME,
    SKIP,
    Choice,
    ProposedMeasure,
    ProposedSection,
    PutBaseline,
    PutText,
    PutValue,
    Question,
    SetUndated,
    SetYear,
)
from core.archive.sentences import BaselineFigure, Figure, Statement, years_named
from core.archive.sheet import Printed
from core.archive.words import without_bracket
from core.fiscal_years import both_eras, wareki
from core.prose import circled
from core.sheets.design import Content
from core.words import Side

NO_YEAR = "資料に年度の記載なし"
"""The 時点 of an actual whose year the sheet does not name."""
MANY = 3
"""From this number of actuals without a year on, one answer for all is offered."""
STAYS_TEXT = Choice(SKIP, "指標の値ではない（文章のまま残す）")
NO_TEXTS = Choice(SKIP, "文章を読み取らない")
_PLACES = (Content.ISSUES_TEXT, Content.DO_TEXT)


def ask_actuals(
    measure: ProposedMeasure, cell: Printed, statement: Statement, years: Sequence[int]
) -> Iterator[tuple[Figure, Question]]:
    """The questions for the figures of a statement about a goal; figures of years outside the plan stay in the text."""
    drifts = bool(statement.name) and not same_name(statement.name, measure.goal_title)
    note = f"資料の表記は「{statement.name}」。" if drifts else ""
    for place, figure in enumerate(statement.figures, start=1):
        if figure.year is not None and figure.year not in years:
            continue
        open_years = list(years) if figure.year is None else [figure.year]
        is_dated = figure.year is not None
        thought = f"文の中に{wareki(open_years[0])}と書かれています。" if is_dated else "年度が書かれていません。"
        if drifts:
            thought += f"目標は「{measure.goal_title}」、実績の文は「{statement.name}」です。"
        choices = [
            Choice(str(year), f"{wareki(year)}の実績値", (_actual(measure.key, year, figure, cell.address, note),))
            for year in open_years
        ]
        yield (
            figure,
            Question.of(
                measure,
                "actual",
                key=f"{measure.key}.actual.{place}",
                address=cell.address,
                printed=f"{circled(measure.label)}{statement.name} {figure.text}",
                asked="この数を、この目標の実績値にしますか。" if is_dated else "何年度の実績値ですか。",
                thought=thought,
                choices=(*choices, NOT_READ),
                proposed=str(open_years[0]) if is_dated and not drifts else "",
                typed=figure.text,
            ),
        )


def ask_words(measure: ProposedMeasure, cell: Printed, statement: Statement, years: Sequence[int]) -> Question:
    """The question for a statement about a goal without any figure."""
    words = statement.item.text
    choices = [
        Choice(
            str(year),
            f"{wareki(year)}の実績（記述のみ）",
            (PutValue(measure.key, year, Side.ACTUAL, "記述のみ", cell.address, wording=words, as_of=NO_YEAR),),
        )
        for year in years
    ]
    return Question.of(
        measure,
        "actual",
        key=f"{measure.key}.actual.1",
        address=cell.address,
        printed=f"{circled(measure.label)}{words}",
        asked="数のない実績です。何年度のことですか。",
        thought="年度が書かれていません。数ではなく文で書かれています。",
        choices=(*choices, NOT_READ),
    )


def ask_loose(
    section: int, place: int, cell: Printed, figure: Figure, measures: Sequence[ProposedMeasure], years: Sequence[int]
) -> Question:
    """The question for a figure within a sentence that might be a goal's, because it has the same unit."""
    said = "年度の書かれていない文" if figure.year is None else f"{wareki(figure.year)}と書かれた文"
    choices = [
        Choice(
            f"{measure.key}.{year}",
            f"{circled(measure.label)}{measure.title}の{wareki(year)}の実績値",
            (_actual(measure.key, year, figure, cell.address, ""),),
        )
        for measure in measures
        for year in (years if figure.year is None else [figure.year])
    ]
    return Question(
        key=f"{section}.loose.{place}",
        about="loose",
        section=section,
        address=cell.address,
        printed=_around(cell.text, figure),
        asked=f"「{figure.text}」は、指標の実績値ですか。",
        thought=f"{said}の中の数です。単位が「{figure.unit}」の目標があります。",
        choices=(*choices, STAYS_TEXT),
        proposed=SKIP,
        typed=figure.text,
    )


def ask_baseline(
    section: int, place: int, cell: Printed, found: BaselineFigure, measures: Iterable[ProposedMeasure]
) -> Question:
    """The question for a figure that the goals give for a year before the plan."""
    choices = [
        Choice(
            measure.key,
            f"{circled(measure.label)}{measure.title}の基準値（{both_eras(found.year)}）",
            (PutBaseline(measure.key, found.year, found.figure, cell.address),),
        )
        for measure in measures
    ]
    return Question(
        key=f"{section}.baseline.{place}",
        about="baseline",
        section=section,
        address=cell.address,
        printed=f"【{found.name}】 {found.figure}",
        asked="この数を、基準値にしますか。",
        thought="どの目標の出発点かは書かれていません。",
        choices=(*choices, STAYS_TEXT),
    )


def ask_place(section: int, place: int, cell: Printed, has: set[str]) -> Question:
    """The question for a sentence outside every column. `has` are the texts that the 節 already has."""
    choices = [
        Choice(text.value, f"第{section}節の「{text.label}」", (PutText(section, text.value, cell.text, cell.address),))
        for text in _PLACES
        if text not in has
    ]
    empty = f"直前の第{section}節では、案の欄がまだ空いています。"
    return Question(
        key=f"{section}.text.{place}",
        about="text",
        section=section,
        address=cell.address,
        printed=cell.text,
        asked="この文は、どの欄の文章ですか。",
        thought=f"列の外に一つだけあります。{empty if choices else '当てはまる空欄がありません。'}",
        choices=(*choices, NOT_READ),
        proposed=choices[0].value if choices else "",
    )


def ask_same(sections: Sequence[ProposedSection]) -> Iterator[Question]:
    """A question for each 節 that repeats the number of another one: one 節 in parts, or one wrong number?"""
    first: dict[int, ProposedSection] = {}
    for place, section in enumerate(sections):
        before = first.setdefault(section.number, section)
        if not (before.title and section.title) or same_name(before.title, section.title):
            continue
        yield Question(
            key=f"{section.number}.same.{place}",
            about="same",
            section=0,
            address=section.address,
            printed=section.title,
            asked=f"第{section.number}節が二つあります。{before.address}「{before.title}」と一つの節として読みますか。",
            thought="番号は同じで、名前が違います。別の節のときは、資料の番号を直して、もう一度読み取ってください。",
            choices=(
                Choice(SAME, "一つの節として読む"),
                Choice(SKIP, f"「{section.title}」（{section.address}から）を読み取らない"),
            ),
        )


def ask_evaluation_year(
    sections: Iterable[ProposedSection],
    questions: Iterable[Question],
    before: Iterable[Printed],
    years: Sequence[int],
) -> Question:
    """The question of the year of the texts, which sheets seldom name. `before` are the cells above the first 節."""
    named = {year: cell for cell in before for year in years_named(cell.text) if year in years}
    of_blocks = [effect for one in questions if one.about == "block" for c in one.choices for effect in c.effects]
    values = [value for section in sections for value in section.values]
    values += [effect for effect in of_blocks if isinstance(effect, PutValue)]
    latest = max((value.year for value in values if value.side is Side.ACTUAL), default=None)
    proposed, thought, said = latest, "資料に評価の年度は書かれていません。", None
    if len(named) == 1:
        ((proposed, said),) = named.items()
        thought = "表の前にこの年度が書かれています。"
    elif latest:
        thought += f"数値欄の実績が{wareki(latest)}まであります。"
    return Question(
        key="year",
        about="year",
        section=0,
        address=said.address if said else "A1",
        printed=said.text if said else "",
        asked="何年度の評価ですか。",
        thought=f"{thought}実績と課題の文章を、この年度の評価に入れます。",
        choices=(*(Choice(str(year), both_eras(year), (SetYear(year),)) for year in years), NO_TEXTS),
        proposed=str(proposed) if proposed in years else "",
    )


def ask_undated(questions: Iterable[Question], years: Sequence[int]) -> Iterator[Question]:
    """One question for all actuals without a year, where there are too many for single questions."""
    undated = [one for one in questions if one.about == "actual" and is_undated(one)]
    if len(undated) < MANY:
        return
    choices = [Choice(str(year), both_eras(year), (SetUndated(year),)) for year in years]
    yield Question(
        key="undated",
        about="undated",
        section=0,
        address=undated[0].address,
        printed="",
        asked=f"年度の書かれていない実績{len(undated)}件を、まとめて何年度としますか。",
        thought="下で一つずつ答えたものは、その答えによります。",
        choices=(*choices, Choice(SKIP, "一つずつ答える")),
        proposed=SKIP,
    )


def is_undated(question: Question) -> bool:
    """Whether a question is about an actual whose year is not written."""
    effects = [effect for choice in question.choices for effect in choice.effects]
    return any(isinstance(effect, PutValue) and effect.as_of == NO_YEAR for effect in effects)


def _actual(key: str, year: int, figure: Figure, address: str, note: str) -> PutValue:
    text = without_bracket(figure.text)
    wording = "" if text == figure.text else figure.text
    as_of = NO_YEAR if figure.year is None else ""
    return PutValue(key, year, Side.ACTUAL, text, address, wording, as_of, note)


def _around(text: str, figure: Figure) -> str:
    """The line that contains a figure, or the part around it where the line is long."""
    start = max(text.rfind("\n", 0, figure.start) + 1, figure.start - 40)
    end = text.find("\n", figure.end)
    return text[start : min(len(text) if end < 0 else end, figure.end + 25)]
