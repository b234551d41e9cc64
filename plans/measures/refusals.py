"""What the actions that change the 指標 and 成果目標 of a plan share: the right, the history's reason, the refusal."""

from dataclasses import dataclass

MAY_NOT = "計画の指標を加えたり直したりできるのは、管理の役割の人だけです。"
REASON = "指標の設定"


@dataclass(frozen=True)
class FieldRefused:
    """Why one field could not be changed; `current` is the current value, as a form says it, where another user changed
    it, else None.
    """

    name: str
    sentence: str
    current: str | None = None


class MastersRefused(Exception):
    """Nothing was written. `fields` says why, by column of the table or field of the row."""

    def __init__(self, fields: list[FieldRefused]) -> None:
        self.fields = tuple(fields)
        super().__init__("\n".join(field.sentence for field in self.fields))
