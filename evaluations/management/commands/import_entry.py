"""`manage.py import_entry FILE…`: returned 入力様式 are taken in together, as the operator."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from core.uploads.tables import NotReadable
from evaluations.exchange.entry_forms.files import MAX_BYTES, find_form
from evaluations.exchange.entry_forms.merging import FORM_REASON, ReturnedForms, merged
from evaluations.exchange.entry_forms.reading import FormReading, desk_of, read_found
from evaluations.exchange.importing.report import Remark
from evaluations.management.arguments import content_given, plans_given
from evaluations.management.import_command import ImportCommand, as_dicts, not_taken

DISAGREE = "ファイルによって書かれていることが違います（{new}）。どちらかのファイルを直してください。"
NEWER = "様式を出力したあとに変わっています（今：{old}、様式：{new}）。--overwrite を付けると置き換えます。"


class Command(ImportCommand):
    """With problems in any file nothing is written; each line begins with the name of its file."""

    reason = FORM_REASON
    help = "返ってきた入力様式（.xlsx、.csv）をまとめて取り込みます。問題があれば何も書き込みません。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="取り込むファイル")
        self.add_usual(parser)
        parser.add_argument("--plan", default="", help="計画の記号。省くと、様式から読み取ります")
        parser.add_argument("--year", type=int, help="年度の書かれていない様式を、どの年度のものとして読むか。西暦")
        parser.add_argument("--overwrite", action="store_true", help="様式を出力したあとに変わったところも置き換えます")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            forms = merged(self.read(options["files"], options["plan"], options["year"]))
            problems = [*_problems(forms.readings), *_undecided(forms, overwrites=options["overwrite"])]
            changes = list(forms.preview.changes)
            if not problems and not options["dry_run"]:
                problems = [("", remark) for remark in self.apply(changes)]
        if options["format"] == "json":
            self.stdout.write(json.dumps(_as_json(forms, problems), ensure_ascii=False, indent=1))
        else:
            for one in forms.readings:
                self.say_remarks(one, of=f"{one.name}：")
            self.say_result(changes, [f"{name}：{remark}" if name else remark for name, remark in problems])
        if problems:
            raise not_taken(len(problems))

    def read(self, paths: Sequence[Path], slug: str, year: int | None) -> list[FormReading]:
        """What each file would change; one that is no form says so."""
        known = list(plans_given(slug))
        desk = cache(lambda plan: desk_of(plan, None, access=None))
        readings = []
        for name, path in zip(map(str, paths), paths, strict=True):
            try:
                found = find_form(name, content_given(path, MAX_BYTES), known, year=year)
                readings.append(read_found(name, found, desk(found.plan)))
            except NotReadable as error:
                readings.append(FormReading(name, failure=str(error)))
        return readings


def _problems(readings: Iterable[FormReading]) -> list[tuple[str, Remark]]:
    """What keeps everything from being written, with the name of its file."""
    found = []
    for one in readings:
        found += [(one.name, Remark("A1", one.failure))] if one.failure else []
        found += [(one.name, remark) for remark in one.problems]
    return found


def _undecided(forms: ReturnedForms, *, overwrites: bool) -> list[tuple[str, Remark]]:
    """The changes that a person would have to choose."""
    found = []
    for one in forms.preview.lines:
        old, new = one.change.sides
        if one.rival is not None:
            sentence = DISAGREE.format(new=new)
        elif one.contested and not overwrites:
            sentence = NEWER.format(old=old, new=new)
        else:
            continue
        found.append((one.source, Remark(one.change.address, f"{one.change.place}は、{sentence}")))
    return found


def _as_json(forms: ReturnedForms, problems: list[tuple[str, Remark]]) -> dict[str, Any]:
    """Every difference, also of those that a problem keeps from being written, and a line per file."""
    printed = {id(one.change): one.printed for file in forms.readings for one in file.changes}
    return {
        "files": [
            {"file": one.name}
            | {name: getattr(one, name) for name in ("department", "who", "rows")}
            | {"changes": len(one.changes), "unchanged": one.unchanged}
            | {"failure": one.failure, "notes": list(one.notes)}
            for one in forms.readings
        ],
        "changes": [
            {
                "file": one.source,
                "address": one.change.address,
                "place": one.change.place,
                "指標コード": one.change.code,
                "年度": one.change.year,
                "項目": one.change.side.label,
                "old": one.change.sides[0],
                "new": one.change.sides[1],
                "printed": printed[id(one.change)],
                "conflict": one.waits,
            }
            for one in forms.preview.lines
        ],
        "problems": [one for name, remark in problems for one in as_dicts([remark], file=name)],
        "unknown": [one for file in forms.readings for one in as_dicts(file.unknown, file=file.name)],
        "warnings": [one for file in forms.readings for one in as_dicts(file.warnings, file=file.name)],
    }
