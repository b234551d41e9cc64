"""One 指標 of a plan to come: what was typed for it, as it was typed, and what that means.

Texts are kept as typed, so that an interrupted person loses nothing; they are read when they are shown or written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from core.catalogue import Entry
from core.cell_texts import CellTexts, NotUnderstood
from core.characters import EDGES, is_control
from core.fiscal_years import read_fiscal_year, wareki
from core.level_words import arithmetic, keeps_level
from core.numerals import plain, read_numeral
from core.prose import full_stop
from core.reader import read_cell
from core.values import EMPTY, Value
from core.words import Family, ParentRole, Side, State, ValueKind
from evaluations.planning.opening.groups import Offered, Proposal, counted_thing
from plans.models import Measure


class Use(StrEnum):
    """Whether the plan has the 指標."""

    PLANNED = "yes"
    NOT_SET = "not_set"
    LEFT_OUT = "no"

    @property
    def label(self) -> str:
        return {"yes": "載せる", "not_set": "設定しない", "no": "載せない"}[self.value]


class Form(StrEnum):
    """How a 削減 is recorded."""

    STOCK = "stock"
    COUNT = "count"

    @property
    def label(self) -> str:
        return {"stock": "年度末の人数で書く（減るほどよい）", "count": "削減した人数で書く（増えるほどよい）"}[
            self.value
        ]


LONGEST = {"reason": 1000, "rationale": 20_000}
LINE_FEEDS = {"rationale": "\n\r\t"}
LONGEST_BASELINE_TEXT = Measure._meta.get_field("baseline_text").max_length
TEXT_FIELDS = ("use", "form", "baseline", "baseline_year", "rationale", "reason")


@dataclass(frozen=True)
class Masters:
    """What the catalogue says of an entry and a city of its own 指標: by which whole it is a part, and how."""

    parent: str = ""
    parent_role: str = ""
    catalogue_code: str = ""


@dataclass(frozen=True)
class Line:
    """`typed`: the texts by field, absent where nothing was typed yet. `proposal`: a 基準値 that the plan before gives.

    `is_seen`: the 節 was saved; a 基準値 that no one looked at is not written.
    """

    offered: Offered
    plan_years: tuple[int, ...]
    typed: Mapping[str, str] = field(default_factory=dict)
    default: Use = Use.PLANNED
    proposal: Proposal | None = None
    masters: Masters = Masters()
    is_seen: bool = False
    is_own: bool = False

    @property
    def code(self) -> str:
        return self.offered.entry.code

    @cached_property
    def entry(self) -> Entry:
        """The entry in the form in which the city records it."""
        entry = self.offered.entry
        if not entry.may_be_counted:
            return entry
        return entry.as_count() if self.form is Form.COUNT else entry.as_stock()

    @property
    def is_target(self) -> bool:
        return self.entry.family is Family.TARGET

    @property
    def use(self) -> Use:
        said = self.typed.get("use", "")
        return Use(said) if said in list(Use) else self.default

    @property
    def form(self) -> Form:
        return Form.COUNT if self.typed.get("form") == Form.COUNT else Form.STOCK

    @property
    def years(self) -> tuple[int, ...]:
        """The years that have a field: the last for a 成果目標, each in which it is counted for a 活動指標."""
        return self.offered.years[-1:] if self.is_target else self.offered.years

    @property
    def is_partly_counted(self) -> bool:
        """Whether its service begins or ends within the plan."""
        return self.offered.years != self.plan_years

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of this line in a form."""
        form = ("form",) if self.offered.entry.may_be_counted else ()
        baseline = ("baseline", "baseline_year") if self.asks_for_baseline else ()
        rationale = ("rationale",) if self.is_target else ()
        return ("use", *form, *baseline, *(year_field(year) for year in self.years), *rationale, "reason")

    @property
    def asks_for_baseline(self) -> bool:
        return self.entry.level is not None and self.entry.level.needs_baseline

    # --- What the page shows ---

    def text(self, name: str) -> str:
        """The content of a field: what was typed, else what is proposed."""
        if name in self.typed:
            return self.typed[name]
        if name == "baseline" and self.proposal:
            return plain(self.proposal.number)
        if name == "baseline_year":
            year = self.proposal.year if self.proposal else self.entry.baseline_year
            return wareki(year) if year else ""
        return {"use": self.use.value, "form": self.form.value}.get(name, "")

    @property
    def arithmetic(self) -> str:
        """「基準値36人 × 6％ ＝ 2.16人 → 3人以上」; "" where the guideline says no number."""
        return arithmetic(self.entry, self.baseline if "baseline" not in self.problems else None)

    @property
    def falls_short(self) -> bool:
        """Whether the own goal does not reach the 国の水準."""
        goal = self.values.get(self.plan_years[-1], EMPTY).amount
        return goal is not None and keeps_level(self.entry, self.baseline, goal) is False

    @property
    def other_year_words(self) -> str:
        """What to say of a proposal that is of another year than the guideline's."""
        if self.proposal is None or self.proposal.is_of_year or not self.entry.baseline_year:
            return ""
        return f"国の基準は{wareki(self.entry.baseline_year)}です。その値が確定したら直してください。"

    # --- What it means ---

    @cached_property
    def problems(self) -> dict[str, str]:
        """One sentence by field; none for a 指標 that the plan does not have."""
        if self.use is Use.LEFT_OUT:
            return {}
        found = {name: sentence for name in self.fields if (sentence := self._problem(name))}
        if self.use is Use.NOT_SET and not self.text("reason").strip(EDGES):
            found["reason"] = "設定しない理由を書いてください。"
        return found

    @cached_property
    def baseline(self) -> Decimal | None:
        """The 基準値; None where there is none or it cannot be read."""
        text = self.text("baseline").strip(EDGES)
        try:
            return read_numeral(text).number if text else None
        except ValueError:
            return None

    @property
    def baseline_year(self) -> int | None:
        text = self.text("baseline_year").strip(EDGES)
        return read_fiscal_year(text) if text and "baseline_year" not in self.problems else None

    @property
    def baseline_text(self) -> str:
        """What the 基準値 is, with its year and number, as long as can be stored: 「令和7年度末 施設入所者数 36人」."""
        number, year, unit = self.baseline, self.baseline_year, self.entry.unit
        if number is None:
            return ""
        if self.proposal and (number, year) == (self.proposal.number, self.proposal.year):
            words = f"{plain(number)}{unit}（{self.proposal.origin}）"
        elif year == self.entry.baseline_year and self.entry.baseline_text:
            words = f"{self.entry.baseline_text} {plain(number)}{unit}"
        else:
            when = wareki(year) if year else ""
            words = f"{when} {counted_thing(self.entry) or '実績'} {plain(number)}{unit}".strip()
        return words[:LONGEST_BASELINE_TEXT]

    @property
    def baseline_is_same_quantity(self) -> bool:
        """Whether the 基準値 counts what the goal counts: 移行者数 of a former year, or the stock that should fall."""
        if self.baseline is None or not self.asks_for_baseline:
            return False
        return not counted_thing(self.entry) or (self.entry.may_be_counted and self.form is Form.STOCK)

    @cached_property
    def values(self) -> dict[int, Value]:
        """計画値 by year: what was typed, or 設定しない with its reason as 原文. Without those that cannot be read."""
        if self.use is Use.NOT_SET:
            said = Value(state=State.NOT_SET, wording=self.text("reason").strip(EDGES))
            return dict.fromkeys(self.years, said) if said.wording else {}
        read = {year: self._read(year) for year in self.years} if self.use is Use.PLANNED else {}
        return {year: value for year, value in read.items() if isinstance(value, Value) and value.is_entered}

    @property
    def parent_role(self) -> str:
        """内数 unless the city said otherwise."""
        return self.masters.parent_role or (ParentRole.SUBSET if self.masters.parent else "")

    def _read(self, year: int) -> Value | NotUnderstood:
        texts = CellTexts(value=self.text(year_field(year)))
        try:
            return read_cell(texts, kind=ValueKind(self.entry.value_kind), side=Side.PLANNED).value
        except NotUnderstood as problem:
            return problem

    def _problem(self, name: str) -> str:
        text = self.text(name)
        if name in ("rationale", "reason"):
            return _prose_problem(text, LONGEST[name], LINE_FEEDS.get(name, ""))
        if name == "baseline" and text.strip(EDGES):
            return _sentence(read_numeral, text)
        if name == "baseline_year" and text.strip(EDGES):
            return _sentence(read_fiscal_year, text)
        if name.startswith("y") and self.use is Use.PLANNED:
            read = self._read(int(name[1:]))
            return full_stop(read.sentence) if isinstance(read, NotUnderstood) else ""
        return ""


def year_field(year: int) -> str:
    """The name of the field of one year's 計画値."""
    return f"y{year}"


def _prose_problem(text: str, limit: int, allowed: str) -> str:
    if len(text) > limit:
        return f"{limit}文字までで入力してください（{len(text)}文字あります）。"
    if any(is_control(character) and character not in allowed for character in text):
        return (
            "改行や制御文字は使えません。取り除いてください。"
            if not allowed
            else "目に見えない制御文字を取り除いてください。"
        )
    return ""


def _sentence(read, text: str) -> str:
    try:
        read(text)
    except ValueError as problem:
        return full_stop(str(problem))
    return ""
