"""Every hostile file at every door that takes a file: refused within two seconds and a hundred megabytes, in a sentence
for people, with nothing written, no other file opened and no network asked."""

import html
import json
import os
import re
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from core.tidy import COLUMNS
from core.words import Family, Side
from evaluations.tidy import tidy_file, tidy_rows
from indicators.models import MonthlyMapping
from plans.models import Municipality, Role
from plans.sheet_layout_files import layout_file
from tests.builders import a_measure, a_municipality, a_plan, a_prefecture_user, a_section, a_user, a_value
from tests.hostile_files import SLOW, HostileFile, hostile_files
from tests.packages import a_file
from tests.sheet_files import a_sheet

SECONDS, MEGABYTES = 2.0, 100
SENTENCE = re.compile("[ぁ-ん][^<>]*。")
UNCHANGED = re.compile("変更 0 件|(取り込む変更|違うところ)はありません")
# What travels with every request, and where a page notes that somebody was there.
NOT_WRITTEN_BY_DOORS = ("django_session", "auth_user", "axes_accesslog", "sqlite_sequence")


@pytest.fixture
def plan(db):
    prefecture = a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)
    plan = a_plan(a_municipality(prefecture=prefecture))
    section = a_section(plan)
    for number in range(3):
        measure = a_measure(section, f"1-{number}", family=Family.INDICATOR)
        a_value(measure, 2021, 4, side=Side.PLANNED)
        a_value(measure, 2021, number)
    return plan


@pytest.fixture
def folder(plan, tmp_path):
    """The files, the doors that each is brought to, and a database of this plan."""
    marker = tmp_path / "marker.txt"
    marker.write_text("HOSTILE-MARKER")
    rows = tidy_rows(plan, access=None)
    table, _ = tidy_file(rows, "xlsx")
    sheet = a_sheet(plan)
    files = {
        "table": [*hostile_files(table, str(marker)), _slow(rows[0])],
        "sheet": [file for file in hostile_files(sheet, str(marker)) if file.name.endswith(".xlsx")],
        "honest": [
            HostileFile("table.xlsx", table, ""),
            HostileFile("sheet.xlsx", sheet, ""),
            HostileFile("layout.json", layout_file(plan.municipality, "inzai"), ""),
            HostileFile("package.json", a_file(), ""),
        ],
    }
    for kind, made in files.items():
        (tmp_path / kind).mkdir()
        for file in made:
            (tmp_path / kind / file.name).write_bytes(file.content)
    says = {f"{kind}/{file.name}": file.says for kind, made in files.items() for file in made}
    (tmp_path / "doors.json").write_text(json.dumps(_doors(plan, list(says))))
    (tmp_path / "says.json").write_text(json.dumps(says))
    with sqlite3.connect(tmp_path / "city.sqlite3") as copy:
        copy.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, text)))
        copy.executescript("\n".join(connection.connection.iterdump()))
    return tmp_path


def _slow(row):
    """An honest row again and again, each time with a text in one column that a careless pattern tries for hours."""
    rows = [row | {"指標コード": f"s-{number}", column: text} for column in COLUMNS for number, text in enumerate(SLOW)]
    return HostileFile("slow.csv", tidy_file(rows, "csv")[0], "「団体コード」")


def _doors(plan, files):
    """Every page and command that takes a file, with the files that it is tried with."""
    mapping = MonthlyMapping.objects.create(
        municipality=plan.municipality,
        name="表",
        service_column="指標コード",
        month_column="年度",
        users_column="実績値",
    )
    manager, prefecture = a_user(Role.MANAGER), a_prefecture_user(plan.municipality.prefecture)
    tables = [file for file in files if file.startswith("table/")]
    sheets = [file for file in files if file.startswith("sheet/")]
    # They read in the same way as the commands, which get every file; the last ones read JSON alone.
    some = [file for file in files[::4] if not file.startswith("honest/")]
    json_files = [file for file in tables if file.endswith(".json")]
    json_files += ["table/bomb-flat.xlsx", "table/locked.xlsx", "table/large.csv", "table/nul.csv", "table/a.pdf"]

    def page(name, person, address, honest, chosen, **fields):
        about = {"username": person.username, "address": address, "fields": fields}
        return {"door": name, "page": about, "honest": honest, "files": chosen}

    def command(name, honest, chosen):
        return {"door": name, "honest": honest, "files": chosen}

    here, monthly = f"/plans/{plan.slug}", f"/plans/{plan.slug}/indicators/monthly/2021/?import=1"
    return [
        page("import", manager, f"{here}/import/", "table.xlsx", some),
        page("monthly", manager, monthly, "table.xlsx", some[1::2], mapping=mapping.pk),
        page("layouts", manager, f"{here}/settings/layouts/", "layout.json", json_files, action="add"),
        page("packages", prefecture, "/prefectures/120006/packages/", "package.json", json_files),
        command("import_plan", "table.xlsx", tables),
        command("import_sheet", "sheet.xlsx", sheets),
        command("import_package", "package.json", json_files),
    ]


def _written(file):
    """Everything in the database but what a request itself leaves."""
    with sqlite3.connect(file) as database:
        return [line for line in database.iterdump() if not any(f'"{name}"' in line for name in NOT_WRITTEN_BY_DOORS)]


@pytest.mark.sqlite
def test_no_hostile_file_gets_past_a_door_or_keeps_it_busy(folder):
    before = _written(folder / "city.sqlite3")
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{folder / 'city.sqlite3'}", "PYTHONWARNINGS": "ignore"}

    told = subprocess.run(
        [sys.executable, "-m", "tests.hostile_doors", folder],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )

    attempts = [json.loads(line) for line in told.stdout.splitlines()]
    says = json.loads((folder / "says.json").read_text())
    assert [problem for attempt in attempts for problem in _problems(attempt, says)] == []
    assert _written(folder / "city.sqlite3") == before
    assert len({attempt["file"] for attempt in attempts}) > 90
    assert told.stderr == ""


def _problems(attempt, says):
    """What is wrong with what came of one file at one door."""
    door, file = attempt["door"], attempt["file"]
    said = html.unescape(attempt["said"])
    here = f"{door} {file}"
    if attempt["status"] not in ((0, 2) if door.startswith("import_") else (200,)):
        yield f"{here}: {attempt['status']} {said[:200]}"
    if attempt["cpu"] > SECONDS or attempt["added"] > MEGABYTES or attempt["touched"]:
        yield f"{here}: {attempt['cpu']} s, {attempt['added']} MB, {attempt['touched']}"
    if "HOSTILE-MARKER" in said or not (SENTENCE.search(said) or UNCHANGED.search(said)):
        yield f"{here}: {said[:200]}"
    if door in ("import", "import_plan", "import_sheet") and not (
        says[file] in said if says[file] else UNCHANGED.search(said)
    ):
        yield f"{here}: {says[file]} is not what is said: {said[:200]}"
