"""The people page finished for its template: one row a member, one a 担当課, each with its forms."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import Http404

from plans.access import Person, managed_by
from plans.models import Department, Membership, Municipality
from plans.people import may_hold_keys, shown_of
from plans.people_forms import AddDepartment, AddPerson, ChangePerson, CityPeople, PeopleForm, RenameDepartment


@dataclass(frozen=True)
class MemberRow:
    """One member. `has_keys`: name, login and password may be changed here. `is_open`: the posted form is theirs."""

    membership: Membership
    form: PeopleForm
    has_keys: bool
    is_open: bool


@dataclass(frozen=True)
class DepartmentRow:
    """One 担当課."""

    department: Department
    form: PeopleForm
    is_open: bool


def managed_cities(user: Person) -> list[Municipality]:
    """The 自治体 whose people this person manages. Raises PermissionDenied where there is none. One query."""
    return managed_by(user, "利用者のページは、管理の役割の人だけが開けます。")


def chosen_city(managed: list[Municipality], code: str | None) -> Municipality:
    """The one of this code, the first without a code; 404 for any other."""
    for municipality in managed:
        if code in (None, municipality.code):
            return municipality
    raise Http404("自治体が見つかりません。")


def people_page(city: CityPeople, by: User, sent: PeopleForm | None) -> dict:
    """The page's rows and forms. `sent` is the form that could not be carried out: it keeps what was typed."""
    return {
        "manages": True,
        "city": city,
        "sent": sent,
        "members": [_member_row(membership, city, by, sent) for membership in city.memberships.values()],
        "departments": [_department_row(department, city, by, sent) for department in city.departments.values()],
        "add_person": sent if isinstance(sent, AddPerson) else AddPerson(city=city, by=by),
        "add_department": sent
        if isinstance(sent, AddDepartment)
        else AddDepartment(city=city, by=by, auto_id="new_department_%s"),
    }


def _member_row(membership: Membership, city: CityPeople, by: User, sent: PeopleForm | None) -> MemberRow:
    is_sent = sent is not None and sent.data.get("membership") == str(membership.pk)
    has_keys = may_hold_keys(membership)
    seen = {"seen": shown_of(membership)}
    form = ChangePerson(
        # A second save counts as having seen what is stored now.
        dict(sent.data.items()) | seen if is_sent and isinstance(sent, ChangePerson) else None,
        city=city,
        by=by,
        auto_id=f"member_{membership.pk}_%s",
        initial={
            **seen,
            "membership": membership.pk,
            "name": membership.user.get_full_name(),
            "role": membership.role,
            "department": membership.department_id or "",
        },
    )
    if not has_keys:
        del form.fields["name"]
    return MemberRow(membership, form, has_keys, is_sent)


def _department_row(department: Department, city: CityPeople, by: User, sent: PeopleForm | None) -> DepartmentRow:
    is_sent = sent is not None and sent.data.get("existing") == str(department.pk)
    seen = {"seen": department.name}
    form = RenameDepartment(
        dict(sent.data.items()) | seen if is_sent and isinstance(sent, RenameDepartment) else None,
        city=city,
        by=by,
        auto_id=f"department_{department.pk}_%s",
        initial={"existing": department.pk, "name": department.name, **seen},
    )
    return DepartmentRow(department, form, is_sent)
