"""テキスト版: the report of a year as a plain text file for people who hear or feel it.

UTF-8 without a byte order mark, which some screen readers and braille converters read aloud or fail on. Lines end in
CRLF: those programs run on Windows, where an old Notepad shows a file without them as one line.
"""

from collections.abc import Iterator

from core.numerals import plain
from core.spoken_figures import ORDER
from core.spoken_text import spoken_line
from evaluations.reports.report import EvaluationReport
from evaluations.reports.text_sections import Block, opinion_blocks, section_blocks
from plans.models import Plan

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
