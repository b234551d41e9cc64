"""Fields of a row as JSON keeps them, for what leaves the database: publications and packages."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from core.numerals import plain


def facts_of(row: object, names: Iterable[str]) -> dict[str, Any]:
    """These fields of a row: exact numbers and dates as texts, the rest as it is."""
    return {name: _as_json(getattr(row, name)) for name in names}


def _as_json(fact: Any) -> Any:
    if isinstance(fact, Decimal):
        return plain(fact)
    return fact.isoformat() if hasattr(fact, "isoformat") else fact
