"""The page to publish: the states of each 年度, and what publishing a checked one would change for residents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from core.errata import Errata, errata
from evaluations.models import Publication
from evaluations.publishing.publication import standing
from evaluations.publishing.publication_body import Body, Source, body_hash, publication_body, source_of
from plans.access import States, state_of
from plans.models import Plan, Section, YearState
from plans.models.section_year import SETTLED
from plans.queries import section_years


class Outcome(StrEnum):
    """What publishing a 年度 does to one 節."""

    NEW = "新しく公表します"
    CHANGED = "新しい内容に替えます"
    SAME = "変わりません"
    LOST = "未公表になります"
    UNPUBLISHED = "未公表のままです"


@dataclass(frozen=True)
class SectionOutlook:
    """One 節 of one 年度 before publishing. `outcome` is None where the 年度 has not been checked."""

    section: Section
    state: str
    outcome: Outcome | None = None

    @property
    def state_label(self) -> str:
        return YearState(self.state).label

    @property
    def is_held(self) -> bool:
        """Whether a publication would hold the 節."""
        return self.state in SETTLED


@dataclass(frozen=True)
class YearOutlook:
    """One 年度 before publishing. What follows `is_checked` is known of a checked 年度 alone.

    `sha256` is the hash of what would be published, "" where nothing is 確定. `errata` are what the 正誤表 would say
    against `readable`, the last publication of the year that can still be read.
    """

    year: int
    standing: Publication | None
    sections: tuple[SectionOutlook, ...]
    is_checked: bool = False
    sha256: str = ""
    readable: Publication | None = None
    errata: Errata = Errata()

    @property
    def is_open(self) -> bool:
        """Whether the 節 are worth showing at once: the 年度 is checked, or something new is 確定."""
        return self.is_checked or any(one.state == YearState.CONFIRMED for one in self.sections)

    @property
    def has_news(self) -> bool:
        """Whether publishing would change anything."""
        return bool(self.sha256) and (self.standing is None or self.standing.sha256 != self.sha256)

    @property
    def held(self) -> tuple[SectionOutlook, ...]:
        """The 節 that would be published."""
        return tuple(one for one in self.sections if one.is_held)

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


def publish_page(plan: Plan, *, check: int | None = None) -> PublishPage:
    """What was published of this plan and, 年度 by 年度, in which states its 節 are. Three queries, none reads a body.

    The 年度 `check` is built, hashed and compared with its last publication too: nine queries.
    """
    publications = tuple(plan.publications.select_related("by", "withdrawn_by").defer("body").order_by("-number"))
    now = standing(publications)
    source = source_of(plan) if check is not None else None
    sections = source.sections if source else plan.sections.order_by("number")
    states = source.states if source else section_years(plan)
    years = [_states(year, now.get(year), sections, states) for year in reversed(plan.years)]
    if source:
        years = [_checked(source, one, publications) if one.year == check else one for one in years]
    return PublishPage(tuple(years), publications, frozenset(publication.pk for publication in now.values()))


def _states(year: int, current: Publication | None, sections: Iterable[Section], states: States) -> YearOutlook:
    found = (SectionOutlook(section, state_of(states.get((section.pk, year)))) for section in sections)
    return YearOutlook(year, current, tuple(found))


def _checked(source: Source, outlook: YearOutlook, publications: Iterable[Publication]) -> YearOutlook:
    """With what publishing would change. Reads the body of the last publication that can still be read: one query."""
    of_year = (one for one in publications if one.fiscal_year == outlook.year and one.withdrawn_at is None)
    readable = next(of_year, None)
    new = publication_body(source, outlook.year)
    last: Body | None = readable.body if readable else None
    parts, former = _parts(new), _parts(last) if last and outlook.standing else {}
    sections = tuple(
        replace(one, outcome=_outcome(parts.get(one.section.number), former.get(one.section.number)))
        for one in outlook.sections
    )
    sha256 = body_hash(new) if parts else ""
    differs = last is not None and readable is not None and sha256 not in ("", readable.sha256)
    return replace(
        outlook,
        sections=sections,
        is_checked=True,
        sha256=sha256,
        readable=readable,
        errata=errata(last, new) if last and differs else Errata(),
    )


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
    """The 計画変更 that residents read of next to these measures."""
    versions = [body["measures"][code].get("versions", {}) for code in codes]
    numbers = {one["number"] for of_measure in versions for year in of_measure.values() for one in year}
    return [one for one in body.get("revisions", []) if one["number"] in numbers]
