"""The harness of `make bench`: what it measures, and the file it writes."""

import json
import os
import subprocess
import sys

import pytest

from tests.bench.harness import Row, failures, measure, printed, write


def test_ours_and_the_floor_take_turns_and_their_medians_are_compared():
    turns: list[str] = []
    ticks = iter([0, 4, 10, 12, 20, 28, 30, 32, 40, 46, 50, 52])

    row = measure("x", lambda: turns.append("ours"), lambda: turns.append("floor"), times=3, clock=lambda: next(ticks))

    assert turns == ["ours", "floor"] * 4
    assert row == Row("x", ours=6000, floor=2000, ratio=3)


def test_the_file_has_rows_and_facts(tmp_path):
    write(tmp_path / "build" / "bench.json", [Row("x", 2.0, 1.0, 2.0)], {"cities": 3})

    written = json.loads((tmp_path / "build" / "bench.json").read_text())

    assert written == {"rows": [{"name": "x", "ours": 2.0, "floor": 1.0, "ratio": 2.0}], "facts": {"cities": 3}}
    assert printed([Row("x", 2.0, 1.0, 2.0)]) == "x: ours 2.0 ms, floor 1.0 ms, ratio 2.0"


def test_a_fact_that_does_not_hold_is_named():
    assert failures({"cities": 0, "database": "", "rollup_equals_naive": False, "other": True}) == [
        "rollup_equals_naive"
    ]


@pytest.mark.sqlite
def test_the_whole_of_it_runs_on_three_cities(tmp_path):
    output = tmp_path / "bench.json"
    command = [
        sys.executable,
        "-m",
        "tests.bench",
        "--cities",
        "3",
        "--times",
        "1",
        "--sheets",
        "12",
        "-o",
        str(output),
    ]

    subprocess.run(command, check=True, env=os.environ | {"DATABASE_URL": "", "TEST_DATABASE_URL": ""}, timeout=60 * 10)

    written = json.loads(output.read_text())
    assert len(written["rows"]) == 14
    assert all(row["ours"] > 0 and row["floor"] > 0 for row in written["rows"])
    assert (written["facts"]["database"], written["facts"]["rollup_equals_naive"]) == ("sqlite", True)
    assert (list(written["facts"]["peak_kilobytes_after_sheets"]), written["facts"]["sheets_in_bounded_memory"]) == (
        ["1", "10", "12"],
        True,
    )
