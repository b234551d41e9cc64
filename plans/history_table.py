"""The history page's table and filters. What a person may see of a change is decided in `plans.history`."""

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django_tables2.data import TableQuerysetData

from core.fiscal_years import wareki
from plans.access import Person, visible_plans
from plans.history import OPERATOR, changes_for, history_line
from plans.models import Change, Plan, Subject


class LinesOfChanges(TableQuerysetData):
    """Counts and slices changes in the database, and hands out finished lines of the one page that is shown."""

    def __getitem__(self, key):
        return [history_line(change) for change in self.data[key]]


class HistoryTable(tables.Table):
    """Newest first, always: the order is what makes a history readable."""

    at = tables.DateTimeColumn(
        verbose_name="日時", format="Y年n月j日 H:i", attrs={"td": {"class": "nowrap number"}, "row_header": True}
    )
    by = tables.Column(verbose_name="だれが", attrs={"td": {"class": "nowrap"}})
    place = tables.TemplateColumn(
        verbose_name="何を", template_name="plans/_history_place.html", attrs={"td": {"class": "place"}}
    )
    old = tables.TemplateColumn("{{ record.old|linebreaksbr }}", verbose_name="変更前", attrs={"td": {"class": "long"}})
    new = tables.TemplateColumn("{{ record.new|linebreaksbr }}", verbose_name="変更後", attrs={"td": {"class": "long"}})
    door = tables.Column(verbose_name="経路", attrs={"td": {"class": "nowrap"}})

    caption = "変更履歴（新しい順）"
    wrap_class = "lines stacked"

    class Meta:
        orderable = False
        empty_text = "この条件に当てはまる変更はありません。条件をゆるめてください。"


def _date(label: str, comparison: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        label=label, field_name="at", lookup_expr=comparison, widget=forms.DateInput(attrs={"type": "date"})
    )


class HistoryFilters(django_filters.FilterSet):
    """計画, 年度, 節, 指標コード, 人, 対象 and 期間 (days in Japan). Nothing filters by what a cell held."""

    plan = django_filters.ChoiceFilter(label="計画", field_name="plan__slug", empty_label="すべて")
    year = django_filters.ChoiceFilter(label="年度", field_name="fiscal_year", empty_label="すべて")
    section = django_filters.NumberFilter(
        label="節番号", field_name="section__number", widget=forms.NumberInput(attrs={"min": 1, "step": 1})
    )
    code = django_filters.CharFilter(label="指標コード", field_name="measure__code", lookup_expr="iexact")
    by = django_filters.ChoiceFilter(label="だれが", field_name="by", empty_label="すべて", null_label=OPERATOR)
    subject = django_filters.ChoiceFilter(label="対象", choices=Subject.choices, empty_label="すべて")
    since = _date("この日から", "date__gte")
    until = _date("この日まで", "date__lte")

    def __init__(self, data, *, queryset: QuerySet[Change], plans: list[Plan]) -> None:
        super().__init__(data, queryset=queryset)
        years = sorted({year for plan in plans for year in plan.years}, reverse=True)
        people = User.objects.filter(pk__in=queryset.order_by().values("by")).order_by("last_name", "username")
        self.filters["plan"].extra["choices"] = [(plan.slug, str(plan)) for plan in plans]
        self.filters["year"].extra["choices"] = [(str(year), wareki(year)) for year in years]
        self.filters["by"].extra["choices"] = [(str(user.pk), user.get_full_name() or user.username) for user in people]


def history_filters(user: Person, data) -> HistoryFilters:
    """The changes this person may see, narrowed down by what the address asks for. Three queries until it is shown."""
    return HistoryFilters(data, queryset=changes_for(user), plans=list(visible_plans(user)))
