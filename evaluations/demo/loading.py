"""The demo: two cities, people who can log in, and a plan each, read from fixtures/.

A second run leaves everything that is there alone, whatever was typed since; only the passwords of its own people are
set anew. An account made by anyone else under one of the names is neither changed nor used.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, Min, OuterRef

from evaluations.demo.plan import REASON, Signers, create_plan
from indicators.services import create_missing_services
from plans.models import Change, Channel, Membership, Municipality, Plan, Role, Subject
from plans.people import role_in_words, write_history

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
PLAN_FILES = ("inzai_122319-6.json", "mihon_129992-7.json")
PREFECTURES = {"120006": "千葉県"}
SIGNERS = {
    "122319": {"submit": "editor", "check": "checker", "confirm": "confirmer"},
    "129992": {"submit": "other", "check": "other", "confirm": "other"},
}
REGISTERED = "登録"
ONE_RUN = timedelta(minutes=1)
"""More than lies between an account and the line of history that the same run writes after it."""


@dataclass(frozen=True)
class DemoPerson:
    """A person who tries the software out. Without a 担当課 they may enter everything that their role allows."""

    username: str
    municipality_code: str
    role: Role


PEOPLE = (
    DemoPerson("viewer", "122319", Role.VIEWER),
    DemoPerson("editor", "122319", Role.EDITOR),
    DemoPerson("checker", "122319", Role.CHECKER),
    DemoPerson("confirmer", "122319", Role.CONFIRMER),
    DemoPerson("manager", "122319", Role.MANAGER),
    DemoPerson("pref", "120006", Role.PREFECTURE),
    DemoPerson("other", "129992", Role.MANAGER),
)


@dataclass(frozen=True)
class LoadedPlan:
    """A plan of the demo, and whether this run made it."""

    plan: Plan
    is_new: bool


@transaction.atomic
def load_demo(*, password: str) -> list[LoadedPlan]:
    """Make what is missing of the demo and give its people this password."""
    texts = [(FIXTURES / name).read_text(encoding="utf-8") for name in PLAN_FILES]
    documents = [json.loads(text, parse_float=Decimal) for text in texts]
    create_missing_services()
    cities = [_city(document["municipality"]) for document in documents]
    restore_people(password)
    return [_plan(city, document) for city, document in zip(cities, documents, strict=True)]


def restore_people(password: str) -> None:
    """Make the missing people and memberships, and set the password of all that are the demo's. A role changed since
    is kept.
    """
    hashed = make_password(password)  # once: hashing is made slow on purpose
    municipalities = Municipality.objects.in_bulk({person.municipality_code for person in PEOPLE}, field_name="code")
    own = own_people()
    names = User.objects.filter(username__in=[person.username for person in PEOPLE])
    taken = set(names.values_list("username", flat=True)) - own.keys()
    for person in PEOPLE:
        if person.username not in taken:
            user = own.get(person.username) or User(username=person.username)
            user.password = hashed
            user.save()
            _register(user, municipalities[person.municipality_code], person.role)


def own_people() -> dict[str, User]:
    """The accounts that the demo made and that are used for nothing else, by username. Three queries.

    An account is the demo's if it was made right before a line that only the demo writes: its own 登録 or, in a
    database filled by a release that wrote none, the first line of a plan of the demo. Staff of the admin and people of
    any other 自治体 are no longer the demo's: its password must not open what is not its own.
    """
    codes = {person.municipality_code for person in PEOPLE}
    elsewhere = Membership.objects.filter(user=OuterRef("pk")).exclude(municipality__code__in=codes)
    users = User.objects.filter(
        ~Exists(elsewhere),
        username__in=[person.username for person in PEOPLE],
        is_staff=False,
        is_superuser=False,
    )
    written = _lines_of_the_demo(codes)
    return {
        user.username: user
        for user in users
        if any(timedelta() <= at - user.date_joined <= ONE_RUN for at in written[user.username])
    }


def _lines_of_the_demo(codes: set[str]) -> dict[str, list[datetime]]:
    """The times of the lines that show, for each person of the demo, when their account was made."""
    by_command = Change.objects.filter(channel=Channel.COMMAND, by=None, municipality__code__in=codes)
    loaded_at = by_command.filter(reason=REASON).aggregate(first=Min("at"))["first"]
    lines = list(by_command.filter(subject=Subject.PEOPLE, field=REGISTERED).values_list("at", "new"))
    by_earlier_release = [loaded_at] if loaded_at and all(at > loaded_at for at, _ in lines) else []
    return {
        person.username: [at for at, new in lines if f"（{person.username}）" in str(new)] + by_earlier_release
        for person in PEOPLE
    }


def _register(user: User, municipality: Municipality, role: Role) -> None:
    membership, is_new = Membership.objects.get_or_create(user=user, municipality=municipality, defaults={"role": role})
    if is_new:
        write_history(membership, REGISTERED, None, role_in_words(membership), by=None, channel=Channel.COMMAND)


def _signers(city: Municipality) -> Signers:
    """Who makes each move of the plan of this city: people of the demo, or an account that no one can log in with where
    their name is taken.
    """
    people, moves = own_people(), SIGNERS[city.code]
    if not people.keys() >= set(moves.values()):
        people = dict.fromkeys(moves.values(), _stand_in(city)) | people
    return {move: people[name] for move, name in moves.items()}


def _stand_in(city: Municipality) -> User:
    name = f"demo-{secrets.token_hex(4)}"
    user = User.objects.create(username=name, last_name="見本の担当者", password=make_password(None))
    _register(user, city, Role.MANAGER)
    return user


def _city(fields: dict[str, Any]) -> Municipality:
    code, prefecture_code = fields["code"], fields["prefecture_code"]
    prefecture = None
    if prefecture_code:
        prefecture, _ = Municipality.objects.get_or_create(
            code=prefecture_code,
            defaults={"name": PREFECTURES[prefecture_code], "kind": Municipality.Kind.PREFECTURE},
        )
    said = {name: fields[name] for name in ("name", "kind", "is_fictional")}
    city, _ = Municipality.objects.get_or_create(code=code, defaults=said | {"prefecture": prefecture})
    return city


def _plan(city: Municipality, document: dict[str, Any]) -> LoadedPlan:
    fields = document["plan"]
    found = Plan.objects.filter(municipality=city, kind=fields["kind"], generation=fields["generation"]).first()
    return LoadedPlan(found or create_plan(city, document, signers=_signers(city)), is_new=found is None)
