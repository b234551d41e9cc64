"""Forms of the people page: one class per thing that can be done there, chosen by the field `do`.

A form judges what was typed; its `act` calls the action and returns the sentence that confirms it. Ids in a form are
looked up among the people and 担当課 of the page's 自治体.
"""

from typing import ClassVar

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator

from plans import people
from plans.model_fields import longest
from plans.models import Department, Membership, Municipality, Role
from plans.refusals import FieldsRefused, Refused

CITY_ROLES = (Role.VIEWER, Role.EDITOR, Role.CHECKER, Role.CONFIRMER, Role.MANAGER)
PREFECTURE_ROLES = (Role.PREFECTURE, Role.MANAGER)


class CityPeople:
    """The people and 担当課 of one 自治体, read once for every form of the page. Two queries."""

    def __init__(self, municipality: Municipality) -> None:
        self.municipality = municipality
        self.memberships = {membership.pk: membership for membership in people.people_of(municipality)}
        self.departments = {department.pk: department for department in people.departments_of(municipality)}

    @property
    def role_choices(self) -> list[tuple[str, str]]:
        """A city has no 県, and a 県 enters no values."""
        is_city = self.municipality.kind == Municipality.Kind.CITY
        return [(role.value, role.label) for role in (CITY_ROLES if is_city else PREFECTURE_ROLES)]

    @property
    def department_choices(self) -> list[tuple[str, str]]:
        """Empty = every 担当課."""
        return [("", "すべて"), *((str(pk), department.name) for pk, department in self.departments.items())]


class PeopleForm(forms.Form):
    """One thing that can be done on the page.

    Afterwards `done` is the sentence that confirms it, and `secret` a password to be shown once, where there is one.
    """

    action: ClassVar[str]
    done = ""
    secret = ""

    def __init__(self, data=None, *, city: CityPeople, by: User, **kwargs) -> None:
        super().__init__(data, **kwargs)
        self.city, self.by = city, by
        if "role" in self.fields:
            self.fields["role"].choices = city.role_choices  # type: ignore[attr-defined]
            self.fields["department"].choices = city.department_choices  # type: ignore[attr-defined]

    def carry_out(self) -> bool:
        """Do it; returns whether it was done. If not, the form has the problems."""
        if not self.is_valid():
            return False
        try:
            self.done = self.act()
        except FieldsRefused as refused:
            for field in refused.fields:
                self.add_error(field.name, field.sentence)
        except Refused as refused:
            self.add_error(None, str(refused))
        return self.is_valid()

    def act(self) -> str:
        """Call the action and return the sentence that confirms it. Raises Refused."""
        raise NotImplementedError

    def clean_department(self) -> Department | None:
        chosen = self.cleaned_data["department"]
        return self.city.departments[int(chosen)] if chosen else None


class _Role(PeopleForm):
    role = forms.ChoiceField(label="役割")
    department = forms.ChoiceField(
        label="担当課",
        required=False,
        help_text="選ぶと、その課の指標だけを入力できます。「すべて」はすべての指標です。",
    )


USERNAME_CHARACTERS = "使えない文字があります。英字・数字と @ . + - _ だけで、空白を入れずに入力してください。"


class AddPerson(_Role):
    """A new person."""

    action = "add_person"
    username = forms.CharField(
        label="ユーザー名",
        max_length=longest(User, "username"),
        validators=[UnicodeUsernameValidator(message=USERNAME_CHARACTERS)],
        help_text="ログインに使う名前です。半角の英字・数字と @ . + - _ が使えます。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    name = forms.CharField(label="氏名", max_length=longest(User, "last_name"), help_text="変更履歴に表示します。")
    password = forms.CharField(
        label="最初のパスワード",
        required=False,
        help_text="空欄なら自動で作り、登録の直後に一度だけ表示します。決めて入力するときは10文字以上です。",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    field_order = ("username", "name", "role", "department", "password")

    def clean(self) -> None:
        password = self.cleaned_data.get("password")
        if password:
            user = User(username=self.cleaned_data.get("username", ""), last_name=self.cleaned_data.get("name", ""))
            try:
                validate_password(password, user)
            except forms.ValidationError as error:
                self.add_error("password", error)

    def act(self) -> str:
        typed = self.cleaned_data
        password = typed["password"] or people.new_password()
        new = people.NewPerson(typed["username"], typed["name"], Role(typed["role"]), typed["department"], password)
        people.add_person(self.city.municipality, new, by=self.by)
        self.secret = "" if typed["password"] else password
        return f"{typed['name']}さん（{typed['username']}）を登録しました。"


class OfMember(PeopleForm):
    """What is done to one member; the id is looked up among this 自治体's."""

    membership = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "人を選んでください。"})

    def clean_membership(self) -> Membership:
        found = self.city.memberships.get(self.cleaned_data["membership"])
        if found is None:
            raise forms.ValidationError("この自治体の利用者ではありません。")
        return found

    @property
    def member(self) -> Membership:
        return self.cleaned_data["membership"]

    @property
    def who(self) -> str:
        return f"{self.member.user.get_full_name() or self.member.user.username}さん"


