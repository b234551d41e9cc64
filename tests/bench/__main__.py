"""`python -m tests.bench [--cities N] [--times N] [--sheets N]`: measure on a database of its own.

On PostgreSQL where DATABASE_URL or TEST_DATABASE_URL names one, else on SQLite. Exit 1 where the roll-up is not what
the naive recomputation says.
"""

import argparse
import os
import sys
from pathlib import Path

import django

NATION = 1741
"""市区町村 of Japan."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--cities", type=int, default=NATION)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--sheets", type=int, default=60)
    parser.add_argument("-o", "--output", type=Path, default=Path("build/bench.json"))
    asked = parser.parse_args()
    os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or os.environ.get("TEST_DATABASE_URL") or ""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    # After setup: these need the apps.
    from django.db import connection

    from tests.bench.harness import failures, printed, write
    from tests.bench.rows import all_rows

    connection.settings_dict["TEST"]["NAME"] = _name(connection.vendor)
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        rows, facts = all_rows(asked.cities, asked.times, asked.sheets)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    write(asked.output, rows, facts)
    sys.stdout.write(f"{printed(rows)}\n{facts}\n{asked.output}\n")
    if wrong := failures(facts):
        sys.exit(f"does not hold: {', '.join(wrong)}")


def _name(vendor: str) -> str:
    """A database of this process alone."""
    if vendor == "sqlite":
        Path("build").mkdir(exist_ok=True)
        return f"build/bench-{os.getpid()}.sqlite3"
    return f"bench_{os.getpid()}"


main()
