"""評価, 取組記録, 公表, 協議会意見 and 取組 in the admin: to look at."""

from django.contrib import admin

from evaluations.models import ActionItem, ActivityRecord, CouncilOpinion, Evaluation, Publication
from plans.admin import ReadOnlyAdmin

admin.site.register((Evaluation, ActivityRecord, Publication, CouncilOpinion, ActionItem), ReadOnlyAdmin)
