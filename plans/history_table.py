"""The history page's filters, pages and table. What a person may see of a change is decided in `plans.history`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import django_tables2 as tables
from django import forms
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.fiscal_years import wareki
from plans.access import Person, memberships_of, visible_plans
from plans.history import OPERATOR, HistoryLine, changes_for, history_line, midnight
from plans.models import Change, Subject

LINES_PER_PAGE = 50
ALL = ("", "すべて")
NO_PERSON = "null"
_POSITION = "%Y%m%dT%H%M%S%f"


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
    channel = tables.Column(verbose_name="経路", attrs={"td": {"class": "nowrap"}})

    caption = "変更履歴（新しい順）"
    wrap_class = "lines stacked"

    class Meta:
        orderable = False
        empty_text = "この条件に当てはまる変更はありません。条件をゆるめてください。"


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class HistoryFilters(forms.Form):
    """計画, 年度, 節, 指標コード, 人, 対象 and 期間 (days in Japan). Nothing filters by what a cell held.

    Plans and people to choose from are those of the person's own 自治体, and the plan that the address names.
    """

    plan = forms.ChoiceField(label="計画", required=False)
    year = forms.ChoiceField(label="年度", required=False)
    section = forms.IntegerField(label="節番号", required=False, min_value=1, max_value=9999)
    code = forms.CharField(label="指標コード", required=False, max_length=40)
    by = forms.ChoiceField(label="だれが", required=False)
    subject = forms.ChoiceField(label="対象", required=False, choices=[ALL, *Subject.choices])
    since = _day("この日から")
    until = _day("この日まで")

    def __init__(self, person: Person, data: Mapping[str, str]) -> None:
        super().__init__(data)
        own = [membership.municipality_id for membership in memberships_of(person)]
        plans = visible_plans(person).filter(Q(municipality__in=own) | Q(slug=data.get("plan", "")))
        years = sorted({year for plan in plans for year in plan.years}, reverse=True)
        self.fields["plan"].choices = [ALL, *((plan.slug, str(plan)) for plan in plans)]  # type: ignore[attr-defined]
        self.fields["year"].choices = [ALL, *((str(year), wareki(year)) for year in years)]  # type: ignore[attr-defined]
        self.fields["by"].choices = [ALL, (NO_PERSON, OPERATOR), *_people(own)]  # type: ignore[attr-defined]

    def narrowed(self, changes: QuerySet[Change]) -> QuerySet[Change]:
        """The changes that match every filter. An invalid filter is left out (and named by `errors`)."""
        self.full_clean()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        lookups = {"plan": "plan__slug", "year": "fiscal_year", "section": "section__number", "subject": "subject"}
        changes = changes.filter(**{lookup: given[name] for name, lookup in lookups.items() if name in given})
        if "code" in given:
            changes = changes.filter(measure__code__iexact=given["code"])
        if "by" in given:
            changes = changes.filter(by=None if given["by"] == NO_PERSON else given["by"])
        if "since" in given:
            changes = changes.filter(at__gte=midnight(given["since"]))
        if "until" in given:
            changes = changes.filter(at__lt=midnight(given["until"] + timedelta(days=1)))
        return changes


def _people(municipalities: list[int]) -> list[tuple[str, str]]:
    """Everyone who changed something in these 自治体, also those who have left. An index serves each user."""
    changed = Change.objects.filter(by=OuterRef("pk"), municipality__in=municipalities).order_by()
    people = User.objects.filter(Exists(changed)).order_by("last_name", "username")
    return [(str(user.pk), user.get_full_name() or user.username) for user in people]


@dataclass(frozen=True)
class HistoryPage:
    """One page of a history. `older` and `newer` are positions for `page_of`; "" where there is nothing more."""

    lines: list[HistoryLine]
    older: str
    newer: str


def page_of(changes: QuerySet[Change], *, before: str = "", after: str = "") -> HistoryPage:
    """The newest lines before, or the oldest after, a position; the newest of all for a position that makes no sense.

    By position and not by number: page 400 costs what page 1 does, and a new change moves no line to another page.
    """
    one_more = LINES_PER_PAGE + 1
    end, start = _read_position(before), _read_position(after)
    if start:
        found = list(changes.filter(_beyond(start, "gt")).reverse()[:one_more])
        if len(found) == one_more:
            shown = found[:LINES_PER_PAGE][::-1]
            return HistoryPage([history_line(change) for change in shown], _position(shown[-1]), _position(shown[0]))
    found = list((changes.filter(_beyond(end, "lt")) if end else changes)[:one_more])
    shown = found[:LINES_PER_PAGE]
    older = _position(shown[-1]) if len(found) == one_more else ""
    return HistoryPage([history_line(change) for change in shown], older, _position(shown[0]) if end and shown else "")


def _position(change: Change) -> str:
    return f"{change.at.astimezone(UTC):{_POSITION}}-{change.pk}"


def _read_position(text: str) -> tuple[datetime, int] | None:
    moment, _, key = text.partition("-")
    try:
        return datetime.strptime(moment, _POSITION).replace(tzinfo=UTC), min(int(key), 2**63 - 1)
    except ValueError:
        return None


def _beyond(position: tuple[datetime, int], way: str) -> Q:
    at, key = position
    return Q(**{f"at__{way}e": at}) & (Q(**{f"at__{way}": at}) | Q(**{f"pk__{way}": key}))


def history_filters(person: Person, data: Mapping[str, str]) -> tuple[HistoryFilters, QuerySet[Change]]:
    """The form above the list, and the changes this person may see, narrowed down by it."""
    filters = HistoryFilters(person, data)
    return filters, filters.narrowed(changes_for(person))
