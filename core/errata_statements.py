"""Everything that the body of a publication states, statement by statement, so that two can be compared.

Bodies of every format are read. What follows from other statements (差, 達成率, 判定 …) is no statement of its own.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.prose import circled
from core.sheets.design import WRITABLE
from core.words import UNPUBLISHED, WORDS_OF_A_MEASURE

Body = Mapping[str, Any]
Key = tuple[str, ...]
Parts = tuple[tuple[str, str], ...]

TEXTS = {content.value: content.label for content in WRITABLE}
TARGET = {"title": "成果目標の名前", "overview": "成果目標の概要", "goal_text": "目標"}
MEASURE = {
    "family": "種別",
    "quantity": "数えるもの",
    "unit": "単位",
    "value_kind": "種類",
    "direction": "方向",
    "accumulation": "集計",
    "baseline": "基準値",
    "baseline_year": "基準年度",
    "baseline_text": "基準値の説明",
    "baseline_is_same_quantity": "基準値が目標と同じ量か",
    "definition": "定義",
    "data_source": "出典",
    "scope": "範囲",
    "parent": "親指標",
    "parent_role": "親との関係",
    "since_year": "始まりの年度",
    "until_year": "終わりの年度",
    "rationale": "目標値設定の考え方",
    "national_level": "基本指針の水準",
}
OPINION = {
    "place": "該当箇所",
    "speaker": "意見者",
    "opinion": "意見",
    "response": "対応",
    "reflected": "反映先",
    "status": "回答の状態",
}
RECORD = {
    "participants": "参加者数",
    "organisations": "事業所・機関数",
    "content": "内容",
    "cancelled_reason": "中止の理由",
}
PLAN = {
    "slug": "計画の記号",
    "name": "計画の名前",
    "kind": "計画の種別",
    "generation": "計画の期",
    "start_year": "計画の最初の年度",
    "end_year": "計画の最後の年度",
    "near_low": "「見込みどおり」の下限（%）",
    "near_high": "「見込みどおり」の上限（%）",
}
CITY = {
    "code": "団体コード",
    "is_fictional": "架空の見本か",
    "name": "自治体の名前",
    "disability_word": "「障害」の書き方",
    "planned_word": "「計画値」の書き方",
    "place_word": "「か所」の書き方",
}
ACTUAL = ("時点", "確定度", "注記")
_STATUS = {"UNANSWERED": "未回答", "ANSWERED": "回答済み", "REFLECTED": "反映済み", "CARRIED": "次年度へ持ち越し"}
WHOLE = "計画全体"
KNOWN = {"format", "municipality", "plan", "fiscal_year", "sections", "measures", "rows", "opinions", "revisions"}
OF_SECTION = {"number", "title", "measures", "published", "targets", "texts", "records", "opinions"}
ORDER, PLANNED, VERSIONS = "order", "planned", "versions"


@dataclass(frozen=True)
class Statement:
    """One statement of a publication. `place` is where a reader finds it, `field` what it is.

    `parts` are the thing itself and then what belongs to it. `of` is the item it belongs to: where that is new or
    removed as a whole, its own statements are not listed again.
    """

    place: str
    field: str
    parts: Parts
    year: int | None = None
    is_published: bool = True
    of: Key = ()


def statements(body: Body) -> dict[Key, Statement]:
    """Every statement by a key that the same statement of another body has too, in the order of reading."""
    return dict(_all(body))


def _all(body: Body) -> Iterator[tuple[Key, Statement]]:
    yield from _facts(("more",), _without(body, *KNOWN), {}, WHOLE)
    yield from _facts(("city",), body["municipality"], CITY, WHOLE)
    yield from _facts(("plan",), body["plan"], PLAN, WHOLE)
    for one in body.get("revisions", ()):
        key = ("revision", str(one["number"]))
        text = (("", f"{one['decided_on']}決定：{one['reason']}"),)
        yield key, Statement(WHOLE, f"第{one['number']}回計画変更", text)
    cells: dict[str, list[Mapping[str, str]]] = {}
    for row in body["rows"]:
        cells.setdefault(row["指標コード"], []).append(row)
    for section in body["sections"]:
        yield from _section(body, section, cells)
    yield from _opinions(("whole",), body.get("opinions", ()), "評価全体", body["fiscal_year"])


def _section(
    body: Body, section: Body, cells: Mapping[str, list[Mapping[str, str]]]
) -> Iterator[tuple[Key, Statement]]:
    number, place, year = str(section["number"]), f"第{section['number']}節", body["fiscal_year"]
    item: Key = ("section", number)
    yield item, Statement(place, "節の名前", (("", section["title"]),))
    yield from _facts(item, _without(section, *OF_SECTION), {}, place, of=item)
    yield (*item, ORDER), Statement(place, "指標の順番", (("", "、".join(section["measures"])),), of=item)
    held = ("held", number)
    if section["published"]:
        yield held, Statement(place, "評価の文章・取組記録など", (("", "公表"),), of=item)
        for count, target in enumerate(section["targets"], start=1):
            yield from _facts((*held, "target", str(count)), target, TARGET, place, of=held)
    for code in section["measures"]:
        yield from _measure(body["measures"][code], cells.get(code, []), place)
    if section["published"]:
        texts = section["texts"]
        yield from _facts((*held, "text"), texts, TEXTS, place, of=held, year=year)
        yield from _records(held, section["records"], place)
        yield from _opinions(held, section.get("opinions", ()), place, year)


def _measure(facts: Body, cells: list[Mapping[str, str]], place: str) -> Iterator[tuple[Key, Statement]]:
    item: Key = ("measure", facts["code"])
    name = f"{place} {circled(facts['label'])}{facts['title']}"
    yield item, Statement(name, "指標", (("", f"{circled(facts['label'])}{facts['title']}"),))
    yield (*item, "place"), Statement(name, "載せる節", (("", place),), of=item)
    yield from _facts(item, _without(facts, "code", "label", "title", "versions"), MEASURE, name, of=item)
    versions = facts.get("versions", {})
    for cell in cells:
        year = int(cell["年度"])
        at = (*item, cell["年度"])
        planned = (("", _shown(cell, "計画値", facts["unit"])), ("原文", cell["計画値原文"]))
        yield (*at, PLANNED), Statement(name, "計画値", planned, year, of=item)
        changed = versions.get(cell["年度"], ())
        said = " → ".join(f"第{one['number']}回 {_shown(one, '計画値', '')}" for one in changed)
        if changed:
            yield (*at, VERSIONS), Statement(name, "計画値の経緯", (("", said),), year, of=item)
        yield (
            (*at, "actual"),
            Statement(name, "実績値", _actual(cell, facts["unit"]), year, cell["実績値状態"] != UNPUBLISHED, of=item),
        )


def _actual(cell: Mapping[str, str], unit: str) -> Parts:
    parts = "／".join(part for part in (cell["分子"], cell["分母"]) if part)
    further = ((name, cell[name]) for name in ACTUAL)
    return (("", _shown(cell, "実績値", unit)), ("原文", cell["実績値原文"]), ("分子／分母", parts), *further)


def _shown(cell: Mapping[str, str], side: str, unit: str) -> str:
    """「8人」, the word of a state, 「なし」 for a blank 計画値."""
    number, state = cell[side], cell[f"{side}状態"]
    if number:
        return f"{number}{unit}"
    return state or "なし"


def _records(held: Key, records: list[Body], place: str) -> Iterator[tuple[Key, Statement]]:
    """取組記録 are known by day and name; several alike by their order."""
    seen: Counter[Key] = Counter()
    for record in records:
        name = (str(record["fiscal_year"]), str(record["held_on"] or ""), record["title"])
        seen[name] += 1
        key = (*held, "record", *name, str(seen[name]))
        day = f"（{record['held_on']}）" if record["held_on"] else ""
        where = f"{place} 取組記録「{record['title']}」{day}"
        yield key, Statement(where, "取組記録", (("", f"{record['title']}{day}"),), int(record["fiscal_year"]), of=held)
        yield from _facts(key, _without(record, "fiscal_year", "held_on", "title"), RECORD, where, of=key)


def _opinions(held: Key, opinions: Any, place: str, year: int) -> Iterator[tuple[Key, Statement]]:
    for one in opinions:
        key = (*held, "opinion", one["council"], one["held_on"], str(one["number"]))
        where = f"{place} 意見{one['number']}（{one['council']}　{one['held_on']}）"
        yield key, Statement(where, "意見", (("", one["opinion"]),), year, of=held)
        known = _without(one, "council", "held_on", "number", "opinion")
        yield from _facts(key, known, OPINION, where, of=key, year=year)


def _facts(
    key: Key, facts: Body, labels: Mapping[str, str], place: str, of: Key = (), year: int | None = None
) -> Iterator[tuple[Key, Statement]]:
    """One statement for each fact, also for those that a later format will add."""
    unknown = sorted(name for name in facts if name not in labels)
    for name in (*(name for name in labels if name in facts), *unknown):
        yield (*key, name), Statement(place, labels.get(name, name), (("", _words(name, facts[name])),), year, of=of)


def _words(name: str, fact: Any) -> str:
    if fact is None or fact == "":
        return ""
    if name in WORDS_OF_A_MEASURE:
        return WORDS_OF_A_MEASURE[name](fact).label
    if name == "status":
        return _STATUS.get(fact, fact)
    if isinstance(fact, bool):
        return "はい" if fact else "いいえ"
    return fact if isinstance(fact, str) else json.dumps(fact, ensure_ascii=False, sort_keys=True)


def _without(facts: Body, *names: str) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if name not in names}
