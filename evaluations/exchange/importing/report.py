"""What is wrong or strange in a file, each with the address of its cell."""

from collections.abc import Iterable
from dataclasses import dataclass, field


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


MAX_REMARKS = 5000
"""More than anybody reads; a hostile table could bring a million."""


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


def in_order(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """By row, then by column as the spreadsheet has them."""
    return tuple(sorted(remarks, key=lambda remark: place_of(remark.address)))


def place_of(address: str) -> tuple[int, int, str]:
    """What to sort addresses by: row, then column."""
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :]), len(letters), letters
