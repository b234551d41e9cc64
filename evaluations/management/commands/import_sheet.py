"""`manage.py import_sheet FILE`: an edited evaluation sheet comes back, as the operator."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from core.uploads.table_files import MAX_BYTES
from core.uploads.tables import NotReadable
from evaluations.exchange.importing.changes import ValueChange
from evaluations.exchange.importing.preview import PreviewLine
from evaluations.exchange.importing.report import Remark
from evaluations.exchange.sheet_import.difference import SHEET_REASON, SheetDifference, sheet_difference
from evaluations.exchange.sheet_import.source import NOT_OURS, find_source, sheet_book_in
from evaluations.management.arguments import content_given, plans_given
from evaluations.management.import_command import ImportCommand, as_dicts, not_taken

NEWER = "シートを出力したあとに変わっています（今：{old}、シート：{new}）。--overwrite を付けると置き換えます。"
LONGEST_SIDE = 200


class Command(ImportCommand):
    """Every edited cell is a change; those that are not taken in are printed first."""

    reason = SHEET_REASON
    help = "直した評価シート（.xlsx）を取り込みます。問題があれば何も書き込みません。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="取り込むファイル")
        self.add_usual(parser)
        parser.add_argument("--plan", default="", help="計画の記号。省くと、シートから読み取ります")
        parser.add_argument(
            "--overwrite", action="store_true", help="シートを出力したあとに変わったところも置き換えます"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            found = self.read(options["file"], options["plan"])
            newer = [one for one in found.possible if one.contested and not options["overwrite"]]
            problems = [*found.problems, *map(_newer, newer)]
            changes = [one.change for one in found.possible]
            if not problems and not options["dry_run"]:
                problems = self.apply(changes)
        if options["format"] == "json":
            self.stdout.write(json.dumps(_as_json(found, problems), ensure_ascii=False, indent=1))
        else:
            self.say_remarks(found)
            self.say_result(changes, problems)
        if problems:
            raise not_taken(len(problems))

    def read(self, path: Path, slug: str) -> SheetDifference:
        """What the sheet would change; a file that is no sheet is one problem."""
        content, plans = content_given(path, MAX_BYTES), plans_given(slug)
        try:
            book = sheet_book_in(path.name, content)
            if book is None:
                raise NotReadable(NOT_OURS)
            source = find_source(book, plans, access=None)
            return sheet_difference(source, access=None)
        except NotReadable as error:
            return SheetDifference(problems=(Remark(error.address, str(error)),))


def _newer(one: PreviewLine) -> Remark:
    old, new = (side[:LONGEST_SIDE] for side in one.change.sides)
    return Remark(one.change.address, f"{one.change.place}は、{NEWER.format(old=old, new=new)}")


def _as_json(found: SheetDifference, problems: list[Remark]) -> dict[str, Any]:
    """Every difference of values and texts, also of those that a problem keeps from being written."""
    return {
        "changes": [_change(one) for one in found.changes],
        "problems": as_dicts(problems),
        "unknown": as_dicts(found.unknown),
        "warnings": as_dicts(found.warnings),
        "notes": list(found.notes),
    }


def _change(one: PreviewLine) -> dict[str, Any]:
    """A change by the names of the tidy table; `printed` is null where no one can know it, `conflict` says that what
    is stored now is another than was printed."""
    change = one.change
    old, new = change.sides
    what: dict[str, Any] = (
        {"指標コード": change.code, "年度": change.year, "項目": change.side.label}
        if isinstance(change, ValueChange)
        else {"節番号": change.section, "年度": change.year, "項目": change.field}
    )
    sides = {"old": old, "new": new, "printed": one.printed, "conflict": one.contested}
    return {"address": change.address, "place": change.place, **what, **sides}
