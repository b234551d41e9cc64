"""`manage.py verify_figures [SLUG]`: every derived figure computed a second, independent way."""

from fractions import Fraction
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.second_opinion import derived_columns
from core.tidy import DERIVED, Row
from evaluations.management.arguments import plans_given
from plans.models import Plan
from plans.tidy import tidy_rows


class Command(BaseCommand):
    """Prints each difference and exits with 1 on any; a plan that is not there is exit 2."""

    help = "差・達成率・乖離率・乖離値（旧様式）・判定を別の方法で計算し直し、出力と比べます。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="計画の記号。省くとすべての計画")

    def handle(self, *args: Any, **options: Any) -> None:
        found = sum(self.verify(plan) for plan in plans_given(options["slug"]))
        if found:
            raise CommandError(f"計算の結果が {found} か所で違います。", returncode=1)

    def verify(self, plan: Plan) -> int:
        """How many cells of this plan differ; each is printed."""
        rows = tidy_rows(plan, access=None)
        lines = [line for row in rows for line in differences(plan, row)]
        for line in lines:
            self.stdout.write(f"{plan.slug} {line}")
        self.stdout.write(f"{plan}（{plan.slug}） {len(rows)}行 {'不一致 ' + str(len(lines)) if lines else '一致'}")
        return len(lines)


def differences(plan: Plan, row: Row) -> list[str]:
    """One line for each derived column of this row that the second computation sees otherwise."""
    again = derived_columns(row, Fraction(plan.near_low), Fraction(plan.near_high))
    return [
        f"{row['指標コード']} {row['年度']}年度 {column}：{row[column] or '空欄'}（再計算 {again[column] or '空欄'}）"
        for column in DERIVED
        if row[column] != again[column]
    ]
