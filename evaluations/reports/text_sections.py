"""One 節 of the テキスト版, and the opinions: blocks of lines, each paragraph on one line."""

from collections.abc import Iterable, Iterator

from core.fiscal_months import western_day
from core.fiscal_years import wareki
from core.numerals import plain
from core.prose import circled, full_stop, printed
from core.spoken_figures import circumstances_in_words, figures_in_words, nature_in_words
from core.spoken_text import spoken, spoken_line
from core.words import Accumulation, Family, ParentRole
from evaluations.models import ActionItem, ActivityRecord
from evaluations.publishing.report_sections import ReportOpinion, ReportSection
from plans.models import Measure, Plan
from plans.queries import MeasureRow, YearCell
from targets.models import OutcomeTarget

NOTHING = "記載はありません。"
Block = list[str]
"""Lines that belong together; an empty line separates two of them."""


def paragraphs(text: str) -> list[str]:
    """A typed text in words, a paragraph a line; a list that was typed in one run has a line for each item."""
    return spoken(printed(text)).splitlines()


def section_blocks(plan: Plan, section: ReportSection) -> Iterator[Block]:
    """Everything of one 節, each block with a heading that begins with its number, so that a search finds it."""
    label = section.section.label
    yield [spoken_line(str(section.section)), f"{wareki(section.year)}の評価の状態は、{section.state}です。"]
    for target in section.targets:
        yield from _target(label, target, is_named=len(section.targets) > 1 or target.title != section.section.title)
    yield [f"{label}、指標と年度ごとの数値", *([] if section.rows else ["この節に指標はありません。"])]
    for row in section.rows:
        yield _measure(plan, row)
    if section.evaluation and section.evaluation.do_text:
        yield [f"{label}、取組の内容", *paragraphs(section.evaluation.do_text)]
    if section.records:
        yield [f"{label}、取組記録", *map(_record, section.records)]
    yield from _conclusions(label, section)
    if section.opinions:
        yield [f"{label}、協議会等の意見と対応"]
        yield from opinion_blocks(section.opinions)
    yield [f"{label}はここまでです。"]


def opinion_blocks(opinions: Iterable[ReportOpinion]) -> Iterator[Block]:
    """番号・該当箇所・意見者・意見・対応・反映先, each on a line of its own."""
    for one in opinions:
        lines = {
            "該当箇所": one.place or "全体",
            "意見者": one.speaker,
            "意見": one.opinion,
            "対応": one.response or one.status_label,
            "反映先": one.reflected,
        }
        yield [
            f"意見 番号{one.number}、{spoken_line(one.council)}、{western_day(one.held_on)}",
            *(line for name, text in lines.items() for line in _named(name, text)),
        ]


def _target(label: str, target: OutcomeTarget, *, is_named: bool) -> Iterator[Block]:
    if is_named:
        yield [f"{label}、成果目標：{spoken_line(target.title)}"]
    yield [f"{label}、成果目標の概要", *(paragraphs(target.overview) or [NOTHING])]
    yield [f"{label}、目標", *(paragraphs(target.goal_text) or [NOTHING])]


def _measure(plan: Plan, row: MeasureRow) -> Block:
    """The name of a measure, what kind of figure it is, and a line for each year."""
    measure, unit = row.measure, plan.municipality.unit(row.measure.unit)
    figures = row.cells[0].figures
    return [
        f"{Family(measure.family).label}の指標、{spoken_line(circled(measure.label) + measure.title)}",
        nature_in_words(figures, Accumulation(measure.accumulation), unit) + "".join(_facts(measure, unit)),
        *_reasons(measure),
        *(_year(plan, cell, unit) for cell in row.cells),
    ]


def _facts(measure: Measure, unit: str) -> Iterator[str]:
    if measure.parent:
        yield f"「{spoken_line(measure.parent.title)}」の{ParentRole(measure.parent_role).label}。"
    if measure.baseline_text:
        yield f"基準値は、{spoken_line(measure.baseline_text)}。"
    elif measure.baseline is not None:
        year = f"{wareki(measure.baseline_year)} " if measure.baseline_year else ""
        yield f"基準値は、{year}{spoken_line(plain(measure.baseline))}{unit}。"


def _reasons(measure: Measure) -> Iterator[str]:
    item = getattr(measure, "target_item", None)
    reasons = {
        "定義・算出方法": measure.definition,
        "出典": measure.data_source,
        "目標値設定の考え方": item.rationale if item else "",
        "国の基本指針の水準": item.national_level if item else "",
    }
    for name, text in reasons.items():
        yield from _named(name, text)


def _year(plan: Plan, cell: YearCell, unit: str) -> str:
    said = figures_in_words(cell.year, cell.figures, planned_word=plan.municipality.planned_word, unit=unit)
    return said + circumstances_in_words(cell.figures, unit=unit, interim=cell.interim)


def _record(record: ActivityRecord) -> str:
    """「令和4年度、2022年5月9日、専門部会。参加者 8人、4事業所・機関。内容：事例検討。」"""
    day = western_day(record.held_on) if record.held_on else "中止" if record.cancelled_reason else "日付の記載なし"
    people = [
        f"参加者 {record.participants}人" if record.participants is not None else "",
        f"{record.organisations}事業所・機関" if record.organisations is not None else "",
    ]
    sentences = [
        f"{wareki(record.fiscal_year)}、{day}、{spoken_line(record.title)}",
        "、".join(filter(None, people)),
        f"中止の理由：{spoken_line(record.cancelled_reason)}" if record.cancelled_reason else "",
        f"内容：{spoken_line(printed(record.content))}" if record.content else "",
    ]
    return "".join(full_stop(sentence) for sentence in sentences if sentence)


def _conclusions(label: str, section: ReportSection) -> Iterator[Block]:
    if section.withheld:
        sentence = f"{wareki(section.year)}の実績と評価は{section.withheld}です。確定すると、ここに書きます。"
        yield [f"{label}、評価と今後の取組", sentence]
        return
    if not section.conclusions and not section.promises:
        yield [f"{label}、評価と今後の取組", NOTHING]
    for name, text in section.conclusions:
        yield [f"{label}、{name}", *paragraphs(text)]
    if section.promises:
        yield [f"{label}、課題ごとの取組"]
        yield from map(_promise, section.promises)


def _promise(item: ActionItem) -> Block:
    lines = {
        "課題": item.issue,
        "取組": item.action,
        "担当": item.owner,
        "期限": wareki(item.due_year) if item.due_year else "",
        "次年度予算・事業への反映": item.budget,
        "状況": item.get_state_display(),
        "結果": item.outcome,
    }
    return [line for name, text in lines.items() for line in _named(name, text)]


def _named(name: str, text: str) -> list[str]:
    """The paragraphs of a text, the first after its name; none for an empty one."""
    lines = paragraphs(text)
    return [f"{name}：{lines[0]}", *lines[1:]] if lines else []
