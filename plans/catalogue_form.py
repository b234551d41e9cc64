"""The form of one entry of the catalogue, as the city wants it."""

from decimal import Decimal
from typing import Any

from django import forms

from core.catalogue import LevelKind
from core.numerals import plain, read_numeral
from core.words import Direction, Family, ValueKind
from plans.catalogue_amendments import EntryContent
from plans.catalogue_page import CataloguePage
from plans.fields import NameField, field_of
from plans.models import CatalogueAmendment

LARGEST = Decimal(1_000_000)
NO_LEVEL = ("", "計算しない")
LEVELS = (
    (LevelKind.SHARE, "基準値の何％"),
    (LevelKind.TIMES, "基準値の何倍"),
    (LevelKind.REDUCTION, "基準値から何％の削減"),
    (LevelKind.VALUE, "値そのもの"),
)


class EntryForm(forms.Form):
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
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

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

    @property
    def started_from(self) -> int:
        """The version that the page had drawn; none where it does not name one."""
        return -1 if self["version"].errors else self.cleaned_data.get("version") or 0

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
    def content(self) -> EntryContent:
        """What the entry shall say."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if self.line is not None:
            said = {"family": self.line.entry.family, "goal": self.line.entry.goal} | said
        return EntryContent(**said)

    def start_again(self, current: CatalogueAmendment | None) -> None:
        """Let the next save start from what is stored now, which the page shows next to what was typed."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["version"] = str(current.version if current else 0)  # type: ignore[index]


def _initial(page: CataloguePage) -> dict[str, Any]:
    line = page.line
    if line is None:
        return {"value_kind": ValueKind.NUMBER, "direction": Direction.NEAR, "family": Family.INDICATOR, "version": 0}
    content = EntryContent.of(line.amendment) if line.amendment else EntryContent.of_entry(line.entry)
    found = {name: getattr(content, name) for name in content.__dataclass_fields__}
    number = "" if content.level_number is None else plain(content.level_number)
    return found | {"level_number": number, "version": line.amendment.version if line.amendment else 0}
