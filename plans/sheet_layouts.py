"""評価シートの様式: which a city may choose from, and which one a sheet is made by.

The system comes with some; the operator puts others into the folder `settings.SHEET_LAYOUTS`. Each is a JSON file
whose name without .json is the layout's key. A key that begins with a 団体コード (122319-own) is for that city alone,
any other for all. The folder is read anew each time: files are few, and a new one needs no restart.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Warning as CheckWarning

from core.sheets.design import Edition, SheetDesign
from core.sheets.design_file import MAX_BYTES, DesignRefused, read_design
from plans.models import Municipality, Plan
from plans.refusals import Refused

EDITIONS = (
    (Edition.OLD.value, "旧様式（乖離値。未入力は空欄）"),
    (Edition.NEW.value, "新様式（差・達成率・判定。未入力は「未入力」）"),
)
FOLDER = settings.BASE_DIR / "fixtures" / "sheet_layouts"
DEFAULT: str = Plan._meta.get_field("sheet_layout").default
_KEY = re.compile(r"([0-9]{6}-)?[a-z][a-z0-9-]{0,29}")
_KEY_RULE = (
    "ファイル名は、英小文字で始まる、英小文字・数字・「-」の30文字までにしてください。"
    "1つの自治体だけの様式は、その前に「団体コード-」を付けます。"
)


@dataclass(frozen=True)
class SheetForm:
    """What a sheet is made by: the layout, and whether its figures are those of 旧様式 or 新様式."""

    design: SheetDesign
    edition: Edition


@dataclass(frozen=True)
class LayoutFile:
    """A file of the operator's folder: its layout, or None and `problems` as sentences that name the file."""

    key: str
    design: SheetDesign | None = None
    problems: tuple[str, ...] = ()

    def is_for(self, city: Municipality) -> bool:
        """Whether the city may choose it: the file has its 団体コード or none."""
        code = re.match("[0-9]{6}(?=-)", self.key)
        return code is None or code[0] == city.code


@cache
def shipped_designs() -> Mapping[str, SheetDesign]:
    """The layouts that come with the system, by key, in the order of their files."""
    return {path.stem: read_design(path.read_bytes(), path.stem) for path in sorted(FOLDER.glob("*.json"))}


def layout_files() -> list[LayoutFile]:
    """What is in the operator's folder, for whichever city."""
    folder: Path = settings.SHEET_LAYOUTS
    try:
        if folder == settings.BASE_DIR / "sheet_layouts" and not folder.exists():
            return []
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".json")
    except OSError:
        return [LayoutFile("", problems=("様式のファイルを置くフォルダー（SHEET_LAYOUTS）を開けません。",))]
    return [_layout_file(path) for path in paths]


def layout_choices(city: Municipality) -> list[tuple[str, str]]:
    """Key and name of every layout that plans of this city may use."""
    return [(key, design.name) for key, design in layouts_of(city).items()]


def layouts_of(city: Municipality) -> dict[str, SheetDesign]:
    """Every layout that plans of this city may use, by key: the shipped ones first."""
    return {**shipped_designs(), **{file.key: file.design for file in _files_for(city) if file.design}}


def layout_problems(city: Municipality) -> list[str]:
    """What is wrong with the files that this city might have chosen from."""
    return [problem for file in _files_for(city) for problem in file.problems]


def layout_warnings(app_configs: Any, **kwargs: Any) -> list[CheckWarning]:
    """What `manage.py check` reports of the folder."""
    hint = f"SHEET_LAYOUTS: {settings.SHEET_LAYOUTS}"
    problems = [problem for file in layout_files() for problem in file.problems]
    return [CheckWarning(problem, hint=hint, id="plans.W001") for problem in problems]


def form_of(plan: Plan, layout: str = "", edition: str = "") -> SheetForm:
    """The form that was requested; what was not said is the plan's own. Refused for another.

    A plan whose own layout cannot be used has the default one: `substitute_note` says so. No query.
    """
    design = _design(plan, layout or plan.sheet_layout)
    if design is None:
        if layout:
            raise Refused(_unusable(plan, layout))
        design = shipped_designs()[DEFAULT]
    try:
        return SheetForm(design, Edition(edition or plan.sheet_edition))
    except ValueError as error:
        words = "・".join(edition.value for edition in Edition)
        raise Refused(f"様式の新旧は {words} のどちらかです（入力：{edition}）。") from error


def substitute_note(plan: Plan) -> str:
    """Why the plan's sheets have another layout than the plan says; "" where they do not."""
    if _design(plan, plan.sheet_layout):
        return ""
    return f"{_unusable(plan, plan.sheet_layout)}代わりに「{shipped_designs()[DEFAULT].name}」を使います。"


def inherited_form(previous: Plan | None) -> dict[str, str]:
    """The fields by which a new plan goes on with the sheet of the one before it."""
    if previous is None:
        return {}
    return {"sheet_layout": previous.sheet_layout, "sheet_edition": previous.sheet_edition}


def _files_for(city: Municipality) -> list[LayoutFile]:
    return [file for file in layout_files() if file.is_for(city)]


def _layout_file(path: Path) -> LayoutFile:
    try:
        return LayoutFile(path.stem, _design_in(path))
    except DesignRefused as refused:
        problems = refused.problems
    except OSError:
        problems = ("ファイルを開けません。",)
    name = path.name.encode(errors="replace").decode()  # the name need not be UTF-8
    return LayoutFile(path.stem, problems=tuple(f"様式のファイル「{name}」：{problem}" for problem in problems))


def _design_in(path: Path) -> SheetDesign:
    """DesignRefused or OSError where the file is no layout."""
    if not _KEY.fullmatch(path.stem):
        raise DesignRefused([_KEY_RULE])
    if path.stem in shipped_designs():
        raise DesignRefused(["初めからある様式と同じ名前です。ほかの名前にしてください。"])
    if not path.is_file():  # a pipe would never end
        raise OSError
    with path.open("rb") as file:
        return read_design(file.read(MAX_BYTES + 1), path.stem)


def _design(plan: Plan, key: str) -> SheetDesign | None:
    """No look into the folder, nor at the plan's city, for a layout that comes with the system."""
    return shipped_designs().get(key) or layouts_of(plan.municipality).get(key)


def _unusable(plan: Plan, key: str) -> str:
    """Why there is no layout of this key."""
    problems = [problem for file in _files_for(plan.municipality) if file.key == key for problem in file.problems]
    if problems:
        return f"評価シートの様式「{key}」は、ファイルを直すまで使えません。{''.join(problems)}"
    return f"評価シートの様式「{key}」はありません。"
