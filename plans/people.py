"""利用者: the actions with which the manager of a 自治体 keeps its people and its 担当課. Each leaves a line of
history.

What belongs to a person and not to the membership (name, login, password) is changed only where this 自治体 is the
person's only one, and never for staff of the admin: otherwise one manager would hold the keys of another's people.
"""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from plans.access import require_manager
from plans.history_writer import write_line
from plans.models import Channel, Department, Membership, Municipality, Role, Subject
from plans.refusals import FieldRefused, FieldsRefused, Refused

USERNAME_TAKEN = "このユーザー名は使えません。別のユーザー名にしてください。"
LAST_MANAGER = "管理の役割の人がいなくなるため、この操作はできません。先に、ほかの人を「管理」にしてください。"
NOT_ONLY_OURS = (
    "ほかの自治体にも所属する人か、システム管理者のため、ここでは変えられません。システム管理者に頼んでください。"
)
CHANGED_MEANWHILE = (
    "ほかの人が先に、この人の登録を変更しました（いまの役割：{}）。内容を確かめて、もう一度保存してください。"
)
# Without 0/o, 1/l/i, which look alike in print.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105


@dataclass(frozen=True)
class NewPerson:
    """What is typed for a new person."""

    username: str
    name: str
    role: Role
    department: Department | None
    password: str


def people_of(municipality: Municipality) -> QuerySet[Membership]:
    """The members of a 自治体, by role and name, each with `is_only_ours`. One query."""
    elsewhere = Membership.objects.filter(user=OuterRef("user")).exclude(municipality=municipality)
    return (
        municipality.memberships.select_related("user", "department")
        .annotate(is_only_ours=~Exists(elsewhere))
        .order_by("-user__is_active", "user__last_name", "user__username")
    )


def departments_of(municipality: Municipality) -> QuerySet[Department]:
    """Its 担当課, each with `people` and `measure_count`, how many refer to it. One query."""
    return municipality.departments.annotate(
        people=Count("memberships", distinct=True), measure_count=Count("measures", distinct=True)
    )


def may_hold_keys(membership: Membership) -> bool:
    """Whether the manager may change name, login and password of this person. `membership` comes from `people_of`."""
    return membership.is_only_ours and not (membership.user.is_staff or membership.user.is_superuser)  # type: ignore[attr-defined]


def role_in_words(membership: Membership) -> str:
    """「入力（障がい福祉課）」, as the history prints it."""
    role = Role(membership.role).label
    return f"{role}（{membership.department.name}）" if membership.department else role


def shown_of(membership: Membership) -> str:
    """A digest of role, 担当課 and name; a different one means that another user changed one of them."""
    return sha256(repr(_said(membership)).encode()).hexdigest()[:16]


def write_history(
    membership: Membership,
    field: str,
    old: str | None,
    new: str | None,
    *,
    by: User | None,
    channel: Channel = Channel.SCREEN,
) -> None:
    """Write a line that names the person on both sides: 「花子（hanako）：閲覧」. For actions, in their transaction."""
    who = f"{_full_name(membership.user)}（{membership.user.username}）"
    old, new = old and f"{who}：{old}", new and f"{who}：{new}"
    write_line(membership.municipality, Subject.PEOPLE, field, old, new, by=by, channel=channel)


def write_department_history(municipality: Municipality, old: str | None, new: str | None, *, by: User) -> None:
    """Write a line about one 担当課; None where it does not exist. For actions, in their transaction."""
    write_line(municipality, Subject.PEOPLE, "担当課", old, new, by=by, channel=Channel.SCREEN)


def new_password() -> str:
    """Twelve random letters in groups, easy to copy from a printed sheet."""
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(3))


@transaction.atomic
def add_person(municipality: Municipality, person: NewPerson, *, by: User) -> Membership:
    """A new person with their first membership. FieldsRefused, in the same words, for every username that exists."""
    _start(municipality, by)
    username, taken = User.normalize_username(person.username), FieldRefused("username", USERNAME_TAKEN)
    if User.objects.filter(username__iexact=username).exists():
        raise FieldsRefused([taken])
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, password=person.password, last_name=person.name)
    except IntegrityError as error:  # another city took it at this moment
        raise FieldsRefused([taken]) from error
    membership = Membership.objects.create(
        user=user, municipality=municipality, role=person.role, department=person.department
    )
    write_history(membership, "登録", None, role_in_words(membership), by=by)
    return membership


