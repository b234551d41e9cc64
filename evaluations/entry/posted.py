"""What a drawn page of the entry grid had shown, signed, and one POST read together with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing

from core.cell_texts import LABELS
from core.values import Value
from core.words import Side
from evaluations.entry.cells import EntryCell
from plans.models import Section

SALT = "evaluations.entry"
_FIELD = re.compile(rf"(?:{'|'.join(Side)})-(?P<code>.+)-(?:{'|'.join(LABELS)})")


def page_token(section: Section, year: int, shown: Mapping[str, Any]) -> str:
    """What the page shows, signed: `seen` by cell, the cells that offer a choice (`asked`), the `offers` to take
    records over (actual and successor by 指標コード), and the `revision` that it names for 計画値.
    """
    return signing.dumps(shown, salt=_salt(section, year), compress=True)


@dataclass(frozen=True)
class PostedGrid:
    """One POST: the texts by field name, and what the page had shown: values, cells that offered a choice, offers, and
    the 計画変更 that it named for 計画値.
    """

    data: Mapping[str, str]
    seen: Mapping[str, Mapping[str, Any]]
    asked: Sequence[str]
    offers: Mapping[str, Sequence[Mapping[str, Any]]]
    revision: int

    @classmethod
    def read(cls, data: Mapping[str, str], section: Section, year: int) -> "PostedGrid":
        """A token that is missing or not of this page counts as having seen nothing: every stored value is then a
        conflict.
        """
        try:
            token = signing.loads(data.get("seen", ""), salt=_salt(section, year))
        except signing.BadSignature:
            token = {"seen": {}, "asked": []}
        return cls(data, token["seen"], token["asked"], token.get("offers", {}), token.get("revision", 0))

    def fill(self, cell: EntryCell) -> EntryCell:
        """The cell with what was posted for it; only its own fields are looked at."""
        named = {name: f"{cell.prefix}-{name}" for name in cell.fields}
        return replace(
            cell,
            seen=Value.from_dict(self.seen.get(cell.prefix, {})),
            typed={name: self.data[key] for name, key in named.items() if key in self.data},
            asked=cell.prefix in self.asked,
            choice=self.data.get(f"{cell.prefix}-choice", ""),
        )

    def codes(self) -> set[str]:
        """The 指標コード of every measure for which something was posted."""
        return {match["code"] for name in self.data if (match := _FIELD.fullmatch(name))}

    def offered(self, code: str) -> tuple[Value, Value] | None:
        """The actual and its successor that the page had offered for a measure."""
        if code not in self.offers:
            return None
        old, new = self.offers[code]
        return Value.from_dict(old), Value.from_dict(new)


def _salt(section: Section, year: int) -> str:
    return f"{SALT}.{section.pk}.{year}"
