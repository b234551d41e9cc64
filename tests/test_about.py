"""Version and parts, where a person and an operator look for them."""

import tomllib
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

VERSION = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def about() -> list[str]:
    printed = StringIO()
    call_command("about", stdout=printed)
    return printed.getvalue().splitlines()


@pytest.mark.django_db
def test_the_command_names_version_database_migrations_and_pdf():
    lines = about()

    assert [lines[0], *lines[3:]] == [
        f"ふくしPDCA {VERSION}（開発の設定）",
        "マイグレーション: すべて適用済み",
        "PDF: 作れます",
    ]
    assert lines[2].startswith(f"データベース: {connection.display_name} ")


@pytest.mark.django_db
def test_a_pending_migration_is_counted():
    MigrationRecorder.Migration.objects.filter(app="targets").delete()

    assert about()[3] == "マイグレーション: 未適用 1 件（manage.py migrate）"


@pytest.mark.parametrize("address", ["/login/", "/published/", "/help/"])
def test_the_footer_of_every_page_names_the_version(client, db, address):
    assert f'<span class="version">{VERSION}</span>' in client.get(address).text


def test_the_changelog_begins_with_this_version():
    heading = next(
        line for line in (settings.BASE_DIR / "CHANGELOG.md").read_text("utf-8").splitlines() if "## " in line
    )

    assert heading.startswith(f"## [{VERSION}] - 20")
