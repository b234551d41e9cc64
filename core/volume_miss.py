"""計画と実績の差 of an amount (days, hours) split into what the users and what the use per user account for.

The convention of two terms: the difference in users at the planned 1人当たり量, and the difference in 1人当たり量 at
the actual users. The joint term is thereby counted to the use per user: those who came did use what they used.
"""

from dataclasses import dataclass
from decimal import Decimal

from core.figures import Figures
from core.volumes import rounded
from core.words import Word

PLACES = 1
"""Of the first term; the second is what is left, so that the two come to the difference exactly as they are printed."""


class NoSplit(Word):
    """Why a difference is not split."""

    HIDDEN = "hidden", "実績が確定していないため、まだ分けられません。"
    MISSING = "missing", "計画と実績の、人数と量のどれかが数値でないため、分けられません。"
    NOBODY_PLANNED = "nobody_planned", "計画の人数が0のため、計画の1人当たり量がなく、分けられません。"
    NOBODY_CAME = "nobody_came", "実績の人数が0なのに量があるため、分けられません。実績を確かめてください。"


@dataclass(frozen=True)
class Split:
    """`total` is 実績 − 計画 of the amount: `by_users` + `by_use`. `actual_per_user` is None without users."""

    total: Decimal
    by_users: Decimal
    by_use: Decimal
    users_difference: Decimal
    actual_users: Decimal
    planned_per_user: Decimal
    actual_per_user: Decimal | None


def split_of(users: Figures, amount: Figures) -> Split | NoSplit:
    """The difference of `amount` split by the figures of its users; or why it is not."""
    if users.withheld or amount.withheld:
        return NoSplit.HIDDEN
    planned_users, actual_users = users.planned.amount, users.actual.amount
    planned, actual = amount.planned.amount, amount.actual.amount
    total, users_difference = amount.difference, users.difference
    if planned_users is None or planned is None or actual_users is None or actual is None:
        return NoSplit.MISSING
    if total is None or users_difference is None:
        return NoSplit.MISSING
    if planned_users == 0:
        return NoSplit.NOBODY_PLANNED
    if actual_users == 0 and actual != 0:
        return NoSplit.NOBODY_CAME
    by_users = rounded(users_difference * planned / planned_users, PLACES)
    return Split(
        total=total,
        by_users=by_users,
        by_use=total - by_users,
        users_difference=users_difference,
        actual_users=actual_users,
        planned_per_user=planned / planned_users,
        actual_per_user=actual / actual_users if actual_users else None,
    )
