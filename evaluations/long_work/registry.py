"""Every kind of long work there is, by its name."""

from collections.abc import Mapping

from evaluations.all_sheets import ALL_SHEETS
from evaluations.importing.long_import import READ_TABLE, WRITE_CHANGES
from evaluations.long_work.kinds import Kind

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (ALL_SHEETS, READ_TABLE, WRITE_CHANGES)}
