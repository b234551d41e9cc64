"""core ← plans ← targets, indicators ← evaluations ← config: look down, never up or sideways."""

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


def imported_modules(source: str) -> list[tuple[int, str]]:
    """(line, module) for each import of `source`, also those inside functions; a relative one is its own floor."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.append((node.lineno, node.module or ""))
    return sorted(found)


def forbidden_imports(floor: str, source: str) -> list[tuple[int, str]]:
    """(line, module) for each import that looks up or sideways from `floor`, or brings Django into core."""
    forbidden = (MAY_IMPORT.keys() | {"tests"}) - MAY_IMPORT[floor]
    if floor == "core":
        forbidden |= NOT_IN_CORE
    return [(line, module) for line, module in imported_modules(source) if module.split(".")[0] in forbidden]


@pytest.mark.parametrize("floor", MAY_IMPORT)
def test_no_file_looks_up_or_sideways(floor):
    files = sorted((ROOT / floor).rglob("*.py"))

    found = [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in files
        for line, module in forbidden_imports(floor, file.read_text())
    ]

    assert files != []
    assert found == []


@pytest.mark.parametrize(
    ("floor", "source", "found"),
    [
        ("core", "from django.db import models", [(1, "django.db")]),
        ("core", "import decimal\nimport plans.models", [(2, "plans.models")]),
        ("plans", "def later():\n    from evaluations.models import Evaluation", [(2, "evaluations.models")]),
        ("targets", "from indicators.models import Service", [(1, "indicators.models")]),
        ("indicators", "from targets import queries", [(1, "targets")]),
        ("evaluations", "from config.settings import DEBUG", [(1, "config.settings")]),
        ("plans", "from tests.cities import a_plan", [(1, "tests.cities")]),
        ("evaluations", "from core import words\nfrom targets.models import TargetItem", []),
        ("plans", "from . import models\nfrom plansomething import x", []),
    ],
)
def test_the_guard_names_a_forbidden_import(floor, source, found):
    assert forbidden_imports(floor, source) == found
