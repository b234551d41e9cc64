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
)
from evaluations.exchange.importing.report import Report
from evaluations.exchange.importing.stored import StoredPlan, years_in_use
from evaluations.exchange.importing.wanted import Wanted, WantedMeasure, WantedPlan
from plans.measures.columns import USUAL_DIRECTION
from plans.measures.rules import Objection, completed, objection_to_parent, objection_to_section
from plans.models import Plan
from plans.models.plan import EARLIEST_YEAR, usual_years
from plans.tidy import measure_columns


@dataclass(frozen=True)
class FinalPlan:
    """How the plan will be: its years, and the master columns of each measure that the table names."""

    years: range
    measures: dict[str, Row]


def plan_masters(
    wanted: WantedPlan, stored: StoredPlan, report: Report, *, cities_made: set[str]
) -> tuple[list[ImportChange], FinalPlan]:
    """The changes of masters, in the order in which they must be made, and what comes out."""
    masters = _Masters(wanted, stored, report)
    changes: list[ImportChange] = list(masters.municipality(cities_made))
    years, of_plan = masters.plan()
    changes += [*of_plan, *masters.sections()]
    measures = {}
    for code, measure in wanted.measures.items():
        measures[code], of_measure = masters.measure(code, measure)
        changes += of_measure
    masters.check_parents(measures)
    return changes, FinalPlan(years, measures)


class _Masters:
    """What a table says of the masters of one plan, against what is stored."""

    def __init__(self, wanted: WantedPlan, stored: StoredPlan, report: Report) -> None:
        self.wanted, self.stored, self.report, self.key = wanted, stored, report, wanted.key

    def municipality(self, cities_made: set[str]) -> Iterator[ImportChange]:
        city, code = self.wanted.municipality, self.key.code
        if code in cities_made:
            return
        cities_made.add(code)
        if self.stored.municipality is None:
            yield NewMunicipality(self.key, city.texts.get("自治体名", "") or code, city.address)
        else:
            said, title = self._without_blanks(city), self.stored.municipality.name
            yield from self._differences("municipality", "", title, city, self.stored.plan_texts(), said)

    def plan(self) -> tuple[range, list[ImportChange]]:
        """The years of the plan as they will be, empty where they cannot be known; and the changes."""
        plan = self.wanted.plan
        if self.stored.plan:
            said, before = self._without_blanks(plan), self.stored.plan_texts()
            years = self._years(before | said)
            self._check_values_inside(years, self.stored.plan)
            return years, list(self._differences("plan", "", self.stored.plan.name, plan, before, said))
        said = dict(plan.texts)
        usual = usual_years(self.key.kind, self.key.generation)
        for column, year in zip(("開始年度", "終了年度"), usual or (None, None), strict=True):
            said[column] = said.get(column) or (str(year) if year else "")
            if not said[column]:
                sentence = f"新しい計画には「{column}」が必要です。列を加えて年度を入力してください。"
                self.report.problem(plan.at(column), sentence)
                return range(0), []
        years = self._years(said)
        name = said.get("計画名") or self.key.title
        return years, [NewPlan(self.key, name, years.start, years.stop - 1, plan.address)] if years else []

    def _years(self, texts: Row) -> range:
        start, end = int(texts["開始年度"]), int(texts["終了年度"])
        if start < EARLIEST_YEAR or not start <= end < start + LONGEST_PLAN:
            self.report.problem(
                self.wanted.plan.at("終了年度", "開始年度"),
                f"計画の期間は{EARLIEST_YEAR}年度以後、{LONGEST_PLAN}年以内で、終了年度を開始年度以後にしてください"
                f"（入力：{start}〜{end}）。",
            )
            return range(0)
        return range(start, end + 1)

    def _check_values_inside(self, years: range, plan: Plan) -> None:
        """A shorter plan may not leave anything behind."""
        if not years or set(plan.years) <= set(years):
            return
        outside = sorted(year for year in years_in_use(plan) if year not in years)
        if outside:
            self.report.problem(
                self.wanted.plan.at("終了年度", "開始年度"),
                f"{'、'.join(f'{year}年度' for year in outside)}には入力があるため、計画の期間から外せません。",
            )

    def sections(self) -> Iterator[ImportChange]:
        for number, section in self.wanted.sections.items():
            label = f"第{number}節"
            known = self.stored.sections.get(number)
            said = section.texts | ({"節名": section.texts["節名"] or label} if "節名" in section.texts else {})
            if known is None:
                yield NewSection(self.key, number, said.get("節名", label), section.at("節名"))
            else:
                yield from self._differences("section", str(number), label, section, {"節名": known.title}, said)

    def measure(self, code: str, measure: WantedMeasure) -> tuple[Row, list[ImportChange]]:
        """The columns of one measure as they will be, and what changes."""
        before = measure_columns(self.stored.measures[code]) if code in self.stored.measures else {}
        family = before.get("種別") or measure.texts.get("種別", "")
        said = completed(measure.texts, family)
        if not before:
            usual = {"種類": ValueKind.NUMBER.label, "方向": USUAL_DIRECTION.get(family, ""), "集計": "年度計"}
            empty = dict.fromkeys(("指標番号", "指標名", "親指標", "親との関係", "単位", "基準値", "基準年度"), "")
            final = empty | usual | said
            if not {"節番号", "種別", "指標名"} <= said.keys():
                return final, []  # what is wrong with them has been said
            return final, [NewMeasure(self.key, code, final, measure.address)]
        final = {column: text for column, text in (before | said).items() if column != "節名"}
        if final["種別"] != before["種別"]:
            self.report.problem(
                measure.at("種別"),
                f"「{code}」は{before['種別']}として登録されています。種別は変えられません。"
                f"別の指標コードにしてください（入力：{final['種別']}）。",
            )
        self._object(measure, objection_to_section(before, final, self.stored.is_settled))
        return final, list(self._differences("measure", code, before["指標名"], measure, before, said))

    def check_parents(self, measures: dict[str, Row]) -> None:
        """Every 親指標 as it will be."""
        parents = {code: m.parent.code if m.parent else "" for code, m in self.stored.measures.items()}
        parents |= {code: row["親指標"] for code, row in measures.items()}
        for code, row in measures.items():
            self._object(self.wanted.measures[code], objection_to_parent(code, row, parents))

    def _object(self, measure: Wanted, objection: Objection | None) -> None:
        if objection:
            self.report.problem(measure.at(*objection.columns), objection.sentence)

    def _without_blanks(self, thing: Wanted) -> Row:
        """What is said of something stored that can be without none of its columns: a blank one stays as it is."""
        for column, text in thing.texts.items():
            if not text:
                self.report.warn(thing.at(column), f"「{column}」は空欄にできないため、いまの内容を残します。")
        return {column: text for column, text in thing.texts.items() if text}

    def _differences(
        self, of: str, name: str, title: str, thing: Wanted, before: Row, said: Row
    ) -> Iterator[MasterChange]:
        for column, new in said.items():
            if new != before[column] and column != "種別":
                yield MasterChange(self.key, of, name, title, column, before[column], new, thing.at(column))
