"""オープンデータ: table, dictionary, words and metadata of what is published of a plan, from publications alone.

Only two things come from the city as it is now: under which licence it opens its data, and the contact.
"""

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404
from django.utils.timezone import localtime

from core.csv_file import CSV, csv_file
from core.open_data.dictionary import (
    CODE_COLUMNS,
    DICTIONARY_COLUMNS,
    NUMBERED,
    NUMBERED_BY,
    NUMBERED_ON,
    OPEN_COLUMNS,
    code_rows,
    dictionary_rows,
)
from core.open_data.files import JSON, ZIP, OpenDataFile, archive, open_row
from core.open_data.licences import licence_of
from core.open_data.machine_characters import plain_characters, strange_characters
from core.open_data.metadata import Dataset, Edition, data_package, metadata
from core.tidy import Row
from evaluations.public_site.published import PublishedPlan, published_plan
from evaluations.public_site.published_data import rows_with_publication
from evaluations.publishing.citations import citation_of
from evaluations.publishing.published_year import PublishedYear
from plans.models import Municipality

ARCHIVE = "open-data.zip"


@dataclass(frozen=True)
class OpenData:
    """All files of what is published of one plan, and the facts they share."""

    dataset: Dataset
    files: tuple[OpenDataFile, ...]
    published: PublishedPlan

    @cached_property
    def archive(self) -> OpenDataFile:
        """Every file in one zip, dated by the newest publication."""
        newest = max(one.publication.at for one in self.published.years.values())
        content = archive(self.dataset.slug, self.files, localtime(newest))
        return OpenDataFile(ARCHIVE, "一式", "すべてのファイルをまとめたもの", ZIP, content)

    def file(self, name: str) -> OpenDataFile:
        """The file with this name; Http404 where there is none."""
        for file in (*self.files, self.archive) if name == ARCHIVE else self.files:
            if file.name == name:
                return file
        raise Http404("この名前のファイルはありません。")


def open_data(slug: str) -> OpenData:
    """The open data of the plan with this address. Http404 where it has no current publication. Three queries."""
    published = published_plan(slug)
    if not published.years:
        raise Http404("この計画で、いま公表しているものはありません。")
    city = Municipality.objects.get(plans__slug=slug)
    kept = [_with_publication(row, one) for row, one in rows_with_publication(published)]
    dataset = _dataset(slug, published, city, kept)
    return OpenData(dataset, _files(dataset, [open_row(row) for row in kept]), published)


def _files(dataset: Dataset, rows: list[Row]) -> tuple[OpenDataFile, ...]:
    listed = (
        ("data.csv", "データ", "すべての指標の計画値と実績値。1行に1指標・1年度", OPEN_COLUMNS, rows),
        (
            *("dictionary.csv", "データ項目定義書", "データの列の意味、形式、単位、空欄の意味"),
            *(DICTIONARY_COLUMNS, dictionary_rows()),
        ),
        ("codes.csv", "コード一覧", "言葉で書く列に入る言葉と、その意味", CODE_COLUMNS, code_rows()),
    )
    tables = [
        OpenDataFile(name, title, purpose, CSV, csv_file(columns, of_table), len(of_table))
        for name, title, purpose, columns, of_table in listed
    ]
    purpose = "列の型などを、統計ソフトなどのプログラムが読む形で書いたもの"
    package = OpenDataFile("datapackage.json", "データパッケージ記述", purpose, JSON, data_package(dataset, tables))
    described = (*tables, package)
    purpose = "題名、公開者、期間、利用条件、各ファイルのハッシュ値など"
    return (
        *described,
        OpenDataFile("metadata.json", "メタデータ", purpose, JSON, metadata(dataset, described, len(rows))),
    )


def _with_publication(row: Row, read: PublishedYear) -> Row:
    citation = citation_of(read.publication)
    return row | {
        NUMBERED: str(citation.number),
        NUMBERED_ON: citation.day.isoformat(),
        NUMBERED_BY: citation.sha256,
    }


def _dataset(slug: str, published: PublishedPlan, city: Municipality, rows: list[Row]) -> Dataset:
    plan = published.plan
    standing = sorted(published.years.values(), key=lambda one: one.publication.number)
    characters = strange_characters("".join(text for row in rows for text in row.values()))
    return Dataset(
        slug=slug,
        city_code=plan.municipality.code,
        city_name=plan.municipality.name,
        is_fictional=plan.municipality.is_fictional,
        plan_kind=plan.get_kind_display(),
        plan_name=plan.name,
        start_year=plan.start_year,
        end_year=plan.end_year,
        editions=tuple(_edition(one) for one in standing),
        licence=licence_of(city.open_data_licence),
        contact=city.open_data_contact,
        replaced=tuple((one, plain_characters(one)) for one in characters),
    )


def _edition(one: PublishedYear) -> Edition:
    return Edition(
        citation=citation_of(one.publication),
        sections=tuple(str(section.section) for section in one.published_sections),
        unpublished=tuple(str(section.section) for section in one.unpublished_sections),
    )
