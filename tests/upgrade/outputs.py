"""What the code shows of a database, as short texts by name: figures, sheets, publications, history, files, pages.

Only what later releases have to show as well belongs here: commands, files and addresses that people rely on. A name
that a later release gives to a field or a model is changed here; the texts stay those of the fixture.
"""

import io
import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import unescape
from pathlib import Path
from tempfile import NamedTemporaryFile

import openpyxl
from django.apps import apps
from django.core.management import call_command
from django.test import Client

Texts = Iterator[tuple[str, str]]
Pages = Iterable[tuple[str, str, list[str]]]
"""A username, an address, and sentences on its page."""

SHOWN, NOT_SHOWN = "shown", "not shown"
PLACES = ("by__username", "municipality__code", "plan__slug", "section__number", "measure__code")


def outputs(pages: Pages) -> dict[str, str]:
    """Everything, for the operator; publications as residents fetch them, pages as each person sees them."""
    texts = [*_checks(), *_publications(), *_history(), *_files_of_long_work(), *_pages(pages)]
    for plan in apps.get_model("plans", "Plan").objects.order_by("slug"):
        texts += [*_figures(plan.slug), *_sheet(plan.slug, plan.start_year + 1)]
    return dict(texts)


def _checks() -> Texts:
    """Both end with an error where a figure or a hash is not what it was."""
    for command in ("verify_figures", "verify_publications"):
        stream = io.StringIO()
        call_command(command, stdout=stream)
        yield from ((f"{command} {line}", SHOWN) for line in stream.getvalue().splitlines())


def _publications() -> Texts:
    """The stored hash of each, the hash of the body that residents fetch, and its 正誤表."""
    client = _client()
    for one in apps.get_model("evaluations", "Publication").objects.select_related("plan"):
        name, address = f"{one.plan.slug} 公表第{one.number}号", f"/published/{one.plan.slug}/versions/{one.number}"
        yield name, f"{one.fiscal_year} {one.at.isoformat()} {one.sha256} {one.reason} {one.withdrawn_reason}"
        body = client.get(f"{address}/body.json")
        yield f"{name} 本体", sha256(body.content).hexdigest() if body.status_code == 200 else str(body.status_code)
        errata = client.get(f"{address}/errata.xlsx")
        yield f"{name} 正誤表", str(errata.status_code)
        if errata.status_code == 200:
            yield from ((f"{name} 正誤表 {cell}", text) for cell, text in _cells(errata.content))


def _history() -> Texts:
    changes = apps.get_model("plans", "Change").objects
    places = {key: place for key, *place in changes.values_list("pk", *PLACES)}
    for one in changes.all():
        kind = (one.at.isoformat(), one.get_channel_display(), one.get_subject_display(), one.reason)
        what = (*places[one.pk], one.fiscal_year, one.side, one.field, one.old, one.new)
        yield f"変更履歴 {one.pk}", json.dumps([*kind, *what], ensure_ascii=False, sort_keys=True)


def _files_of_long_work() -> Texts:
    for file in apps.get_model("evaluations", "LongWorkFile").objects.select_related("work"):
        yield f"{file.work.title} {file.name}", sha256(file.content).hexdigest()


def _pages(pages: Pages) -> Texts:
    people = apps.get_model("auth", "User").objects.in_bulk(field_name="username")
    for username, address, sentences in pages:
        client = _client()
        client.force_login(people[username])
        answer = client.get(address)
        page = unescape(answer.content.decode())
        yield f"{username} {address}", str(answer.status_code)
        yield from ((f"{username} {address} {text}", SHOWN if text in page else NOT_SHOWN) for text in sentences)


def _figures(slug: str) -> Texts:
    """The tidy table, cell by cell."""
    for row in json.loads(_exported(slug, "--format", "tidy-json")):
        for column, text in row.items():
            yield f"{slug} {row['指標コード']} {row['年度']}年度 {column}", str(text)


def _sheet(slug: str, year: int) -> Texts:
    """The evaluation sheet in the plan's own layout."""
    sheet = _exported(slug, "--format", "sheet", "--year", str(year))
    yield from ((f"{slug} {year}年度 評価シート {cell}", text) for cell, text in _cells(sheet))


def _exported(slug: str, *options: str) -> bytes:
    with NamedTemporaryFile() as file:
        call_command("export_plan", slug, *options, "-o", file.name)
        return Path(file.name).read_bytes()


def _cells(workbook: bytes) -> Texts:
    """What a person sees in its sheets, by cell."""
    for sheet in openpyxl.load_workbook(io.BytesIO(workbook)):
        if sheet.sheet_state == "visible":
            yield from ((f"{sheet.title}!{c.coordinate}", str(c.value)) for row in sheet for c in row if c.value)


def _client() -> Client:
    return Client(SERVER_NAME="localhost")
