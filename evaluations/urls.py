"""Addresses of the evaluation: plans to come, dashboard, PDCA pages, entry, the plan's rooms, publication, roll-up."""

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter

from evaluations.entry.views import edit_texts, entry_section, entry_year
from evaluations.exchange.views.archive import archive
from evaluations.exchange.views.entry_forms import entry_form_download, entry_forms, entry_forms_download
from evaluations.exchange.views.exports import exports, package_download, sheet_download, text_download, tidy_download
from evaluations.exchange.views.imports import import_table
from evaluations.exchange.views.open_data_check import open_data_check
from evaluations.follow_up.views.actions import actions
from evaluations.follow_up.views.calendar import calendar, calendar_download
from evaluations.follow_up.views.opinions import opinions, opinions_table
from evaluations.links.views import links
from evaluations.long_work.views import work, work_list, work_result, work_state
from evaluations.planning.views.carry_over import (
    carry_over,
    carry_over_baselines,
    carry_over_paper,
    carry_over_shortfalls,
    carry_over_table,
)
from evaluations.planning.views.measures import add_measure, measure_settings, plan_measures, section_goals
from evaluations.planning.views.opening import draft, draft_section, new_plan
from evaluations.planning.views.revisions import revisions, revisions_table
from evaluations.prefecture.views import packages, prefecture, prefecture_table
from evaluations.public_site.views import (
    make_publication_pdfs,
    published_data,
    published_list,
    published_open_data,
    published_open_data_file,
    published_pdf,
    published_plan,
    published_section,
    published_section_text,
    published_version_text,
    verify,
    version,
    version_body,
    version_errata,
    version_errata_table,
    version_sheet,
)
from evaluations.publishing.views import publish
from evaluations.reports.views import all_sheets, make_paper, paper_section
from evaluations.review.views import beside, dashboard, measure, move, section_latest, section_year
from plans.models.measure import CODE_PATTERN
from plans.workflow import MOVE_LIST

app_name = "evaluations"


class MeasureCodeConverter(StringConverter):
    """A 指標コード and nothing else: a NUL in an address is no question that PostgreSQL takes."""

    regex = CODE_PATTERN.strip("^$")


class MunicipalityCodeConverter(StringConverter):
    """A 団体コード: six digits."""

    regex = "[0-9]{6}"


register_converter(MeasureCodeConverter, "measure_code")
register_converter(MunicipalityCodeConverter, "municipality_code")

section_patterns: list[URLPattern] = [
    path("", section_latest, name="section_latest"),
    path("<int:year>/", section_year, name="section_year"),
    path("<int:year>/paper.pdf", paper_section, name="paper_section"),
    path("<int:year>/edit/", edit_texts, name="edit_texts"),
    *(path(f"<int:year>/{m.name}/", move, {"name": m.name}, name=f"move_{m.name}") for m in MOVE_LIST),
]