class ChangePerson(OfMember, _Role):
    """Another role, 担当課 or name."""

    action = "change_person"
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="氏名", max_length=longest(User, "last_name"), required=False)
    field_order = ("membership", "seen", "name", "role", "department")

    def act(self) -> str:
        typed = self.cleaned_data
        name = typed["name"] or None
        role, department, seen = Role(typed["role"]), typed["department"], typed["seen"]
        people.change_person(self.member, role=role, department=department, name=name, by=self.by, seen=seen)
        return f"{name or self.who.removesuffix('さん')}さんの登録を変更しました。"


class RemovePerson(OfMember):
    """Take a person out of this 自治体."""

    action = "remove_person"

    def act(self) -> str:
        people.remove_person(self.member, by=self.by)
        return f"{self.who}の所属を外しました。"


class StopLogin(OfMember):
    """Stop a login."""

    action = "stop_login"

    def act(self) -> str:
        people.set_login(self.member, allowed=False, by=self.by)
        return f"{self.who}のログインを止めました。"


class ResumeLogin(OfMember):
    """Resume a login."""

    action = "resume_login"

    def act(self) -> str:
        people.set_login(self.member, allowed=True, by=self.by)
        return f"{self.who}のログインを再開しました。"


class ResetPassword(OfMember):
    """A new password, shown once."""

    action = "reset_password"

    def act(self) -> str:
        self.secret = people.reset_password(self.member, by=self.by)
        return f"{self.who}（{self.member.user.username}）のパスワードを再設定しました。"


class AddDepartment(PeopleForm):
    """A new 担当課."""

    action = "add_department"
    name = forms.CharField(label="新しい担当課の名前", max_length=longest(Department, "name"))

    def act(self) -> str:
        people.save_department(self.city.municipality, self.cleaned_data["name"], by=self.by)
        return f"担当課「{self.cleaned_data['name']}」を加えました。"


class OfDepartment(PeopleForm):
    """What is done to one 担当課; the id is looked up among this 自治体's. (`department` elsewhere is a choice.)"""

    existing = forms.IntegerField(widget=forms.HiddenInput)

    def clean_existing(self) -> Department:
        found = self.city.departments.get(self.cleaned_data["existing"])
        if found is None:
            raise forms.ValidationError("この自治体の担当課ではありません。")
        return found


class RenameDepartment(OfDepartment):
    """Another name."""

    action = "rename_department"
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="担当課の名前", max_length=longest(Department, "name"))

    def act(self) -> str:
        typed = self.cleaned_data
        city, department = self.city.municipality, typed["existing"]
        people.save_department(city, typed["name"], department=department, by=self.by, seen=typed["seen"])
        return f"担当課の名前を「{typed['name']}」に変えました。"


class DeleteDepartment(OfDepartment):
    """Delete one without members and measures."""

    action = "delete_department"

    def act(self) -> str:
        people.delete_department(self.cleaned_data["existing"], by=self.by)
        return f"担当課「{self.cleaned_data['existing'].name}」を削除しました。"


FORMS: dict[str, type[PeopleForm]] = {
    form.action: form
    for form in (
        AddPerson,
        ChangePerson,
        RemovePerson,
        StopLogin,
        ResumeLogin,
        ResetPassword,
        AddDepartment,
        RenameDepartment,
        DeleteDepartment,
    )
}
