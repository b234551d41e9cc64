"""活動指標, services and months in the admin: to look at."""

from django.contrib import admin

from indicators.models import ActivityIndicator, MonthlyMapping, MonthlyReading, Service
from plans.admin import ReadOnlyAdmin

admin.site.register((ActivityIndicator, MonthlyMapping, MonthlyReading, Service), ReadOnlyAdmin)
