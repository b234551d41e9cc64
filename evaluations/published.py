"""What residents find: plans and publications by their addresses, read from publications and from nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404

from evaluations.models import Publication
from evaluations.paper_sections import PaperSection
from evaluations.publication import standing
from evaluations.publication_body import Body
from evaluations.published_year import PublishedYear
from plans.models import Plan


@dataclass(frozen=True)
class PublishedPlan:
    """A plan as residents find it: the publication that stands for each year, and all there ever were."""

    publications: tuple[Publication, ...]
    years: Mapping[int, PublishedYear]
    newest: PublishedYear

    @property
    def plan(self) -> Plan:
        """The plan as the newest publication calls it."""
        return self.newest.plan

    @property
    def former(self) -> tuple[Publication, ...]:
        """The publications that no longer stand, newest first."""
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
    """One publication, with the newest of its 年度 if that is another one."""

    read: PublishedYear
    newer: Publication | None

    @property
    def publication(self) -> Publication:
        return self.read.publication


def published_version(slug: str, number: int) -> PublishedVersion:
    """One publication by its number; Http404 for an unknown one. Two queries."""
    publication = Publication.objects.filter(plan__slug=slug, number=number).first()
    if publication is None:
        raise Http404("この番号の公表資料はありません。")
    newer = Publication.objects.filter(plan__slug=slug, fiscal_year=publication.fiscal_year, number__gt=number)
    newest = newer.defer("body").order_by("-number").first()
    return PublishedVersion(PublishedYear(publication, publication.body), newest)


@dataclass(frozen=True)
class YearTab:
    """One year of the plan, and whether this 節 is published for it."""

    year: int
    is_published: bool


@dataclass(frozen=True)
class SectionPage:
    """One 節 of one 年度, with the way to its other years and to the 節 before and after it."""

    read: PublishedYear
    section: PaperSection
    tabs: tuple[YearTab, ...]
    previous: PaperSection | None
    following: PaperSection | None

    @property
    def plan(self) -> Plan:
        return self.read.plan


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
    """Everything that stands, by 自治体 and plan, called as the newest publication calls it. Two queries."""
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
