"""活動指標, services, months and forecasts in the admin, read-only."""

from django.contrib import admin

from indicators.models import (
    ActivityIndicator,
    ForecastFactor,
    MonthlyMapping,
    MonthlyReading,
    Service,
    TakenVolume,
    VolumeForecast,
    VolumeTaking,
)
from plans.admin import ReadOnlyAdmin

admin.site.register(
    (
        ActivityIndicator,
        ForecastFactor,
        MonthlyMapping,
        MonthlyReading,
        Service,
        TakenVolume,
        VolumeForecast,
        VolumeTaking,
    ),
    ReadOnlyAdmin,
)
