"""What is wrong or strange in a table, each with the address of its cell."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one cell: 「C12 …」."""

    address: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.address} {self.sentence}"


@dataclass
class Report:
    """Problems keep everything from being written; warnings do not."""

    problems: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def problem(self, address: str, sentence: str) -> None:
        """Note a problem, once."""
        remark = Remark(address, sentence)
        if remark not in self.problems:
            self.problems.append(remark)

    def warn(self, address: str, sentence: str) -> None:
        """Note a warning."""
        self.warnings.append(Remark(address, sentence))
