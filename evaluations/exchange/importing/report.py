"""What is wrong or strange in a file, each with the address of its cell."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one cell: 「C12 …」."""

    address: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.address} {self.sentence}"


@dataclass(frozen=True)
class Unknown:
    """A cell of an edited sheet or form that says something else than was printed there, and is not taken in. `note`
    says why."""

    address: str
    old: str
    new: str
    note: str


@dataclass(frozen=True)
class Remarks:
    """What is to be said of a file. `failure` says why the whole file could not be read; `problems` keep what they are
    about from being written, `unknown` are cells that are not taken in, `notes` concern the file as a whole."""

    name: str = ""
    failure: str = ""
    problems: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def remarks(self) -> dict[str, Any]:
        """These fields, for another class with them."""
        return {field.name: getattr(self, field.name) for field in fields(Remarks)}

    def as_kept(self) -> dict[str, Any]:
        """These fields for JSON."""
        listed = {name: [astuple(one) for one in getattr(self, name)] for name in _LISTED}
        return self.remarks | listed


def kept_remarks(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that `Remarks.as_kept` wrote."""
    listed = {name: tuple(kind(*items) for items in kept[name]) for name, kind in _LISTED.items()}
    return {"name": kept["name"], "failure": kept["failure"], "notes": tuple(kept["notes"]), **listed}


_LISTED: dict[str, Any] = {"problems": Remark, "warnings": Remark, "unknown": Unknown}
MAX_REMARKS = 5000
"""More than anyone reads; a hostile table could bring a million."""


@dataclass
class Report:
    """Problems keep everything from being written; warnings do not. Each is noted once."""

    problems: dict[Remark, None] = field(default_factory=dict)
    warnings: dict[Remark, None] = field(default_factory=dict)

    def problem(self, address: str, sentence: str) -> None:
        """Note what keeps the table from being taken in."""
        if len(self.problems) < MAX_REMARKS:
            self.problems[Remark(address, sentence)] = None

    def warn(self, address: str, sentence: str) -> None:
        """Note what was read in a way worth saying."""
        if len(self.warnings) < MAX_REMARKS:
            self.warnings[Remark(address, sentence)] = None

    def in_order(self) -> dict[str, Any]:
        """Problems and warnings by row, then by column as the spreadsheet has them."""
        return {"problems": in_order(self.problems), "warnings": in_order(self.warnings)}


def in_order(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """The remarks by row, then by column as the spreadsheet has them."""
    return tuple(sorted(remarks, key=lambda remark: place_of(remark.address)))


def place_of(address: str) -> tuple[int, int, str]:
    """What to sort addresses by: row, then column."""
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :]), len(letters), letters
