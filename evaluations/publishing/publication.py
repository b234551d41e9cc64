"""The actions 公表 and 取り下げ. Publishing is its own act: nothing else changes what residents see."""

from collections.abc import Iterable
from functools import partial

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from core.fiscal_years import wareki
from evaluations.models import Publication
from evaluations.publishing.publication_body import body_hash, publication_body, source_of
from plans.access import access_for
from plans.history_writer import new_line, write_line, write_lines
from plans.models import Plan, SectionYear, Subject, YearState
from plans.refusals import Refused
from plans.row_locks import lock_plan, lock_section_years

PUBLISH, WITHDRAW = "公表する", "公表を取り下げる"


def standing(publications: Iterable[Publication]) -> dict[int, Publication]:
    """The current publication of each 年度, by year.

    A publication ends when its successor is made: withdrawing the successor does not bring it back.
    """
    newest: dict[int, Publication] = {}
    for publication in sorted(publications, key=lambda p: p.number):
        newest[publication.fiscal_year] = publication
    return {year: publication for year, publication in newest.items() if publication.withdrawn_at is None}


@transaction.atomic
def publish(
    plan: Plan,
    year: int,
    *,
    by: User,
    reason: str,
    channel: str,
    correction_reason: str = "",
    seen_number: int | None = None,
    seen_sha256: str | None = None,
) -> Publication:
    """Freeze all 確定 and 公表 節 of this year and show them to everyone; the others are listed as 未公表.

    `correction_reason` is printed in the 正誤表 with the differences from the publication before. `seen_number` is the
    newest number of the plan (0: none) and `seen_sha256` the hash of the body that the person looked at. Raises
    PermissionDenied without the right, Refused where nothing is 確定, nothing is new, or something changed
    since the person looked.
    """
    _require_right(plan, by, PUBLISH)
    _lock_years(plan, year)
    plan = lock_plan(plan)
    number = Publication.objects.filter(plan=plan).aggregate(newest=Max("number"))["newest"] or 0
    if seen_number is not None and seen_number != number:
        raise Refused(f"ほかの人が先に第{number}号を公表しました。いまの内容を確かめてください。")
    source = source_of(plan)
    ready = source.ready(year)
    if not ready:
        raise Refused(f"{wareki(year)}に確定している節がありません。先に節を確定してください。")
    body = publication_body(source, year)
    sha256 = body_hash(body)
    if seen_sha256 is not None and seen_sha256 != sha256:
        raise Refused("ページを開いた後に、公表する内容が変わりました。いまの内容を確かめてください。")
    last = standing(Publication.objects.filter(plan=plan, fiscal_year=year).defer("body")).get(year)
    if last and last.sha256 == sha256:
        raise Refused(f"第{last.number}号と同じ内容です。新しく公表するものはありません。")
    publication = Publication.objects.create(
        plan=plan,
        fiscal_year=year,
        number=number + 1,
        at=timezone.now(),
        by=by,
        reason=reason.strip(),
        correction_reason=correction_reason.strip(),
        body=body,
        sha256=sha256,
    )
    # What is 公表 already stays as it was signed.
    rows = [source.states[one.pk, year] for one in ready if source.state(one, year) == YearState.CONFIRMED]
    _move(rows, publication, YearState.PUBLISHED, by=by, channel=channel, field=PUBLISH)
    names = "、".join(section.label for section in ready)
    _note(publication, by, channel, reason.strip(), old=None, new=f"第{publication.number}号：{names}")
    return publication


@transaction.atomic
def withdraw_publication(publication: Publication, *, by: User, reason: str, channel: str) -> Publication:
    """Withdraw a publication, with a reason that is shown in its place.

    Its 節 go back to 確定 only where it is the newest of its 年度: what a successor published stays published. Raises
    PermissionDenied, or Refused without a reason or where it is already withdrawn.
    """
    plan = publication.plan
    _require_right(plan, by, WITHDRAW)
    if not reason.strip():
        raise Refused("取り下げの理由を書いてください。")
    years = _lock_years(plan, publication.fiscal_year)
    lock_plan(plan)
    publication.refresh_from_db(fields=["withdrawn_at"])
    if publication.withdrawn_at is not None:
        raise Refused(f"第{publication.number}号は、すでに取り下げています。")
    publication.withdrawn_at, publication.withdrawn_by = timezone.now(), by
    publication.withdrawn_reason = reason.strip()
    publication.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    successors = plan.publications.filter(fiscal_year=publication.fiscal_year, number__gt=publication.number)
    if not successors.exists():
        rows = [row for row in years if row.state == YearState.PUBLISHED]
        _move(rows, publication, YearState.CONFIRMED, by=by, channel=channel, field=WITHDRAW)
    _note(publication, by, channel, reason.strip(), old=f"第{publication.number}号", new="取り下げ")
    return publication


def _require_right(plan: Plan, by: User, label: str) -> None:
    access = access_for(by, plan.municipality)
    if access is None or not access.may_confirm:
        raise PermissionDenied(f"「{label}」の権限がありません。")


def _lock_years(plan: Plan, year: int) -> list[SectionYear]:
    """Lock what the body is read from until the transaction ends, and return the rows of this year.

    Earlier years are read too, and could be reopened in between. The 節 are locked before the plan: every other action
    holds its 節 when it writes the history, and would wait for the plan while we wait for the 節.
    """
    earlier = SectionYear.objects.filter(section__plan=plan, fiscal_year__lt=year)
    keys = {(pk, year) for pk in plan.sections.values_list("pk", flat=True)}
    rows = lock_section_years(plan, keys | set(earlier.values_list("section_id", "fiscal_year")))
    return [row for row in rows.values() if row.fiscal_year == year]


def _move(
    rows: list[SectionYear], publication: Publication, to: YearState, *, by: User | None, channel: str, field: str
) -> None:
    """確定 → 公表 or back, signed and with its line in the history."""
    year, is_published = publication.fiscal_year, to is YearState.PUBLISHED
    SectionYear.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=to,
        published_at=publication.at if is_published else None,
        published_by=by if is_published else None,
        version=F("version") + 1,
    )
    before = YearState.CONFIRMED if is_published else YearState.PUBLISHED
    words = (before.label, to.label)
    line = partial(new_line, publication.plan, Subject.STATE, field, *words, by=by, channel=channel, fiscal_year=year)
    write_lines(line(section_id=row.section_id) for row in rows)


def _note(publication: Publication, by: User, channel: str, reason: str, *, old: str | None, new: str | None) -> None:
    field, year = f"公表第{publication.number}号", publication.fiscal_year
    more = {"reason": reason, "fiscal_year": year}
    write_line(publication.plan, Subject.PUBLICATION, field, old, new, by=by, channel=channel, **more)
