"""The database of an earlier release, upgraded on the database of the run, shows what it showed before."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection

from tests.upgrade import fixture_file

# Not in a transaction, where PostgreSQL makes no database.
pytestmark = pytest.mark.django_db(transaction=True)

HERE = Path(__file__).parent
RETIRED = "/settings/layouts/"
"""Pages that a later release took away: a layout is a file now, and the sheets printed by it are compared."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database for this test alone, of the kind that the suite runs on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'upgraded.sqlite3'}"
        return
    name = f"upgrade_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name}")


@pytest.mark.parametrize("name", ["filled_by_0_1"])
def test_an_upgrade_changes_no_figure_no_publication_and_no_history(name, database, monkeypatch, tmp_path):
    monkeypatch.setenv("SHEET_LAYOUTS", str(tmp_path / "layouts"))  # the migration writes the uploaded ones there
    file = HERE / f"{name}.json.xz"
    before = fixture_file.read(file)["outputs"]
    run(database, "-m", "tests.upgrade", "restore", file)

    run(database, "manage.py", "migrate", "--no-input", "--verbosity", "0")

    after = json.loads(run(database, "-m", "tests.upgrade", "outputs", file))
    compared = {key: text for key, text in before.items() if RETIRED not in key}
    assert {key: (text, after.get(key)) for key, text in compared.items() if after.get(key) != text} == {}


def run(database: str, *command: object) -> str:
    """What a Python process prints that works on this database."""
    environment = os.environ | {"DATABASE_URL": database, "DEBUG": "1", "WORK_RUNNER": "0"}
    line = [sys.executable, *map(str, command)]
    done = subprocess.run(line, cwd=HERE.parents[1], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
