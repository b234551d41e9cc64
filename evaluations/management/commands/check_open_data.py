"""`manage.py check_open_data FILE`: whether a CSV or workbook keeps the rules of machine-readable data."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.open_data.check import Verdict, check_open_data
from core.open_data.rules import RULE_BY_KEY
from core.uploads.table_files import MAX_BYTES
from core.uploads.tables import NotReadable
from evaluations.management.arguments import content_given


class Command(BaseCommand):
    """One line per violation, beginning with its cell; exit 0 without any, 1 with some, 2 for an unreadable file."""

    help = "CSVかExcelのファイルが、機械判読できるデータの規則を守っているかを点検します。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="点検するファイル（.csv、.xlsx）")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="json は機械で読む形")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            verdict = check_open_data(path.name, content_given(path, MAX_BYTES))
        except NotReadable as error:
            raise CommandError(f"{error.address} {error}", returncode=2) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(_as_json(path.name, verdict), ensure_ascii=False, indent=1))
        else:
            for violation in verdict.violations:
                self.stdout.write(f"{violation.address} 【{violation.rule}】{violation.sentence}")
        if verdict.total:
            raise CommandError(f"規則に合わないところが {verdict.total_in_words} あります。", returncode=1)
        self.stderr.write("規則に合わないところはありません。")


def _as_json(name: str, verdict: Verdict) -> dict[str, Any]:
    return {
        "file": name,
        "total": verdict.total,
        "rules": [
            {"rule": key, "title": RULE_BY_KEY[key].title, "source": RULE_BY_KEY[key].source, "count": count}
            for key, count in verdict.counts.items()
        ],
        "violations": [asdict(one) for one in verdict.violations],
    }
