"""評価シートの様式: which a city may choose from, and which one a sheet is made by."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from core.sheets.design import Edition, SheetDesign
from core.sheets.design_file import DesignRefused, read_design
from plans.models import Municipality, Plan, SheetLayout

EDITIONS = (
    (Edition.OLD.value, "旧様式（乖離値。未入力は空欄）"),
    (Edition.NEW.value, "新様式（差・達成率・判定。未入力は「未入力」）"),
)
UNREADABLE = "は、この版では読み取れません。「評価シートの様式」で、直したファイルを加え直してください。"
FOLDER = settings.BASE_DIR / "fixtures" / "sheet_layouts"


class UnknownLayout(LookupError):
    """There is no such layout or edition; the text can be shown."""


@dataclass(frozen=True)
class SheetForm:
    """What a sheet is made by: the layout, and whether its figures are those of 旧様式 or 新様式."""

    design: SheetDesign
    edition: Edition


@cache
def shipped_designs() -> Mapping[str, SheetDesign]:
    """The layouts that come with the system, by key, in the order of their files."""
    designs = [read_design(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))]
    return {design.key: design for design in designs}


def layout_choices(city: Municipality) -> list[tuple[str, str]]:
    """Key and name of every layout that plans of this city may use. One query."""
    shipped = [(design.key, design.name) for design in shipped_designs().values()]
    return shipped + list(city.sheet_layouts.values_list("key", "name"))


def form_of(plan: Plan, layout: str = "", edition: str = "") -> SheetForm:
    """The form that was asked for; what was not said is the plan's own. UnknownLayout for another.

    No query for a layout that comes with the system, one for a city's own.
    """
    key = layout or plan.sheet_layout
    design = shipped_designs().get(key)
    if design is None:
        own = plan.municipality.sheet_layouts.filter(key=key).first()
        if own is None:
            raise UnknownLayout(f"評価シートの様式「{key}」はありません。")
        design = _own_design(own)
    try:
        return SheetForm(design, Edition(edition or plan.sheet_edition))
    except ValueError as error:
        words = "・".join(edition.value for edition in Edition)
        raise UnknownLayout(f"様式の新旧は {words} のどちらかです（入力：{edition}）。") from error


def _own_design(layout: SheetLayout) -> SheetDesign:
    """The design of a city's file. UnknownLayout where a later release reads such files no more."""
    try:
        return read_design(layout.content.encode())
    except DesignRefused as refused:
        raise UnknownLayout(f"様式「{layout.name}」{UNREADABLE}") from refused


def inherited_form(previous: Plan | None) -> dict[str, str]:
    """The fields by which a new plan goes on with the sheet of the one before it."""
    if previous is None:
        return {}
    return {"sheet_layout": previous.sheet_layout, "sheet_edition": previous.sheet_edition}
