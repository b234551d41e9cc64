"""How long a test waits for what must come. No test is about this time: what comes later has not come."""

import time
from collections.abc import Callable

PATIENCE = 120
"""Seconds, many times what a busy machine needs."""


def until(true: Callable[[], object]) -> None:
    """Wait until this is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)
