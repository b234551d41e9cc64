"""Addresses of the 活動指標."""

from django.urls import path

from indicators.months.views import monthly
from indicators.views import indicator_list
from indicators.volumes.views import volume, volume_table, volumes

app_name = "indicators"

urlpatterns = [
    path("plans/<slug:slug>/indicators/", indicator_list, name="indicator_list"),
    path("plans/<slug:slug>/indicators/monthly/<int:year>/", monthly, name="monthly"),
    path("plans/<slug:slug>/volumes/", volumes, name="volumes"),
    path("plans/<slug:slug>/volumes/<slug:key>/", volume, name="volume"),
    path("plans/<slug:slug>/volumes/<slug:key>/table.xlsx", volume_table, name="volume_table"),
]
