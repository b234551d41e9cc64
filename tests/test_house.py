"""One way of doing a thing: how often its second way may be written, as upper bounds. They may go down."""

import ast
import builtins
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("core", "plans", "targets", "indicators", "evaluations", "config")

LINES = 50_880
"""Lines of Python without tests and migrations."""
LINES_OF_HISTORY = 1
"""Places outside the models that make a `Change`: `plans.history_writer`."""
BRANCHES = 90
"""`{% if %}` and `{% elif %}` in a thousand lines of templates."""
LONG_LINES = 20
"""Lines of templates over 160 characters."""
KINDS_OF_EXCEPTIONS = 13
"""What an action refuses is one of those of `plans.refusals`, not a class of its own."""


def modules():
    """Every module of the site but models and migrations, parsed."""
    paths = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    return [ast.parse(path.read_text()) for path in paths if not {"models", "migrations"} & {*path.parts}]


def test_the_code_does_not_grow():
    paths = [*ROOT.glob("*.py"), *(path for app in APPS for path in (ROOT / app).rglob("*.py"))]

    assert sum(len(path.read_text().splitlines()) for path in paths if "migrations" not in path.parts) <= LINES


def test_history_is_written_in_one_place():
    made = 0
    for module in modules():
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            words = ast.unparse(call.func)
            made += words in ("Change", "Change.objects.create")

    assert made <= LINES_OF_HISTORY


def test_templates_decide_little_and_their_lines_are_short():
    texts = [path.read_text() for path in sorted((ROOT / "templates").rglob("*.html"))]
    lines = [line for text in texts for line in text.splitlines()]
    branches = sum(len(re.findall(r"{%-? (?:if|elif) ", text)) for text in texts)

    assert branches / len(lines) * 1000 <= BRANCHES
    assert sum(len(line) > 160 for line in lines) <= LONG_LINES


def test_there_are_few_kinds_of_exceptions():
    bases = {
        node.name: {ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases}
        for module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
    }
    built_in = {name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, Exception)}
    found: set[str] = set()
    while more := {name for name, of in bases.items() if of & (built_in | found)} - found:
        found |= more

    assert len(found) <= KINDS_OF_EXCEPTIONS, sorted(found)


def test_what_recurs_on_pages_is_one_component_each():
    texts = [path.read_text() for path in sorted((ROOT / "templates").rglob("*.html"))]
    marks = ('class="breadcrumbs"', 'class="reading ', '<ul class="errorlist')

    assert [sum(text.count(mark) for text in texts) for mark in marks] == [1, 1, 0]
