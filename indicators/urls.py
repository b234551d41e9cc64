"""Addresses of the 活動指標."""

from django.urls import path

from indicators.monthly_views import monthly
from indicators.views import indicator_list

app_name = "indicators"

urlpatterns = [
    path("plans/<slug:slug>/indicators/", indicator_list, name="indicator_list"),
    path("plans/<slug:slug>/indicators/monthly/<int:year>/", monthly, name="monthly"),
]
