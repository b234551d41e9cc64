"""How pages write values, years, texts and names: the filters of the templates. They format; they do not compute."""

from decimal import Decimal

from django.contrib.auth.models import User
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from core.fiscal_years import wareki
from core.numerals import one_decimal, plain
from core.prose import printed_lines
from core.values import Value
from core.words import ValueKind
from plans import planned_versions
from plans.history import OPERATOR
from plans.models import Measure, Municipality, Plan
from plans.planned_versions import PlannedVersion, Versions


def years_of(plan: Plan) -> str:
    """「令和3年度〜令和5年度（2021〜2023）」."""
    return f"{wareki(plan.start_year)}〜{wareki(plan.end_year)}（{plan.start_year}〜{plan.end_year}）"


def decimal(number: Decimal | None) -> str:
    """A number without exponent and trailing zeros; blank for None."""
    return "" if number is None else plain(number)


def rate(number: Decimal | None) -> str:
    """A rate to one decimal; blank for None."""
    return "" if number is None else one_decimal(number)


def unit_of(unit: str, municipality: Municipality) -> str:
    """A unit with the city's own way of writing か所."""
    return municipality.unit(unit)


def written_by(words: str, municipality: Municipality) -> str:
    """Words of ours (a 計画種別, say) with the city's own way of writing 障害. The names a city typed stay as typed."""
    return words.replace("障害", municipality.disability_word)


def presence(value: Value) -> str:
    """1 → 有, 0 → 無."""
    return "" if value.number is None else ("有" if value.number else "無")


def prose(text: str) -> SafeString:
    """A typed text with its line breaks, and a new line before each ①②… of a list that the city printed in one run."""
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in printed_lines(text)))


def planned_in_words(version: PlannedVersion, measure: Measure, municipality: Municipality) -> str:
    """One version of a 計画値: 12人, 有, 設定しない, なし."""
    unit = unit_of(measure.unit, municipality)
    return planned_versions.planned_in_words(version.value, ValueKind(measure.value_kind), unit)


def versions_in_words(versions: Versions, measure: Measure, municipality: Municipality) -> str:
    """「当初 12人 → 第1回変更後 15人（令和4年10月1日）」."""
    unit = unit_of(measure.unit, municipality)
    return planned_versions.versions_in_words(versions, ValueKind(measure.value_kind), unit)


def person(user: User | None) -> str:
    """A person's name as it is signed; the operator's commands carry none."""
    return (user.get_full_name() or user.get_username()) if user else OPERATOR
