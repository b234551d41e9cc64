"""Filters that write values, years and texts the way a city does. They format; they do not compute figures."""

from decimal import Decimal

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from core import fiscal_years
from core.figures import Figures, shown_number
from core.numerals import one_decimal, plain
from core.prose import circled, printed_lines
from core.values import Value
from core.words import ValueKind
from plans.history import OPERATOR, side_in_words
from plans.models import Change, Municipality, Plan

register = template.Library()


register.filter("circled", circled)


@register.filter
def wareki(year: int) -> str:
    """2021 → 令和3年度."""
    return fiscal_years.wareki(year)


@register.filter
def both_eras(year: int) -> str:
    """2021 → 令和3年度（2021年度）."""
    return fiscal_years.both_eras(year)


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
def signed_difference(figures: Figures) -> str:
    """差 with its sign: +2, -1, 0; points to one decimal in a 割合; blank where there is none."""
    if figures.difference is None:
        return ""
    text = (one_decimal if figures.nature.kind is ValueKind.RATE else plain)(figures.difference)
    return f"+{text}" if figures.difference > 0 else text


@register.filter
def unit_of(unit: str, municipality: Municipality) -> str:
    """A unit with the city's own way of writing か所."""
    return unit.replace("か所", municipality.place_word)


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


@register.filter
def change_words(side: dict | str | None) -> str:
    """One side of a history line: a value, a text, or 未入力 where there was nothing."""
    return side_in_words(side)


@register.filter
def by_whom(change: Change) -> str:
    """Who made a change; the operator's commands carry no name."""
    return str(change.by.get_full_name() or change.by.username) if change.by else OPERATOR
