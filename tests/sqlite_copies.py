"""The test database as a file of its own, for a test that begins another process; on SQLite alone."""

import re
import sqlite3
from pathlib import Path

from django.db import connection


def copy_database(file: Path) -> str:
    """Everything this test sees, in that file; its DATABASE_URL."""
    with sqlite3.connect(file) as copy:
        copy.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, text)))
        copy.executescript("\n".join(connection.connection.iterdump()))
    return f"sqlite:///{file}"
