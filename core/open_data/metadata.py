"""What the open data say of themselves: as a catalogue reads it (DCAT words) and as a data package.

Sources: W3C DCAT 2 and DCMI terms, aliased so that the keys stay plain; the Data Package standard, version 1.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.citation import Citation
from core.csv_file import CSV
from core.fiscal_months import MONTHS, first_day, last_day, western_day
from core.fiscal_years import wareki
from core.open_data.dictionary import (
    CODE_COLUMNS,
    DAY,
    DICTIONARY_COLUMNS,
    ITEMS,
    KEY_COLUMNS,
    NUMBER,
    TEXT,
    WHOLE,
    Item,
)
from core.open_data.files import OpenDataFile
from core.open_data.licences import Licence
from core.open_data.texts import open_text

RULES = (
    "総務省 統計表における機械判読可能なデータの表記方法の統一ルール",
    "データ項目定義書は同じフォルダーの dictionary.csv、コード一覧は codes.csv",
)
_TERMS = (
    "dct:title dct:description dct:identifier dct:publisher dct:issued dct:modified dct:language dct:spatial "
    "dct:temporal dcat:startDate dcat:endDate dcat:keyword dct:license dct:conformsTo "
    "dcat:contactPoint dcat:distribution dcat:mediaType dcat:byteSize"
)
_CONTEXT = {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"}
_CONTEXT |= {term.partition(":")[2]: term for term in _TERMS.split()}
_TYPES = {TEXT: "string", WHOLE: "integer", NUMBER: "number", DAY: "date"}


@dataclass(frozen=True)
class Edition:
    """One publication from which rows come, as one cites it, and the 節 it holds and does not."""

    citation: Citation
    sections: tuple[str, ...]
    unpublished: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """What is true of all files together. `licence` None and `contact` "": the city has said nothing."""

    slug: str
    city_code: str
    city_name: str
    is_fictional: bool
    plan_kind: str
    plan_name: str
    start_year: int
    end_year: int
    editions: tuple[Edition, ...]
    licence: Licence | None
    contact: str
    replaced: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        return open_text(f"{self.city_name} {self.plan_name} 計画値と実績値")

    @property
    def description(self) -> str:
        kind = open_text(self.plan_kind)
        words = f"{self.city_name}の{kind}の計画値と、公表した年度の実績値を、1行に1指標・1年度で並べた表"
        return open_text(f"{words}。架空の自治体の見本データ" if self.is_fictional else words)

    @property
    def starts(self) -> date:
        return first_day(self.start_year, MONTHS[0])

    @property
    def ends(self) -> date:
        return last_day(self.end_year)

    @property
    def issued(self) -> date:
        return min(edition.citation.day for edition in self.editions)

    @property
    def modified(self) -> date:
        return max(edition.citation.day for edition in self.editions)

    @property
    def years(self) -> str:
        """令和3年度から令和5年度まで（2021年4月1日から2024年3月31日まで）."""
        days = map(western_day, (self.starts, self.ends))
        return f"{wareki(self.start_year)}から{wareki(self.end_year)}まで（{'から'.join(days)}まで）"


def metadata(dataset: Dataset, files: Sequence[OpenDataFile], rows: int) -> bytes:
    """metadata.json: the dataset, its files with their sums, its columns, and the publications behind it."""
    return _json(
        {
            "@context": _CONTEXT,
            "@type": "dcat:Dataset",
            "identifier": dataset.slug,
            "title": dataset.title,
            "description": dataset.description,
            "publisher": {"title": open_text(dataset.city_name), "identifier": dataset.city_code},
            "contactPoint": open_text(dataset.contact) or None,
            "language": "ja",
            "keyword": [open_text(dataset.plan_kind), "計画値", "実績値", "評価", "オープンデータ"],
            "spatial": {"identifier": dataset.city_code, "title": open_text(dataset.city_name)},
            "temporal": {"startDate": dataset.starts.isoformat(), "endDate": dataset.ends.isoformat()},
            "issued": dataset.issued.isoformat(),
            "modified": dataset.modified.isoformat(),
            "license": _licence(dataset.licence),
            "isFictional": dataset.is_fictional,
            "conformsTo": list(RULES),
            "rowCount": rows,
            "primaryKey": list(KEY_COLUMNS),
            "columns": [_column(item) for item in ITEMS],
            "textReplacements": [{"from": old, "to": new} for old, new in dataset.replaced],
            "publications": [_edition(edition) for edition in dataset.editions],
            "distribution": [
                {
                    "title": file.title,
                    "fileName": file.name,
                    "mediaType": file.content_type.partition(";")[0],
                    "byteSize": file.size,
                    "sha256": file.sha256,
                    **({"rowCount": file.rows} if file.rows is not None else {}),
                }
                for file in files
            ],
        }
    )


def data_package(dataset: Dataset, tables: Sequence[OpenDataFile]) -> bytes:
    """datapackage.json: the same for programs that read data packages, with types and allowed values."""
    fields: dict[str, dict[str, Any]] = {
        "data.csv": {"fields": [_field(item) for item in ITEMS], "primaryKey": list(KEY_COLUMNS)},
        "dictionary.csv": {"fields": [_plain_field(name) for name in DICTIONARY_COLUMNS]},
        "codes.csv": {"fields": [_plain_field(name) for name in CODE_COLUMNS]},
    }
    return _json(
        {
            "profile": "tabular-data-package",
            "name": dataset.slug,
            "title": dataset.title,
            "description": dataset.description,
            **({"licenses": [_package_licence(dataset.licence)]} if dataset.licence else {}),
            "contributors": [{"title": open_text(dataset.city_name), "role": "publisher"}],
            "publications": [_edition(edition) for edition in dataset.editions],
            "resources": [
                {
                    "profile": "tabular-data-resource",
                    "name": file.name.removesuffix(".csv"),
                    "title": file.title,
                    "path": file.name,
                    "format": "csv",
                    "mediatype": CSV.partition(";")[0],
                    "encoding": "utf-8",
                    "bytes": file.size,
                    "hash": f"sha256:{file.sha256}",
                    "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
                    "schema": {**fields[file.name], "missingValues": [""]},
                }
                for file in tables
            ],
        }
    )


def _column(item: Item) -> dict[str, Any]:
    column: dict[str, Any] = {"name": item.name, "description": item.meaning, "type": _TYPES[item.form]}
    column |= {"unit": item.unit} if item.unit else {}
    column |= {"required": not item.blank}
    column |= {"blankMeans": item.blank} if item.blank else {}
    return column | _allowed(item)


def _field(item: Item) -> dict[str, Any]:
    constraints = {"required": not item.blank} | _allowed(item)
    about = {"name": item.name, "type": _TYPES[item.form], "description": item.meaning}
    return about | {"constraints": constraints}


def _allowed(item: Item) -> dict[str, Any]:
    if item.codes:
        return {"enum": [word for word, _ in item.codes]}
    return {"pattern": item.pattern} if item.pattern else {}


def _plain_field(name: str) -> dict[str, Any]:
    return {"name": name, "type": "integer" if name == "番号" else "string"}


def _licence(licence: Licence | None) -> dict[str, str] | None:
    return {"title": licence.name, "identifier": licence.code, "url": licence.url} if licence else None


def _package_licence(licence: Licence) -> dict[str, str]:
    return {"title": licence.name, "path": licence.url} | ({"name": licence.code} if licence.code else {})


def _edition(edition: Edition) -> dict[str, Any]:
    citation = edition.citation
    return {
        "number": citation.number,
        "fiscalYear": citation.fiscal_year,
        "issued": citation.day.isoformat(),
        "sha256": citation.sha256,
        "citation": citation.whole,
        "sections": [open_text(name) for name in edition.sections],
        "unpublishedSections": [open_text(name) for name in edition.unpublished],
    }


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
