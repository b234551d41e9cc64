"""評価, 取組記録 and 公表 in the admin: to look at."""

from django.contrib import admin

from evaluations.models import ActivityRecord, Evaluation, Publication
from plans.admin import ReadOnlyAdmin

admin.site.register((Evaluation, ActivityRecord, Publication), ReadOnlyAdmin)
