"""The Django admin: users, 自治体, 担当課 and memberships are edited here; the content of plans is read-only."""

from django.contrib import admin
from django.db.models import Q

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
from plans.people import role_in_words, write_department_history, write_history
from plans.plan_settings import write_city_history

CODE_STAYS = (
    "全国地方公共団体コード（6桁）。計画のアドレスと出力したファイルに入るため、計画ができた後は変えられません。"
)

admin.site.site_header = admin.site.site_title = "ふくしPDCA システム管理"


class ReadOnlyAdmin(admin.ModelAdmin):
    """Values, states and texts change through the actions alone, which know rights, locks, conflicts and history."""

    actions = None

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Municipality)
class MunicipalityAdmin(admin.ModelAdmin):
    """Each change leaves a line in the history. Fields that addresses, exports and roles depend on are read-only."""

    list_display = ("code", "name", "kind", "prefecture", "population", "is_fictional")
    search_fields = ("code", "name")
    actions = None

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, help_texts={"code": CODE_STAYS}, **kwargs)

    def get_readonly_fields(self, request, obj=None) -> list[str]:
        """The read-only fields: the code once a plan has it, the kind once anything depends on it; a prefecture has no
        prefecture.
        """
        if obj is None:
            return []
        fixed = ["code"] if _has_plans(obj) else []
        if fixed or obj.cities.exists() or obj.memberships.exists():
            fixed += ["kind", "prefecture"] if obj.kind == Municipality.Kind.PREFECTURE else ["kind"]
        return fixed

    def save_model(self, request, obj, form, change) -> None:
        before = Municipality.objects.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        if before:
            write_city_history(before, obj, by=request.user)


def _has_plans(municipality: Municipality) -> bool:
    """Whether a plan or the draft of one carries the code: its own, or, of a prefecture, one of its cities'."""
    of_it = Q(pk=municipality.pk) | Q(prefecture=municipality)
    begun = Q(plans__isnull=False) | Q(plan_drafts__isnull=False)
    return Municipality.objects.filter(of_it, begun).exists()


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    """Each change leaves the line in the history that the people page would leave."""

    list_display = ("name", "municipality")
    list_filter = ("municipality",)
    actions = None

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        """The 自治体 of a stored 担当課: the same name in another 自治体 is another 担当課."""
        return ("municipality",) if obj else ()

    def save_model(self, request, obj, form, change) -> None:
        old = Department.objects.get(pk=obj.pk).name if change else None
        super().save_model(request, obj, form, change)
        if old != obj.name:
            write_department_history(obj.municipality, old, obj.name, by=request.user)

    def delete_model(self, request, obj) -> None:
        write_department_history(obj.municipality, obj.name, None, by=request.user)
        super().delete_model(request, obj)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Each change leaves the line in the history that the people page would leave."""

    list_display = ("user", "municipality", "role", "department")
    list_filter = ("municipality", "role")
    search_fields = ("user__username", "user__last_name")
    list_select_related = ("user", "municipality", "department")
    actions = None  # deleting many at once would require many lines; one by one is enough here

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        """The person and the 自治体 of a stored membership: with another of them it is another membership."""
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
    list_display = ("at", "by", "channel", "municipality", "plan", "subject", "field")
    list_filter = ("subject", "channel", "municipality")
    list_select_related = ("by", "municipality", "plan")
    date_hierarchy = "at"


admin.site.register(PlanRevision, ReadOnlyAdmin)
