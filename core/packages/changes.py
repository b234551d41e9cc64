"""What a package would change: one line for each created thing, each master field, each side of a 年度, each text and
each 状態 that differs from what is stored. The preview shows these lines and the history keeps them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.fiscal_years import wareki
from core.packages.content import (
    CITY,
    INDICATOR,
    MEASURE,
    MEASURE_PLACES,
    PLAN,
    SECTION,
    SETTLED,
    TARGET,
    TARGET_ITEM,
    TEXTS,
    UNSETTLED,
    Content,
    Fields,
)
from core.words import WORDS_OF_A_MEASURE, Family, Side

Facts = Mapping[str, Any]


class ChangeKind(StrEnum):
    """What a line is about; the value is the heading over the lines of this kind."""

    CREATED = "作成"
    MASTER = "自治体・計画・節・指標"
    VALUE = "値"
    TEXT = "評価の文章"
    STATE = "確定"
    PUBLICATION = "公表"


@dataclass(frozen=True)
class PackageChange:
    """One line. `old` and `new` are words, or the fields of a value; None is nothing. `section` and `code` are the
    節番号 and the 指標コード that it is about; only the line of a value has a side.
    """

    kind: ChangeKind
    place: str
    field: str
    old: Any
    new: Any
    section: int | None = None
    code: str | None = None
    year: int | None = None
    side: str = ""


def package_changes(city: Facts | None, current: Content | None, new: Content) -> list[PackageChange]:
    """The changes from what is stored (None: nothing yet) to the package."""
    return [
        *_about_city(city, new["municipality"]),
        *_about_plan(current["plan"] if current else None, new["plan"]),
        *_about_sections(current, new),
        *_about_measures(current, new),
        *_about_values(current, new),
        *_about_years(current, new),
        *_about_publications(current, new),
    ]


def gone_sections(current: Content | None, new: Content) -> list[str]:
    """The stored 節 that are missing in the package, by name."""
    numbers = {section["number"] for section in new["sections"]}
    standing = current["sections"] if current else []
    return [_named_section(section) for section in standing if section["number"] not in numbers]


def gone_measures(current: Content | None, new: Content) -> list[Facts]:
    """The stored measures that are missing in the package; the same code with another 種別 is another measure."""
    kept = {(measure["code"], measure["family"]) for measure in new["measures"]}
    standing = current["measures"] if current else []
    return [measure for measure in standing if (measure["code"], measure["family"]) not in kept]


def _about_city(old: Facts | None, new: Facts) -> Iterator[PackageChange]:
    if old is None:
        yield PackageChange(ChangeKind.CREATED, "自治体", "作成", None, f"{new['name']}（{new['code']}）")
    else:
        yield from _masters(CITY, old, new, new["name"])


def _about_plan(old: Facts | None, new: Facts) -> Iterator[PackageChange]:
    if old is None:
        years = f"{new['start_year']}〜{new['end_year']}年度"
        yield PackageChange(ChangeKind.CREATED, "計画", "作成", None, f"{new['name']}（{new['slug']}、{years}）")
    else:
        yield from _masters(PLAN, old, new, new["name"])


def _about_sections(current: Content | None, new: Content) -> Iterator[PackageChange]:
    before = {section["number"]: section for section in current["sections"]} if current else {}
    for section in new["sections"]:
        number, old = section["number"], before.get(section["number"])
        if old is None:
            yield PackageChange(ChangeKind.CREATED, "節", "作成", None, _named_section(section), section=number)
            continue
        place = f"第{number}節"
        yield from _masters(SECTION, old, section, place, section=number)
        targets = {target["order"]: target for target in old["targets"]}
        for target in section["targets"]:
            name = f"{place} 成果目標"
            yield from _masters(TARGET, targets.pop(target["order"], {}), target, name, section=number)
        for target in targets.values():
            yield PackageChange(ChangeKind.MASTER, place, "成果目標", target["title"], None, section=number)


def _about_measures(current: Content | None, new: Content) -> Iterator[PackageChange]:
    before = {measure["code"]: measure for measure in current["measures"]} if current else {}
    fields = {**MEASURE, **MEASURE_PLACES}
    for measure in new["measures"]:
        about = {"section": measure["section"], "code": measure["code"]}
        old = before.get(measure["code"])
        if old is None:
            named = f"{measure['code']} {measure['title']}"
            place = Family(measure["family"]).label
            yield PackageChange(ChangeKind.CREATED, place, "作成", None, named, **about)
            continue
        place = f"「{measure['title']}」"
        yield from _masters(fields, old, measure, place, **about)
        for name, part in (("target_item", TARGET_ITEM), ("indicator", INDICATOR)):
            yield from _masters(part, old[name] or {}, measure[name] or {}, place, **about)
    for measure in gone_measures(current, new):
        named = f"{measure['code']} {measure['title']}"
        yield PackageChange(ChangeKind.MASTER, Family(measure["family"]).label, "取り除き", named, None)


def _about_values(current: Content | None, new: Content) -> Iterator[PackageChange]:
    """Also of years that a plan no longer has."""
    before = {measure["code"]: measure["years"] for measure in current["measures"]} if current else {}
    for measure in new["measures"]:
        code, old_years = measure["code"], before.get(measure["code"], {})
        for year in sorted(old_years.keys() | measure["years"].keys()):
            old, now = (years.get(year, {}) for years in (old_years, measure["years"]))
            for side in Side:
                values = _known(old.get(side)), _known(now.get(side))
                if values[0] != values[1]:
                    place = f"「{measure['title']}」{wareki(int(year))}"
                    about = (measure["section"], code, int(year), side.value)
                    yield PackageChange(ChangeKind.VALUE, place, side.label, *values, *about)


def _about_years(current: Content | None, new: Content) -> Iterator[PackageChange]:
    """状態 and texts of each 節 × 年度."""
    before = {section["number"]: section["years"] for section in current["sections"]} if current else {}
    nothing = {"state": UNSETTLED}
    for section in new["sections"]:
        number, old_years = section["number"], before.get(section["number"], {})
        for year in sorted(old_years.keys() | section["years"].keys()):
            old, now = (years.get(year, nothing) for years in (old_years, section["years"]))
            about = {"section": number, "year": int(year)}
            place = f"第{number}節 {wareki(int(year))}"
            if old["state"] != now["state"]:
                yield PackageChange(ChangeKind.STATE, place, "状態", old["state"], now["state"], **about)
            elif now["state"] == SETTLED and old["confirmed_at"] != now["confirmed_at"]:
                yield PackageChange(
                    ChangeKind.STATE, place, "確定日時", old["confirmed_at"], now["confirmed_at"], **about
                )
            yield from _masters(TEXTS, old.get("texts", {}), now.get("texts", {}), place, ChangeKind.TEXT, **about)


def _about_publications(current: Content | None, new: Content) -> Iterator[PackageChange]:
    before = {publication["number"]: publication for publication in current["publications"]} if current else {}
    for publication in new["publications"]:
        old = before.pop(publication["number"], None)
        if old != publication:
            yield _publication_change(old, publication)
    for publication in before.values():
        yield _publication_change(publication, None)


def _publication_change(old: Facts | None, new: Facts | None) -> PackageChange:
    year = (new or old or {})["fiscal_year"]
    before, after = (
        f"第{facts['number']}号{'（取り下げ）' if facts['withdrawn'] else ''}" if facts else None
        for facts in (old, new)
    )
    return PackageChange(ChangeKind.PUBLICATION, wareki(year), "公表", before, after, year=year)


def _masters(
    fields: Fields,
    old: Facts,
    new: Facts,
    place: str,
    kind: ChangeKind = ChangeKind.MASTER,
    **about: Any,
) -> Iterator[PackageChange]:
    for name, (word, _) in fields.items():
        before, after = _in_words(name, old.get(name)), _in_words(name, new.get(name))
        if before != after:
            yield PackageChange(kind, place, word, before or None, after or None, **about)


def _in_words(name: str, fact: Any) -> str:
    if isinstance(fact, bool):
        return "はい" if fact else "いいえ"
    if isinstance(fact, list):
        return "、".join(map(str, fact))
    if fact is None or fact == "":
        return ""
    return WORDS_OF_A_MEASURE[name](fact).label if name in WORDS_OF_A_MEASURE else str(fact)


def _known(value: Any) -> dict[str, str] | None:
    """The fields of a value; None where there is none, or where it is withheld."""
    return value if isinstance(value, dict) else None


def _named_section(section: Facts) -> str:
    return f"第{section['number']}節 {section['title']}"
