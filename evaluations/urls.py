"""Addresses of the evaluation: dashboard, PDCA pages, entry, moves, files, opinions, actions, publication, roll-up."""

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter

from evaluations.views.actions import actions
from evaluations.views.dashboard import dashboard
from evaluations.views.entry import entry_section, entry_year
from evaluations.views.exports import exports, sheet_download, tidy_download
from evaluations.views.imports import import_table
from evaluations.views.measure import measure
from evaluations.views.moves import move
from evaluations.views.opinions import opinions, opinions_table
from evaluations.views.prefecture import prefecture, prefecture_table
from evaluations.views.publish import publish
from evaluations.views.published import (
    published_data,
    published_list,
    published_plan,
    published_section,
    published_version,
)
from evaluations.views.section import section_latest, section_year
from evaluations.views.texts import edit_texts
from evaluations.workflow import MOVE_LIST
from plans.models.measure import CODE_PATTERN

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
    path("<int:year>/edit/", edit_texts, name="edit_texts"),
    *(path(f"<int:year>/{m.name}/", move, {"name": m.name}, name=f"move_{m.name}") for m in MOVE_LIST),
]

plan_patterns: list[URLPattern | URLResolver] = [
    path("", dashboard, name="dashboard"),
    path("sections/<int:number>/", include(section_patterns)),
    path("measures/<measure_code:code>/", measure, name="measure"),
    path("entry/<int:year>/", entry_year, name="entry_year"),
    path("entry/<int:year>/sections/<int:number>/", entry_section, name="entry_section"),
    path("import/", import_table, name="import"),
    path("exports/", exports, name="exports"),
    path("exports/tidy.<str:extension>", tidy_download, name="tidy_download"),
    path("exports/sheet-<int:year>.xlsx", sheet_download, name="sheet_download"),
    path("opinions/", opinions, name="opinions"),
    path("opinions/table.xlsx", opinions_table, name="opinions_table"),
    path("actions/", actions, name="actions"),
    path("publish/", publish, name="publish"),
]

published_patterns = [
    path("", published_list, name="published_list"),
    path("<slug:slug>/", published_plan, name="published_plan"),
    path("<slug:slug>/sections/<int:number>/<int:year>/", published_section, name="published_section"),
    path("<slug:slug>/data.<str:extension>", published_data, name="published_data"),
    path("<slug:slug>/versions/<int:number>/", published_version, name="published_version"),
]

urlpatterns = [
    path("plans/<slug:slug>/", include(plan_patterns)),
    path("published/", include(published_patterns)),
    path("prefectures/<municipality_code:code>/", prefecture, name="prefecture"),
    path("prefectures/<municipality_code:code>/rollup.csv", prefecture_table, name="prefecture_table"),
]
