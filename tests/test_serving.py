"""The servers that README names, each as a process of its own: the one of production and the one of Django."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.patience import until

ROOT = Path(__file__).resolve().parent.parent
# The same server for each database, and a file of our own is quicker.
pytestmark = pytest.mark.sqlite


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def ask(port: int, path: str) -> tuple[int, str]:
    """Status and body of one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def answers(port: int) -> bool:
    try:
        return ask(port, "/healthz")[0] == 200
    except OSError:
        return False


@contextmanager
def served(command: list[str], port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    """The server in a session of its own, once it answers; ended with all of its processes."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, start_new_session=True)
    try:
        until(lambda: answers(port) or process.poll() is not None)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """Settings of development with a migrated database of its own and nothing collected."""
    own = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "STATIC_ROOT": str(tmp_path / "static"),
        "WORK_RUNNER": "0",
    }
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=os.environ | own, check=True)
    return own


def workers_of(server: int) -> set[int]:
    """The processes of granian's workers. Its resource tracker is none."""
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(server)], capture_output=True, text=True)
    lines = [line.split(maxsplit=1) for line in listed.stdout.splitlines()]
    return {int(pid) for pid, command in lines if "resource_tracker" not in command}


def listeners(port: int) -> int:
    """How many sockets of this port take connections: one of each worker that is ready."""
    address = f"0100007F:{port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return sum(line[1] == address and line[3] == "0A" for line in lines)


def asked_twice(port: int) -> int:
    """The status; a connection that waited at the killed worker is reset once, and once only."""
    try:
        return ask(port, "/healthz")[0]
    except OSError:
        return ask(port, "/healthz")[0]


def statuses_while_one_dies(port: int, granian: int) -> set[int]:
    """Kill a worker, ask until another one has taken its place, and return all statuses."""
    until(lambda: listeners(port) == 2)
    killed = min(workers_of(granian))
    os.kill(killed, signal.SIGKILL)
    until(lambda: listeners(port) == 1)
    statuses = [asked_twice(port)]
    until(lambda: statuses.append(asked_twice(port)) or listeners(port) == 2)
    assert killed not in workers_of(granian)
    return set(statuses)


def test_a_worker_that_is_killed_is_replaced_and_the_other_goes_on(environment):
    port = free_port()

    with served(["make", "serve", f"PORT={port}", "WORKERS=2"], port, environment) as server:
        granian = next(iter(workers_of(server.pid)))
        statuses = [statuses_while_one_dies(port, granian) for _ in range(2)]

        assert (statuses, ask(port, "/published/")[0]) == ([{200}, {200}], 200)


def test_the_server_of_development_has_its_static_files_without_collecting_them(environment):
    port = free_port()

    with served([sys.executable, "manage.py", "runserver", "--noreload", str(port)], port, environment):
        status, page = ask(port, "/login/")
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        found = [ask(port, path)[0] for path in [*files, "/static/plotly/plotly.min.js", "/static/admin/css/base.css"]]

    assert (status, set(found), len(files) > 1) == (200, {200}, True)


def test_a_taken_port_is_named_before_anything_else():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for target in ("demo", "serve"):
            outcome = subprocess.run(
                ["make", "--no-print-directory", target, f"PORT={port}"], cwd=ROOT, capture_output=True, text=True
            )
            assert outcome.returncode == 2
            assert (outcome.stdout, f"make {target} PORT=" in outcome.stderr) == ("", True)


def test_the_unit_of_the_readme_starts_the_server_as_make_does():
    made = subprocess.run(["make", "--dry-run", "serve"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    line = re.search(r'^exec "\.venv/bin/granian" (.+)$', made, re.M)[1].replace('"', "").split()
    unit = re.search(r"^ExecStart=\S+/granian ((?:.+\\\n)*.+)$", (ROOT / "README.md").read_text("utf-8"), re.M)[1]

    assert unit.replace("\\\n", " ").split() == line
