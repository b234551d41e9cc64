"""core ← plans ← targets, indicators ← evaluations ← config: look down, never up or sideways.

The rooms of evaluations stand on floors of their own, under the same rule.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What each floor may import of the house. config is the roof: it knows every app, and no app knows it.
MAY_IMPORT = {
    "core": {"core"},
    "plans": {"core", "plans"},
    "targets": {"core", "plans", "targets"},
    "indicators": {"core", "plans", "indicators"},
    "evaluations": {"core", "plans", "targets", "indicators", "evaluations"},
    "config": {"core", "plans", "targets", "indicators", "evaluations", "config"},
}
# core computes with plain values, so that a rule can be read and tested without a database.
NOT_IN_CORE = {"django", "django_tables2", "environ", "psycopg2"}

# The rooms of evaluations, the lowest floor first. A room imports itself and the floors below it.
ROOMS = (
    {"models"},
    {"long_work", "prefecture", "records", "links"},
    {"publishing", "entry"},
    {"follow_up"},
    {"reports", "review"},
    {"public_site"},
    {"exchange"},
    {"planning"},
    {"demo"},
    {"work_kinds"},
    {"admin", "apps", "urls", "management"},
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}
MODULES_IN_THE_ROOT = 8
TEST_FILES_IN_THE_ROOT = 25


def imported_names(source: str, package: str = "") -> list[tuple[int, str]]:
    """(line, dotted name) for each import of `source`, also those inside functions; of `from a import b` it is a.b.

    `package` is where a relative import starts; without it those are left out.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (package or not node.level):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return sorted(found)


def forbidden_imports(floor: str, source: str) -> list[tuple[int, str]]:
    """(line, name) for each import that looks up or sideways from `floor`, or brings Django into core."""
    forbidden = (MAY_IMPORT.keys() | {"tests"}) - MAY_IMPORT[floor]
    if floor == "core":
        forbidden |= NOT_IN_CORE
    return [(line, name) for line, name in imported_names(source) if name.split(".")[0] in forbidden]


def forbidden_rooms(module: str, source: str) -> list[tuple[int, str]]:
    """(line, name) for each import that looks up or sideways from the room of a module of evaluations."""
    room = module.split(".")[1]
    found = []
    for line, name in imported_names(source, package=module.rpartition(".")[0]):
        app, _, rest = name.partition(".")
        other = rest.split(".")[0]
        if app == "evaluations" and other != room and FLOOR_OF.get(other, len(ROOMS)) >= FLOOR_OF[room]:
            found.append((line, name))
    return found


def private_imports(source: str) -> list[tuple[int, str]]:
    """(line, name) for each name with a leading underscore that is taken from another module of the house."""
    return [
        (line, name)
        for line, name in imported_names(source)
        if name.split(".")[0] in MAY_IMPORT and name.rpartition(".")[2].startswith("_")
    ]


def files_of(floor: str) -> list[Path]:
    return sorted((ROOT / floor).rglob("*.py"))


def module_of(file: Path) -> str:
    """The dotted name of a file; that of a package ends in `__init__`."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("floor", MAY_IMPORT)
def test_no_file_looks_up_or_sideways(floor):
    files = files_of(floor)

    found = [
        f"{file.relative_to(ROOT)}:{line} imports {name}"
        for file in files
        for line, name in forbidden_imports(floor, file.read_text())
    ]

    assert files != []
    assert found == []


def test_every_room_of_evaluations_has_a_floor():
    entries = (ROOT / "evaluations").iterdir()
    rooms = {entry.stem for entry in entries if entry.suffix == ".py" or any(entry.glob("*.py"))}

    assert rooms - {"__init__", "migrations"} == set(FLOOR_OF)


def test_no_room_of_evaluations_looks_up_or_sideways():
    files = [file for file in files_of("evaluations") if module_of(file).split(".")[1] in FLOOR_OF]

    found = [
        f"{file.relative_to(ROOT)}:{line} imports {name}"
        for file in files
        for line, name in forbidden_rooms(module_of(file), file.read_text())
    ]

    assert len(files) > len(FLOOR_OF)
    assert found == []


def test_few_modules_lie_flat_in_the_root_of_evaluations():
    assert len(list((ROOT / "evaluations").glob("*.py"))) <= MODULES_IN_THE_ROOT


def test_few_test_files_lie_flat():
    """Those that walk the whole site. The others mirror the packages that they are about."""
    flat = list((ROOT / "tests").glob("test_*.py"))
    folders = [path for path in (ROOT / "tests").rglob("test_*.py") if path.parent != ROOT / "tests"]
    apart = {ROOT / "tests" / "upgrade"}

    assert len(flat) <= TEST_FILES_IN_THE_ROOT
    assert [path for path in folders if path.parent not in apart and not _mirrored(path)] == []


def _mirrored(path: Path) -> bool:
    return (ROOT / path.parent.relative_to(ROOT / "tests")).is_dir()


def test_no_file_imports_a_private_name():
    found = [
        f"{file.relative_to(ROOT)}:{line} imports {name}"
        for floor in MAY_IMPORT
        for file in files_of(floor)
        for line, name in private_imports(file.read_text())
    ]

    assert found == []


@pytest.mark.parametrize(
    ("floor", "source", "found"),
    [
        ("core", "from django.db import models", [(1, "django.db.models")]),
        ("core", "import decimal\nimport plans.models", [(2, "plans.models")]),
        (
            "plans",
            "def later():\n    from evaluations.models import Evaluation",
            [(2, "evaluations.models.Evaluation")],
        ),
        ("targets", "from indicators.models import Service", [(1, "indicators.models.Service")]),
        ("indicators", "from targets import queries", [(1, "targets.queries")]),
        ("evaluations", "from config.settings import DEBUG", [(1, "config.settings.DEBUG")]),
        ("plans", "from tests.cities import a_plan", [(1, "tests.cities.a_plan")]),
        ("evaluations", "from core import words\nfrom targets.models import TargetItem", []),
        ("plans", "from . import models\nfrom plansomething import x", []),
    ],
)
def test_the_guard_names_a_forbidden_import(floor, source, found):
    assert forbidden_imports(floor, source) == found


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        (
            "evaluations.records.form",
            "from evaluations.entry.texts import save_texts",
            [(1, "evaluations.entry.texts.save_texts")],
        ),
        ("evaluations.reports.pdf", "import evaluations.review.overview", [(1, "evaluations.review.overview")]),
        ("evaluations.follow_up.views.actions", "from evaluations import exchange", [(1, "evaluations.exchange")]),
        ("evaluations.links.page", "from ..publishing import citations", [(1, "evaluations.publishing.citations")]),
        ("evaluations.models.follow_up", "from evaluations.somewhere import it", [(1, "evaluations.somewhere.it")]),
        ("evaluations.urls", "from evaluations.apps import it", [(1, "evaluations.apps.it")]),
        ("evaluations.review.section_page", "from evaluations.review.overview import it\nfrom . import series", []),
        ("evaluations.demo.plan", "from evaluations.planning import revisions\nfrom plans import access", []),
        ("evaluations.links.__init__", "from .page import LinksPage", []),
    ],
)
def test_the_guard_names_an_import_of_a_room_above_or_beside(module, source, found):
    assert forbidden_rooms(module, source) == found


def test_the_guard_names_a_private_import():
    source = "from plans.access import Access, _rights\nfrom django.db import _private\nfrom core import _words"

    assert private_imports(source) == [(1, "plans.access._rights"), (3, "core._words")]