plan_patterns: list[URLPattern | URLResolver] = [
    path("", dashboard, name="dashboard"),
    path("beside/", beside, name="beside"),
    path("sections/<int:number>/", include(section_patterns)),
    path("measures/<measure_code:code>/", measure, name="measure"),
    path("measures/<measure_code:code>/settings/", measure_settings, name="measure_settings"),
    path("entry/<int:year>/", entry_year, name="entry_year"),
    path("entry/<int:year>/sections/<int:number>/", entry_section, name="entry_section"),
    path("entry/<int:year>/forms/", entry_forms, name="entry_forms"),
    path("entry/<int:year>/form.xlsx", entry_form_download, name="entry_form_download"),
    path("entry/<int:year>/forms.zip", entry_forms_download, name="entry_forms_download"),
    path("import/", import_table, name="import"),
    path("archive/", archive, name="archive"),
    path("exports/", exports, name="exports"),
    path("exports/tidy.<str:extension>", tidy_download, name="tidy_download"),
    path("exports/sheet-<int:year>.xlsx", sheet_download, name="sheet_download"),
    path("exports/text-<int:year>.txt", text_download, name="text_download"),
    path("exports/sheets/", all_sheets, name="all_sheets"),
    path("exports/paper/", make_paper, name="make_paper"),
    path("exports/package-<int:number>.json", package_download, name="package_download"),
    path("opinions/", opinions, name="opinions"),
    path("opinions/table.xlsx", opinions_table, name="opinions_table"),
    path("actions/", actions, name="actions"),
    path("links/", links, name="links"),
    path("calendar/", calendar, name="calendar"),
    path("calendar.ics", calendar_download, name="calendar_download"),
    path("revisions/", revisions, name="revisions"),
    path("revisions/table.xlsx", revisions_table, name="revisions_table"),
    path("publish/", publish, name="publish"),
    path("publish/<int:number>/pdf/", make_publication_pdfs, name="make_publication_pdfs"),
    path("settings/measures/", plan_measures, name="plan_measures"),
    path("settings/measures/add/", add_measure, name="add_measure"),
    path("settings/sections/<int:number>/", section_goals, name="section_goals"),
    path("carry-over/", carry_over, name="carry_over"),
    path("carry-over/baselines/", carry_over_baselines, name="carry_over_baselines"),
    path("carry-over/shortfalls/", carry_over_shortfalls, name="carry_over_shortfalls"),
    path("carry-over/paper/", carry_over_paper, name="carry_over_paper"),
    path("carry-over/paper.xlsx", carry_over_table, name="carry_over_table"),
]

published_patterns = [
    path("", published_list, name="published_list"),
    # Before the plans: "verify" is no slug of one.
    path("verify/", verify, name="published_verify"),
    path("<slug:slug>/", published_plan, name="published_plan"),
    path("<slug:slug>/sections/<int:number>/<int:year>/", published_section, name="published_section"),
    path(
        "<slug:slug>/sections/<int:number>/<int:year>/text.txt", published_section_text, name="published_section_text"
    ),
    path("<slug:slug>/data.<str:extension>", published_data, name="published_data"),
    path("<slug:slug>/open-data/", published_open_data, name="published_open_data"),
    path("<slug:slug>/open-data/<str:name>", published_open_data_file, name="published_open_data_file"),
    path("<slug:slug>/versions/<int:number>/", version, name="published_version"),
    path("<slug:slug>/versions/<int:number>/paper.pdf", published_pdf, name="published_pdf"),
    path("<slug:slug>/versions/<int:number>/section-<int:section>.pdf", published_pdf, name="published_section_pdf"),
    path("<slug:slug>/versions/<int:number>/body.json", version_body, name="published_body"),
    path("<slug:slug>/versions/<int:number>/errata/", version_errata, name="published_errata"),
    path("<slug:slug>/versions/<int:number>/errata.xlsx", version_errata_table, name="published_errata_table"),
    path("<slug:slug>/versions/<int:number>/sheet.xlsx", version_sheet, name="published_sheet"),
    path("<slug:slug>/versions/<int:number>/text.txt", published_version_text, name="published_version_text"),
]

urlpatterns = [
    # Before the plans: "new" is no slug of one.
    path("plans/new/", new_plan, name="new_plan"),
    path("plans/new/<slug:slug>/", draft, name="draft"),
    path("plans/new/<slug:slug>/sections/<slug:key>/", draft_section, name="draft_section"),
    path("plans/<slug:slug>/", include(plan_patterns)),
    path("published/", include(published_patterns)),
    path("open-data/check/", open_data_check, name="open_data_check"),
    path("work/", work_list, name="work_list"),
    path("work/<uuid:key>/", work, name="work"),
    path("work/<uuid:key>/state.json", work_state, name="work_state"),
    path("work/<uuid:key>/result/", work_result, name="work_result"),
    path("prefectures/<municipality_code:code>/", prefecture, name="prefecture"),
    path("prefectures/<municipality_code:code>/packages/", packages, name="packages"),
    path("prefectures/<municipality_code:code>/rollup.csv", prefecture_table, name="prefecture_table"),
]
