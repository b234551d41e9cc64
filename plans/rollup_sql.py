"""The one query of the roll-up, in nearly the same SQL for PostgreSQL and SQLite.

The figures of 1,741 cities are some fifty thousand rows: the database adds them up, and only sums come here.
`core.figures` defines the 判定; here it is written a second time, in SQL, and the tests compare the two. What each part
of the statement saves is in docs/performance.md.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.rollup import COUNTED, NO_GOAL, NO_PARTS, NOT_SETTLED, REASONS, SAME_NAME, SHARED_AREA, Wording
from core.words import NOT_ENTERED, State

TWIN = "twin"
"""The second measure of one name in one plan: its plan is counted with the first. Dropped here, because a WHERE on
it would mislead the planner of PostgreSQL."""
MET, MISSED, BOTH_ZERO, ZERO_PLAN = "達成", "未達", "計画・実績とも0", "計画0・実績あり"
ABOVE, BELOW, NEAR = "見込みを上回る", "見込みを下回る", "見込みどおり"

# Grouped by one whole number instead of three texts. NO_PARTS follows COUNTED: below 2 means that there is a number.
_WHY = (COUNTED, NO_PARTS, TWIN, *(reason for reason in REASONS if reason != NO_PARTS))
_READINGS = ("", MET, MISSED, BOTH_ZERO, ZERO_PLAN, ABOVE, BELOW, NEAR)
_why = {reason: place for place, reason in enumerate(_WHY)}
_reads = {reading: place for place, reading in enumerate(_READINGS)}
_MIDDLE, _CITIES = -1, -2

# A JSON list of lists is one parameter however many wordings there are.
_KINDS = {
    "postgresql": ("jsonb_array_elements(%(kinds)s::jsonb) AS k(value)", "(k.value->>{0})"),
    "sqlite": ("json_each(%(kinds)s) AS k", "json_extract(k.value, '$[{0}]')"),
}
_EXACT = {
    "postgresql": {"exact": "{}", "one": "1", "tenths": "{} * 10"},
    "sqlite": {
        "exact": "CAST(ROUND({} * 10000) AS INTEGER)",
        "one": "10000",
        "tenths": "CAST(ROUND({} * 10) AS INTEGER)",
    },
}
"""A stored number of four places, 1 of these units, and a bound of one place in tenths, so that products are exact."""
_DISTINGUISHING = ("title", "unit", "value_kind", "accumulation", "catalogue_code", "family")
"""The columns of a wording, the most distinguishing first."""

# PostgreSQL would write an expression of an inner SELECT into each place that names it, and calculate it as often.
_ONCE = f"LIMIT {2**63 - 1}"
_STATES = " ".join(f"WHEN '{state.value}' THEN {_why[state.label]}" for state in State if state.label in _why)

# Every wording is among the kinds; LEFT JOIN says so to the planner of PostgreSQL, which would guess one row after six
# columns compared, and then walk fifty thousand rows one by one through the indexes.
# What meets a bound is compared by multiplication (`actual` = `top` ÷ `bottom`), in numerics of PostgreSQL and in whole
# numbers of SQLite, so that it falls on the side where the Decimals of core fall. SQLite goes on in floats where a
# product passes 2^63: with numbers of some hundred million, and 割合 with a 分子 of some hundred thousand.
# SQLite keeps a whole number as INTEGER: × 100.0 makes the division one of fractions.
_CELLS = f"""
    WITH kinds AS (@kinds@),
    measures AS (
        SELECT m.id, m.section_id, m.scope, m.value_kind, m.direction, p.near_low, p.near_high, k.kind,
            %(year)s < COALESCE(m.since_year, %(year)s) OR %(year)s > COALESCE(m.until_year, %(year)s) AS outside,
            CASE WHEN LAG(m.id) OVER same_name IS NOT NULL THEN {_why[TWIN]}
                WHEN m.scope = 'area' THEN {_why[SHARED_AREA]}
                WHEN LEAD(m.id) OVER same_name IS NOT NULL THEN {_why[SAME_NAME]} END AS why_neither
        FROM plans_plan p
        JOIN plans_municipality c ON c.id = p.municipality_id
        JOIN plans_measure m ON m.plan_id = p.id
        LEFT JOIN kinds k ON @same_wording@
        WHERE c.prefecture_id = %(prefecture)s AND (%(fictional)s OR NOT c.is_fictional)
            AND p.kind = %(plan_kind)s AND p.generation = %(generation)s
        WINDOW same_name AS (PARTITION BY m.plan_id, k.kind ORDER BY m.id)
    ),
    stood AS (
        SELECT m.id, m.kind, m.value_kind, m.direction, m.near_low, m.near_high, m.why_neither,
            pv.number AS planned, av.number, av.numerator, av.denominator,
            CASE WHEN av.denominator IS NULL THEN av.number
                ELSE av.numerator * 100.0 / av.denominator END AS actual,
            CASE WHEN av.denominator IS NULL THEN @exact(av.number)@
                ELSE @exact(av.numerator)@ * 100 * @one@ END AS top,
            @exact(pv.number)@ * COALESCE(@exact(av.denominator)@, 1) AS goal,
            CASE WHEN m.why_neither IS NOT NULL THEN m.why_neither
                WHEN sy.state IN ('CONFIRMED', 'PUBLISHED') THEN CASE
                    WHEN av.id IS NULL AND m.outside THEN {_why[State.NOT_APPLICABLE.label]}
                    WHEN av.id IS NULL THEN {_why[NOT_ENTERED]}
                    WHEN av.state <> '' THEN CASE av.state {_STATES} END
                    WHEN m.value_kind = 'rate' AND av.denominator IS NULL THEN {_why[NO_PARTS]}
                    ELSE {_why[COUNTED]} END
                ELSE {_why[NOT_SETTLED]} END AS why_no_actual
        FROM measures m
        LEFT JOIN plans_sectionyear sy ON sy.section_id = m.section_id AND sy.fiscal_year = %(year)s
        LEFT JOIN plans_yearlyvalue pv ON pv.measure_id = m.id AND pv.fiscal_year = %(year)s
            AND pv.side = 'planned' AND pv.replaced_in IS NULL
        LEFT JOIN plans_yearlyvalue av ON av.measure_id = m.id AND av.fiscal_year = %(year)s
            AND av.side = 'actual' AND av.replaced_in IS NULL
        {_ONCE}
    ),
    judged AS (
        SELECT s.*,
            CASE WHEN why_neither IS NOT NULL THEN why_neither
                WHEN planned IS NULL THEN {_why[NO_GOAL]}
                WHEN value_kind = 'rate' THEN {_why[NO_PARTS]} ELSE {_why[COUNTED]} END AS why_no_plan,
            CASE WHEN why_no_actual < 2 AND planned <> 0 AND value_kind IN ('number', 'rate')
                THEN actual * 100.0 / planned END AS rate,
            CASE WHEN planned < 0 THEN -1000 ELSE 1000 END * top AS measured
        FROM stood s
        {_ONCE}
    ),
    cells AS (
        SELECT id, kind, planned, number, numerator, denominator, rate,
            (why_no_plan * {len(_WHY)} + why_no_actual) * {len(_READINGS)}
            + CASE WHEN why_no_actual >= 2 OR planned IS NULL THEN {_reads[""]}
                WHEN direction = 'less' THEN CASE WHEN top <= goal THEN {_reads[MET]} ELSE {_reads[MISSED]} END
                WHEN value_kind <> 'presence' AND planned = 0
                    THEN CASE WHEN actual = 0 THEN {_reads[BOTH_ZERO]} ELSE {_reads[ZERO_PLAN]} END
                WHEN value_kind = 'presence' OR direction = 'more'
                    THEN CASE WHEN top >= goal THEN {_reads[MET]} ELSE {_reads[MISSED]} END
                WHEN measured > @tenths(near_high)@ * ABS(goal) THEN {_reads[ABOVE]}
                WHEN measured < @tenths(near_low)@ * ABS(goal) THEN {_reads[BELOW]}
                ELSE {_reads[NEAR]} END AS account
        FROM judged
    )
    SELECT kind, account, COUNT(*), SUM(planned), SUM(number), SUM(numerator), SUM(denominator)
    FROM cells GROUP BY kind, account
    UNION ALL
    SELECT NULL, {_CITIES}, COUNT(*), COUNT(p.id), COUNT(r.plan_id), NULL, NULL
    FROM plans_municipality c
    LEFT JOIN plans_plan p ON p.municipality_id = c.id AND p.kind = %(plan_kind)s AND p.generation = %(generation)s
    LEFT JOIN (SELECT DISTINCT plan_id FROM evaluations_receivedpackage) r ON r.plan_id = p.id
    WHERE c.prefecture_id = %(prefecture)s AND (%(fictional)s OR NOT c.is_fictional)
    UNION ALL
    """  # noqa: S608 - built of constants of the code; all typed text is a parameter

# The one or two measures in the middle, by name: the rate itself is calculated where all rates are. PostgreSQL sorts
# the rates of one kind faster than rows by kind and rate; an old SQLite cannot sort what it aggregates.
_MIDDLES = {
    "postgresql": f"""
    SELECT kind, {_MIDDLE}, COUNT(*),
        UNNEST((ARRAY_AGG(id ORDER BY rate))[(COUNT(*) + 1) / 2 : COUNT(*) / 2 + 1]), NULL, NULL, NULL
    FROM cells WHERE rate IS NOT NULL AND kind IS NOT NULL GROUP BY kind""",  # noqa: S608
    "sqlite": f"""
    SELECT kind, {_MIDDLE}, rates, id, NULL, NULL, NULL
    FROM (
        SELECT kind, id, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY rate) AS place,
            COUNT(*) OVER (PARTITION BY kind) AS rates
        FROM cells WHERE rate IS NOT NULL AND kind IS NOT NULL
    ) ranked
    WHERE place IN ((rates + 1) / 2, rates / 2 + 1)""",  # noqa: S608
}


@dataclass(frozen=True, slots=True)
class Alike:
    """Measures of one kind that are alike in why they are in a total or not and in their 判定: how many, and their
    planned and actual values, 分子 and 分母 added up. SQLite adds up as floats."""

    kind: int
    why_no_plan: str
    why_no_actual: str
    reading: str
    count: int
    amounts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Middle:
    """A measure whose 達成率 is in the middle of the `rates` of its kind."""

    kind: int
    rates: int
    measure: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the database knows of one 期 and 年度. `cities` of the prefecture count, `with_plan` of them have a plan,
    and `received` of these plans came as a file.
    """

    cities: int
    with_plan: int
    received: int
    alike: tuple[Alike, ...]
    middles: tuple[Middle, ...]


