"""Whether a number or a file is that of a publication, and whether it was replaced or withdrawn since."""

from dataclasses import dataclass

from core.citation import Citation
from evaluations.models import Publication
from evaluations.publishing.citations import citation_of
from evaluations.publishing.publication_body import body_hash
from evaluations.publishing.published_year import PublishedYear
from plans.models import Plan

MOST = 5
"""Publications shown for one number: twelve digits name more than one only where the same was published again."""


@dataclass(frozen=True)
class Verified:
    """One publication that bears the number. `computed` is the hash of the body stored now."""

    publication: Publication
    plan: Plan
    newest: Publication
    replaced_by: Publication | None
    computed: str

    @property
    def citation(self) -> Citation:
        return citation_of(self.publication)

    @property
    def is_unchanged(self) -> bool:
        """Whether the stored body still has the hash of the publication."""
        return self.computed == self.publication.sha256

    @property
    def is_newest(self) -> bool:
        return self.newest == self.publication


def verified(digits: str) -> tuple[Verified, ...]:
    """The publications whose 識別番号 begins with these digits, newest first. At most two queries."""
    found = list(Publication.objects.filter(sha256__startswith=digits).order_by("-at", "-number")[:MOST])
    if not found:
        return ()
    others = Publication.objects.filter(plan__in={one.plan_id for one in found}).defer("body").order_by("number")
    by_year: dict[tuple[int, int], list[Publication]] = {}
    for other in others:
        by_year.setdefault((other.plan_id, other.fiscal_year), []).append(other)
    return tuple(_verified(one, by_year[one.plan_id, one.fiscal_year]) for one in found)


def _verified(one: Publication, of_year: list[Publication]) -> Verified:
    after = next((other for other in of_year if other.number > one.number), None)
    return Verified(one, PublishedYear(one, one.body).plan, of_year[-1], after, body_hash(one.body))
