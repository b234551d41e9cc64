"""The examples of the manual about goals and indicators, made by the rule itself."""

from dataclasses import dataclass
from decimal import Decimal

from core.figures import Figures, Nature
from core.goal_chain import ChainLink, GoalChain
from core.values import EMPTY, Value
from core.words import Direction


@dataclass(frozen=True)
class LinkExample:
    """One 活動指標, what it says about its goal, and why that is so where it is not plain."""

    link: ChainLink
    remark: str = ""


def link_examples() -> list[LinkExample]:
    """What supports a goal, what falls short, what says nothing."""
    return [
        LinkExample(_link(100, 100)),
        LinkExample(_link(100, 130), "計画を超えたことも、目標を支えます"),
        LinkExample(_link(100, 70)),
        LinkExample(_link(57, 40, fewer=True), "施設入所支援。参考3に「※施設入所者の削減」とあり、減るほうが支えます"),
        LinkExample(_link(57, 70, fewer=True), "施設入所支援。見込みより多いので、目標に足りません"),
        LinkExample(_link(0, 2), "計画が0でも、利用があれば支えます"),
        LinkExample(_link(0, 0), "計画も実績もないので、何も言えません"),
        LinkExample(_link(100, None)),
        LinkExample(_link(None, 15)),
    ]


def question_examples() -> list[GoalChain]:
    """A goal that contradicts its indicators, both ways."""
    missed, met = _goal(40, 30), _goal(40, 45)
    return [
        GoalChain((missed,), (_link(100, 100), _link(900, 1200))),
        GoalChain((met,), (_link(100, 50), _link(900, 400))),
    ]


def _goal(planned: int, actual: int) -> Figures:
    return Figures(_value(planned), _value(actual), Nature(direction=Direction.MORE))


def _link(planned: int | None, actual: int | None, *, fewer: bool = False) -> ChainLink:
    return ChainLink(Figures(_value(planned), _value(actual), Nature(direction=Direction.NEAR)), fewer)


def _value(number: int | None) -> Value:
    return EMPTY if number is None else Value(Decimal(number))
