"""The one question of the roll-up, asked of PostgreSQL and SQLite in the same words.

The figures of 1,741 cities are some fifty thousand rows: the database adds them up, and only sums come here. What a
判定 is stands in `core.figures`; here it stands a second time, in SQL, and the tests hold the two together.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

from core.rollup import COUNTED, NO_GOAL, NO_PARTS, NOT_SETTLED, SAME_NAME, SHARED_AREA, Wording
from core.words import NOT_ENTERED, State

MIDDLE = "middle"
TWIN = "twin"
"""The second measure of one name in one plan: its plan is counted with the first. Dropped here, because a WHERE on
it would mislead the planner again."""
BOTH_ZERO, ZERO_PLAN = "計画・実績とも0", "計画0・実績あり"

# A JSON list of lists is one parameter however many wordings there are.
_KINDS = {
    "postgresql": """
        SELECT (k->>0)::int AS kind, k->>1 AS catalogue_code, k->>2 AS family, k->>3 AS title, k->>4 AS unit,
            k->>5 AS value_kind, k->>6 AS accumulation
        FROM jsonb_array_elements(%(kinds)s::jsonb) AS k""",
    "sqlite": """
        SELECT json_extract(value, '$[0]') AS kind, json_extract(value, '$[1]') AS catalogue_code,
            json_extract(value, '$[2]') AS family, json_extract(value, '$[3]') AS title,
            json_extract(value, '$[4]') AS unit, json_extract(value, '$[5]') AS value_kind,
            json_extract(value, '$[6]') AS accumulation
        FROM json_each(%(kinds)s)""",
}

_STATES = " ".join(f"WHEN '{state.value}' THEN '{state.label}'" for state in State)

# Every wording is among the kinds; LEFT JOIN says so to the planner of PostgreSQL, which would guess one row after six
# columns compared, and then walk fifty thousand rows one by one through the indexes (docs/performance.md).
# SQLite keeps a whole number as INTEGER: × 100.0 makes the division one of fractions. Rounded to nine places, so that
# a float of SQLite and a numeric of PostgreSQL fall on the same side of a bound.
_CELLS = f"""
    WITH kinds AS (@kinds@),
    measures AS (
        SELECT m.id, m.plan_id, m.section_id, m.scope, m.value_kind, m.direction, p.near_low, p.near_high, k.kind,
            COUNT(*) OVER (PARTITION BY m.plan_id, k.kind) AS same,
            MIN(m.id) OVER (PARTITION BY m.plan_id, k.kind) AS first_id
        FROM plans_plan p
        JOIN plans_municipality c ON c.id = p.municipality_id
        JOIN plans_measure m ON m.plan_id = p.id
        LEFT JOIN kinds k ON k.title = m.title AND k.catalogue_code = m.catalogue_code AND k.family = m.family
            AND k.unit = m.unit AND k.value_kind = m.value_kind AND k.accumulation = m.accumulation
        WHERE c.prefecture_id = %(prefecture)s AND (%(fictional)s OR NOT c.is_fictional)
            AND p.kind = %(plan_kind)s AND p.generation = %(generation)s
    ),
    stood AS (
        SELECT m.*, pv.number AS planned, av.id AS entered, av.state, av.number, av.numerator, av.denominator,
            CASE WHEN av.denominator IS NULL THEN av.number
                ELSE ROUND(av.numerator * 100.0 / av.denominator, 9) END AS actual,
            sy.state IN ('CONFIRMED', 'PUBLISHED') AS settled
        FROM measures m
        LEFT JOIN plans_sectionyear sy ON sy.section_id = m.section_id AND sy.fiscal_year = %(year)s
        LEFT JOIN plans_yearlyvalue pv ON pv.measure_id = m.id AND pv.fiscal_year = %(year)s
            AND pv.side = 'planned' AND pv.revision = 0
        LEFT JOIN plans_yearlyvalue av ON av.measure_id = m.id AND av.fiscal_year = %(year)s
            AND av.side = 'actual' AND av.revision = 0
    ),
    judged AS (
        SELECT s.*,
            CASE WHEN id <> first_id THEN '{TWIN}'
                WHEN scope = 'area' THEN '{SHARED_AREA}' WHEN same > 1 THEN '{SAME_NAME}'
                WHEN settled THEN CASE WHEN entered IS NULL THEN '{NOT_ENTERED}'
                    WHEN state <> '' THEN CASE state {_STATES} END
                    WHEN value_kind = 'rate' AND denominator IS NULL THEN '{NO_PARTS}' ELSE '{COUNTED}' END
                ELSE '{NOT_SETTLED}' END AS why_no_actual,
            CASE WHEN scope = 'area' THEN '{SHARED_AREA}' WHEN same > 1 THEN '{SAME_NAME}'
                WHEN planned IS NULL THEN '{NO_GOAL}'
                WHEN value_kind = 'rate' THEN '{NO_PARTS}' ELSE '{COUNTED}' END AS why_no_plan,
            settled AND number IS NOT NULL AND planned IS NOT NULL AND scope <> 'area' AND same = 1 AS has_both,
            CASE WHEN planned <> 0 THEN ROUND(actual * 100.0 / planned, 9) END AS rate
        FROM stood s
    ),
    cells AS (
        SELECT j.*,
            CASE WHEN NOT has_both OR has_both IS NULL THEN ''
                WHEN direction = 'less' THEN CASE WHEN actual <= planned THEN '達成' ELSE '未達' END
                WHEN value_kind <> 'presence' AND planned = 0
                    THEN CASE WHEN actual = 0 THEN '{BOTH_ZERO}' ELSE '{ZERO_PLAN}' END
                WHEN value_kind = 'presence' OR direction = 'more'
                    THEN CASE WHEN actual >= planned THEN '達成' ELSE '未達' END
                WHEN rate > near_high THEN '見込みを上回る' WHEN rate < near_low THEN '見込みを下回る'
                ELSE '見込みどおり' END AS reading
        FROM judged j
    )"""  # noqa: S608 - built of constants of the code; what anybody typed is a parameter

_SUMS = """
    SELECT kind, why_no_plan, why_no_actual, reading, COUNT(*), SUM(planned), SUM(number), SUM(numerator),
        SUM(denominator)
    FROM cells GROUP BY kind, why_no_plan, why_no_actual, reading"""

# The row or the two rows in the middle, as numbers: the rate itself is calculated where all rates are.
_MIDDLES = f"""
    SELECT kind, '{MIDDLE}', '', '', rates, planned, number, numerator, denominator
    FROM (
        SELECT kind, planned, number, numerator, denominator,
            ROW_NUMBER() OVER (PARTITION BY kind ORDER BY rate) AS place, COUNT(*) OVER (PARTITION BY kind) AS rates
        FROM cells WHERE has_both AND rate IS NOT NULL AND value_kind IN ('number', 'rate')
    ) ranked
    WHERE place IN ((rates + 1) / 2, rates / 2 + 1)"""  # noqa: S608


def sums_and_middles(wordings: Iterable[tuple[int, Wording]], **scope: Any) -> tuple[list[Any], list[Any]]:
    """Counts and sums by kind, reason on either side, and reading; and by kind the one or two figures whose 達成率
    stand in the middle, with how many rates there are. One query.
    """
    kinds = [
        [number, w.catalogue_code, w.family, w.title, w.unit, w.value_kind, w.accumulation] for number, w in wordings
    ]
    statement = f"{_CELLS}{_SUMS} UNION ALL {_MIDDLES}".replace("@kinds@", _KINDS[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(statement, {"kinds": json.dumps(kinds, ensure_ascii=False), **scope})
        rows = cursor.fetchall()
    middles = [(kind, *amounts, rates) for kind, tag, _, _, rates, *amounts in rows if tag == MIDDLE]
    return [row for row in rows if row[1] != MIDDLE and row[2] != TWIN], middles
