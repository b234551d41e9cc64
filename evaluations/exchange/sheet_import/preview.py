"""The changes of an edited sheet as the preview that a person accepts row by row."""

from evaluations.exchange.importing.preview import Preview
from evaluations.exchange.sheet_import.difference import SheetDifference


def sheet_preview(found: SheetDifference) -> Preview:
    """What can be changed; the contested changes wait for a choice of their own, beside what the sheet had said."""
    contested = {place: one for place, one in enumerate(found.possible) if one.is_contested}
    return Preview(
        changes=tuple(one.change for one in found.possible),
        contested=frozenset(contested),
        is_sheet=True,
        printed={place: one.printed for place, one in contested.items() if one.printed is not None},
    )
