"""Measuring two things against each other in one process: alternating, so that a busy machine is busy for both."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

Work = Callable[[], Any]


@dataclass(frozen=True)
class Row:
    """Medians in milliseconds, and how many times the floor ours takes."""

    name: str
    ours: float
    floor: float
    ratio: float


def measure(name: str, ours: Work, floor: Work, *, times: int, clock: Callable[[], float] = perf_counter) -> Row:
    """Each once to warm up, then in turn; the medians."""
    ours(), floor()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for work, seconds in zip((ours, floor), taken, strict=True):
            start = clock()
            work()
            seconds.append(clock() - start)
    ours_ms, floor_ms = (median(seconds) * 1000 for seconds in taken)
    return Row(name, round(ours_ms, 3), round(floor_ms, 3), round(ours_ms / floor_ms, 2))


def write(path: Path, rows: list[Row], facts: dict[str, Any]) -> None:
    """{"rows": [{"name", "ours", "floor", "ratio"}], "facts": {…}}, times in milliseconds."""
    path.parent.mkdir(exist_ok=True)
    content = {"rows": [asdict(row) for row in rows], "facts": facts}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def printed(rows: list[Row]) -> str:
    """One line a row, for people."""
    return "\n".join(f"{r.name}: ours {r.ours} ms, floor {r.floor} ms, ratio {r.ratio}" for r in rows)


def failures(facts: dict[str, Any]) -> list[str]:
    """The facts that had to hold and do not. A time is never among them."""
    return [name for name, fact in facts.items() if fact is False]
