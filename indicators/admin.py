"""活動指標 and services in the admin: to look at."""

from django.contrib import admin

from indicators.models import ActivityIndicator, Service
from plans.admin import ReadOnlyAdmin

admin.site.register((ActivityIndicator, Service), ReadOnlyAdmin)