def ask(wordings: Sequence[tuple[int, Wording]], **scope: Any) -> Answer:
    """The measures of these wordings, each with the number of its kind. One query."""
    columns, kinds = _distinguished(wordings)
    with connection.cursor() as cursor:
        cursor.execute(_statement(columns), {"kinds": json.dumps(kinds, ensure_ascii=False), **scope})
        rows = cursor.fetchall()
    ((cities, plans, received),) = ((row[2], *map(int, row[3:5])) for row in rows if row[1] == _CITIES)
    # Without a kind: a wording that came in since the kinds were read. The next roll-up knows it.
    alike = (_alike(*row) for row in rows if row[1] >= 0 and row[0] is not None)
    middles = (Middle(kind, rates, int(ids[0])) for kind, account, rates, *ids in rows if account == _MIDDLE)
    return Answer(cities, plans, received, tuple(one for one in alike if one.why_no_actual != TWIN), tuple(middles))


def _alike(kind: int, account: int, count: int, *amounts: Any) -> Alike:
    reasons, reading = divmod(account, len(_READINGS))
    why_no_plan, why_no_actual = divmod(reasons, len(_WHY))
    return Alike(kind, _WHY[why_no_plan], _WHY[why_no_actual], _READINGS[reading], count, amounts)


def _distinguished(wordings: Sequence[tuple[int, Wording]]) -> tuple[tuple[str, ...], list[list[Any]]]:
    """The fewest columns by which each wording leads to its kind, and the kinds by them: to compare six texts of fifty
    thousand rows takes as long as to add them up."""
    for count in range(1, len(_DISTINGUISHING) + 1):
        columns = _DISTINGUISHING[:count]
        kinds: dict[tuple[str, ...], int] = {}
        texts = ((number, tuple(getattr(wording, column) for column in columns)) for number, wording in wordings)
        if all(kinds.setdefault(text, number) == number for number, text in texts):
            break
    return columns, [[number, *texts] for texts, number in kinds.items()]


def _statement(columns: Sequence[str]) -> str:
    source, item = _KINDS[connection.vendor]
    named = [f"CAST({item.format(0)} AS integer) AS kind"]
    named += [f"{item.format(place)} AS {column}" for place, column in enumerate(columns, start=1)]
    kinds = f"SELECT {', '.join(named)} FROM {source}"  # noqa: S608 - columns are among _DISTINGUISHING
    same = " AND ".join(f"k.{column} = m.{column}" for column in columns)
    statement = (_CELLS + _MIDDLES[connection.vendor]).replace("@kinds@", kinds).replace("@same_wording@", same)
    exact = _EXACT[connection.vendor]
    return re.sub(r"@(\w+)(?:\(([\w.]+)\))?@", lambda found: exact[found[1]].format(found[2]), statement)
