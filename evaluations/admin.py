"""評価, 取組記録, 公表, 協議会意見, 取組 and 達成見込み in the admin: to look at."""

from django.contrib import admin

from evaluations.models import ActionItem, ActivityRecord, CouncilOpinion, Evaluation, Outlook, Publication
from plans.admin import ReadOnlyAdmin

admin.site.register((Evaluation, ActivityRecord, Publication, CouncilOpinion, ActionItem, Outlook), ReadOnlyAdmin)
