"""The page to publish as a noun: what each 年度 would publish, and what would change for residents."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Case, Exists, F, JSONField, OuterRef, Q, When

from core.errata import Errata, errata
from evaluations.models import Publication
from evaluations.publishing.publication import standing
from evaluations.publishing.publication_body import Body, Source, body_hash, publication_body, source_of
from plans.models import Plan, Section, YearState


class Outcome(StrEnum):
    """What publishing a 年度 does to one 節."""

    NEW = "新しく公表します"
    CHANGED = "新しい内容に替えます"
    SAME = "変わりません"
    LOST = "未公表になります"
    UNPUBLISHED = "未公表のままです"

    @property
    def is_held(self) -> bool:
        """Whether the publication would hold the 節."""
        return self not in (Outcome.LOST, Outcome.UNPUBLISHED)


@dataclass(frozen=True)
class SectionOutlook:
    """One 節 of one 年度 before publishing."""

    section: Section
    state: str
    state_label: str
    outcome: Outcome


@dataclass(frozen=True)
class YearOutlook:
    """One 年度 before publishing. `sha256` is the hash of what would be published, "" where nothing is 確定.

    `errata` are what the 正誤表 would say against `readable`, the last publication of the year that can still be read.
    """

    year: int
    standing: Publication | None
    sections: tuple[SectionOutlook, ...]
    sha256: str
    readable: Publication | None = None
    errata: Errata = Errata()

    @property
    def has_news(self) -> bool:
        """Whether publishing would change anything."""
        return bool(self.sha256) and (self.standing is None or self.standing.sha256 != self.sha256)

    @property
    def held(self) -> tuple[SectionOutlook, ...]:
        """The 節 that would be published."""
        return tuple(one for one in self.sections if one.outcome.is_held)

    @property
    def lost(self) -> tuple[SectionOutlook, ...]:
        """The 節 that residents read now and would no longer find."""
        return tuple(one for one in self.sections if one.outcome is Outcome.LOST)

    @property
    def changes_elsewhere(self) -> bool:
        """Whether only the plan of 節 that are not published changed, or the opinions on the whole."""
        return self.has_news and all(one.outcome in (Outcome.SAME, Outcome.UNPUBLISHED) for one in self.sections)


@dataclass(frozen=True)
class PublishPage:
    """The years newest first, and every publication there was. `newest_number` is 0 before the first one."""

    years: tuple[YearOutlook, ...]
    publications: tuple[Publication, ...]
    standing: frozenset[int]

    @property
    def newest_number(self) -> int:
        return self.publications[0].number if self.publications else 0


def publish_page(plan: Plan) -> PublishPage:
    """What could be published of this plan and what was. Eight queries."""
    publications = _publications(plan)
    now = standing(publications)
    readable = {one.fiscal_year: one for one in publications if one.newest_body}  # type: ignore[attr-defined]
    source = source_of(plan)
    years = tuple(_outlook(source, year, now.get(year), readable.get(year)) for year in reversed(plan.years))
    return PublishPage(years, publications, frozenset(publication.pk for publication in now.values()))


def _publications(plan: Plan) -> tuple[Publication, ...]:
    """All of them, newest first, with `newest_body` for the last of each 年度 that can still be read. One query."""
    later = Publication.objects.filter(
        plan=plan, fiscal_year=OuterRef("fiscal_year"), number__gt=OuterRef("number"), withdrawn_at__isnull=True
    )
    is_last = Q(withdrawn_at__isnull=True) & ~Exists(later)
    newest_body = Case(When(is_last, then=F("body")), output_field=JSONField())
    found = plan.publications.select_related("by", "withdrawn_by").defer("body").annotate(newest_body=newest_body)
    return tuple(found.order_by("-number"))


def _outlook(source: Source, year: int, stands: Publication | None, readable: Publication | None) -> YearOutlook:
    new = publication_body(source, year)
    last: Body | None = readable.newest_body if readable else None  # type: ignore[attr-defined]
    parts, former = _parts(new), _parts(last) if last and stands else {}
    sections = tuple(
        SectionOutlook(
            section,
            source.state(section, year),
            YearState(source.state(section, year)).label,
            _outcome(parts.get(section.number), former.get(section.number)),
        )
        for section in source.sections
    )
    sha256 = body_hash(new) if parts else ""
    differs = last is not None and readable is not None and sha256 not in ("", readable.sha256)
    return YearOutlook(year, stands, sections, sha256, readable, errata(last, new) if last and differs else Errata())


def _outcome(new: Any, old: Any) -> Outcome:
    if new is None:
        return Outcome.UNPUBLISHED if old is None else Outcome.LOST
    if old is None:
        return Outcome.NEW
    return Outcome.SAME if new == old else Outcome.CHANGED


def _parts(body: Body) -> Mapping[int, Any]:
    """What residents read of each published 節, by its number, to be compared with another body's."""
    codes = {facts["number"]: set(facts["measures"]) for facts in body["sections"] if facts["published"]}
    return {
        facts["number"]: (
            facts | {"opinions": facts.get("opinions", [])},  # format 1 has none, format 2 may have none
            {code: body["measures"][code] for code in codes[facts["number"]]},
            [row for row in body["rows"] if row["指標コード"] in codes[facts["number"]]],
            _decisions(body, codes[facts["number"]]),
        )
        for facts in body["sections"]
        if facts["published"]
    }


def _decisions(body: Body, codes: set[str]) -> list[Body]:
    """The 計画変更 that residents read of beside these measures."""
    versions = [body["measures"][code].get("versions", {}) for code in codes]
    numbers = {one["number"] for of_measure in versions for year in of_measure.values() for one in year}
    return [one for one in body.get("revisions", []) if one["number"] in numbers]
