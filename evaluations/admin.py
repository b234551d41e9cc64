"""評価, 取組記録, 公表, 協議会意見, 取組, 達成見込み, 計画の下書き and packages in the admin: to look at."""

from django.contrib import admin

from evaluations.models import (
    ActionItem,
    ActivityRecord,
    CouncilOpinion,
    Evaluation,
    MadePackage,
    Outlook,
    PlanDraft,
    Publication,
    ReceivedPackage,
)
from plans.admin import ReadOnlyAdmin

admin.site.register(
    (Evaluation, ActivityRecord, Publication, CouncilOpinion, ActionItem, Outlook, PlanDraft), ReadOnlyAdmin
)
admin.site.register((MadePackage, ReceivedPackage), ReadOnlyAdmin)
