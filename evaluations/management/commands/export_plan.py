"""`manage.py export_plan SLUG`: a plan as the tidy table, as the city's evaluation sheet or as its text version."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.sheet_design import Edition
from evaluations.papers import paper_of_plan
from evaluations.sheets import sheet_bytes
from evaluations.text_version import text_bytes
from evaluations.tidy import tidy_file, tidy_rows
from plans.models import Plan
from plans.queries import latest_year_with_actuals, measure_rows, measures_of
from plans.sheet_layouts import UnknownLayout, form_of

FORMATS = ("tidy-csv", "tidy-json", "tidy-xlsx", "sheet", "text")


class Command(BaseCommand):
    """The operator sees everything, drafts included. Exit 2 where there is no such plan or year."""

    help = "計画を一つ、ファイルか標準出力に書き出します。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="計画の記号。例：122319-6")
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--year", type=int, help="西暦の年度。sheet と text で省くと、実績のある最も新しい年度")
        parser.add_argument("--layout", default="", help="sheet の様式の記号。例：kanri。省くと計画の様式")
        parser.add_argument(
            "--edition",
            default="",
            choices=[edition.value for edition in Edition],
            help="sheet の数値の書き方。省くと計画のもの",
        )
        parser.add_argument("-o", "--output", type=Path, help="書き込むファイル。省くと標準出力")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = Plan.objects.select_related("municipality").filter(slug=options["slug"]).first()
        if plan is None:
            raise CommandError(f"計画「{options['slug']}」はありません。", returncode=2)
        year = options["year"]
        if year is not None and year not in plan.years:
            span = f"{plan.start_year}から{plan.end_year}まで"
            raise CommandError(f"{year}年度は計画の期間（{span}）の外です。", returncode=2)
        binary = getattr(self.stdout, "buffer", None)
        if options["format"] == "sheet":
            content = sheet(plan, year, options["layout"], options["edition"])
        elif options["format"] == "text":
            content = text_bytes(paper_of_plan(plan, year or latest_year(plan), access=None))
        else:
            content = table(plan, year, options["format"])
        if options["output"]:
            options["output"].write_bytes(content)
        elif binary:
            binary.write(content)
        else:
            self.stdout.write(content.decode(), ending="")


def table(plan: Plan, year: int | None, name: str) -> bytes:
    """The tidy table in the format `name`, of one year alone where one is named."""
    rows = [row for row in tidy_rows(plan, access=None) if year is None or row["年度"] == str(year)]
    content, _ = tidy_file(rows, name.removeprefix("tidy-"))
    return content


def sheet(plan: Plan, year: int | None, layout: str, edition: str) -> bytes:
    """The evaluation sheet of one year, by default the latest with any actual, in the plan's own form."""
    try:
        form = form_of(plan, layout, edition)
    except UnknownLayout as error:
        raise CommandError(str(error), returncode=2) from error
    return sheet_bytes(plan, year or latest_year(plan), access=None, form=form)


def latest_year(plan: Plan) -> int:
    """The latest year with any actual, else the first year of the plan."""
    return latest_year_with_actuals(plan, measure_rows(plan, measures_of(plan), access=None))
