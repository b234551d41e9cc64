"""Which publication a report cites. One made from a publication cites it; one made from living data only where the same
report made from the current publication would say the same.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Case, Exists, JSONField, OuterRef, QuerySet, Subquery, When
from django.utils import timezone

from core.citation import Citation, Mark, NotPublished
from evaluations.models import Publication
from evaluations.publishing.published_year import PublishedYear
from plans.models import Plan, Section


def citation_of(publication: Publication) -> Citation:
    """The publication as a report cites it; its day is the one on the city's calendar."""
    return Citation(publication.fiscal_year, publication.number, timezone.localdate(publication.at), publication.sha256)


def not_published() -> NotPublished:
    """What a report made now from living data says of itself."""
    return NotPublished(timezone.localdate())


def mark_of(plan: Plan, year: int | None, says_the_same: Callable[[PublishedYear], bool]) -> Mark:
    """What a report from living data cites: the current publication of this year, if it says the same; without a year
    the newest current one. One query.
    """
    published = standing_year(plan, year) if year is not None else _newest_standing(plan)
    if published and says_the_same(published):
        return citation_of(published.publication)
    return not_published()


def standing_year(plan: Plan, year: int) -> PublishedYear | None:
    """The current publication of this year, read back from its body; None where there is none. One query."""
    newest = plan.publications.filter(fiscal_year=year).order_by("-number").first()
    if newest is None or newest.withdrawn_at is not None:
        return None
    return PublishedYear(newest, newest.body)


def with_newest_body(sections: QuerySet[Section], year: int) -> QuerySet[Section]:
    """The 節, each with the newest publication of this year, the first also with its body: for a report that can spare
    no query.
    """
    newest = Publication.objects.filter(plan=OuterRef("plan"), fiscal_year=year).order_by("-number")
    before = Section.objects.filter(plan=OuterRef("plan"), number__lt=OuterRef("number"))
    return sections.annotate(
        newest_number=Subquery(newest.values("number")[:1]),
        newest_at=Subquery(newest.values("at")[:1]),
        newest_sha256=Subquery(newest.values("sha256")[:1]),
        newest_withdrawn_at=Subquery(newest.values("withdrawn_at")[:1]),
        newest_body=Case(When(~Exists(before), then=Subquery(newest.values("body")[:1])), output_field=JSONField()),
    )


def mark_among(sections: Sequence[Any], year: int, says_the_same: Callable[[PublishedYear], bool]) -> Mark:
    """As `mark_of`, from 節 that `with_newest_body` returned. No query."""
    citation = newest_citation(sections, year)
    body = newest_body(sections)
    if citation and body and says_the_same(PublishedYear(Publication(), body)):
        return citation
    return not_published()


def newest_citation(sections: Sequence[Any], year: int) -> Citation | None:
    """The current publication of this year, from 節 that `with_newest_body` returned; None where there is none."""
    one = sections[0] if sections else None
    if one is None or one.newest_number is None or one.newest_withdrawn_at is not None:
        return None
    return Citation(year, one.newest_number, timezone.localdate(one.newest_at), one.newest_sha256)


def newest_body(sections: Sequence[Any]) -> Any:
    """The body of that publication, from 節 that `with_newest_body` returned; None where there is none."""
    return next((one.newest_body for one in sections if one.newest_body), None)


def _newest_standing(plan: Plan) -> PublishedYear | None:
    """The newest of the current publications, of whichever year; None where there is none. One query."""
    later = Publication.objects.filter(plan=plan, fiscal_year=OuterRef("fiscal_year"), number__gt=OuterRef("number"))
    last = plan.publications.filter(~Exists(later), withdrawn_at__isnull=True).order_by("-number").first()
    return PublishedYear(last, last.body) if last else None
