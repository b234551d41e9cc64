"""What a measure may become. Both its settings and the import of tables check this before anything is written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from core.tidy import Row
from core.values import Value
from core.words import ValueKind
from plans.measures.columns import USUAL_DIRECTION

MAY_NOT = "計画の指標を加えたり直したりできるのは、管理の役割の人だけです。"
REASON = "指標の設定"
"""The reason in the history of every change of the 指標 and 成果目標 of a plan."""


@dataclass(frozen=True)
class Objection:
    """Why a measure may not become so; `columns` are those that the sentence speaks of, the nearest first."""

    columns: tuple[str, ...]
    sentence: str


def completed(said: Mapping[str, str], family: str) -> Row:
    """What is said of a measure of this 種別, with what a blank means: the usual 方向, and a blank in both columns of
    the pair 親指標 and 親との関係."""
    full = dict(said)
    if full.get("方向") == "":
        full["方向"] = USUAL_DIRECTION.get(family, "")
    for column, other in (("親指標", "親との関係"), ("親との関係", "親指標")):
        if full.get(column) == "" and other not in full:
            full[other] = ""
    return full


def objection_to_section(before: Row, final: Row, is_settled: Callable[[int], bool]) -> Objection | None:
    """Between 節 with a 確定 or 公表 year no measure is moved."""
    moved = {int(before["節番号"]), int(final["節番号"])}
    if len(moved) > 1 and any(is_settled(number) for number in moved):
        return Objection(
            ("節番号",),
            "確定または公表した年度のある節との間では、指標を移せません。先に確定を解除してください。",
        )
    return None


def objection_to_parent(code: str, final: Row, parents: Mapping[str, str]) -> Objection | None:
    """A parent must exist, with its relation, and no measure may be its own ancestor. `parents` has each measure of the
    plan with its 親指標 as it will be, "" for none."""
    parent = final["親指標"]
    if parent and parent not in parents:
        return Objection(("親指標",), f"親指標「{parent}」は表にも計画にもありません。指標コードを確かめてください。")
    if bool(parent) != bool(final["親との関係"]):
        missing = "親との関係" if parent else "親指標"
        return Objection(
            (missing, "親指標", "親との関係"), f"「{missing}」も入力してください。親指標と親との関係は組です。"
        )
    if _is_own_ancestor(code, parents):
        return Objection(("親指標",), "親指標をたどると自分に戻ります。親指標を直してください。")
    return None


def objection_to_kind(kind: ValueKind, standing: Iterable[Value], replaced: Iterable[Value]) -> Objection | None:
    """A changed 種類 may not leave behind values that it does not know; `replaced` are 計画値 before a 計画変更."""
    if not all(fits(value, kind) for value in replaced):
        return Objection(
            ("種類",),
            f"計画変更の前の計画値が「{kind.label}」に合わないため、種類を変えられません。別の指標コードにしてください。",
        )
    if not all(fits(value, kind) for value in standing):
        return Objection(
            ("種類",),
            f"入力済みの値が「{kind.label}」に合わないため、種類を変えられません。"
            "値を空欄にして取り込んでから、種類を変えてください。",
        )
    return None


def fits(value: Value, kind: ValueKind) -> bool:
    """Whether a 指標 of this 種類 may hold this value."""
    if kind is ValueKind.TEXT:
        return value.number is None
    if kind is not ValueKind.RATE and value.numerator is not None:
        return False
    return not (kind is ValueKind.PRESENCE and value.number not in (None, 0, 1))


def _is_own_ancestor(code: str, parents: Mapping[str, str]) -> bool:
    seen, above = {code}, parents.get(code, "")
    while above and above not in seen:
        seen.add(above)
        above = parents.get(above, "")
    return above == code
