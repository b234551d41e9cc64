"""The Django admin: users, 自治体, 担当課 and memberships are kept here; what the plans hold is only looked at."""

from django.contrib import admin

from plans.models import (
    Change,
    Department,
    Measure,
    Membership,
    Municipality,
    Plan,
    PlanRevision,
    Section,
    SectionYear,
    YearlyValue,
)
from plans.people import role_in_words, write_history

admin.site.site_header = admin.site.site_title = "ふくしPDCA システム管理"


class ReadOnlyAdmin(admin.ModelAdmin):
    """Values, states and texts change through the verbs alone, which know rights, locks, conflicts and history."""

    actions = None

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Municipality)
class MunicipalityAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "kind", "prefecture", "population", "is_fictional")
    search_fields = ("code", "name")


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    list_display = ("name", "municipality")
    list_filter = ("municipality",)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Each change leaves the line in the history that the people page would leave."""

    list_display = ("user", "municipality", "role", "department")
    list_filter = ("municipality", "role")
    search_fields = ("user__username", "user__last_name")
    list_select_related = ("user", "municipality", "department")
    actions = None  # deleting many at once would ask for many lines; one by one is enough here

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        """Another person or 自治体 is another membership."""
        return ("user", "municipality") if obj else ()

    def save_model(self, request, obj, form, change) -> None:
        old = role_in_words(Membership.objects.select_related("department").get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        if old != role_in_words(obj):
            write_history(obj, "役割・担当課" if change else "登録", old, role_in_words(obj), by=request.user)

    def delete_model(self, request, obj) -> None:
        write_history(obj, "所属を外す", role_in_words(obj), None, by=request.user)
        super().delete_model(request, obj)


@admin.register(Plan)
class PlanAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "municipality", "start_year", "end_year")


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin):
    list_display = ("plan", "number", "title")
    list_filter = ("plan",)


@admin.register(SectionYear)
class SectionYearAdmin(ReadOnlyAdmin):
    list_display = ("section", "fiscal_year", "state", "version")
    list_filter = ("state", "fiscal_year")


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ("code", "title", "plan", "family", "department")
    list_filter = ("plan", "family")
    search_fields = ("code", "title")


@admin.register(YearlyValue)
class YearlyValueAdmin(ReadOnlyAdmin):
    list_display = ("measure", "fiscal_year", "side", "revision", "replaced_in", "number", "state")
    list_filter = ("side", "fiscal_year")
    list_select_related = ("measure",)


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("at", "by", "door", "municipality", "plan", "subject", "field")
    list_filter = ("subject", "door", "municipality")
    list_select_related = ("by", "municipality", "plan")
    date_hierarchy = "at"


admin.site.register(PlanRevision, ReadOnlyAdmin)
