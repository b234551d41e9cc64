"""The services that the law knows, kept as a fixture and amended by cities."""

import json
from pathlib import Path

from indicators.models import Service


def create_missing_services(fixture: Path) -> int:
    """Create the services of a Django fixture that are not there yet, by code; returns how many.

    Unlike `loaddata` it leaves those that are there alone: a city may have amended name, category or dates.
    """
    known = set(Service.objects.values_list("code", flat=True))
    rows = [row["fields"] for row in json.loads(fixture.read_text(encoding="utf-8"))]
    return len(Service.objects.bulk_create(Service(**fields) for fields in rows if fields["code"] not in known))
