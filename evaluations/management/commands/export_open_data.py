"""`manage.py export_open_data SLUG -o DIR|FILE.zip`: what is published of a plan, as files for a web site."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import Http404

from evaluations.public_site.open_data import OpenData, open_data


class Command(BaseCommand):
    """A zip, or the files in a folder named after the plan. Exit 2 where nothing of the plan is published."""

    help = "公表した内容を、オープンデータの一式（表、データ項目定義書、メタデータ）として書き出します。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="計画の記号。例：122319-6")
        parser.add_argument(
            "-o",
            "--output",
            type=Path,
            required=True,
            help=".zip で終わるファイル。それ以外はフォルダーとみなし、その中に計画の記号のフォルダーを作ります",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = open_data(options["slug"])
        except Http404 as error:
            raise CommandError(f"{options['slug']}：{error}", returncode=2) from error
        try:
            written = write(data, options["output"])
        except OSError as error:
            raise CommandError(f"「{options['output']}」に書き込めません。", returncode=2) from error
        for path in written:
            self.stdout.write(str(path))


def write(data: OpenData, output: Path) -> list[Path]:
    """The files written: the archive, or each in the folder of the plan."""
    if output.suffix.lower() == ".zip":
        output.write_bytes(data.archive.content)
        return [output]
    folder = output / data.dataset.slug
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file in data.files:
        written.append(folder / file.name)
        written[-1].write_bytes(file.content)
    return written
