"""県へ渡すファイル: one edition after the other of what is 確定 in a plan. Drafts are never in it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from core.canonical import sha256_of
from core.packages.checks import check_content
from core.packages.file import FORMAT, Header, Package, PackageRefused, read_package, write_package
from core.packages.shapes import NotFitting
from evaluations.models import MadePackage, ReceivedPackage
from evaluations.prefecture.package_content import content_of
from plans.access import access_for
from plans.history import OPERATOR
from plans.history_writer import write_line
from plans.models import Municipality, Plan, SectionYear, Subject
from plans.refusals import Refused
from plans.row_locks import lock_plan

MAY_NOT = "県へ渡すファイルを作れるのは、入力・確認・確定・管理の役割の人だけです。"


@dataclass(frozen=True)
class Editions:
    """The files made of a plan, newest first; of a received plan, its newest imported file instead."""

    made: tuple[MadePackage, ...]
    received: ReceivedPackage | None


def package_editions(plan: Plan) -> Editions:
    """What the page of 出力 says of the file for the prefecture. Two queries."""
    made = plan.made_packages.select_related("made_by").defer("body").order_by("-number")
    return Editions(tuple(made), plan.received_packages.order_by("-number").first())


@transaction.atomic
def make_package(plan: Plan, *, by: User | None, channel: str) -> tuple[MadePackage, bool]:
    """The package of what is 確定 now, and whether it was made now: where nothing changed it is the last one.

    Raises PermissionDenied without the right, Refused for a received plan, or where something in the plan does
    not fit into a file. `by` None is the operator, whose rights are not checked.
    """
    access = access_for(by, plan.municipality) if by else None
    if by and (access is None or not access.may_write):
        raise PermissionDenied(MAY_NOT)
    if plan.received_packages.exists():
        raise Refused("この計画はファイルで受け取ったものです。県へ渡すファイルは、市区町村が作ります。")
    # What is read must not change until the file is stored. The 節 are locked before the plan, as in every action.
    years = SectionYear.objects.filter(section__plan=plan).order_by("section_id", "fiscal_year")
    list(years.select_for_update(of=("self",)))
    plan = lock_plan(plan)
    content = content_of(plan)
    last = plan.made_packages.order_by("-number").first()
    if last and last.content_sha256 == sha256_of(content) and last.format == FORMAT:
        return last, False
    role = access.role.label if access else OPERATOR.strip("（）")
    number = last.number + 1 if last else 1
    header = Header(number, timezone.now().replace(microsecond=0), role, settings.VERSION, _prefecture(plan))
    file = write_package(header, content)
    try:
        check_content(content)
        package = read_package(file)
    except (NotFitting, PackageRefused) as error:
        raise Refused(f"この計画には、ファイルに入れられないところがあります。{error}") from error
    made = MadePackage.objects.create(
        plan=plan,
        made_by=by,
        body=file.decode(),
        **stored_facts(package),
    )
    _note(made, by, channel)
    return made, True


def stored_facts(package: Package) -> dict[str, Any]:
    """What is stored of a package that was made or received, by the names of its row."""
    header = package.header
    return {
        "number": header.number,
        "made_at": header.made_at,
        "role": header.made_by,
        "software": header.software,
        "format": package.format,
        "sha256": package.sha256,
        "content_sha256": sha256_of(package.content),
    }


def same_again(received: ReceivedPackage) -> bytes:
    """The file of a received plan written from the rows here: identical to the imported file where nothing was lost."""
    plan = received.plan
    header = Header(received.number, received.made_at, received.role, received.software, _prefecture(plan))
    return write_package(header, content_of(plan))


def _prefecture(plan: Plan) -> tuple[str, str] | None:
    prefecture: Municipality | None = plan.municipality.prefecture
    return (prefecture.code, prefecture.name) if prefecture else None


def _note(made: MadePackage, by: User | None, channel: str) -> None:
    old = f"第{made.number - 1}版" if made.number > 1 else None
    write_line(made.plan, Subject.PACKAGE, "県へ渡すファイルの作成", old, f"第{made.number}版", by=by, channel=channel)
