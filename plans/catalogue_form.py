"""The form of one entry of the catalogue, as the city wants it."""

from decimal import Decimal
from typing import Any

from django import forms

from core.catalogue import LevelKind
from core.numerals import plain, read_numeral
from core.words import Accumulation, Direction, Family, ValueKind
from plans.catalogue_amendments import content_of, unamended
from plans.catalogue_page import CataloguePage
from plans.kept_rows import VersionedForm
from plans.models import CatalogueAmendment
from plans.name_field import NameField

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

    title = NameField(label="指標名", max_length=200, error_messages={"required": "指標名を入力してください。"})
    family = forms.ChoiceField(label="種別", choices=Family.choices())
    goal = forms.ChoiceField(label="成果目標", required=False)
    unit = NameField(label="単位", max_length=20, required=False)
    value_kind = forms.ChoiceField(label="種類", choices=ValueKind.choices())
    direction = forms.ChoiceField(label="方向", choices=Direction.choices())
    accumulation = forms.ChoiceField(label="集計", choices=Accumulation.choices())
    level_text = NameField(
        label="国の水準（文章）", max_length=200, required=False, help_text="例：令和7年度末時点の施設入所者数の6%以上"
    )
    level_kind = forms.ChoiceField(label="水準の計算", required=False, choices=[NO_LEVEL, *LEVELS])
    level_number = forms.CharField(
        label="水準の数",
        max_length=40,
        required=False,
        help_text="6％なら 6、1.28倍なら 1.28、有なら 1",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    source = NameField(
        label="出典",
        max_length=300,
        help_text="確かめた告示や通知の名前。保存すると「要確認」が消えます。",
        error_messages={"required": "何で確かめたかを、出典に書いてください。"},
    )
    note = NameField(label="注記", max_length=1000, required=False)

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
