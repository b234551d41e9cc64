"""見込量 of a demo plan, read from its document: worked out by the city, not yet put into the plan."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from core.volumes import Effect, Spread
from indicators.volumes.actions import save_forecast
from indicators.volumes.content import Factor, ForecastContent
from indicators.volumes.ground import ground_of
from plans.models import Channel, Plan


def keep_forecasts(plan: Plan, rows: Iterable[dict[str, Any]], *, by: User) -> None:
    """Each with every factor of the reference: those that the document gives no number are 未入力."""
    for row in rows:
        ground = ground_of(plan, row["volume"], None)
        named = {factor.name: factor for factor in map(_factor, row["factors"])}
        content = ForecastContent(
            basis_year=row["basis_year"],
            scenario=row["scenario"],
            reason=row["reason"],
            factors=tuple(named.get(name, Factor(name)) for name in ground.reference.factors),
        )
        save_forecast(plan, ground.volume, content, version=0, by=by, channel=Channel.COMMAND)


def _factor(row: dict[str, Any]) -> Factor:
    effect, spread = Effect(row.get("effect", Effect.NONE)), Spread(row.get("spread", Spread.EVEN))
    return Factor(**(row | {"number": Decimal(row["number"]), "effect": effect, "spread": spread}))
