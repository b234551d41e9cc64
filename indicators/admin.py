"""活動指標, services, months and forecasts in the admin, read-only."""

from django.apps import apps
from django.contrib import admin

from plans.admin import ReadOnlyAdmin

admin.site.register(apps.get_app_config("indicators").get_models(), ReadOnlyAdmin)
