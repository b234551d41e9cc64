"""The page on which a prefecture imports packages: what a file would change, and what was imported so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.models import User
from django.core import signing

from core.packages.changes import ChangeKind, PackageChange
from core.words import Side
from evaluations.models import ReceivedPackage
from evaluations.prefecture.receiving import Incoming
from plans.history import BLANK, side_in_words
from plans.models import Municipality, Plan, Role
from plans.refusals import Refused
from plans.signed_previews import MAX_AGE

SALT = "evaluations.package"
MAX_SHOWN = 300


def newest_receipt(plan: Plan) -> ReceivedPackage | None:
    """The file whose content a reader of the prefecture sees in this plan; None for a plan that is maintained here, and
    for people of the city. One query for the prefecture.
    """
    if plan.access.role != Role.PREFECTURE:
        return None
    return plan.received_packages.order_by("-number").first()


@dataclass(frozen=True)
class ChangeLine:
    """One change in words."""

    place: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangeGroup:
    """The lines of one kind, with how many more there are than are shown."""

    title: str
    lines: tuple[ChangeLine, ...]
    count: int

    @property
    def hidden(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True)
class Receipt:
    """A file that was checked: why it is refused, or what it would change, and the signed text that confirms it."""

    name: str = ""
    failure: str = ""
    found: Incoming | None = None
    signed: str = ""

    @property
    def groups(self) -> list[ChangeGroup]:
        return change_groups(self.found.changes) if self.found else []


@dataclass(frozen=True)
class ReceivedPlan:
    """A received plan with its files, the newest first."""

    plan: Plan
    files: tuple[ReceivedPackage, ...]

    @property
    def newest(self) -> ReceivedPackage:
        return self.files[0]


def received_plans(prefecture: Municipality) -> list[ReceivedPlan]:
    """What was imported of the cities of a prefecture, by city and plan. One query."""
    files = (
        ReceivedPackage.objects.filter(plan__municipality__prefecture=prefecture)
        .select_related("plan__municipality", "received_by")
        .order_by("plan__municipality__code", "-plan__start_year", "plan__kind", "plan_id", "-number")
    )
    found = [tuple(group) for _, group in groupby(files, key=lambda file: file.plan_id)]
    return [ReceivedPlan(group[0].plan, group) for group in found]


def change_groups(changes: Iterable[PackageChange]) -> list[ChangeGroup]:
    """The changes by kind, in the order of the kinds."""
    by_kind: dict[ChangeKind, list[PackageChange]] = {kind: [] for kind in ChangeKind}
    for change in changes:
        by_kind[change.kind].append(change)
    return [
        ChangeGroup(kind.value, tuple(change_line(change) for change in found[:MAX_SHOWN]), len(found))
        for kind, found in by_kind.items()
        if found
    ]


def change_line(change: PackageChange) -> ChangeLine:
    """「「移行者数」令和6年度」 実績値 未入力 → 12."""
    return ChangeLine(change.place, change.field, _words(change, change.old), _words(change, change.new))


def _words(change: PackageChange, side: dict | str | None) -> str:
    """The words of a side; a year without a plan is blank instead of 未入力."""
    if side is None and change.side != Side.ACTUAL:
        return BLANK
    return side_in_words(side)


def signed(file: str, found: Incoming, prefecture: Municipality, person: User) -> str:
    """The file and the hash of the last one imported, as a text that only this person can send back, for this page."""
    return signing.dumps([file, found.last_sha256], salt=_salt(prefecture, person), compress=True)


def unsigned(text: str, prefecture: Municipality, person: User) -> tuple[str, str]:
    """The signed file, and the SHA-256 of the file that was the last one imported then. Raises Refused for a text that
    is too old or not signed here.
    """
    try:
        file, seen = signing.loads(text, salt=_salt(prefecture, person), max_age=MAX_AGE)
    except signing.SignatureExpired as error:
        raise Refused("確かめてから時間がたちすぎました。もう一度ファイルを選んでください。") from error
    except signing.BadSignature as error:
        raise Refused("確かめた内容を読み取れませんでした。もう一度ファイルを選んでください。") from error
    return file, seen


def _salt(prefecture: Municipality, person: User) -> str:
    return f"{SALT}.{prefecture.pk}.{person.pk}"
