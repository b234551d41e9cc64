"""The catalogue page: what the guideline of one 期 says, what the city made of it, and the form of one entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.http import Http404

from core.catalogue import Entry, Goal, LevelKind, Period
from core.level_words import rule
from core.numerals import plain, read_numeral
from core.words import Direction, Family, ValueKind
from plans.access import require_membership
from plans.catalogue import amended, amendments_of, national_catalogue, own_entries
from plans.catalogue_amendments import content_of, unamended
from plans.kept_rows import VersionedForm
from plans.model_fields import NameField, field_of
from plans.models import CatalogueAmendment, Membership, Municipality, Role

NEW = "new"
OTHERS = "成果目標によらない活動指標"


@dataclass(frozen=True)
class EntryLine:
    """One entry as the city has it. `national` is None for one of its own, `amendment` where nothing was amended."""

    entry: Entry
    national: Entry | None
    amendment: CatalogueAmendment | None

    @property
    def rule(self) -> str:
        """How the 国の水準 becomes a number, in words; "" where it does not."""
        return rule(self.entry)

    @property
    def is_left_out(self) -> bool:
        return self.amendment is not None and self.amendment.left_out

    @property
    def status(self) -> str:
        """What the city did; "" where the entry is the national one and the city has not checked it."""
        if self.amendment is None:
            return ""
        if self.national is None:
            return "市で追加"
        if self.is_left_out:
            return "使わない"
        same = content_of(self.amendment) == content_of(unamended(self.national))
        return "市で確認済み" if same else "市で変更"

    @property
    def differences(self) -> list[tuple[str, str]]:
        """The national wording where the city's differs: name and wording of each."""
        if self.national is None or self.status != "市で変更":
            return []
        return [
            (name, old or "（なし）")
            for name, old, new in zip(FACTS, _facts(self.national), _facts(self.entry), strict=True)
            if old != new
        ]


FACTS = ("指標名", "単位", "種類", "方向", "集計", "国の水準", "水準の計算")


@dataclass(frozen=True)
class CataloguePart:
    """One 成果目標 with its entries, or the volumes of one kind of service. `goal` is None for the latter."""

    title: str
    lines: tuple[EntryLine, ...]
    goal: Goal | None = None

    @property
    def needs_check(self) -> bool:
        """Whether some entry of it rests on a secondary source that the city has not checked."""
        return any(line.entry.needs_check for line in self.lines)


@dataclass(frozen=True)
class CataloguePage:
    """`line` is the entry being edited, None for a new one or none; `is_new` distinguishes the two."""

    municipality: Municipality
    cities: tuple[Municipality, ...]
    may_amend: bool
    period: Period
    periods: tuple[Period, ...]
    goals: tuple[CataloguePart, ...]
    volumes: tuple[CataloguePart, ...]
    line: EntryLine | None
    is_new: bool

    @property
    def count(self) -> int:
        return sum(len(part.lines) for part in (*self.goals, *self.volumes))

    @property
    def to_check(self) -> int:
        """How many entries are 「要確認」."""
        return sum(line.entry.needs_check for part in (*self.goals, *self.volumes) for line in part.lines)

    @property
    def next_to_check(self) -> str:
        """The code of the next entry after the open one that is 「要確認」; "" behind the last."""
        lines = [line for part in (*self.goals, *self.volumes) for line in part.lines]
        places = [place for place, line in enumerate(lines) if line == self.line]
        later = lines[places[0] + 1 :] if places else []
        return next((line.entry.code for line in later if line.entry.needs_check), "")

    @property
    def goal_choices(self) -> list[tuple[str, str]]:
        """Code and title of each 成果目標 of the 期."""
        return [(part.goal.code, part.title) for part in self.goals if part.goal]


def catalogue_page(user: object, generation: int, *, city: str | None, entry: str) -> CataloguePage:
    """The page for a member of a 自治体. Http404 for a 期, a 自治体 or an entry that is not there. Two queries."""
    memberships = require_membership(user)  # type: ignore[arg-type]
    catalogue = national_catalogue()
    period = catalogue.period(generation)
    if period is None:
        raise Http404("この期のカタログはありません。")
    membership = _chosen(memberships, city)
    amendments = amendments_of(membership.municipality)
    own = [EntryLine(one, None, amendments[one.code]) for one in own_entries(amendments.values())]
    lines = [_line(one, amendments) for one in catalogue.entries_of(generation)]
    lines += [line for line in own if line.entry.generation == generation]
    volumes = [_line(one, amendments) for one in catalogue.volumes]
    volumes += [line for line in own if not line.entry.generation]
    return CataloguePage(
        municipality=membership.municipality,
        cities=tuple(one.municipality for one in memberships),
        may_amend=membership.role == Role.MANAGER,
        period=period,
        periods=catalogue.periods,
        goals=_by_goal(catalogue.goals_of(generation), lines),
        volumes=_by_category(volumes),
        line=_asked(entry, [*lines, *volumes]),
        is_new=entry == NEW,
    )


def _chosen(memberships: Iterable[Membership], city: str | None) -> Membership:
    for membership in memberships:
        if city in (None, membership.municipality.code):
            return membership
    raise Http404("自治体が見つかりません。")


def _line(national: Entry, amendments: Mapping[str, CatalogueAmendment]) -> EntryLine:
    row = amendments.get(national.code)
    return EntryLine(amended(national, row) if row else national, national, row)


