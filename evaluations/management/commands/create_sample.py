"""`manage.py create_sample --cities N`: a synthetic prefecture for tests and measurements."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.demo.sample import create_sample
from evaluations.management.arguments import refuse_in_production


class Command(BaseCommand):
    """Again = only what is missing. Exit 2 in production without --force."""

    help = "架空の県と市を作ります（試験と計測のため）。もう一度実行すると、足りない市だけを作ります。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cities", type=int, required=True, help="市の数。全国の大きさを試すなら1741")
        parser.add_argument("--seed", type=int, default=1, help="数値を決める種。同じ種からは同じ数値ができる")
        parser.add_argument("--force", action="store_true", help="本番の設定（DJANGO_ENV=production）でも作る")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["force"]:
            refuse_in_production("架空の市は作りません。それでも作るときは --force を付けてください。")
        try:
            prefecture, made = create_sample(options["cities"], seed=options["seed"])
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{prefecture.name} {prefecture.code}：市 {made} を作りました（全 {options['cities']}）")
        self.stdout.write(
            f"/admin/ で {prefecture.name} に役割「県」の人を登録すると、/prefectures/{prefecture.code}/ を開けます。"
        )
