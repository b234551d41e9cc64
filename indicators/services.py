"""The services that the law knows, kept as a fixture and amended by cities."""

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from core.fiscal_years import current_fiscal_year
from indicators.models import Service

FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "services.json"


def create_missing_services(fixture: Path = FIXTURE) -> int:
    """Create the services of a Django fixture that are not there yet, by code; returns how many.

    Unlike `loaddata` it leaves those that are there alone: a city may have amended name, category or dates.
    """
    known = set(Service.objects.values_list("code", flat=True))
    rows = _shipped(fixture)
    return len(Service.objects.bulk_create(Service(**fields) for fields in rows if fields["code"] not in known))


def services_by_code() -> dict[str, Service]:
    """Every service by its code: as stored, else as shipped and unsaved. One query."""
    shipped = {fields["code"]: Service(**_with_days(fields)) for fields in _shipped(FIXTURE)}
    return shipped | {service.code: service for service in Service.objects.all()}


def unknown_services(codes: Iterable[str]) -> list[str]:
    """The codes that neither this installation nor the fixture knows. One query."""
    here = Service.objects.values_list("code", flat=True)
    return sorted(set(codes) - set(here) - {fields["code"] for fields in _shipped(FIXTURE)})


def counted_years(service: Service | None, years: tuple[int, ...]) -> tuple[int, ...]:
    """The fiscal years of these in which the law knows the service on some day; all of them without a service."""
    if service is None:
        return years
    first = current_fiscal_year(service.since) if service.since else years[0]
    last = current_fiscal_year(service.until) if service.until else years[-1]
    return tuple(year for year in years if first <= year <= last)


@cache
def _shipped(fixture: Path) -> list[dict[str, Any]]:
    return [row["fields"] for row in json.loads(fixture.read_text(encoding="utf-8"))]


def _with_days(fields: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(fields[name]) for name in ("since", "until") if fields[name]}
    return fields | days
