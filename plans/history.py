"""The 変更履歴: queries of the lines that a person may see, with what they may not see masked as 「確認中」, and
filters, pages and table of the history page.

Masked are, for those who do not see drafts, actuals, months, texts, records and 取組, and the reasons given for moves,
of a 節 × 年度 that is not 確定 or 公表 now; 協議会意見, 見込み and 見込量の算出 always, because they are drafts by
nature. Changes of people are shown to the managers of that 自治体 alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import django_tables2 as tables
from django import forms
from django.contrib.auth.models import User
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.timezone import get_current_timezone

from core.fiscal_years import wareki
from core.reader import echo
from core.values import Value as CellValue
from core.words import NOT_ENTERED, UNDER_REVIEW, Side, ValueKind
from plans.access import WRITERS, Person, memberships_of, visible_plans
from plans.model_fields import longest
from plans.models import Change, Measure, Municipality, Plan, Role, Section, SectionYear, Subject
from plans.models.section_year import SETTLED

CIRCUMSTANCES = {"as_of": "時点", "note": "注記", "numerator": "分子", "denominator": "分母"}
SHOWN_OF_A_MEASURE, SHOWN_OF_A_SECTION = 20, 8
"""How many of the newest lines other pages show; the history page has them all."""
NO_PLAN = "計画値なし"
BLANK = "（空欄）"
OPERATOR = "（システム管理）"


@dataclass(frozen=True)
class HistoryLine:
    """One change as a person reads it. `at` is an aware datetime; `old` and `new` are 「確認中」 where masked.

    `plan_name` begins with the 自治体. `plan_name` and `plan_slug` are "" where the change is about no plan,
    `measure_code` where it is about no 指標.
    """

    at: datetime
    by: str
    channel: str
    plan_name: str
    place: str
    subject: str
    field: str
    old: str
    new: str
    reason: str
    plan_slug: str = ""
    measure_code: str = ""


def measure_history(plan: Plan, measure: Measure, *, since: date | None = None) -> list[HistoryLine]:
    """The newest changes of one 指標, newest first; with `since`, those from that day on. One query. `plan` is what
    `plan_for` returned. The history page shows them all.
    """
    changes = _in_plan(plan).filter(measure=measure)
    if since:
        changes = changes.filter(at__gte=midnight(since))
    return [history_line(change) for change in changes[:SHOWN_OF_A_MEASURE]]


def section_history(plan: Plan, section: Section, year: int) -> list[HistoryLine]:
    """The newest changes of one 節 × 年度: values, texts, records and moves. One query."""
    changes = _in_plan(plan).filter(section=section, fiscal_year=year)
    return [history_line(change) for change in changes[:SHOWN_OF_A_SECTION]]


def midnight(day: date) -> datetime:
    """The moment at which a day in Japan begins."""
    return datetime.combine(day, time.min, tzinfo=get_current_timezone())


def changes_for(user: Person) -> QuerySet[Change]:
    """The changes of the cities of this person, newest first; `history_line` makes each readable. One query more."""
    memberships = list(memberships_of(user))
    own = {membership.municipality_id: membership.role for membership in memberships}
    prefectures = [city for city, role in own.items() if role == Role.PREFECTURE]
    # Numbers and no join: with them the index by 自治体 and time finds the newest lines.
    cities = Municipality.objects.filter(prefecture__in=prefectures) if prefectures else Municipality.objects.none()
    seen = [*own, *cities.values_list("pk", flat=True)]
    writes_in = [city for city, role in own.items() if role in WRITERS]
    manages = [city for city, role in own.items() if role == Role.MANAGER]
    changes = Change.objects.filter(~Q(subject=Subject.PEOPLE) | Q(municipality__in=manages), municipality__in=seen)
    return _masked(changes, sees_drafts=Q(municipality__in=writes_in))


def history_line(change: Change) -> HistoryLine:
    """One finished line of a change that a query of this module returned (those say what is masked)."""
    masked = change.is_masked  # type: ignore[attr-defined]
    hides_values = masked and change.subject != Subject.STATE
    return HistoryLine(
        at=change.at,
        by=(change.by.get_full_name() or change.by.get_username()) if change.by else OPERATOR,
        channel=change.get_channel_display(),
        plan_name=f"{change.municipality.name} {change.plan.name}" if change.plan else "",
        place=_place(change),
        subject=change.get_subject_display(),
        field=change.field,
        old=UNDER_REVIEW if hides_values else _side(change, change.old),
        new=UNDER_REVIEW if hides_values else _side(change, change.new),
        reason=UNDER_REVIEW if masked and change.reason else change.reason,
        plan_slug=change.plan.slug if change.plan else "",
        measure_code=change.measure.code if change.measure else "",
    )


def side_in_words(side: dict | str | None, kind: ValueKind | None = None) -> str:
    """Old or new of a change as a person reads it: 「12（時点：5月末）」, a text, or 未入力."""
    if side is None:
        return NOT_ENTERED
    if not isinstance(side, dict):
        return str(side)
    value = CellValue.from_dict(side)
    more = [f"{word}：{side[name]}" for name, word in CIRCUMSTANCES.items() if name in side]
    if value.wording and value.wording != echo(value, kind):
        more.insert(0, f"原文：{value.wording}")
    if value.certainty:
        more.append(f"確定度：{value.certainty.label}")
    return f"{echo(value, kind)}（{'、'.join(more)}）" if more else echo(value, kind)


def _in_plan(plan: Plan) -> QuerySet[Change]:
    changes = Change.objects.filter(plan=plan)
    if plan.access.sees_drafts:
        return _with_lines(changes.annotate(is_masked=Value(False)))
    return _masked(changes, sees_drafts=Q(pk__in=[]))


def _masked(changes: QuerySet[Change], *, sees_drafts: Q) -> QuerySet[Change]:
    """With `is_masked`, and all that a line prints, in one query."""
    with_the_year = [Subject.MONTHLY, Subject.TEXT, Subject.RECORD, Subject.ACTION, Subject.STATE]
    guarded = Q(subject=Subject.VALUE, side=Side.ACTUAL) | Q(subject__in=with_the_year)
    # A 指標 may have moved to another 節 since: what hides its values is the state of its current 節.
    settled = SectionYear.objects.filter(
        section=Coalesce(OuterRef("measure__section"), OuterRef("section")),
        fiscal_year=OuterRef("fiscal_year"),
        state__in=SETTLED,
    )
    kept_back = (guarded & ~Exists(settled)) | Q(subject__in=[Subject.OPINION, Subject.OUTLOOK, Subject.VOLUME])
    is_masked = Case(When(kept_back & ~sees_drafts, then=Value(True)), default=Value(False))
    return _with_lines(changes.annotate(is_masked=is_masked))


def _with_lines(changes: QuerySet[Change]) -> QuerySet[Change]:
    """With the rows that a line names."""
    return changes.select_related("by", "municipality", "plan", "section", "measure")


def _place(change: Change) -> str:
    """「第1節 令和4年度「指標名」」; the 自治体 where the change is about no plan."""
    parts = [change.section.label] if change.section else []
    if change.fiscal_year:
        parts.append(wareki(change.fiscal_year))
    place = " ".join(parts)
    if change.measure:
        return f"{place}「{change.measure.title}」"
    return place or (change.plan.name if change.plan else change.municipality.name)


def _side(change: Change, side: dict | str | None) -> str:
    if side is None:
        if change.subject not in (Subject.VALUE, Subject.MONTHLY):
            return BLANK
        return NO_PLAN if change.side == Side.PLANNED else NOT_ENTERED
    return side_in_words(side, ValueKind(change.measure.value_kind) if change.measure else None)


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
    place = tables.Column(verbose_name="何を", attrs={"td": {"class": "place"}})
    old = tables.Column(verbose_name="変更前", empty_values=(), attrs={"td": {"class": "long"}})
    new = tables.Column(verbose_name="変更後", empty_values=(), attrs={"td": {"class": "long"}})
    channel = tables.Column(verbose_name="経路", attrs={"td": {"class": "nowrap"}})

    caption = "変更履歴（新しい順）"
    wrap_class = "lines stacked"

    def render_place(self, record: HistoryLine) -> str:
        """What was changed: plan, measure with its page, field and reason."""
        return mark_safe(render_to_string("plans/_history_place.html", {"record": record}))  # noqa: S308 - it escapes

    def render_old(self, record: HistoryLine) -> str:
        """What was stored, with its line breaks."""
        return linebreaksbr(record.old)

    def render_new(self, record: HistoryLine) -> str:
        """What is stored since, with its line breaks."""
        return linebreaksbr(record.new)

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
    code = forms.CharField(label="指標コード", required=False, max_length=longest(Measure, "code"))
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
