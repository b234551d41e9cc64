"""What an import would do, one object per line of the preview. Everything is named by the words of the table itself
(団体コード, 節番号, 指標コード), never by a key of the database, so that a preview may travel through a browser."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, get_args

from core.fiscal_years import wareki
from core.values import EMPTY, Value
from core.words import Side
from evaluations.exchange.importing.report import Remark, Remarks
from evaluations.models import TEXT_LABELS
from plans.history import side_in_words
from plans.models.plan import Plan, PlanKind, plan_slug
from plans.refusals import Cause

BLANK = "空欄"


@dataclass(frozen=True, slots=True)
class PlanKey:
    """団体コード, 計画種別 (as stored) and 計画期: what makes a plan that plan."""

    code: str
    kind: str
    generation: int

    @classmethod
    def of(cls, plan: Plan) -> "PlanKey":
        """The key of a plan that is there; it brings its 自治体."""
        return cls(plan.municipality.code, plan.kind, plan.generation)

    @property
    def slug(self) -> str:
        return plan_slug(self.code, self.kind, self.generation)

    @property
    def title(self) -> str:
        """「第6期障害福祉計画」, the name of a plan that was given none."""
        return f"第{self.generation}期{PlanKind(self.kind).label}"


@dataclass(frozen=True, slots=True)
class NewMunicipality:
    """A 自治体 that is not there yet."""

    key: PlanKey
    name: str
    address: str = ""
    group, place = "作成", "自治体の作成"

    @property
    def sides(self) -> tuple[str, str]:
        return "", f"{self.name}（{self.key.code}）"


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan that is not there yet."""

    key: PlanKey
    name: str
    start_year: int
    end_year: int
    address: str = ""
    group, place = "作成", "計画の作成"

    @property
    def sides(self) -> tuple[str, str]:
        return "", f"{self.name}（{self.key.slug}、{self.start_year}〜{self.end_year}年度）"


@dataclass(frozen=True, slots=True)
class NewSection:
    """A 節 that is not there yet."""

    key: PlanKey
    number: int
    title: str
    address: str = ""
    group, place = "作成", "節の作成"

    @property
    def sides(self) -> tuple[str, str]:
        return "", f"第{self.number}節 {self.title}"


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """A measure that is not there yet: its master columns as they would be exported."""

    key: PlanKey
    code: str
    columns: dict[str, str] = field(hash=False)
    address: str = ""
    group = "作成"

    @property
    def place(self) -> str:
        return f"{self.columns['種別']}の作成"

    @property
    def sides(self) -> tuple[str, str]:
        return "", f"{self.code} {self.columns['指標名']}"


class _NewText:
    """A text in place of another."""

    __slots__ = ()
    old: str
    new: str

    @property
    def sides(self) -> tuple[str, str]:
        return self.old or BLANK, self.new or BLANK


@dataclass(frozen=True, slots=True)
class MasterChange(_NewText):
    """One master column with another text than is stored. `of`: municipality, plan, section or measure; `name`: its
    節番号 or 指標コード, "" for the first two; `title`: what a person calls it."""

    key: PlanKey
    of: str
    name: str
    title: str
    column: str
    old: str
    new: str
    address: str = ""
    group = "節・指標など"

    @property
    def place(self) -> str:
        return f"「{self.title}」{self.column}"


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One side of one measure in one year."""

    key: PlanKey
    code: str
    title: str
    year: int
    side: Side
    old: Value
    new: Value
    address: str = ""
    group = "値"

    @property
    def place(self) -> str:
        return f"「{self.title}」{wareki(self.year)} {self.side.label}"

    @property
    def sides(self) -> tuple[str, str]:
        return self._words(self.old), self._words(self.new)

    def _words(self, value: Value) -> str:
        # No one forgot to enter a plan for a year that has none.
        return side_in_words(value.as_dict() or None) if value.is_entered or self.side is Side.ACTUAL else BLANK


@dataclass(frozen=True, slots=True)
class TextChange(_NewText):
    """One text of the evaluation of a 節 in one year. `section` is its 節番号, `field` the name of the text."""

    key: PlanKey
    section: int
    year: int
    field: str
    old: str
    new: str
    address: str = ""
    group = "文章"

    @property
    def place(self) -> str:
        return f"第{self.section}節 {wareki(self.year)}「{TEXT_LABELS[self.field]}」"


GOAL_LABELS = {"overview": "成果目標の概要", "goal_text": "目標", "result_title": "実績欄の見出し"}
"""The texts of the first 成果目標 of a 節, by the names that people know."""


@dataclass(frozen=True, slots=True)
class GoalTextChange(_NewText):
    """One text of the 成果目標 of a 節, as an old sheet prints it. `section` is its 節番号."""

    key: PlanKey
    section: int
    field: str
    old: str
    new: str
    address: str = ""
    group = "文章"

    @property
    def place(self) -> str:
        return f"第{self.section}節「{GOAL_LABELS[self.field]}」"


ImportChange = (
    NewMunicipality | NewPlan | NewSection | NewMeasure | MasterChange | ValueChange | TextChange | GoalTextChange
)
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in get_args(ImportChange)}


@dataclass(frozen=True)
class ImportPlan(Remarks):
    """What a table would do. With any problem nothing of it may be done."""

    changes: tuple[ImportChange, ...] = ()


def line(change: ImportChange) -> str:
    """「…」令和4年度 実績値：2 → 3, the line that the command prints."""
    old, new = (" ⏎ ".join(side.splitlines()) for side in change.sides)
    return f"{change.place}：{old} → {new}" if old else f"{change.place}：{new}"


def as_list(change: ImportChange) -> list[Any]:
    """A change as plain texts and numbers; its plan is named once for all of them."""
    fields = [getattr(change, name) for name in change.__slots__ if name != "key"]
    return [type(change).__name__, *(item.as_dict() if isinstance(item, Value) else item for item in fields)]


def from_list(key: PlanKey, items: list[Any]) -> ImportChange:
    """The change that `as_list` wrote."""
    kind = _KINDS[items[0]]
    names = [name for name in kind.__slots__ if name != "key"]
    fields = dict(zip(names, items[1:], strict=True))
    if kind is ValueChange:
        fields |= {"side": Side(fields["side"])}
        fields |= {name: Value.from_dict(fields[name]) for name in ("old", "new")}
    return kind(key=key, **fields)


@dataclass(frozen=True)
class Refused:
    """One change that could not be made. `current`: what is kept now, a Value for a cell and a text for the others."""

    change: ImportChange
    cause: Cause
    sentence: str
    current: Value | str = EMPTY


class ImportRefused(Exception):  # noqa: N818 - named like ChangesRefused
    """Nothing was written; `refused` says why, change by change."""

    def __init__(self, refused: Iterable[Refused]) -> None:
        self.refused = tuple(refused)
        super().__init__("\n".join(each.sentence for each in self.refused))

    @property
    def remarks(self) -> list[Remark]:
        """The same, each with the address of its cell."""
        return [Remark(each.change.address, each.sentence) for each in self.refused]
