"""What is kept of the 活動指標: services, months, and forecasts."""

from indicators.models.indicator import ActivityIndicator, MonthlyMapping, MonthlyReading, Service
from indicators.models.volume import ForecastFactor, TakenVolume, VolumeForecast, VolumeTaking

__all__ = [
    "ActivityIndicator",
    "ForecastFactor",
    "MonthlyMapping",
    "MonthlyReading",
    "Service",
    "TakenVolume",
    "VolumeForecast",
    "VolumeTaking",
]
