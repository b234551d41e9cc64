"""成果目標 in the admin, read-only."""

from django.contrib import admin

from plans.admin import ReadOnlyAdmin
from targets.models import OutcomeTarget, TargetItem

admin.site.register((OutcomeTarget, TargetItem), ReadOnlyAdmin)
