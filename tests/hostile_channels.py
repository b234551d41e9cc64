"""`python -m tests.hostile_channels FOLDER`: files sent to each channel, as FOLDER/doors.json says; a JSON line each.

A process of its own on a database of its own (DATABASE_URL), because a process that runs tests knows no peak of its
memory. Each door is warmed with an honest file; from there every attempt is a fork, so that none pays for another.
"""

import gc
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from time import process_time

import django

from tests.processor_time import in_sheets, seconds_of_a_sheet

KILOBYTES = 1024


@dataclass(frozen=True)
class Attempt:
    """What came of one file at one door. `sheets`: processor time, see `tests.processor_time`; `added` megabytes at the
    most; `touched`: files and hosts it asked for."""

    channel: str
    file: str
    status: int
    said: str
    sheets: float
    added: float
    touched: list[str]


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.test.utils import override_settings, setup_test_environment

    setup_test_environment()
    seconds_of_a_sheet()  # once, and not in each fork
    # A refusal with the status 400 is an answer, and no news.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    storages = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=storages):
        for about in json.loads((folder / "doors.json").read_text()):
            channel = _page(**about["page"]) if "page" in about else _command(about["channel"], about["options"])
            channel(folder / "honest" / about["honest"])
            for file in about["files"]:
                sys.stdout.write(json.dumps(asdict(_alone(about["channel"], channel, folder / file))) + "\n")


Channel = Callable[[Path], tuple[int, str]]


def _page(username: str, address: str, field: str, fields: dict[str, str]) -> Channel:
    """A page as this person, or as nobody that is known; `field` takes the file."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(raise_request_exception=False)
    if username:
        client.force_login(User.objects.get(username=username))

    def ask(file: Path) -> tuple[int, str]:
        with file.open("rb") as content:
            answer = client.post(address, {field: content, **fields})
        return answer.status_code, answer.content.decode()

    return ask


def _command(name: str, options: dict[str, str]) -> Channel:
    from django.core.management import call_command
    from django.core.management.base import CommandError

    def ask(file: Path) -> tuple[int, str]:
        said = StringIO()
        try:
            call_command(name, str(file), **options, stdout=said, stderr=said)
        except CommandError as error:
            return error.returncode, f"{said.getvalue()}{error}"
        return 0, said.getvalue()

    return ask


def _alone(name: str, channel: Channel, file: Path) -> Attempt:
    """The attempt in a fork; a fork that dies says so."""
    from django.db import connections

    connections.close_all()
    gc.collect()
    gc.freeze()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as out:
            out.write(json.dumps(asdict(_measured(name, channel, file))))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        text = told.read()
    _, status = os.waitpid(child, 0)
    return Attempt(**json.loads(text)) if text else Attempt(name, _short(file), status, "", 0, 0, [])


def _measured(name: str, channel: Channel, file: Path) -> Attempt:
    touched: list[str] = []

    def watch(event: str, arguments: tuple) -> None:
        if event == "socket.connect" or (event == "open" and "marker" in str(arguments[0])):
            touched.append(f"{event} {arguments[:1]}")

    sys.addaudithook(watch)
    before, begun = _resident("VmRSS"), process_time()
    try:
        status, said = channel(file)
    except BaseException as error:  # noqa: BLE001 - whatever comes out is what is asked for
        status, said = -1, repr(error)
    taken = process_time() - begun
    added = (_resident("VmHWM") - before) / KILOBYTES
    return Attempt(name, _short(file), status, said, round(in_sheets(taken), 1), round(added, 1), touched)


def _short(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _resident(field: str) -> int:
    """Kilobytes of this process: VmRSS now, VmHWM at the most since it began."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(field)))


if __name__ == "__main__":
    main()
