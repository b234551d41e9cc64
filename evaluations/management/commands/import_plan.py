"""`manage.py import_plan FILE`: a tidy table in, as the operator. Creates what the table names and is not there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from core.uploads.table_files import MAX_BYTES, read_table
from core.uploads.tables import NotReadable
from evaluations.exchange.importing.changes import ImportChange
from evaluations.exchange.importing.planning import import_for_operator
from evaluations.exchange.importing.report import Remark
from evaluations.exchange.importing.rows import has_required
from evaluations.management.arguments import content_given
from evaluations.management.import_command import ImportCommand, not_taken


class Command(ImportCommand):
    """Each thing created is a change, and so are each master column and each side of a 年度 that differ."""

    help = "書き出した形の表（CSV・xlsx・JSON）を取り込みます。問題があれば何も書き込みません。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="取り込むファイル")
        parser.add_argument("--dry-run", action="store_true", help=self.dry_run)

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        content = content_given(path, MAX_BYTES)
        changes: Sequence[ImportChange] = ()
        try:
            table = read_table(path.name, content, is_wanted=has_required)
            with transaction.atomic():
                plan = import_for_operator(table)
                self.say_remarks(plan)
                changes, problems = plan.changes, list(plan.problems)
                if not problems and not options["dry_run"]:
                    problems = self.apply(changes)
        except NotReadable as error:
            problems = [Remark(error.address, str(error))]
        self.say_result(changes, problems)
        if problems:
            raise not_taken(len(problems))
