"""Why an import could not be applied, change by change."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.values import EMPTY, Value
from evaluations.exchange.importing.changes import ImportChange
from evaluations.exchange.importing.report import Remark
from plans.refusals import Cause


@dataclass(frozen=True)
class Refused:
    """One change that could not be made. `current`: what is kept now, a Value for a cell and a text for the others."""

    change: ImportChange
    cause: Cause
    sentence: str
    current: Value | str = EMPTY


class ImportRefused(Exception):  # noqa: N818 - named like ChangesRefused
    """Nothing was written; `refused` says why, change by change."""

    def __init__(self, refused: Iterable[Refused]) -> None:
        self.refused = tuple(refused)
        super().__init__("\n".join(each.sentence for each in self.refused))

    @property
    def remarks(self) -> list[Remark]:
        """The same, each with the address of its cell."""
        return [Remark(each.change.address, each.sentence) for each in self.refused]
