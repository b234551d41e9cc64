"""Layout files of a city: the verbs that add and remove them, and the page that lists them."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from core.sheets.design_file import DesignRefused, read_design
from plans.access import require_manager
from plans.history_writer import write_line
from plans.models import Municipality, SheetLayout, Subject
from plans.sheet_layouts import FOLDER, UNREADABLE, shipped_designs

MAY_NOT = "評価シートの様式を加えられるのは、管理の役割の人だけです。"
MOST = 20
"""Layouts of one city; more would make no list to choose from."""


class LayoutRefused(Exception):
    """Nothing was kept; `problems` says why, one sentence each."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class LayoutLine:
    """One layout as the page lists it. `used_by` are the plans of the city that have it."""

    key: str
    name: str
    purpose: str
    is_own: bool
    used_by: tuple[str, ...]


@transaction.atomic
def add_layout(city: Municipality, content: bytes, *, replace: bool, by: User, door: str) -> SheetLayout:
    """Keep a layout file for the plans of this city, over one of the same 記号 only if `replace` says so.

    Raises PermissionDenied, or LayoutRefused with every problem of the file.
    """
    _lock(city, by)
    try:
        design = read_design(content)
    except DesignRefused as refused:
        raise LayoutRefused(*refused.problems) from refused
    if design.key in shipped_designs():
        raise LayoutRefused(f"記号（key）「{design.key}」は、初めからある様式のものです。別の記号にしてください。")
    kept = city.sheet_layouts.filter(key=design.key).first()
    if kept and not replace:
        raise LayoutRefused(
            f"記号（key）「{design.key}」の様式「{kept.name}」がすでにあります。"
            "置き換えるときは「同じ記号の様式を置き換える」に印を付けてください。"
        )
    if kept is None and city.sheet_layouts.count() >= MOST:
        raise LayoutRefused(f"様式は{MOST}個までです。使わないものを取り除いてください。")
    layout = kept or SheetLayout(municipality=city, key=design.key)
    old = _in_words(layout) if kept else None
    layout.name, layout.content = design.name, content.decode("utf-8-sig")
    layout.save()
    _note(city, old, _in_words(layout), by, door)
    return layout


@transaction.atomic
def remove_layout(city: Municipality, key: str, *, by: User, door: str) -> SheetLayout | None:
    """Remove a layout of the city; None where somebody else did so before.

    Raises PermissionDenied, or LayoutRefused while a plan has it.
    """
    _lock(city, by)
    layout = city.sheet_layouts.filter(key=key).first()
    if layout is None:
        return None
    users = city.plans.filter(sheet_layout=key).values_list("name", flat=True)
    if users:
        raise LayoutRefused(
            f"「{layout.name}」は{'、'.join(users)}で使っています。計画の設定でほかの様式に変えてから取り除いてください。"
        )
    _note(city, _in_words(layout), None, by, door)
    layout.delete()
    return layout


def layout_lines(city: Municipality) -> list[LayoutLine]:
    """Every layout that plans of this city may have, its own last. Two queries."""
    users: dict[str, list[str]] = {}
    for key, name in city.plans.order_by("-start_year").values_list("sheet_layout", "name"):
        users.setdefault(key, []).append(name)
    shipped = [(design.key, design.name, design.purpose, False) for design in shipped_designs().values()]
    own = [(layout.key, layout.name, _purpose(layout), True) for layout in city.sheet_layouts.all()]
    return [
        LayoutLine(key, name, purpose, is_own, tuple(users.get(key, ())))
        for key, name, purpose, is_own in shipped + own
    ]


def layout_file(city: Municipality, key: str) -> bytes | None:
    """The file of a layout as it was shipped or uploaded; None where there is none."""
    if key in shipped_designs():
        return (FOLDER / f"{key}.json").read_bytes()
    layout = city.sheet_layouts.filter(key=key).first()
    return layout.content.encode() if layout else None


def _purpose(layout: SheetLayout) -> str:
    try:
        return read_design(layout.content.encode()).purpose
    except DesignRefused:
        return f"この様式{UNREADABLE}"


def _lock(city: Municipality, by: User) -> None:
    """Wait for whoever changes the settings of the city's plans, and ask for the right to."""
    Municipality.objects.select_for_update(no_key=True).get(pk=city.pk)
    require_manager(by, city, MAY_NOT)


def _in_words(layout: SheetLayout) -> str:
    return f"「{layout.name}」（{layout.key}）"


def _note(city: Municipality, old: str | None, new: str | None, by: User, door: str) -> None:
    write_line(city, Subject.SETTING, str(SheetLayout._meta.verbose_name), old, new, by=by, door=door)
