"""`manage.py export_package SLUG`: 県へ渡すファイル of what is 確定 in a plan."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.management.arguments import plan_given, write_out
from evaluations.prefecture.packages import make_package, same_again
from plans.models import Channel, Plan
from plans.refusals import Refused


class Command(BaseCommand):
    """A new edition where something changed since the last, else the last one again; of a received plan its own file.

    Exit 2 where there is no such plan, or where no file can be made of it.
    """

    help = (
        "計画の確定した内容を、県へ渡すファイルとして書き出します。前の版から変わっていなければ、同じ版を書き出します。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="計画の記号。例：122319-6")
        parser.add_argument("-o", "--output", type=Path, help="書き込むファイル。省くと標準出力")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = plan_given(options["slug"])
        file, edition = package_of(plan)
        write_out(self, file, options["output"])
        self.stderr.write(f"{plan}（{plan.slug}） {edition}")


def package_of(plan: Plan) -> tuple[bytes, str]:
    """The file, and in words which edition it is."""
    received = plan.received_packages.order_by("-number").first()
    if received is not None:
        received.plan = plan
        return same_again(received), f"ファイルで受領した第{received.number}版"
    try:
        made, is_new = make_package(plan, by=None, channel=Channel.COMMAND)
    except Refused as error:
        raise CommandError(str(error), returncode=2) from error
    return made.body.encode(), f"第{made.number}版{'' if is_new else '（前の版から変わっていません）'}"
