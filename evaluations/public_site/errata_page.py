"""The 正誤表 of one publication against the one before it that can still be read, made on request."""

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404

from core.citation import Citation
from core.errata import Errata, ErratumKind, errata
from core.fiscal_years import wareki
from core.workbooks.printed_table import PrintedTable, write_table
from evaluations.models import Publication
from evaluations.public_site.published import PublishedVersion, published_version
from evaluations.publishing.citations import citation_of
from evaluations.publishing.publication_body import Body
from plans.models import Plan

COLUMNS = (("箇所", 30), ("年度", 12), ("項目", 18), ("誤（前の号）", 46), ("正（この号）", 46))
"""Heading and width in digits."""
NOT_WRONG = "訂正のほかは、誤りを直したものではありません。"
NONE = "前の号から変わったところはありません。"


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
    """The table as an .xlsx file; a line instead of it where nothing differs."""
    reason, groups, mark = page.version.publication.correction_reason, page.errata.groups, page.version.citation
    remarks = [f"前の号：{page.before_citation.words}", f"この号：{mark.words}"]
    remarks += [f"訂正の理由：{'　'.join(reason.split())}"] if reason else []
    remarks += [NOT_WRONG] if any(kind is not ErratumKind.CORRECTED for kind, _ in groups) else []
    parts = tuple(
        (
            f"{kind.label}（{len(lines)}件）",
            tuple((one.place, wareki(one.year) if one.year else "", one.field, one.old, one.new) for one in lines),
        )
        for kind, lines in groups
    )
    return write_table(PrintedTable("正誤表", page.title, COLUMNS, parts, NONE, tuple(remarks), mark=mark))


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
