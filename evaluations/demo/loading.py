"""The demo: two cities, people who can log in, and a plan each, read from fixtures/.

A second run leaves everything that is there alone, whatever was typed since; only passwords are set anew.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction

from evaluations.demo.plan import create_plan
from indicators.services import create_missing_services
from plans.models import Membership, Municipality, Plan, Role

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
PLAN_FILES = ("inzai_122319-6.json", "mihon_129992-7.json")
PREFECTURES = {"120006": "千葉県"}


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who tries the software out. Without a 担当課 they may enter everything that their role allows."""

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
    documents = [_read(FIXTURES / name) for name in PLAN_FILES]
    create_missing_services()
    cities = [_city(document["municipality"]) for document in documents]
    restore_people(password)
    return [_plan(city, document) for city, document in zip(cities, documents, strict=True)]


def restore_people(password: str) -> None:
    """Make the missing people and memberships, and set the password of all. A role changed since is kept."""
    hashed = make_password(password)  # once: hashing is made slow on purpose
    municipalities = Municipality.objects.in_bulk({person.municipality_code for person in PEOPLE}, field_name="code")
    for person in PEOPLE:
        user, _ = User.objects.update_or_create(username=person.username, defaults={"password": hashed})
        Membership.objects.get_or_create(
            user=user, municipality=municipalities[person.municipality_code], defaults={"role": person.role}
        )


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def _city(fields: dict[str, Any]) -> Municipality:
    code, prefecture_code = fields["code"], fields["prefecture_code"]
    prefecture = None
    if prefecture_code:
        prefecture, _ = Municipality.objects.get_or_create(
            code=prefecture_code,
            defaults={"name": PREFECTURES[prefecture_code], "kind": Municipality.Kind.PREFECTURE},
        )
    city, _ = Municipality.objects.get_or_create(
        code=code,
        defaults={
            "name": fields["name"],
            "kind": fields["kind"],
            "prefecture": prefecture,
            "is_fictional": fields["is_fictional"],
        },
    )
    return city


def _plan(city: Municipality, document: dict[str, Any]) -> LoadedPlan:
    fields = document["plan"]
    found = Plan.objects.filter(municipality=city, kind=fields["kind"], generation=fields["generation"]).first()
    return LoadedPlan(found or create_plan(city, document), is_new=found is None)
