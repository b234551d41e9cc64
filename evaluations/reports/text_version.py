"""テキスト版: the report of a year as a plain text file for people who hear or feel it.

UTF-8 without a byte order mark, which some screen readers and braille converters read aloud or fail on. Lines end in
CRLF: those programs run on Windows, where an old Notepad shows a file without them as one line.
"""

from collections.abc import Iterable, Iterator

from core.fiscal_months import western_day
from core.fiscal_years import wareki
from core.numerals import plain
from core.prose import circled, full_stop, printed
from core.spoken_figures import ORDER, circumstances_in_words, figures_in_words, nature_in_words
from core.spoken_text import spoken, spoken_line
from core.words import Accumulation, Family, ParentRole
from evaluations.models import ActionItem, ActivityRecord
from evaluations.publishing.report_sections import ReportOpinion, ReportSection
from evaluations.reports.report import EvaluationReport
from plans.models import Measure, Plan
from plans.queries import MeasureRow, YearCell
from targets.models import OutcomeTarget

CONTENT_TYPE = "text/plain; charset=utf-8"
LINE_END = "\r\n"
WHOLE = "評価全体への協議会等の意見と対応"
CHANGES = "計画変更"
FORMULAS = "数値の計算のしかた"
PURPOSE = "このファイルは、読み上げソフトや点字で読めるように、評価の内容を文字だけで書いたテキスト版です。"
ORDER_OF_SECTIONS = (
    "節ごとに、成果目標の概要、目標、指標と年度ごとの数値、取組の内容、取組記録、評価と今後の取組、協議会等の意見と対応の順に"
    "書いています。見出しは「第1節、目標」のように節の番号で始まるので、番号で検索すると、その節へ移れます。"
)
LEFT_OUT = "計画値や実績値がないなどの理由で計算できないものは、省いています。"
MISSING = "「未入力」は、まだ入力していないことを表し、0という意味ではありません。"
CHARACTERS = (
    "記号は、読み上げで抜け落ちないように、言葉に置き換えています。丸印は【まる】、二重丸は【二重まる】、三角は【さんかく】、"
    "ばつ印は【ばつ】、丸で囲んだ1は【まる1】、米印は「注：」、数の前の三角は「マイナス」と書いています。"
)
NOTHING = "記載はありません。"
Block = list[str]
"""Lines that belong together; an empty line separates two of them."""


def text_bytes(report: EvaluationReport) -> bytes:
    """The file."""
    return text_version(report).replace("\n", LINE_END).encode()


def text_version(report: EvaluationReport) -> str:
    """The whole text, ending in a line end."""
    return "\n\n".join("\n".join(block) for block in _blocks(report)) + "\n"


def _blocks(report: EvaluationReport) -> Iterator[Block]:
    yield [f"{spoken_line(report.title)}　テキスト版", *([spoken_line(report.citation)] if report.citation else [])]
    yield ["このファイルについて", PURPOSE, *_states(report)]
    yield ["書き方", ORDER_OF_SECTIONS, _order_of_figures(report.plan), MISSING, CHARACTERS]
    yield ["目次", *_contents(report)]
    for section in report.printed_sections:
        yield from section_blocks(report.plan, section)
    if report.opinions:
        yield [WHOLE]
        yield from opinion_blocks(report.opinions)
    if report.revision_notes:
        yield [CHANGES, *map(_in_words, report.revision_notes)]
    yield [FORMULAS, *_formulas(report.plan)]
    yield ["このファイルはここまでです。"]


def _states(report: EvaluationReport) -> Iterator[str]:
    """「評価の状態が確定の節は、第1節、第3節です。」: a file that is passed on must name its states."""
    for word, sections in report.states:
        yield f"評価の状態が{word}の節は、{'、'.join(section.label for section in sections)}です。"


def _order_of_figures(plan: Plan) -> str:
    names = "、".join(ORDER).replace("計画値", plan.municipality.planned_word)
    return f"指標の数値は、1つの年度を1行に書いています。以下、{names}の順に記載しています。{LEFT_OUT}"


def _contents(report: EvaluationReport) -> Iterator[str]:
    yield from (spoken_line(str(section.section)) for section in report.printed_sections)
    if report.opinions:
        yield WHOLE
    if report.revision_notes:
        yield CHANGES
    yield FORMULAS
    yield from (f"{spoken_line(str(section.section))}（未公表）" for section in report.unpublished_sections)


def _in_words(note: str) -> str:
    """A line on a 計画変更; the arrow from one 計画値 to the next is から."""
    return spoken_line(note.replace(" → ", "から、"))


def _formulas(plan: Plan) -> Iterator[str]:
    word, low, high = plan.municipality.planned_word, plain(plan.near_low), plain(plan.near_high)
    yield f"差は、実績値から{word}を引いた数です。割合の指標では、ポイントの差です。"
    yield (
        f"達成率は、実績値を{word}で割り、100をかけた数です。単位は%です。"
        f"{word}がない年度と、{word}が0の年度は、計算しません。"
    )
    yield (
        f"判定は、増えるほどよい指標では実績値が{word}以上のとき、減るほどよい指標では{word}以下のときに「達成」です。"
        f"見込みに近いほどよい指標では、達成率が{low}%以上{high}%以下のときに「見込みどおり」です。"
        f"{word}が0のときは、計画と実績の数をそのまま書いています。"
    )
    yield "期間途中は、計画の最後の年度だけに目標がある指標の、それより前の年度です。"


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
