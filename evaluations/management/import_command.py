"""What the commands that take in a file share: what they print, what they write, and how they end."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.exchange.importing.applying import REASON, apply_import
from evaluations.exchange.importing.changes import ImportChange, ImportRefused, line
from evaluations.exchange.importing.report import Remark, Remarks
from plans.models import Channel


class ImportCommand(BaseCommand):
    """One line per change and, last, 「変更 n 件」; with problems, one line each from the address of its cell, nothing
    written and exit 2. Notes and warnings go to stderr, and keep nothing from being written.
    """

    reason = REASON
    dry_run = "変更を示すだけで、書き込みません"

    def add_usual(self, parser: CommandParser) -> None:
        """Add --dry-run and --format."""
        parser.add_argument("--dry-run", action="store_true", help=self.dry_run)
        parser.add_argument("--format", choices=("text", "json"), default="text", help="json は機械で読む形")

    def apply(self, changes: Sequence[ImportChange]) -> list[Remark]:
        """Write the changes, as the operator. Returns what kept them from being written."""
        try:
            apply_import(changes, by=None, channel=Channel.COMMAND, reason=self.reason)
        except ImportRefused as error:
            return error.remarks
        return []

    def say_remarks(self, found: Remarks, of: str = "") -> None:
        """Print notes and warnings, and the cells that are not taken in; `of` is put before each."""
        for remark in (*found.notes, *found.warnings):
            self.stderr.write(f"注意 {of}{remark}")
        for one in found.unknown:
            words = f"{of}{one.address} {one.old or '空欄'} → {one.new or '空欄'}：{one.note}"
            self.stdout.write(" ⏎ ".join(words.splitlines()))

    def say_result(self, changes: Sequence[ImportChange], problems: Iterable[object]) -> None:
        """Print the problems, or where there are none, the changes and their count."""
        texts = [str(problem) for problem in problems]
        for text in texts or map(line, changes):
            self.stdout.write(text)
        if not texts:
            self.stdout.write(f"変更 {len(changes)} 件")


def not_taken(problems: int) -> CommandError:
    """What ends a command whose file has problems, after they were printed."""
    return CommandError(f"問題が {problems} 件あるため、取り込みませんでした。", returncode=2)


def as_dicts(remarks: Iterable[Any], **more: str) -> list[dict[str, Any]]:
    """Problems, warnings or unknown cells for JSON."""
    return [more | asdict(one) for one in remarks]
