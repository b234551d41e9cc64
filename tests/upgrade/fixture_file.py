"""A filled database as one compressed JSON file, read out of SQLite and put back into either database.

A file holds when it was made (`filled_at`), the newest `migrations` of its release, the rows of all `tables`, and the
`outputs` of its release with the `pages` among them.
"""

import base64
import json
import lzma
import sqlite3
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

Document = dict[str, Any]


def read(file: Path) -> Document:
    return json.loads(lzma.decompress(file.read_bytes()))


def write(file: Path, document: Document) -> None:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    file.write_bytes(lzma.compress(text.encode(), preset=9))


def newest_migrations() -> list[tuple[str, str]]:
    """The last migration of each app."""
    return sorted(MigrationLoader(connection).graph.leaf_nodes())


def tables_of(database: Path) -> Document:
    """Columns and rows by table, each value in a form that JSON, SQLite and PostgreSQL read."""
    with sqlite3.connect(database) as source:
        names = [name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        tables = {name: _table(source, name) for name in names if name not in ("django_migrations", "sqlite_sequence")}
    return {name: table for name, table in tables.items() if table["rows"]}


def restore(document: Document) -> None:
    """Make the tables by the migrations of then, and put the rows in."""
    MigrationExecutor(connection).migrate([tuple(one) for one in document["migrations"]])
    # Foreign keys are checked when the transaction ends.
    with transaction.atomic(), connection.cursor() as cursor:
        for name, table in document["tables"].items():
            columns = ", ".join(map(connection.ops.quote_name, table["columns"]))
            values = ", ".join(["%s"] * len(table["columns"]))
            rows = [[_decoded(value) for value in row] for row in table["rows"]]
            cursor.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({values})', rows)
            if connection.vendor == "postgresql" and "id" in table["columns"]:
                cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM \"{name}\"", [name])


def _table(source: sqlite3.Connection, name: str) -> Document:
    types = {column: declared for _, column, declared, *_ in source.execute(f'PRAGMA table_info("{name}")')}
    rows = source.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()
    return {"columns": list(types), "rows": [list(map(_encoded, row, types.values())) for row in rows]}


def _encoded(value: Any, declared: str) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if value is not None and declared == "bool":
        return bool(value)
    return str(value) if isinstance(value, float) else value


def _decoded(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
