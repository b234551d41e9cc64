"""Every hostile file at every door that takes a file: refused soon and within a hundred megabytes, in a sentence for
people, with nothing written, no other file opened and no network asked."""

import html
import json
import os
import re
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings

from core.tidy import COLUMNS
from core.words import Family, Side
from evaluations.exchange.entry_forms.making import EVERYBODY, form_bytes
from evaluations.exchange.views.entry_forms import AT_ONCE
from indicators.models import MonthlyMapping
from plans.models import Municipality, Role
from plans.tidy import tidy_file, tidy_rows
from tests.archive_sheets import INZAI
from tests.builders import a_measure, a_municipality, a_plan, a_prefecture_user, a_section, a_user, a_value
from tests.hostile_files import BROKEN, SLOW, TOO_LARGE, HostileFile, hostile_files, hostile_workbooks
from tests.hostile_tables import forms, old_sheets, tables
from tests.packages import a_file
from tests.processor_time import SOON
from tests.sheet_files import a_sheet
from tests.sqlite_copies import copy_database

MEGABYTES = 100
SENTENCE = re.compile("[ぁ-ん][^<>]*。")
UNCHANGED = re.compile("変更 0 件|(取り込む変更|違うところ)はありません")
# What travels with every request, and where a page notes that somebody was there.
NOT_WRITTEN_BY_DOORS = ("django_session", "auth_user", "axes_accesslog", "sqlite_sequence")

STATUSES = {"check_open_data": (0, 1, 2), "verify": (200, 400)}
OWN = ("form", "old", "data")
"""Files made for one door alone."""
OF_EVERY_KIND = [
    f"table/{name}"
    for name in (
        *("bomb-flat.xlsx", "locked.xlsx", "large.csv", "nul.csv", "a.pdf"),
        *("empty.csv", "nothing.json", "blank.csv", "blank.xlsx", "blank.json"),
    )
]


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
    form = form_bytes(plan, 2022, EVERYBODY, access=None)
    codes = [measure.code for measure in plan.measures.all()]
    files = {
        "table": [*hostile_files(table, str(marker)), _slow(rows[0])],
        "sheet": [*hostile_workbooks(sheet, str(marker))],
        "form": [HostileFile(*named, "") for named in forms(form, codes)],
        "old": [HostileFile(*named, "") for named in old_sheets()],
        "data": [HostileFile(*named, "") for named in tables()],
        "honest": [
            HostileFile("table.xlsx", table, ""),
            HostileFile("sheet.xlsx", sheet, ""),
            HostileFile("package.json", a_file(), ""),
            HostileFile("form.xlsx", form, ""),
            HostileFile("old.txt", INZAI.read_bytes(), ""),
        ],
    }
    for kind, made in files.items():
        (tmp_path / kind).mkdir()
        for file in made:
            (tmp_path / kind / file.name).write_bytes(file.content)
    says = {f"{kind}/{file.name}": file.says for kind, made in files.items() for file in made}
    sizes = {f"{kind}/{file.name}": len(file.content) for kind, made in files.items() for file in made}
    (tmp_path / "doors.json").write_text(json.dumps(_doors(plan, sizes)))
    (tmp_path / "says.json").write_text(json.dumps(says))
    copy_database(tmp_path / "city.sqlite3")
    return tmp_path


def _slow(row):
    """An honest row again and again, each time with a text in one column that a careless pattern tries for hours."""
    rows = [row | {"指標コード": f"s-{number}", column: text} for column in COLUMNS for number, text in enumerate(SLOW)]
    return HostileFile("slow.csv", tidy_file(rows, "csv")[0], "「団体コード」")


