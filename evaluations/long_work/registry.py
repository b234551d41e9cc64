"""Every kind of long work there is, by its name."""

from collections.abc import Mapping

from evaluations.all_sheets import ALL_SHEETS
from evaluations.long_work.kinds import Kind

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (ALL_SHEETS,)}
