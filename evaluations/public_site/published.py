"""What residents find: plans and publications by their addresses, read from publications and from nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404

from core.citation import Citation
from evaluations.models import Publication
from evaluations.publishing.citations import citation_of
from evaluations.publishing.publication import standing
from evaluations.publishing.publication_body import Body, body_hash
from evaluations.publishing.published_year import PublishedYear
from evaluations.publishing.report_sections import ReportSection
from plans.models import Plan

MOST = 5
"""Publications shown for one number: twelve digits name more than one only where the same was published again."""


@dataclass(frozen=True)
class PublishedPlan:
    """A plan as residents find it: the current publication of each year, and all there ever were."""

    publications: tuple[Publication, ...]
    years: Mapping[int, PublishedYear]
    newest: PublishedYear

    @property
    def plan(self) -> Plan:
        """The plan as the newest publication calls it."""
        return self.newest.plan

    @property
    def with_errata(self) -> frozenset[int]:
        """The ids of the readable ones with an earlier readable one of the same 年度."""
        readable = [one for one in self.publications if one.withdrawn_at is None]
        return frozenset(
            one.pk
            for one in readable
            if any(other.fiscal_year == one.fiscal_year and other.number < one.number for other in readable)
        )

    @property
    def former(self) -> tuple[Publication, ...]:
        """The publications that are no longer current, newest first."""
        now = {published.publication.pk for published in self.years.values()}
        return tuple(publication for publication in self.publications if publication.pk not in now)


def published_plan(slug: str) -> PublishedPlan:
    """What was published of the plan with this address; Http404 where nothing ever was. Two queries."""
    publications = tuple(Publication.objects.filter(plan__slug=slug).defer("body").order_by("-number"))
    if not publications:
        raise Http404("この計画の公表資料はありません。")
    now = sorted(standing(publications).values(), key=lambda publication: -publication.number)
    wanted = now or [publications[0]]
    bodies = dict(Publication.objects.filter(pk__in=[p.pk for p in wanted]).values_list("pk", "body"))
    read = [PublishedYear(publication, bodies[publication.pk]) for publication in wanted]
    return PublishedPlan(publications, {one.year: one for one in read if one.publication in now}, read[0])


@dataclass(frozen=True)
class PublishedVersion:
    """One publication among those of its 年度, which are ordered by number."""

    read: PublishedYear
    of_year: tuple[Publication, ...]

    @property
    def publication(self) -> Publication:
        return self.read.publication

    @property
    def citation(self) -> Citation:
        return citation_of(self.publication)

    @property
    def is_unchanged(self) -> bool:
        """Whether the stored body still has the hash of the publication."""
        return body_hash(self.read.body) == self.publication.sha256

    @property
    def is_withdrawn(self) -> bool:
        return self.publication.withdrawn_at is not None

    @property
    def newer(self) -> Publication | None:
        """The newest of its 年度; None where this is it."""
        newest = self.of_year[-1]
        return None if newest == self.publication else newest

    @property
    def before(self) -> Publication | None:
        """The one that this one replaced; None for the first of its 年度."""
        return next((one for one in reversed(self.of_year) if one.number < self.publication.number), None)

    @property
    def readable_before(self) -> Publication | None:
        """The last one before it that was not withdrawn: what its 正誤表 is made against."""
        earlier = (one for one in reversed(self.of_year) if one.number < self.publication.number)
        return next((one for one in earlier if one.withdrawn_at is None), None)

    @property
    def errata_after(self) -> tuple[Publication, ...]:
        """The later ones that can be read: their 正誤表 lead from this one to the newest."""
        return tuple(one for one in self.of_year if one.number > self.publication.number and one.withdrawn_at is None)

    @property
    def after(self) -> Publication | None:
        """The one that replaced this one; None while none did."""
        return next((one for one in self.of_year if one.number > self.publication.number), None)


def published_version(slug: str, number: int) -> PublishedVersion:
    """One publication by its number; Http404 for an unknown one. Two queries."""
    publication = Publication.objects.filter(plan__slug=slug, number=number).first()
    if publication is None:
        raise Http404("この番号の公表資料はありません。")
    of_year = Publication.objects.filter(plan__slug=slug, fiscal_year=publication.fiscal_year).defer("body")
    return PublishedVersion(PublishedYear(publication, publication.body), tuple(of_year.order_by("number")))


@dataclass(frozen=True)
class YearTab:
    """One year of the plan, and whether this 節 is published for it."""

    year: int
    is_published: bool


@dataclass(frozen=True)
class SectionPage:
    """One 節 of one 年度, with the way to its other years and to the 節 before and after it."""

    read: PublishedYear
    section: ReportSection
    tabs: tuple[YearTab, ...]
    previous: ReportSection | None
    following: ReportSection | None

    @property
    def plan(self) -> Plan:
        return self.read.plan

    @property
    def citation(self) -> Citation:
        return citation_of(self.read.publication)

    @property
    def anchor(self) -> str:
        """The anchor of the 節 on the page of its publication."""
        return f"#section-{self.section.section.number}"


def section_page(slug: str, number: int, year: int) -> SectionPage:
    """The page of one 節; Http404 where it is not published for this year. Two queries."""
    published = published_plan(slug)
    read = published.years.get(year)
    section = read.section(number) if read else None
    if read is None or section is None:
        raise Http404("この節は、この年度では公表されていません。")
    place = read.published_sections.index(section)
    return SectionPage(
        read=read,
        section=section,
        tabs=tuple(YearTab(y, y in published.years and published.years[y].holds(number)) for y in read.plan.years),
        previous=read.published_sections[place - 1] if place else None,
        following=next(iter(read.published_sections[place + 1 :]), None),
    )


@dataclass(frozen=True)
class ListedPlan:
    """One plan in the list of everything that is published, with its years newest first."""

    slug: str
    name: str
    start_year: int
    end_year: int
    publications: tuple[Publication, ...]


@dataclass(frozen=True)
class ListedCity:
    """One 自治体 in that list."""

    code: str
    name: str
    is_fictional: bool
    plans: tuple[ListedPlan, ...]


def published_cities() -> list[ListedCity]:
    """The current publications, by 自治体 and plan, named as in the newest publication. Two queries."""
    by_plan: dict[int, list[Publication]] = {}
    order = ("plan__municipality__code", "-plan__start_year", "plan__kind", "plan_id")
    for publication in Publication.objects.defer("body").order_by(*order):
        by_plan.setdefault(publication.plan_id, []).append(publication)
    standing_of = [standing(publications).values() for publications in by_plan.values()]
    newest = {max(now, key=lambda p: p.number).pk: now for now in standing_of if now}
    named = Publication.objects.filter(pk__in=newest).values_list("pk", "body__municipality", "body__plan")
    names = {pk: (city, plan) for pk, city, plan in named}
    plans: dict[str, list[ListedPlan]] = {}
    called: dict[str, Body] = {}
    for pk, now in newest.items():
        city, plan = names[pk]
        years = tuple(sorted(now, key=lambda p: -p.fiscal_year))
        listed = ListedPlan(plan["slug"], plan["name"], plan["start_year"], plan["end_year"], years)
        called.setdefault(city["code"], city)
        plans.setdefault(city["code"], []).append(listed)
    return [ListedCity(code, city["name"], city["is_fictional"], tuple(plans[code])) for code, city in called.items()]


class Verified(PublishedVersion):
    """One publication that has the number, in the words of the page that shows it."""

    @property
    def plan(self) -> Plan:
        return self.read.plan

    @property
    def newest(self) -> Publication:
        return self.of_year[-1]

    @property
    def is_newest(self) -> bool:
        return self.newer is None

    @property
    def replaced_by(self) -> Publication | None:
        return self.after

    @property
    def computed(self) -> str:
        """The hash of the body stored now."""
        return body_hash(self.read.body)


def verified(digits: str) -> tuple[Verified, ...]:
    """The publications whose 識別番号 begins with these digits, newest first. At most two queries."""
    found = list(Publication.objects.filter(sha256__startswith=digits).order_by("-at", "-number")[:MOST])
    if not found:
        return ()
    others = Publication.objects.filter(plan__in={one.plan_id for one in found}).defer("body").order_by("number")
    by_year: dict[tuple[int, int], list[Publication]] = {}
    for other in others:
        by_year.setdefault((other.plan_id, other.fiscal_year), []).append(other)
    return tuple(Verified(PublishedYear(one, one.body), tuple(by_year[one.plan_id, one.fiscal_year])) for one in found)
