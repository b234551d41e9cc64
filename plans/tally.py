"""How many measures have each reading in one year, as pages and reports print it above the table."""

from collections import Counter
from collections.abc import Iterable

from core.figures import Tone
from plans.queries import MeasureRow

TALLIED = (
    (Tone.GOOD, "達成・見込みどおり"),
    (Tone.BEHIND, "未達・見込みを下回る"),
    (Tone.FINDING, "計画を見直す手がかり"),
)


def tally(rows: Iterable[MeasureRow], year: int) -> tuple[tuple[str, str, int], ...]:
    """How many measures have each reading in one year: (tone, words, count), those without a judgement included."""
    cells = [cell for row in rows if not (cell := row.cell(year)).figures.is_outside]
    tones = Counter(cell.figures.tone for cell in cells if cell.figures.reading)
    judged = [(tone.value, words, tones[tone]) for tone, words in TALLIED]
    entered = sum(cell.figures.actual.is_entered for cell in cells)
    hidden = sum(bool(cell.figures.withheld) for cell in cells)
    unplanned = sum(cell.figures.reading == "計画値なし" and cell.figures.actual.is_entered for cell in cells)
    others = [
        ("quiet", "この年度の計画値なし（実績あり）", unplanned),
        ("missing", "未入力", len(cells) - entered - hidden),
        ("quiet", "確認中", hidden),
    ]
    return tuple((tone, words, count) for tone, words, count in judged + others if count)
