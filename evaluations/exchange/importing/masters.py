"""Municipality, plan, 節 and measures of a table against what is stored: what is new, and which columns change."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.fiscal_years import LONGEST_PLAN
from core.tidy import Row
from core.words import ValueKind
from evaluations.exchange.importing.changes import (
    ImportChange,
    MasterChange,
    NewMeasure,
    NewMunicipality,
    NewPlan,
    NewSection,
    PlanKey,
)
from evaluations.exchange.importing.report import Report
from evaluations.exchange.importing.stored import StoredPlan, years_in_use
from evaluations.exchange.importing.wanted import Wanted, WantedMeasure, WantedPlan
from plans.measures.columns import USUAL_DIRECTION
from plans.measures.rules import Objection, completed, objection_to_parent, objection_to_section
from plans.models.plan import EARLIEST_YEAR, usual_years


@dataclass(frozen=True)
class FinalPlan:
    """How the plan will be: its years, and the master columns of each measure that the table names."""

    years: range
    measures: dict[str, Row]


def plan_masters(
    wanted: WantedPlan, stored: StoredPlan, report: Report, *, cities_made: set[str]
) -> tuple[list[ImportChange], FinalPlan]:
    """The changes of masters, in the order in which they must be made, and what comes out."""
    changes: list[ImportChange] = list(_municipality(wanted, stored, report, cities_made))
    final, of_plan = _plan(wanted, stored, report)
    changes += of_plan
    changes += _sections(wanted, stored)
    measures = {}
    for code, measure in wanted.measures.items():
        measures[code], of_measure = _measure(wanted.key, code, measure, stored, report)
        changes += of_measure
    _check_parents(wanted, stored, measures, report)
    return changes, FinalPlan(final, measures)


def _municipality(
    wanted: WantedPlan, stored: StoredPlan, report: Report, cities_made: set[str]
) -> Iterator[ImportChange]:
    city, key = wanted.municipality, wanted.key
    if key.code in cities_made:
        return
    cities_made.add(key.code)
    name = city.texts.get("自治体名", "")
    if stored.municipality is None:
        yield NewMunicipality(key, name or key.code, city.address)
    else:
        said = _without_blanks(city, report)
        yield from _differences(key, "municipality", "", stored.municipality.name, city, stored.plan_texts(), said)


def _plan(wanted: WantedPlan, stored: StoredPlan, report: Report) -> tuple[range, list[ImportChange]]:
    """The years of the plan as they will be; empty where they cannot be known."""
    plan, key = wanted.plan, wanted.key
    if stored.plan:
        said, before = _without_blanks(plan, report), stored.plan_texts()
        years = _years(before | said, plan, report)
        _check_values_inside(years, stored, plan, report)
        return years, list(_differences(key, "plan", "", stored.plan.name, plan, before, said))
    said = dict(plan.texts)
    usual = usual_years(key.kind, key.generation)
    for column, year in zip(("開始年度", "終了年度"), usual or (None, None), strict=True):
        said[column] = said.get(column) or (str(year) if year else "")
        if not said[column]:
            report.problem(plan.at(column), f"新しい計画には「{column}」が必要です。列を加えて年度を入力してください。")
            return range(0), []
    years = _years(said, plan, report)
    name = said.get("計画名") or key.title
    made = [NewPlan(key, name, years.start, years.stop - 1, plan.address)] if years else []
    return years, list(made)


def _years(texts: Row, plan: Wanted, report: Report) -> range:
    start, end = int(texts["開始年度"]), int(texts["終了年度"])
    if start < EARLIEST_YEAR or not start <= end < start + LONGEST_PLAN:
        report.problem(
            plan.at("終了年度", "開始年度"),
            f"計画の期間は{EARLIEST_YEAR}年度以後、{LONGEST_PLAN}年以内で、終了年度を開始年度以後にしてください"
            f"（入力：{start}〜{end}）。",
        )
        return range(0)
    return range(start, end + 1)


def _check_values_inside(years: range, stored: StoredPlan, plan: Wanted, report: Report) -> None:
    """A shorter plan may not leave anything behind."""
    if not stored.plan or not years or set(stored.plan.years) <= set(years):
        return
    outside = sorted(year for year in years_in_use(stored.plan) if year not in years)
    if outside:
        report.problem(
            plan.at("終了年度", "開始年度"),
            f"{'、'.join(f'{year}年度' for year in outside)}には入力があるため、計画の期間から外せません。",
        )


def _sections(wanted: WantedPlan, stored: StoredPlan) -> Iterator[ImportChange]:
    for number, section in wanted.sections.items():
        label = f"第{number}節"
        known = stored.sections.get(number)
        said = section.texts | ({"節名": section.texts["節名"] or label} if "節名" in section.texts else {})
        if known is None:
            yield NewSection(wanted.key, number, said.get("節名", label), section.at("節名"))
        else:
            before = {"節名": known.title}
            yield from _differences(wanted.key, "section", str(number), label, section, before, said)


def _measure(
    key: PlanKey, code: str, measure: WantedMeasure, stored: StoredPlan, report: Report
) -> tuple[Row, list[ImportChange]]:
    """The columns of one measure as they will be, and what changes."""
    before = stored.measure_texts(code)
    family = before.get("種別") or measure.texts.get("種別", "")
    said = completed(measure.texts, family)
    if not before:
        usual = {"種類": ValueKind.NUMBER.label, "方向": USUAL_DIRECTION.get(family, ""), "集計": "年度計"}
        empty = dict.fromkeys(("指標番号", "指標名", "親指標", "親との関係", "単位", "基準値", "基準年度"), "")
        final = empty | usual | said
        if not {"節番号", "種別", "指標名"} <= said.keys():
            return final, []  # what is wrong with them has been said
        return final, [NewMeasure(key, code, final, measure.address)]
    final = {column: text for column, text in (before | said).items() if column != "節名"}
    if final["種別"] != before["種別"]:
        report.problem(
            measure.at("種別"),
            f"「{code}」は{before['種別']}として登録されています。種別は変えられません。"
            f"別の指標コードにしてください（入力：{final['種別']}）。",
        )
    _object(report, measure, objection_to_section(before, final, stored.is_settled))
    title = before["指標名"]
    return final, list(_differences(key, "measure", code, title, measure, before, said))


def _check_parents(wanted: WantedPlan, stored: StoredPlan, measures: dict[str, Row], report: Report) -> None:
    parents = {code: m.parent.code if m.parent else "" for code, m in stored.measures.items()}
    parents |= {code: row["親指標"] for code, row in measures.items()}
    for code, row in measures.items():
        _object(report, wanted.measures[code], objection_to_parent(code, row, parents))


def _object(report: Report, measure: Wanted, objection: Objection | None) -> None:
    if objection:
        report.problem(measure.at(*objection.columns), objection.sentence)


def _without_blanks(thing: Wanted, report: Report) -> Row:
    """What is said of something stored that can be without none of its columns: a blank one stays as it is."""
    for column, text in thing.texts.items():
        if not text:
            report.warn(thing.at(column), f"「{column}」は空欄にできないため、いまの内容を残します。")
    return {column: text for column, text in thing.texts.items() if text}


def _differences(
    key: PlanKey, of: str, name: str, title: str, thing: Wanted, before: Row, said: Row
) -> Iterator[MasterChange]:
    for column, new in said.items():
        if new != before[column] and column != "種別":
            yield MasterChange(key, of, name, title, column, before[column], new, thing.at(column))
