"""The layouts that cities had uploaded become files, and no plan loses its own: on a database made for each test."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.sheets.design_file import read_design
from tests.plans.test_sheet_layouts import a_layout

BEFORE, AFTER = "0009_history_indexes", "0010_sheet_layouts_as_files"
TABLE = "plans_sheetlayout"


@pytest.fixture
def earlier(transactional_db, settings, tmp_path):
    """The models of the release before; the connection goes to a database as that release left it."""
    settings.SHEET_LAYOUTS = tmp_path / "layouts"
    usual, name = connection.settings_dict["NAME"], str(tmp_path / "earlier.sqlite3")
    if connection.vendor == "postgresql":
        name = f"{usual}_earlier"
        _run(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    _go_to(name)
    call_command("migrate", "plans", BEFORE, verbosity=0)
    yield MigrationExecutor(connection).loader.project_state([("plans", BEFORE)]).apps
    _go_to(usual)
    if connection.vendor == "postgresql":
        _run(f'DROP DATABASE "{name}"')


def _go_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def cities(earlier):
    """Two cities that both call a layout "own"; a plan with it, one with the longest key there is, one with none."""
    models = {name: earlier.get_model("plans", name) for name in ("Municipality", "Plan", "SheetLayout")}
    for code in ("122319", "129992"):
        city = models["Municipality"].objects.create(code=code, name=f"{code}市")
        for key in ("own", "k" * 30):
            city.sheet_layouts.create(key=key, name=f"{code}の様式", content=_content(code, key).decode())
        for generation, key in enumerate(("own", "k" * 30, "kanri"), 5):
            city.plans.create(
                slug=f"{code}-{generation}",
                generation=generation,
                name="計画",
                start_year=2021,
                end_year=2023,
                sheet_layout=key,
            )
    return models


def _content(code: str, key: str) -> bytes:
    return a_layout(key=key, title=code)


def migrate() -> None:
    call_command("migrate", "plans", AFTER, verbosity=0)


def chosen(models) -> dict[str, str]:
    return dict(models["Plan"].objects.values_list("slug", "sheet_layout"))


def tables() -> list[str]:
    return connection.introspection.table_names()


def test_each_layout_becomes_a_file_of_its_city_and_its_plans_follow(cities, settings, capsys):
    migrate()

    keys = [f"{code}-{key}" for code in ("122319", "129992") for key in ("own", "k" * 30)]
    files = {path.stem: path.read_bytes() for path in settings.SHEET_LAYOUTS.iterdir()}
    assert files == {key: _content(*key.split("-")) for key in keys}
    assert read_design(files["129992-own"], "129992-own").title == "129992"
    assert chosen(cities) == {
        f"{code}-{generation}": key
        for code in ("122319", "129992")
        for generation, key in enumerate((f"{code}-own", f"{code}-{'k' * 30}", "kanri"), 5)
    }
    assert TABLE not in tables()
    assert capsys.readouterr().out.splitlines() == [
        f"評価シートの様式「{key[:6]}の様式」を {settings.SHEET_LAYOUTS / key}.json に書き出しました。" for key in keys
    ]


def test_without_any_layout_no_folder_is_made(earlier, settings):
    migrate()

    assert not settings.SHEET_LAYOUTS.exists()


def test_a_file_of_an_earlier_attempt_is_kept_and_another_is_not_overwritten(cities, settings):
    settings.SHEET_LAYOUTS.mkdir()
    same, other = (settings.SHEET_LAYOUTS / f"{code}-own.json" for code in ("122319", "129992"))
    same.write_bytes(_content("122319", "own"))
    other.write_bytes(b"mine")

    before = chosen(cities)
    with pytest.raises(CommandError, match="129992-own.json は、内容の違うファイルがすでにあるため、書き出せません。"):
        migrate()

    assert (same.read_bytes(), other.read_bytes()) == (_content("122319", "own"), b"mine")
    assert (chosen(cities), TABLE in tables()) == (before, True)
    other.unlink()
    migrate()
    assert (other.read_bytes(), TABLE in tables()) == (_content("129992", "own"), False)


def test_a_folder_that_cannot_be_written_drops_nothing(cities, settings):
    settings.SHEET_LAYOUTS.write_text("a file in the folder's place")

    before = chosen(cities)
    with pytest.raises(CommandError, match="に書き出せません（File exists）。何も変えていません。"):
        migrate()

    assert (chosen(cities), cities["SheetLayout"].objects.count()) == (before, 4)
