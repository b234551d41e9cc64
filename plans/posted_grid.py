"""What the grids of values and of months share: one POST read with what its page had shown, signed; input that is
orphaned, typed for 指標 that are no longer on the page that is drawn again; and how typed texts were understood.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing

from core.values import Value
from core.words import ValueKind
from plans.models import Measure, Section
from plans.queries import measures_of

ECHOES_SAID = 8


def page_token(shown: Mapping[str, Any], salt: str) -> str:
    """What the page shows, signed: `seen` by cell, the cells that offer a choice (`asked`), the `offers` to take over
    (actual and successor by 指標コード), and the `revision` that it names for 計画値.
    """
    return signing.dumps(shown, salt=salt, compress=True)


@dataclass(frozen=True)
class PostedGrid:
    """One POST: the texts by field name, and what `page_token` had signed."""

    data: Mapping[str, str]
    shown: Mapping[str, Any]

    @classmethod
    def read(cls, data: Mapping[str, str], salt: str) -> "PostedGrid":
        """A token that is missing or not of this page counts as having seen nothing: every stored value is then a
        conflict.
        """
        try:
            shown = signing.loads(data.get("seen", ""), salt=salt)
        except signing.BadSignature:
            shown = {}
        return cls(data, {"seen": {}, "asked": [], "offers": {}, "revision": 0} | shown)

    def about(self, name: str) -> dict[str, Any]:
        """Of the cell of this name: the value that was seen, whether a choice was offered, and the one chosen."""
        return {
            "seen": Value.from_dict(self.shown["seen"].get(name, {})),
            "asked": name in self.shown["asked"],
            "choice": self.data.get(f"{name}-choice", ""),
        }

    def offered(self, code: str) -> tuple[Value, Value] | None:
        """The actual and its successor that the page had offered for a measure."""
        if code not in self.shown["offers"]:
            return None
        old, new = self.shown["offers"][code]
        return Value.from_dict(old), Value.from_dict(new)

    def orphaned(self, field: re.Pattern[str], section: Section, drawn: Iterable[Measure]) -> list[Measure]:
        """The measures for which something was posted and that are not drawn: moved to another 節 or page, or removed.
        `field` finds their `code` in the names of fields. One query where there are any.

        A removed 指標 is an unsaved one, of the 節 in which it was typed. Its original 種類 is not known, so it gets
        the one with the most fields.
        """
        posted = {match["code"] for name in self.data if (match := field.fullmatch(name))}
        missing = posted - {measure.code for measure in drawn}
        if not missing:
            return []
        moved = list(measures_of(section.plan).filter(code__in=missing))
        removed = sorted(missing - {measure.code for measure in moved})
        return [*moved, *(_removed(section, code) for code in removed)]


def echoes_in_words(echoes: Sequence[str]) -> str:
    """「読み取った値：１２人 → 12」 for a message, the first few; "" where everything was typed as it is stored."""
    if not echoes:
        return ""
    more = f" ほか{len(echoes) - ECHOES_SAID}件" if len(echoes) > ECHOES_SAID else ""
    return f"読み取った値：{'、'.join(echoes[:ECHOES_SAID])}{more}"


def _removed(section: Section, code: str) -> Measure:
    title = f"{code}（取り除かれた指標）"
    return Measure(plan=section.plan, section=section, code=code, title=title, value_kind=ValueKind.RATE)
