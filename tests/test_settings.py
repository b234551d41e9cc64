"""The roof: what the environment decides, and what leaves with every answer."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import plotly
import pytest
from django.contrib.staticfiles import finders
from django.test import RequestFactory
from playwright.sync_api import expect

from config.client_address import client_address
from config.plotly_static import PlotlyFinder
from config.secret_key import development_key
from config.settings import database

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a-key-made-for-this-test-alone-0123456789-abcdefghijklmnop"


def read_settings(expression: str, **environment: str) -> subprocess.CompletedProcess:
    """The outcome of printing `expression` in a fresh process that sees only `environment`."""
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings; print({expression})"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"ALLOWED_HOSTS": "pdca.example.jp"}, "SECRET_KEY"),
        ({"SECRET_KEY": SECRET}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": "", "ALLOWED_HOSTS": "pdca.example.jp"}, "SECRET_KEY"),
    ],
)
def test_production_refuses_to_start_without(environment, named):
    outcome = read_settings("'started'", DJANGO_ENV="production", **environment)

    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert f"ImproperlyConfigured: DJANGO_ENV=production needs {named}" in outcome.stderr


def test_production_never_debugs_and_insists_on_https():
    outcome = read_settings(
        "settings.DEBUG, settings.SECURE_SSL_REDIRECT, settings.SESSION_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS",
        DJANGO_ENV="production",
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS="pdca.example.jp",
        DEBUG="1",
    )

    assert outcome.stdout == "False True True 31536000\n"


def test_a_closed_network_without_certificates_can_turn_https_off():
    outcome = read_settings(
        "settings.SECURE_SSL_REDIRECT, settings.SESSION_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS",
        DJANGO_ENV="production",
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS="pdca.example.jp",
        HTTPS="0",
    )

    assert outcome.stdout == "False False 0\n"


def test_development_makes_one_key_however_many_ask_at_once(tmp_path):
    path, together = tmp_path / ".secret-key", Barrier(8)

    def ask(_):
        together.wait()
        return development_key(path)

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(ask, range(8)))

    assert keys == {path.read_text()}
    assert len(path.read_text()) == 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [".secret-key"]


@pytest.mark.parametrize("environment", [{}, {"DATABASE_URL": ""}])
def test_without_an_address_the_database_is_a_file_beside_manage_py(environment):
    outcome = read_settings("settings.DATABASES['default']['NAME']", **environment)

    assert outcome.stdout == f"{ROOT / 'db.sqlite3'}\n"


def test_sqlite_waits_for_its_turn_and_writes_ahead():
    settings = database("sqlite:////var/lib/fukushi/data.sqlite3")

    assert settings["ENGINE"] == "django.db.backends.sqlite3"
    assert settings["NAME"] == "/var/lib/fukushi/data.sqlite3"
    assert settings["OPTIONS"] == {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    }


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_keeps_its_connections(scheme):
    settings = database(f"{scheme}://city:p%40ss@db.example.jp:5433/fukushi")

    names = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "NAME", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS")
    assert [settings[name] for name in names] == [
        "django.db.backends.postgresql",
        "city",
        "p@ss",
        "db.example.jp",
        5433,
        "fukushi",
        60,
        True,
    ]


@pytest.mark.sqlite
@pytest.mark.django_db
def test_sqlite_really_runs_with_a_write_ahead_log():
    from django.db import connection

    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()

    assert (journal, synchronous) == (("wal",), (1,))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/admin/login/", "/nowhere/", "/admin"])
def test_every_answer_carries_the_strict_policy(client, path):
    response = client.get(path)

    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; "
        "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
        "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@pytest.mark.django_db
def test_liveness_needs_no_login(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok"})


def test_plotly_exposes_one_file_of_its_folder():
    finder = PlotlyFinder()
    folder = Path(plotly.__file__).parent / "package_data"

    assert [(storage.prefix, path) for path, storage in finder.list([])] == [("plotly", "plotly.min.js")]
    assert finders.find("plotly/plotly.min.js") == str(folder / "plotly.min.js")
    assert [finders.find(f"plotly/{path}") for path in ("widgetbundle.js", "datasets/iris.csv.gz", "../x")] == [
        None
    ] * 3


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "address"),
    [
        (False, "203.0.113.9", "10.0.0.1"),
        (True, "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        (True, "", "10.0.0.1"),
    ],
)
def test_only_the_proxys_own_word_is_believed(settings, behind_proxy, forwarded, address):
    settings.BEHIND_PROXY = behind_proxy
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")

    assert client_address(request) == address


@pytest.mark.django_db
def test_ten_wrong_passwords_close_the_door_for_that_name_and_desk_alone(client, settings, django_user_model):
    settings.AXES_ENABLED = True
    django_user_model.objects.create_superuser("shacho", password="a-good-password")
    django_user_model.objects.create_superuser("buka", password="a-good-password")

    def log_in(username: str, password: str, **extra: str) -> int:
        return client.post("/admin/login/", {"username": username, "password": password}, **extra).status_code

    wrong = [log_in("shacho", "wrong") for _ in range(10)]

    assert wrong == [200] * 9 + [429]
    assert log_in("shacho", "a-good-password") == 429
    assert log_in("shacho", "a-good-password", REMOTE_ADDR="192.0.2.8") == 302
    assert log_in("buka", "a-good-password") == 302


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_admin_works_under_the_strict_policy(page, django_user_model):
    django_user_model.objects.create_superuser("shacho", password="a-good-password")

    page.goto("/admin/")
    page.get_by_label("ユーザー名").fill("shacho")
    page.get_by_label("パスワード").fill("a-good-password")
    page.get_by_role("button", name="ログイン").click()
    page.get_by_role("link", name="ユーザー", exact=True).first.click()

    expect(page.locator("#result_list tbody tr")).to_have_count(1)
