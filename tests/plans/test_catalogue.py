"""The catalogue of the guideline: what the fixture holds, its arithmetic, and what a city lays over it."""

import json
from decimal import Decimal

import pytest

from core.catalogue import Level, LevelKind
from core.words import Direction
from plans.catalogue import catalogue_of, national_catalogue
from plans.models import CatalogueAmendment
from tests.builders import a_municipality
from tests.evaluations.demo.test_demo_fixture import FIXTURES


@pytest.mark.parametrize(
    ("level", "baseline", "exact", "proposal"),
    [
        (Level(LevelKind.SHARE, Decimal(6)), Decimal(36), "2.16", "3"),
        (Level(LevelKind.SHARE, Decimal(6)), Decimal(50), "3", "3"),
        (Level(LevelKind.REDUCTION, Decimal(5)), Decimal(36), "34.2", "34"),
        (Level(LevelKind.TIMES, Decimal("1.28")), Decimal(7), "8.96", "9"),
        (Level(LevelKind.VALUE, Decimal("325.3")), None, "325.3", "325.3"),
    ],
)
def test_a_national_level_is_arithmetic_on_the_baseline(level, baseline, exact, proposal):
    assert (level.of(baseline), level.proposal(baseline)) == (Decimal(exact), Decimal(proposal))


def test_a_level_without_its_baseline_is_unknown_and_not_zero():
    level = Level(LevelKind.SHARE, Decimal(6))

    assert (level.of(None), level.proposal(None)) == (None, None)


def test_every_reference_of_the_fixture_meets_its_row():
    catalogue = national_catalogue()
    services = {row["fields"]["code"] for row in json.loads((FIXTURES / "services.json").read_text("utf-8"))}
    known = catalogue.by_code()
    goals = {goal.code for goal in catalogue.goals}

    assert len(known) == len(catalogue.entries) + len(catalogue.volumes)
    assert {entry.goal for entry in catalogue.entries} - {""} == goals
    assert {entry.parent for entry in known.values()} - {""} <= set(known)
    assert {old.code for entry in known.values() for old in entry.follows} <= set(known)
    assert {entry.service for entry in catalogue.volumes} == services
    assert {code for group in catalogue.factors for code in group.services} <= services
    assert {code for links in catalogue.links for code in links.services} <= services
    assert {links.goal for links in catalogue.links} == {goal.code for goal in catalogue.goals_of(4)}


def test_what_rests_on_a_secondary_source_is_to_be_checked():
    catalogue = national_catalogue()

    assert all(entry.needs_check for entry in catalogue.entries_of(8))
    assert not catalogue.by_code()["7-1-1"].needs_check
    assert [
        entry.code for entry in (*catalogue.entries, *catalogue.volumes) if not entry.source and not entry.needs_check
    ] == []


@pytest.mark.django_db
def test_a_city_changes_leaves_out_and_adds_entries():
    city, other = a_municipality(), a_municipality("129992", "みほん市")
    entry = national_catalogue().by_code()["7-1-2"]
    CatalogueAmendment.objects.create(
        municipality=city,
        generation=7,
        code=entry.code,
        family=entry.family,
        goal=entry.goal,
        title="入所者の削減数",
        unit="人",
        direction=Direction.MORE,
        source="市の方針",
    )
    CatalogueAmendment.objects.create(municipality=city, generation=7, code="7-2-1", title="－", left_out=True)
    CatalogueAmendment.objects.create(municipality=city, generation=7, code="own-1", goal="7-1", title="市独自の指標")

    codes = catalogue_of(city).by_code()

    assert (codes["7-1-2"].title, codes["7-1-2"].direction, codes["7-1-2"].level) == (
        "入所者の削減数",
        Direction.MORE,
        None,
    )
    assert "7-2-1" not in codes
    assert codes["own-1"].goal == "7-1"
    assert catalogue_of(other) == national_catalogue()
