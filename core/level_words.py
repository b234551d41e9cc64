"""国の水準 in words: the rule of a level, its arithmetic with a 基準値, and whether an own goal keeps it."""

from decimal import Decimal

from core.catalogue import Entry, Level, LevelKind
from core.numerals import plain
from core.words import Direction, ValueKind

PERCENT = "％"


def rule(entry: Entry) -> str:
    """「基準値 × 6％ 以上」, 「325.3日以上」, 「有」; "" for an entry without a level that is a number."""
    level = entry.level
    if level is None:
        return ""
    if level.kind is LevelKind.VALUE:
        return bounded(entry, level.number)
    return f"基準値 × {_factor(level)} {_bound(entry)}"


def arithmetic(entry: Entry, baseline: Decimal | None) -> str:
    """「基準値36人 × 6％ ＝ 2.16人 → 3人以上」; the rule alone where the 基準値 is missing or not used."""
    level = entry.level
    if level is None or not level.needs_baseline or baseline is None:
        return rule(entry)
    exact, proposal = level.of(baseline), level.proposal(baseline)
    if exact is None or proposal is None:
        return rule(entry)
    unit = entry.unit
    made = f"基準値{plain(baseline)}{unit} × {_factor(level)} ＝ {plain(exact)}{unit}"
    return f"{made} → {bounded(entry, proposal)}"


def keeps_level(entry: Entry, baseline: Decimal | None, goal: Decimal) -> bool | None:
    """Whether a goal reaches the exact level; None where there is no level to compare with."""
    exact = entry.level.of(baseline) if entry.level else None
    if exact is None:
        return None
    return goal <= exact if entry.direction is Direction.LESS else goal >= exact


def bounded(entry: Entry, number: Decimal) -> str:
    """「3人以上」, 「34人以下」, 「有」; nothing is below a ceiling of 0."""
    if entry.value_kind is ValueKind.PRESENCE:
        return "有" if number else "無"
    at_zero = entry.direction is Direction.LESS and number == 0
    return f"{plain(number)}{entry.unit}{'' if at_zero else _bound(entry)}"


def _factor(level: Level) -> str:
    if level.kind is LevelKind.TIMES:
        return plain(level.number)
    if level.kind is LevelKind.SHARE:
        return f"{plain(level.number)}{PERCENT}"
    return f"（100{PERCENT} − {plain(level.number)}{PERCENT}）"


def _bound(entry: Entry) -> str:
    return "以下" if entry.direction is Direction.LESS else "以上"
