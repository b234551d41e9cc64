"""`manage.py export_plan SLUG`: a plan as the tidy table, as evaluation sheet, text version, 入力様式 or PDF."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.entry_forms.form import NO_DEPARTMENT
from core.pdf import NoPdfHere
from core.sheets.design import Edition
from evaluations.exchange.entry_forms.making import EVERYBODY, Owner, form_bytes, forms_zip
from evaluations.management.arguments import plan_given, write_out
from evaluations.reports.pdf import PaperSize, book_pdf, section_pdf
from evaluations.reports.report import report_of_plan
from evaluations.reports.sheets.of_plan import sheet_bytes
from evaluations.reports.text_version import text_bytes
from plans.models import Plan
from plans.queries import latest_year_with_actuals, measure_rows, measures_of
from plans.refusals import Refused
from plans.sheet_layouts import form_of, substitute_note
from plans.tidy import tidy_file, tidy_rows

FORMATS = ("tidy-csv", "tidy-json", "tidy-xlsx", "sheet", "text", "entry", "pdf")


class Command(BaseCommand):
    """The operator sees everything, drafts included. Exit 2 where there is no such plan or year."""

    help = "計画を一つ、ファイルか標準出力に書き出します。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="計画の記号。例：122319-6")
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument(
            "--year",
            type=int,
            help="西暦の年度。省くと、sheet、text、pdf は実績のある最も新しい年度、entry は実績を入力する年度",
        )
        parser.add_argument("--layout", default="", help="sheet の様式の記号。例：kanri。省くと計画の様式")
        parser.add_argument(
            "--edition",
            default="",
            choices=[edition.value for edition in Edition],
            help="sheet の数値の書き方。省くと計画のもの",
        )
        parser.add_argument("--section", type=int, help="pdf の節の番号。省くと、表紙と目次の付いた全体")
        parser.add_argument("--paper", default="a4", choices=[size.value for size in PaperSize], help="pdf の用紙")
        parser.add_argument(
            "--department",
            help=f"entry の担当課。担当課のない指標は「{NO_DEPARTMENT}」。省くと計画全体。出力先が .zip なら担当課ごと",
        )
        parser.add_argument("-o", "--output", type=Path, help="書き込むファイル。省くと標準出力")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = plan_given(options["slug"])
        year = options["year"]
        if year is not None and year not in plan.years:
            span = f"{plan.start_year}から{plan.end_year}まで"
            raise CommandError(f"{year}年度は計画の期間（{span}）の外です。", returncode=2)
        if options["format"] == "sheet":
            content = sheet(plan, year, options["layout"], options["edition"])
            if not options["layout"] and (note := substitute_note(plan)):
                self.stderr.write(note)
        elif options["format"] == "text":
            content = text_bytes(report_of_plan(plan, year or latest_year(plan), access=None))
        elif options["format"] == "entry":
            content = entry(plan, year or plan.due_year, options["department"], options["output"])
        elif options["format"] == "pdf":
            content = pdf(plan, year, options["section"], PaperSize(options["paper"]))
        else:
            content = table(plan, year, options["format"])
        write_out(self, content, options["output"])


def table(plan: Plan, year: int | None, name: str) -> bytes:
    """The tidy table in the format `name`, of one year alone where one is named."""
    rows = [row for row in tidy_rows(plan, access=None) if year is None or row["年度"] == str(year)]
    content, _ = tidy_file(rows, name.removeprefix("tidy-"))
    return content


def sheet(plan: Plan, year: int | None, layout: str, edition: str) -> bytes:
    """The evaluation sheet of one year, by default the latest with any actual, in the plan's own form."""
    try:
        form = form_of(plan, layout, edition)
    except Refused as error:
        raise CommandError(str(error), returncode=2) from error
    return sheet_bytes(plan, year or latest_year(plan), access=None, form=form)


def pdf(plan: Plan, year: int | None, section: int | None, size: PaperSize) -> bytes:
    """The report of one year, by default the latest with any actual: one 節, or the whole 評価書."""
    report = report_of_plan(plan, year or latest_year(plan), access=None)
    try:
        content = book_pdf(report, size=size) if section is None else section_pdf(report, section, size=size)
    except NoPdfHere as refusal:
        raise CommandError(str(refusal), returncode=2) from refusal
    if content is None:
        raise CommandError(f"この計画に第{section}節はありません。", returncode=2)
    return content


def latest_year(plan: Plan) -> int:
    """The latest year with any actual, else the first year of the plan."""
    return latest_year_with_actuals(plan, measure_rows(plan, measures_of(plan), access=None))


def entry(plan: Plan, year: int, department: str | None, output: Path | None) -> bytes:
    """The 入力様式 of one 担当課, or of the whole plan; into a .zip one for each 担当課."""
    if department is not None:
        return form_bytes(plan, year, owner_named(plan, department), access=None)
    if output and output.suffix.lower() == ".zip":
        return forms_zip(plan, year, access=None)
    return form_bytes(plan, year, EVERYBODY, access=None)


def owner_named(plan: Plan, name: str) -> Owner:
    """Whose form is requested; a 担当課 that is not there is an error that names those that are."""
    if name == NO_DEPARTMENT:
        return Owner()
    department = plan.municipality.departments.filter(name=name).first()
    if department is None:
        known = "、".join([*plan.municipality.departments.values_list("name", flat=True), NO_DEPARTMENT])
        raise CommandError(f"担当課「{name}」はありません。{known}のどれかにしてください。", returncode=2)
    return Owner(department)
