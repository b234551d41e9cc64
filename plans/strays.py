"""Orphaned input: values typed for 指標 that are no longer on the page that is drawn again."""

from collections.abc import Iterable

from core.words import ValueKind
from plans.models import Measure, Section
from plans.queries import measures_of


def measures_gone(section: Section, codes: Iterable[str], drawn: Iterable[Measure]) -> list[Measure]:
    """Those of the posted codes that are not drawn: moved to another 節 or page, or removed. One query where there are
    any.

    A removed 指標 is an unsaved one, of the 節 in which it was typed. Its original 種類 is not known, so it gets the
    one with the most fields.
    """
    missing = set(codes) - {measure.code for measure in drawn}
    if not missing:
        return []
    moved = list(measures_of(section.plan).filter(code__in=missing))
    removed = sorted(missing - {measure.code for measure in moved})
    return [*moved, *(_removed(section, code) for code in removed)]


def _removed(section: Section, code: str) -> Measure:
    title = f"{code}（取り除かれた指標）"
    return Measure(plan=section.plan, section=section, code=code, title=title, value_kind=ValueKind.RATE)