def _by_goal(goals: Iterable[Goal], lines: list[EntryLine]) -> tuple[CataloguePart, ...]:
    parts = [CataloguePart(g.title, tuple(ln for ln in lines if ln.entry.goal == g.code), g) for g in goals]
    known = {part.goal.code for part in parts if part.goal}
    others = tuple(line for line in lines if line.entry.goal not in known)
    return (*parts, CataloguePart(OTHERS, others)) if others else tuple(parts)


def _by_category(lines: list[EntryLine]) -> tuple[CataloguePart, ...]:
    """By 区分, in the order in which each comes first."""
    order = list(dict.fromkeys(line.entry.category for line in lines))
    ordered = sorted(lines, key=lambda line: order.index(line.entry.category))
    return tuple(
        CataloguePart(category or "その他のサービス", tuple(group))
        for category, group in groupby(ordered, key=lambda line: line.entry.category)
    )


def _asked(code: str, lines: Iterable[EntryLine]) -> EntryLine | None:
    if code in ("", NEW):
        return None
    for line in lines:
        if line.entry.code == code:
            return line
    raise Http404("カタログにその項目はありません。")


def _facts(entry: Entry) -> tuple[str, ...]:
    return (
        entry.title,
        entry.unit,
        entry.value_kind.label,
        entry.direction.label,
        entry.accumulation.label,
        entry.level_text,
        rule(entry),
    )


LARGEST = Decimal(1_000_000)
NO_LEVEL = ("", "計算しない")
LEVELS = (
    (LevelKind.SHARE, "基準値の何％"),
    (LevelKind.TIMES, "基準値の何倍"),
    (LevelKind.REDUCTION, "基準値から何％の削減"),
    (LevelKind.VALUE, "値そのもの"),
)


class EntryForm(VersionedForm):
    """One entry. Its fields are what the nation says, or what the city made of it before."""

    title = field_of(CatalogueAmendment, "title", NameField)
    family = field_of(CatalogueAmendment, "family", forms.ChoiceField)
    goal = forms.ChoiceField(label="成果目標", required=False)
    unit = field_of(CatalogueAmendment, "unit", NameField)
    value_kind = field_of(CatalogueAmendment, "value_kind", forms.ChoiceField)
    direction = field_of(CatalogueAmendment, "direction", forms.ChoiceField)
    accumulation = field_of(CatalogueAmendment, "accumulation", forms.ChoiceField)
    level_text = field_of(
        CatalogueAmendment,
        "level_text",
        NameField,
        label="国の水準（文章）",
        help_text="例：令和7年度末時点の施設入所者数の6%以上",
    )
    level_kind = field_of(CatalogueAmendment, "level_kind", forms.ChoiceField, choices=[NO_LEVEL, *LEVELS])
    level_number = field_of(
        CatalogueAmendment,
        "level_number",
        forms.CharField,
        max_length=40,
        help_text="6％なら 6、1.28倍なら 1.28、有なら 1",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    source = field_of(
        CatalogueAmendment,
        "source",
        NameField,
        required=True,
        help_text="確かめた告示や通知の名前。保存すると「要確認」が消えます。",
        error_messages={"required": "何で確かめたかを、出典に書いてください。"},
    )
    note = field_of(CatalogueAmendment, "note", NameField, max_length=1000)

    def __init__(self, data: Any = None, *, page: CataloguePage) -> None:
        line = page.line
        super().__init__(data, initial=_initial(page), auto_id="entry-%s")
        self.fields["goal"].choices = [("", "なし"), *page.goal_choices]  # type: ignore[attr-defined]
        if line is not None:
            # A volume belongs to its service, and a national entry stays what it is.
            hidden = ["family", *(["goal"] if line.national and not line.national.generation else [])]
            for name in hidden:
                del self.fields[name]
        self.line = line

    def clean_level_number(self) -> Any:
        """The number as people type it; None where blank."""
        text = self.cleaned_data["level_number"]
        if not text.strip():
            return None
        try:
            number = read_numeral(text).number
        except ValueError as problem:
            raise forms.ValidationError(f"水準の数は{problem}。") from problem
        if not 0 <= number <= LARGEST:
            raise forms.ValidationError(f"水準の数は0から{plain(LARGEST)}までで入力してください。")
        return number

    def clean(self) -> dict[str, Any]:
        """A calculation goes with its number."""
        said = super().clean() or {}
        if "level_number" in said and bool(said.get("level_kind")) != (said["level_number"] is not None):
            missing = "level_number" if said.get("level_kind") else "level_kind"
            self.add_error(missing, "水準の計算と水準の数は、両方を入力するか、両方を空欄にしてください。")
        return said

    @property
    def columns(self) -> dict[str, Any]:
        """What the entry shall say. Saving an entry means to use it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if self.line is not None:
            said = {"family": self.line.entry.family, "goal": self.line.entry.goal} | said
        return said | {"left_out": False}

    def start_again(self, current: CatalogueAmendment | None) -> None:
        """Let the next save start from what is stored now, which the page shows next to what was typed."""
        self.set_version(current.version if current else 0)


def _initial(page: CataloguePage) -> dict[str, Any]:
    line = page.line
    if line is None:
        return {"value_kind": ValueKind.NUMBER, "direction": Direction.NEAR, "family": Family.INDICATOR, "version": 0}
    content = content_of(line.amendment or unamended(line.entry))
    number = "" if content["level_number"] is None else plain(content["level_number"])
    return content | {"level_number": number, "version": line.amendment.version if line.amendment else 0}
