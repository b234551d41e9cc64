"""A small package for tests: one 節, a goal of the last year and a service, one year 確定."""

import copy
from datetime import UTC, datetime
from typing import Any

from core.canonical import canonical_text, sha256_of
from core.packages.file import Header, write_package

HEADER = Header(2, datetime(2026, 6, 3, 1, 0, tzinfo=UTC), "管理", "0.1.0", ("120006", "千葉県"))
CONFIRMED_AT = "2025-07-01T00:00:00+00:00"


def a_content(**changes: Any) -> dict[str, Any]:
    """印西市 第7期 with 2024 確定 and 2025 未確定; `changes` replace top-level parts."""
    measure = {
        "family": "target",
        "code": "1-1",
        "order": 1,
        "label": "1",
        "title": "地域生活への移行者数",
        "quantity": "",
        "unit": "人",
        "value_kind": "number",
        "direction": "more",
        "accumulation": "cumulative",
        "baseline": "36",
        "baseline_year": 2022,
        "baseline_text": "",
        "baseline_is_same_quantity": False,
        "definition": "",
        "data_source": "",
        "scope": "city",
        "parent": None,
        "parent_role": "",
        "catalogue_code": "t-1",
        "since_year": None,
        "until_year": None,
        "sheet_block": True,
        "section": 1,
        "target_item": {"target": 1, "rationale": "国の水準", "national_level": "6%以上"},
        "indicator": None,
        "years": {
            "2024": {"planned": None, "actual": {"number": "2", "wording": "２人", "certainty": "final"}},
            "2025": {"planned": {"number": "4"}, "actual": "確認中"},
        },
    }
    service = measure | {
        "family": "indicator",
        "code": "2-1",
        "order": 2,
        "title": "生活介護の利用者数",
        "baseline": None,
        "baseline_year": None,
        "direction": "near",
        "accumulation": "monthly_average",
        "catalogue_code": "",
        "target_item": None,
        "indicator": {"service": None, "amount_of": "users", "related_sections": [1]},
        "years": {
            "2024": {"planned": {"number": "10.5"}, "actual": None},
            "2025": {"planned": {"state": "not_set", "wording": "設定しない"}, "actual": "確認中"},
        },
    }
    texts = dict.fromkeys(("do_text", "check_text", "proposal", "issues_text", "act_text", "budget_text"), "")
    content = {
        "municipality": {
            "code": "122319",
            "name": "印西市",
            "is_fictional": False,
            "disability_word": "障がい",
            "planned_word": "見込量",
            "place_word": "カ所",
            "population": 110_000,
            "population_as_of": "2026-04-01",
        },
        "plan": {
            "slug": "122319-7",
            "kind": "disability",
            "generation": 7,
            "name": "第7期障がい福祉計画",
            "start_year": 2024,
            "end_year": 2025,
            "near_low": "80",
            "near_high": "120.5",
        },
        "sections": [
            {
                "number": 1,
                "title": "地域生活への移行",
                "sheet_part": 1,
                "targets": [
                    {"order": 1, "title": "移行", "result_title": "", "overview": "概要", "goal_text": "①6%以上"}
                ],
                "years": {
                    "2024": {
                        "state": "確定",
                        "confirmed_at": CONFIRMED_AT,
                        "texts": texts | {"check_text": "2人が移行した。"},
                    },
                    "2025": {"state": "未確定"},
                },
            }
        ],
        "measures": [measure, service],
        "publications": [{"number": 1, "fiscal_year": 2024, "at": "2025-08-01T00:00:00+00:00", "withdrawn": False}],
    }
    return copy.deepcopy(content) | changes


def a_file(content: dict[str, Any] | None = None, **header: Any) -> bytes:
    """The package file of this content; `header` replaces parts of HEADER."""
    fields = {name: getattr(HEADER, name) for name in HEADER.__dataclass_fields__} | header
    return write_package(Header(**fields), a_content() if content is None else content)


def resummed(document: dict[str, Any]) -> bytes:
    """A file whose sum fits whatever it says: what a forger would hand in."""
    document = {key: value for key, value in document.items() if key != "sha256"}
    return canonical_text(document | {"sha256": sha256_of(document)}).encode()
