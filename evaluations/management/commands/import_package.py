"""`manage.py import_package FILE`: a city's 県へ渡すファイル in, as the operator."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core.packages.file import MAX_BYTES, Package, PackageRefused, read_package
from evaluations.management.arguments import content_given
from evaluations.prefecture.receipts_page import change_line
from evaluations.prefecture.receiving import receive
from plans.models import Channel, Municipality
from plans.refusals import Refused


class Command(BaseCommand):
    """One line per change and 「変更 n 件」. A file that is not taken: its reason, exit 2, and nothing is written."""

    help = "市区町村の「県へ渡すファイル」を受け取ります。都道府県と市区町村は、なければ作ります。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="受け取るファイル")
        parser.add_argument("--dry-run", action="store_true", help="変更を示すだけで、書き込みません")

    def handle(self, *args: Any, **options: Any) -> None:
        content = content_given(options["file"], MAX_BYTES)
        try:
            with transaction.atomic():
                package = read_package(content)
                found = receive(package, prefecture_of(package), by=None, channel=Channel.COMMAND)
                transaction.set_rollback(options["dry_run"])
        except (PackageRefused, Refused) as error:
            raise CommandError(str(error), returncode=2) from error
        for change in found.changes:
            line = change_line(change)
            self.stdout.write(f"{line.place} {line.field}：{line.old} → {line.new}")
        self.stdout.write(f"変更 {len(found.changes)} 件")


def prefecture_of(package: Package) -> Municipality | None:
    """The 都道府県 that the file names, made where absent; None where it names none."""
    if package.header.prefecture is None:
        return None
    code, name = package.header.prefecture
    kind, is_fictional = Municipality.Kind.PREFECTURE, package.content["municipality"]["is_fictional"]
    defaults = {"name": name, "kind": kind, "is_fictional": is_fictional}
    return Municipality.objects.get_or_create(code=code, defaults=defaults)[0]