def _doors(plan, files):
    """Every page and command that takes a file, with the files that it is tried with; `files` has their sizes."""
    mapping = MonthlyMapping.objects.create(
        municipality=plan.municipality,
        name="表",
        service_column="指標コード",
        month_column="年度",
        users_column="実績値",
    )
    manager, prefecture = a_user(Role.MANAGER), a_prefecture_user(plan.municipality.prefecture)
    of = {kind: [file for file in files if file.startswith(f"{kind}/")] for kind in ("table", "sheet", *OWN)}
    # They read in the same way as the commands, which get more of them; those of packages read JSON alone.
    some = [*of["table"], *of["sheet"]][1::7]
    few = [*[file for file in some if file.endswith(".xlsx")][::2], *OF_EVERY_KIND]
    json_files = [*[file for file in of["table"] if file.endswith(".json")], *OF_EVERY_KIND]

    def page(name, person, address, honest, chosen, field="file", **fields):
        about = {"username": person and person.username, "address": address, "field": field, "fields": fields}
        return {"channel": name, "page": about, "honest": honest, "files": chosen}

    def command(name, honest, chosen, **options):
        return {"channel": name, "options": options, "honest": honest, "files": chosen}

    here, monthly = f"/plans/{plan.slug}", f"/plans/{plan.slug}/indicators/monthly/2021/?import=1"
    # What is larger becomes long work there, which reads it as the command does.
    at_once = [file for file in [*OF_EVERY_KIND, *of["form"]] if files[file] <= AT_ONCE]
    return [
        page("import", manager, f"{here}/import/", "table.xlsx", some),
        page("monthly", manager, monthly, "table.xlsx", some[1::2], mapping=mapping.pk),
        page("packages", prefecture, "/prefectures/120006/packages/", "package.json", json_files),
        page("forms", manager, f"{here}/entry/2022/forms/", "form.xlsx", at_once, field="files"),
        page("archive", manager, f"{here}/archive/", "old.txt", [*OF_EVERY_KIND, *of["old"]]),
        page("open data", manager, "/open-data/check/", "table.xlsx", [*OF_EVERY_KIND, *of["data"][:1]]),
        page("verify", None, "/published/verify/", "package.json", OF_EVERY_KIND),
        command("import_plan", "table.xlsx", of["table"]),
        command("import_sheet", "sheet.xlsx", of["sheet"][::3]),
        command("import_package", "package.json", json_files),
        command("import_entry", "form.xlsx", [*few, *of["form"]], year=2022),
        command("import_archive", "old.txt", [*few, *of["old"]], plan=plan.slug, dry_run=True),
        command("check_open_data", "table.xlsx", [*few, *of["data"][1:]]),
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
        [sys.executable, "-m", "tests.hostile_channels", folder],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60 * 60,
    )

    attempts = [json.loads(line) for line in told.stdout.splitlines()]
    says = json.loads((folder / "says.json").read_text())
    assert [problem for attempt in attempts for problem in _problems(attempt, says)] == []
    assert _written(folder / "city.sqlite3") == before
    assert len({attempt["file"] for attempt in attempts}) > 90
    assert told.stderr == ""


def _problems(attempt, says):
    """What is wrong with what came of one file at one door."""
    channel, file = attempt["channel"], attempt["file"]
    said = html.unescape(attempt["said"])
    here = f"{channel} {file}"
    if attempt["status"] not in STATUSES.get(channel, (0, 2) if "_" in channel else (200,)):
        yield f"{here}: {attempt['status']} {said[:200]}"
    if attempt["sheets"] > SOON or attempt["added"] > MEGABYTES or attempt["touched"]:
        yield f"{here}: time of {attempt['sheets']} sheets, {attempt['added']} MB, {attempt['touched']}"
    if "HOSTILE-MARKER" in said or not (SENTENCE.search(said) or UNCHANGED.search(said)):
        yield f"{here}: {said[:200]}"
    is_told = channel in ("import_archive", "import_entry") and says[file] in (BROKEN, TOO_LARGE)
    if (is_told or channel in ("import", "import_plan", "import_sheet")) and not (
        says[file] in said if says[file] else UNCHANGED.search(said)
    ):
        yield f"{here}: {says[file]} is not what is said: {said[:200]}"
