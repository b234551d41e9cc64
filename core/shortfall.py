"""未達成分の上乗せ: by how much the goal of the last 期 was missed, and what adding it does to the new goal.

Source: the guideline requires cities to add what was not reached in the last 期 to the next goal.
"""

from decimal import Decimal

from core.figures import Figures, Tone
from core.words import Direction, ValueKind


def shortfall(figures: Figures) -> Decimal | None:
    """How much was missing to the goal: 目標 − 実績 for 増, 実績 − 目標 for 減; always above 0.

    None where the goal was met or cannot be judged, for what is no 数値, and for 見込, which has a range and no goal.
    A 累計 is itself the running total, so the last year says it all.
    """
    direction = figures.nature.direction
    is_goal = figures.nature.kind is ValueKind.NUMBER and direction is not Direction.NEAR
    if not is_goal or figures.tone is not Tone.BEHIND or figures.difference is None:
        return None
    return figures.difference if direction is Direction.LESS else -figures.difference


def raised(goal: Decimal, added: Decimal, direction: Direction) -> Decimal:
    """The new goal with `added` on top: higher for 増, lower for 減. A negative `added` takes it back."""
    return goal - added if direction is Direction.LESS else goal + added
