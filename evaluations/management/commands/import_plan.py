"""`manage.py import_plan FILE`: a tidy table in, as the operator. Creates what the table names and is not there."""

from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from core.uploads.table_files import MAX_BYTES, read_table
from core.uploads.tables import NotReadable
from evaluations.exchange.importing.applying import apply_import
from evaluations.exchange.importing.changes import ImportPlan, line
from evaluations.exchange.importing.planning import import_for_operator
from evaluations.exchange.importing.refused import ImportRefused
from evaluations.exchange.importing.rows import has_required
from evaluations.management.arguments import content_given, not_taken
from plans.models import Channel


class Command(BaseCommand):
    """One line per change and 「変更 n 件」; with problems, one line each from the address of its cell, and exit 2.

    Each thing created is a change, and so are each master column and each side of a 年度 that differ.
    """

    help = "書き出した形の表（CSV・xlsx・JSON）を取り込みます。問題があれば何も書き込みません。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="取り込むファイル")
        parser.add_argument("--dry-run", action="store_true", help="変更を示すだけで、書き込みません")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        content = content_given(path, MAX_BYTES)
        try:
            table = read_table(path.name, content, is_wanted=has_required)
        except NotReadable as error:
            self.stop([f"{error.address} {error}"])
        with transaction.atomic():
            plan = import_for_operator(table)
            self.say_warnings(plan)
            if plan.problems:
                self.stop([str(problem) for problem in plan.problems])
            if not options["dry_run"]:
                self.apply(plan)
        for change in plan.changes:
            self.stdout.write(line(change))
        self.stdout.write(f"変更 {len(plan.changes)} 件")

    def say_warnings(self, plan: ImportPlan) -> None:
        for warning in plan.warnings:
            self.stderr.write(f"注意 {warning}")

    def apply(self, plan: ImportPlan) -> None:
        try:
            apply_import(plan.changes, by=None, channel=Channel.COMMAND)
        except ImportRefused as error:
            self.stop([str(remark) for remark in error.remarks])

    def stop(self, lines: list[str]) -> NoReturn:
        """Print the problems and leave; nothing is written."""
        for problem in lines:
            self.stdout.write(problem)
        raise not_taken(len(lines))
