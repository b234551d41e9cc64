"""What a person sends from the page of links: the ticked 活動指標 of one 成果目標, or proposals to take over.

What the page showed travels along, signed: the links of each 成果目標 as they were, and what the guideline offered.
One form is about one 成果目標, so that a plan of many services stays far below the limit of fields.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing

from evaluations.links.actions import LinksOfGoal
from evaluations.links.goal_chains import GoalColumn, LinkedRow, Named
from evaluations.links.page import LinksPage
from plans.models import Plan
from plans.refusals import Refused

NOT_OF_THE_PLAN = "この計画の活動指標ではないものが含まれています。一覧から選び直してください。"
NOT_DRAWN = "ページを開いたときの内容を確かめられませんでした。いまの内容を見て、もう一度保存してください。"

Codes = Mapping[str, Mapping[str, list[str]]]
"""By the number of a 節: the codes of what was `linked` and of what was `offered`."""


@dataclass(frozen=True)
class Box:
    """One tick box. `named`: what the guideline says of it; `moved`: that another user changed it, "" otherwise."""

    label: str
    code: str
    is_ticked: bool
    is_in_place: bool
    named: Named | None
    moved: str


@dataclass(frozen=True)
class EditedGoal:
    """One 成果目標 as its form draws it. `ticked` and `moved`, what others changed meanwhile, are ids."""

    page: LinksPage
    column: GoalColumn
    ticked: frozenset[int]
    moved: frozenset[int] = frozenset()

    @property
    def seen(self) -> str:
        return seen_token(self.page.plan, [self.column])

    @property
    def is_unsaved(self) -> bool:
        """Whether leaving the page would lose something."""
        return self.ticked != self.column.linked

    @property
    def sources(self) -> list[str]:
        """Which guidelines name any of its indicators."""
        return sorted({named.words for named in self.column.named.values()})

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, list[Box]]]]]:
        """区分, then services, then their quantities, each with its box."""
        return [
            (group.title, [(row.title, [self._box(*quantity) for quantity in row.quantities]) for row in group.rows])
            for group in self.page.groups
        ]

    @property
    def following(self) -> GoalColumn | None:
        """The 成果目標 after this one."""
        return self.page.after(self.column)

    def _box(self, label: str, one: LinkedRow) -> Box:
        pk, moved = one.measure.pk, ""
        if pk in self.moved:
            moved = "ほかの人が結びました" if pk in self.column.linked else "ほかの人が外しました"
        return Box(
            label, one.measure.code, pk in self.ticked, pk in self.column.in_place, self.column.named.get(pk), moved
        )


def edited_goal(page: LinksPage, number: str) -> EditedGoal | None:
    """The form of the 成果目標 with this 節 number, for those who may change it."""
    column = page.column(number) if page.plan.access.may_manage else None
    return EditedGoal(page, column, column.linked) if column else None


def seen_token(plan: Plan, columns: Iterable[GoalColumn]) -> str:
    """What the page shows of these 成果目標, signed."""
    body = {
        str(column.section.number): {
            "linked": [row.measure.code for row in column.indicators if row.measure.pk in column.linked],
            "offered": [row.measure.code for row in column.offered],
        }
        for column in columns
    }
    return signing.dumps(body, salt=_salt(plan), compress=True)


def ticked_links(page: LinksPage, column: GoalColumn, data: Any) -> LinksOfGoal:
    """The links that the form of one 成果目標 requests. Raises Refused where it does not say what it was drawn
    from.
    """
    ids = _ids(column)
    codes = data.getlist("linked")
    if not set(codes) <= set(ids):
        raise Refused(NOT_OF_THE_PLAN)
    shown = _read(page.plan, data).get(str(column.section.number))
    if shown is None:
        raise Refused(NOT_DRAWN)
    old = frozenset(ids[code] for code in shown["linked"] if code in ids)
    # A 活動指標 of the 節 itself has no box: a link that it kept from before it was moved there stays as it is.
    return LinksOfGoal(column.section, old, frozenset(ids[code] for code in codes) | old & column.in_place)


def offered_links(page: LinksPage, data: Any) -> list[LinksOfGoal]:
    """The proposals that the page offered, of one 成果目標 or of all; Refused where it does not say which."""
    wanted = []
    for number, shown in _read(page.plan, data).items():
        column = page.column(number)
        if column:
            ids = _ids(column)
            old, offered = (frozenset(ids[c] for c in shown[name] if c in ids) for name in ("linked", "offered"))
            wanted.append(LinksOfGoal(column.section, old, old | offered))
    if not wanted:
        raise Refused(NOT_DRAWN)
    return wanted


def again(page: LinksPage, column: GoalColumn, data: Any, wanted: LinksOfGoal | None) -> EditedGoal:
    """The form over the current links, with the person's own changes kept and those of others marked."""
    ids = _ids(column)
    if wanted is None:
        return EditedGoal(page, column, frozenset(ids[code] for code in data.getlist("linked") if code in ids))
    mine_added, mine_removed = wanted.new - wanted.old, wanted.old - wanted.new
    return EditedGoal(page, column, column.linked - mine_removed | mine_added, column.linked ^ wanted.old)


def _read(plan: Plan, data: Any) -> Codes:
    """What the page had shown; nothing where that is missing or forged."""
    try:
        return signing.loads(data.get("seen", ""), salt=_salt(plan))
    except signing.BadSignature:
        return {}


def _ids(column: GoalColumn) -> dict[str, int]:
    return {row.measure.code: row.measure.pk for row in column.indicators}


def _salt(plan: Plan) -> str:
    return f"links-{plan.slug}"
