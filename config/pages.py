"""The language of the pages: Jinja2 with Django's addresses, and the words of a city as filters."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template import defaultfilters
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django_tables2.templatetags.django_tables2 import table_page_range
from jinja2 import Environment

from core.charts import shared_by_all
from core.figures import signed_difference
from core.fiscal_months import wareki_day
from core.fiscal_years import both_eras, wareki
from core.prose import circled
from core.volume_words import shown, signed, split_in_words
from plans import page_words
from plans.cell_words import actual_words, cell_words, planned_words


def environment(**options: Any) -> Environment:
    """The environment of all templates; `options` are those of the settings."""
    pages = Environment(**options)  # noqa: S701 - Django's backend turns autoescape on
    pages.globals |= {
        "attr": attr,
        "shared_by_all_charts": shared_by_all(),
        "flag": flag,
        "planned_in_words": page_words.planned_in_words,
        "querystring": querystring,
        "static": static,
        "url": url,
        "versions_in_words": page_words.versions_in_words,
    }
    pages.filters |= {
        "actual_words": actual_words,
        "both_eras": both_eras,
        "circled": circled,
        "date": date,
        "decimal": page_words.decimal,
        "filesizeformat": defaultfilters.filesizeformat,
        "floatformat": defaultfilters.floatformat,
        "in_words": cell_words,
        "linebreaksbr": defaultfilters.linebreaksbr,
        "person": page_words.person,
        "planned_words": planned_words,
        "prose": page_words.prose,
        "rate": page_words.rate,
        "shown": shown,
        "signed": signed,
        "signed_difference": signed_difference,
        "split_in_words": split_in_words,
        "table_page_range": table_page_range,
        "truncatechars": defaultfilters.truncatechars,
        "unit_of": page_words.unit_of,
        "wareki": wareki,
        "wareki_day": wareki_day,
        "written_by": page_words.written_by,
        "years_of": page_words.years_of,
    }
    return pages


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a page by its name."""
    return reverse(name, args=args, kwargs=kwargs)


def attr(name: str, value: object) -> str:
    """An attribute of a tag with a blank before it; nothing where the value is false or empty."""
    return format_html(' {}="{}"', name, value) if value else ""


def flag(name: str, condition: object) -> str:
    """An attribute without a value, such as `checked`; nothing where the condition does not hold."""
    return f" {name}" if condition else ""


def date(moment: Any, pattern: str) -> str:
    """A date or a time on the city's clock; blank for None. `pattern` as in Django's filter of this name."""
    return defaultfilters.date(timezone.localtime(moment) if isinstance(moment, datetime) else moment, pattern)


def querystring(request: HttpRequest, **changes: Any) -> str:
    """The query of this page with some parameters changed; None leaves one out."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}" if query or request.GET else ""
