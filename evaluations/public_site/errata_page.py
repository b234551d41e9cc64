"""The 正誤表 of one publication against the one before it that can still be read, made on request."""

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404

from core.citation import Citation
from core.errata import Errata, errata
from core.workbooks.errata_table import write_errata
from evaluations.models import Publication
from evaluations.public_site.published import PublishedVersion, published_version
from evaluations.publishing.citations import citation_of
from evaluations.publishing.publication_body import Body
from plans.models import Plan


@dataclass(frozen=True)
class ErrataPage:
    """How a publication differs from `before`."""

    version: PublishedVersion
    before: Publication
    body_before: Body

    @property
    def plan(self) -> Plan:
        return self.version.read.plan

    @property
    def before_citation(self) -> Citation:
        return citation_of(self.before)

    @cached_property
    def errata(self) -> Errata:
        return errata(self.body_before, self.version.read.body)

    @property
    def title(self) -> str:
        """「印西市 第6期障害福祉計画　令和4年度評価　公表第2号（令和5年6月30日公表）の正誤表」."""
        return f"{self.plan.municipality.name} {self.plan.name}　{self.version.citation.name}の正誤表"


def errata_page(slug: str, number: int) -> ErrataPage:
    """The 正誤表 of this publication; Http404 for the first of its 年度. Three queries."""
    version = published_version(slug, number)
    before = version.readable_before
    if before is None:
        raise Http404("この号より前に公表した同じ年度の評価はないため、正誤表はありません。")
    return ErrataPage(version, before, _body(before))


def errata_file(page: ErrataPage) -> bytes:
    """The table as an .xlsx file."""
    reason = page.version.publication.correction_reason
    return write_errata(page.title, page.errata, page.version.citation, page.before_citation, reason)


def corrected_by(version: PublishedVersion) -> Errata | None:
    """The 正誤表 of the newest publication of the year; None where that cannot be read, or is this one. At most one
    query.
    """
    newer = version.newer
    if newer is None or newer.withdrawn_at is not None:
        return None
    return errata(version.read.body, _body(newer))


def _body(publication: Publication) -> Body:
    return Publication.objects.values_list("body", flat=True).get(pk=publication.pk)
