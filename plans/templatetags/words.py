"""Filters that write values, years and texts the way a city does. They format; they do not compute figures."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from core import fiscal_months, fiscal_years
from core.figures import Figures, shown_number, signed_difference
from core.numerals import one_decimal, plain
from core.prose import circled, printed_lines
from core.values import Value
from core.words import ValueKind
from plans import planned_versions
from plans.cell_words import CellWords, cell_words
from plans.models import Measure, Municipality, Plan
from plans.planned_versions import PlannedVersion, Versions
from plans.queries import YearCell

register = template.Library()


register.filter("circled", circled)
register.filter("signed_difference", signed_difference)


@register.filter
def wareki(year: int) -> str:
    """2021 → 令和3年度."""
    return fiscal_years.wareki(year)


@register.filter
def both_eras(year: int) -> str:
    """2021 → 令和3年度（2021年度）."""
    return fiscal_years.both_eras(year)


@register.filter
def wareki_day(day: date) -> str:
    """2022-10-01 → 令和4年10月1日."""
    return fiscal_months.wareki_day(day)


@register.filter
def years_of(plan: Plan) -> str:
    """「令和3年度〜令和5年度（2021〜2023）」."""
    return (
        f"{fiscal_years.wareki(plan.start_year)}〜{fiscal_years.wareki(plan.end_year)}"
        f"（{plan.start_year}〜{plan.end_year}）"
    )


@register.filter
def decimal(number: Decimal | None) -> str:
    """A number without exponent and trailing zeros; blank for None."""
    return "" if number is None else plain(number)


@register.filter
def rate(number: Decimal | None) -> str:
    """A rate to one decimal; blank for None."""
    return "" if number is None else one_decimal(number)


@register.filter
def planned_number(figures: Figures) -> str:
    """計画値 as printed; blank where there is none."""
    return shown_number(figures.planned, figures.nature.kind)


@register.filter
def actual_number(figures: Figures) -> str:
    """実績値 as printed; blank where there is none."""
    return shown_number(figures.actual, figures.nature.kind)


@register.filter
def in_words(cell: YearCell, unit: str) -> CellWords:
    """Everything that is printed of a measure in one year; the unit as the city writes it."""
    return cell_words(cell, unit)


@register.filter
def unit_of(unit: str, municipality: Municipality) -> str:
    """A unit with the city's own way of writing か所."""
    return municipality.unit(unit)


@register.filter
def written_by(words: str, municipality: Municipality) -> str:
    """Words of ours (a 計画種別, say) with the city's own way of writing 障害. The names a city typed stay as typed."""
    return words.replace("障害", municipality.disability_word)


@register.filter
def presence(value: Value) -> str:
    """1 → 有, 0 → 無."""
    return "" if value.number is None else ("有" if value.number else "無")


@register.filter
def prose(text: str) -> SafeString:
    """A typed text with its line breaks, and a new line before each ①②… of a list that the city printed in one run."""
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in printed_lines(text)))


@register.simple_tag
def planned_in_words(version: PlannedVersion, measure: Measure, municipality: Municipality) -> str:
    """One version of a 計画値: 12人, 有, 設定しない, なし."""
    unit = unit_of(measure.unit, municipality)
    return planned_versions.planned_in_words(version.value, ValueKind(measure.value_kind), unit)


@register.simple_tag
def versions_in_words(versions: Versions, measure: Measure, municipality: Municipality) -> str:
    """「当初 12人 → 第1回変更後 15人（令和4年10月1日）」."""
    unit = unit_of(measure.unit, municipality)
    return planned_versions.versions_in_words(versions, ValueKind(measure.value_kind), unit)
