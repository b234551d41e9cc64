"""`python -m tests.upgrade restore FILE` puts the database of a fixture into the empty database of DATABASE_URL.

`outputs FILE` prints what the code at hand shows of the database, on the day on which it was filled; `fill FILE` makes
a new fixture (see `fill.py`).
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import django
import time_machine


def main() -> None:
    command, file = sys.argv[1], Path(sys.argv[2])
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    if command == "fill":
        with tempfile.TemporaryDirectory() as folder:
            _fill(file, Path(folder))
        return
    django.setup()
    # After setup: these need the apps.
    from tests.upgrade import fixture_file
    from tests.upgrade.outputs import outputs

    document = fixture_file.read(file)
    if command == "restore":
        fixture_file.restore(document)
    else:
        with time_machine.travel(document["filled_at"]):
            sys.stdout.write(json.dumps(outputs(document["pages"]), ensure_ascii=False))


def _fill(file: Path, folder: Path) -> None:
    elsewhere, package, database = folder / "elsewhere.sqlite3", folder / "package.json", folder / "filled.sqlite3"
    # A city with an installation of its own hands its plan to the prefecture.
    _manage(elsewhere, "migrate", "--verbosity", "0")
    _manage(elsewhere, "create_sample", "--cities", "1")
    _manage(elsewhere, "export_package", "990019-7", "-o", package)
    _manage(database, "migrate", "--verbosity", "0")
    _manage(database, "load_demo")
    _manage(database, "import_package", package)
    os.environ |= {"DATABASE_URL": f"sqlite:///{database}", "DEBUG": "1", "WORK_RUNNER": "0"}
    django.setup()
    from tests.upgrade import fixture_file
    from tests.upgrade.fill import PAGES, fill
    from tests.upgrade.outputs import NOT_SHOWN, outputs

    fill()
    # Before the pages are fetched, which leaves sessions in the database.
    tables = fixture_file.tables_of(database)
    shown = outputs(PAGES)
    if missing := [name for name, text in shown.items() if text == NOT_SHOWN]:
        sys.exit(f"not shown: {missing}")
    document = {"filled_at": datetime.now(UTC).isoformat(), "migrations": fixture_file.newest_migrations()}
    fixture_file.write(file, document | {"tables": tables, "pages": PAGES, "outputs": shown})


def _manage(database: Path, *command: object) -> None:
    run = [sys.executable, "manage.py", *map(str, command)]
    subprocess.run(
        run, env=os.environ | {"DATABASE_URL": f"sqlite:///{database}"}, stdout=subprocess.DEVNULL, check=True
    )


main()