@transaction.atomic
def change_person(
    membership: Membership, *, role: Role, department: Department | None, name: str | None, by: User, seen: str = ""
) -> None:
    """Another role, 担当課 or name (None: left alone). `seen` is what the page showed, as `shown_of` says it; "" is
    not checked.
    """
    kept = _fetch(membership, by)
    if _said(kept) == (role, department and department.pk, name or _full_name(kept.user)):
        return
    if seen not in ("", shown_of(kept)):
        raise Refused(CHANGED_MEANWHILE.format(role_in_words(kept)))
    if role != Role.MANAGER:
        _keep_a_manager(kept)
    old = role_in_words(kept)
    kept.role, kept.department = role, department
    kept.save(update_fields=["role", "department"])
    if old != role_in_words(kept):
        write_history(kept, "役割・担当課", old, role_in_words(kept), by=by)
    if name is not None and name != kept.user.last_name:
        _require_keys(kept)
        old_name, kept.user.last_name, kept.user.first_name = _full_name(kept.user), name, ""
        kept.user.save(update_fields=["last_name", "first_name"])
        write_history(kept, "氏名", old_name, name, by=by)


@transaction.atomic
def remove_person(membership: Membership, *, by: User) -> None:
    """Take a person out of the 自治体. The person and the history stay."""
    kept = _fetch(membership, by)
    _keep_a_manager(kept)
    write_history(kept, "所属を外す", role_in_words(kept), None, by=by)
    kept.delete()


@transaction.atomic
def set_login(membership: Membership, *, allowed: bool, by: User) -> None:
    """Stop or resume the login of a person."""
    kept = _fetch(membership, by)
    _require_keys(kept)
    if not allowed:
        _keep_a_manager(kept)
    if kept.user.is_active != allowed:
        kept.user.is_active = allowed
        kept.user.save(update_fields=["is_active"])
        write_history(kept, "ログイン", *(("停止", "可") if allowed else ("可", "停止")), by=by)


@transaction.atomic
def reset_password(membership: Membership, *, by: User) -> str:
    """Give a person a new password, which is returned once and not stored in plain text. It ends their sessions."""
    kept = _fetch(membership, by)
    _require_keys(kept)
    password = new_password()
    kept.user.set_password(password)
    kept.user.save(update_fields=["password"])
    write_history(kept, "パスワード", None, "再設定した", by=by)
    return password


@transaction.atomic
def save_department(
    municipality: Municipality, name: str, *, department: Department | None = None, by: User, seen: str = ""
) -> None:
    """A new 担当課, or another name for one of this 自治体. `seen` is what the page showed; "" is not checked."""
    _start(municipality, by)
    kept = _fetch_department(department) if department else Department(municipality=municipality)
    if municipality.departments.filter(name=name).exclude(pk=kept.pk or 0).exists():
        raise Refused(f"担当課「{name}」はすでにあります。")
    if kept.pk and seen not in ("", kept.name) and kept.name != name:
        raise Refused(f"ほかの人が先に、名前を「{kept.name}」に変えました。内容を確かめて、もう一度保存してください。")
    old, kept.name = kept.name or None, name
    kept.save()
    if old != name:
        write_department_history(municipality, old, name, by=by)


@transaction.atomic
def delete_department(department: Department, *, by: User) -> None:
    """Delete a 担当課 to which neither people nor 指標 belong."""
    _start(department.municipality, by)
    kept = _fetch_department(department)
    people, measures = kept.memberships.count(), kept.measures.count()
    if people or measures:
        raise Refused(
            f"担当課「{kept.name}」には利用者{people}人と指標{measures}件が割り当てられています。"
            "先に割り当てを変えてください。"
        )
    write_department_history(kept.municipality, kept.name, None, by=by)
    kept.delete()


def _start(municipality: Municipality, by: User) -> None:
    """Check the right, and let changes of the people of one 自治体 wait for each other."""
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
    require_manager(by, municipality, "利用者を変更できるのは、管理の役割の人だけです。")


def _fetch(membership: Membership, by: User) -> Membership:
    """The stored membership."""
    _start(membership.municipality, by)
    kept = people_of(membership.municipality).filter(pk=membership.pk).first()
    if kept is None:
        raise Refused("この人の所属は、ほかの人がすでに外しています。")
    return kept


def _fetch_department(department: Department) -> Department:
    kept = Department.objects.filter(pk=department.pk).first()
    if kept is None:
        raise Refused(f"担当課「{department.name}」は、ほかの人がすでに削除しています。")
    return kept


def _keep_a_manager(membership: Membership) -> None:
    """Refuse what would leave the 自治体 without anyone who can manage it."""
    managers = membership.municipality.memberships.filter(role=Role.MANAGER, user__is_active=True)
    if not managers.exclude(pk=membership.pk).exists() and managers.filter(pk=membership.pk).exists():
        raise Refused(LAST_MANAGER)


def _require_keys(membership: Membership) -> None:
    if not may_hold_keys(membership):
        raise Refused(NOT_ONLY_OURS)


def _said(membership: Membership) -> tuple[str, int | None, str]:
    return str(membership.role), membership.department_id, _full_name(membership.user)


def _full_name(user: User) -> str:
    return user.get_full_name() or user.username
