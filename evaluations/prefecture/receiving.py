"""A city's package imported by its prefecture: checked first, then written as a whole, or refused in a sentence.

A received plan is a copy. No one of the city works on it here, so its 確定 years are not locked against the next file;
against everything else they are. A plan that is maintained here is never changed by a package.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from core.facts import facts_of
from core.municipality_codes import read_code
from core.packages.changes import ChangeKind, PackageChange, gone_measures, gone_sections, package_changes
from core.packages.content import CITY, Content
from core.packages.file import Package
from core.words import Family
from evaluations.models import ReceivedPackage
from evaluations.prefecture.package_content import content_of
from evaluations.prefecture.packages import stored_facts
from evaluations.prefecture.receiving_rows import services_of, write_rows
from indicators.services import unknown_services
from plans.access import access_for
from plans.history_writer import new_line, write_line, write_lines
from plans.models import Municipality, Plan, SectionYear, Subject
from plans.models.plan import plan_slug
from plans.refusals import Refused

MAY_NOT = "市区町村のファイルを受け取れるのは、都道府県の「県」か「管理」の役割の人だけです。"
STALE = "確かめている間に、ほかの人が同じ計画の別のファイルを受け取りました。もう一度ファイルを選んでください。"


@dataclass(frozen=True)
class Incoming:
    """A package compared with what is stored. `last` is the newest file imported of this plan."""

    package: Package
    city: Municipality | None
    plan: Plan | None
    last: ReceivedPackage | None
    changes: tuple[PackageChange, ...]

    @property
    def is_here(self) -> bool:
        """Whether this very file was already imported."""
        return self.last is not None and self.last.sha256 == self.package.sha256

    @property
    def last_sha256(self) -> str:
        """What the person looked at; "" for the first file of a plan."""
        return self.last.sha256 if self.last else ""


def incoming(package: Package, prefecture: Municipality | None) -> Incoming:
    """What importing it would change. Raises Refused where it may not be imported. Thirteen queries at most."""
    facts, about = package.content["municipality"], package.content["plan"]
    _check_address(package, prefecture)
    city = Municipality.objects.filter(code=facts["code"]).first()
    _check_city(city, prefecture)
    plan = Plan.objects.select_related("municipality").filter(slug=about["slug"]).first()
    last = plan.received_packages.order_by("-number").first() if plan else None
    if plan and last is None:
        raise Refused(
            f"{plan}は、ファイルで受け取ったものではなく、ここで入力されている計画です。ファイルは受け取れません。"
        )
    if last:
        _check_edition(package, last)
    _check_services(package)
    current = content_of(plan) if plan else None
    if lost := [*gone_sections(current, package.content), *_used_measures(plan, current, package.content)]:
        raise Refused(
            f"受け取り済みの{'、'.join(lost)}が、このファイルにありません。別の計画のファイルでないか、"
            "市区町村に確かめてください。"
        )
    changes = package_changes(facts_of(city, CITY) if city else None, current, package.content)
    return Incoming(package, city, plan, last, tuple(changes))


@transaction.atomic
def receive(
    package: Package,
    prefecture: Municipality | None,
    *,
    by: User | None,
    channel: str,
    seen_sha256: str | None = None,
) -> Incoming:
    """Write the package as a whole, with its history, or nothing. The same file again changes nothing.

    `seen_sha256` is the `last_sha256` that the person looked at. Raises PermissionDenied without the right, Refused
    with the reason. `by` None is the operator, whose rights are not checked.
    """
    if by:
        access = access_for(by, prefecture) if prefecture else None
        if access is None or not access.may_receive:
            raise PermissionDenied(MAY_NOT)
    _wait_for_each_other(package, prefecture)
    found = incoming(package, prefecture)
    if seen_sha256 is not None and seen_sha256 != found.last_sha256:
        raise Refused(STALE)
    if found.is_here and not found.changes:
        return found
    plan = write_rows(package, prefecture, found.city, found.plan)
    received = found.last if found.is_here else None
    received = received or ReceivedPackage.objects.create(
        plan=plan,
        received_at=timezone.now(),
        received_by=by,
        publications=package.content["publications"],
        changes=len(found.changes),
        **stored_facts(package),
    )
    if content_of(Plan.objects.select_related("municipality").get(pk=plan.pk)) != package.content:
        raise RuntimeError(f"{plan.slug}: what was written is not what the package says")
    _write_history(received, found.changes, found.last, by=by, channel=channel)
    return found


def _write_history(
    received: ReceivedPackage,
    changes: Iterable[PackageChange],
    last: ReceivedPackage | None,
    *,
    by: User | None,
    channel: str,
) -> None:
    """One line for each change, and one for the file."""
    plan = received.plan
    reason = f"ファイルの受領（{received.label}）"
    sections = {section.number: section.pk for section in plan.sections.all()}
    measures = dict(plan.measures.values_list("code", "pk"))
    who: dict[str, Any] = {"by": by, "channel": channel, "reason": reason}
    write_lines(
        new_line(
            plan,
            Subject.MASTER if change.kind is ChangeKind.CREATED else Subject[change.kind.name],
            change.field,
            change.old,
            change.new,
            **who,
            section_id=sections[change.section] if change.section else None,
            # The line of a new measure does not refer to it: a city may remove the measure before it has any value.
            measure_id=measures[change.code] if change.code and change.kind is not ChangeKind.CREATED else None,
            fiscal_year=change.year,
            side=change.side,
        )
        for change in changes
    )
    former = f"第{last.number}版" if last and last.number != received.number else None
    write_line(plan, Subject.PACKAGE, "ファイルの受領", former, f"第{received.number}版", **who)


def _wait_for_each_other(package: Package, prefecture: Municipality | None) -> None:
    """Two files of one prefecture are written one after the other, also where neither city exists yet; and the years of
    a plan are locked as by every action.
    """
    code = prefecture.code if prefecture else package.content["municipality"]["code"]
    list(Municipality.objects.select_for_update(of=("self",), no_key=True).filter(code=code))
    years = SectionYear.objects.filter(section__plan__slug=package.content["plan"]["slug"])
    list(years.select_for_update(of=("self",)).order_by("section_id", "fiscal_year"))


def _check_address(package: Package, prefecture: Municipality | None) -> None:
    facts, about = package.content["municipality"], package.content["plan"]
    code = read_code(facts["code"])
    if about["slug"] != plan_slug(code, about["kind"], about["generation"]):
        raise Refused("計画の記号が、団体コード・計画種別・期と合いません。市区町村に作り直してもらってください。")
    if prefecture and code[:2] != prefecture.code[:2]:
        raise Refused(
            f"{facts['name']}（{code}）は{prefecture.name}の市区町村ではありません。"
            f"団体コードの先頭2桁が {prefecture.code[:2]} のファイルを選んでください。"
        )


def _check_city(city: Municipality | None, prefecture: Municipality | None) -> None:
    if city is None:
        return
    if city.memberships.exists():
        raise Refused(f"{city.name}はここで計画を管理しているので、ファイルで受け取る必要はありません。")
    if prefecture and city.prefecture_id not in (None, prefecture.pk):
        raise Refused(
            f"{city.name}は、ほかの都道府県の市区町村として登録されています。システム管理者に確かめてください。"
        )


def _check_edition(package: Package, last: ReceivedPackage) -> None:
    number = package.header.number
    if number < last.number:
        raise Refused(
            f"受け取り済みの第{last.number}版より古い、第{number}版のファイルです。新しい版のファイルを選んでください。"
        )
    if number == last.number and package.sha256 != last.sha256:
        raise Refused(
            f"第{number}版は受け取り済みですが、内容が違います。市区町村に、新しい版を作ってもらってください。"
        )


def _used_measures(plan: Plan | None, current: Content | None, new: Content) -> list[str]:
    """The measures missing in the file that have values or a history here; a city removes only those without."""
    lost, still_named = gone_measures(current, new), {measure["code"] for measure in new["measures"]}
    if plan is None or not lost:
        return []
    unused = plan.measures.filter(values__isnull=True, changes__isnull=True).exclude(code__in=still_named)
    removable = set(unused.values_list("code", flat=True))
    return [
        f"{Family(measure['family']).label}「{measure['title']}」（{measure['code']}）"
        for measure in lost
        if measure["code"] not in removable
    ]


def _check_services(package: Package) -> None:
    if unknown := unknown_services(services_of(package.content)):
        raise Refused(
            f"このシステムにないサービスのコードがあります（{'、'.join(unknown)}）。"
            "市区町村のシステムが新しいためです。システム管理者に、ふくしPDCAの更新を頼んでください。"
        )
