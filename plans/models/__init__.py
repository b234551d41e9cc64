"""The models of a city, its plans, their measures and every change of them."""

from plans.models.catalogue import CatalogueAmendment
from plans.models.change import Change, Channel, Subject
from plans.models.measure import Measure, MeasureLink, YearlyValue
from plans.models.municipality import Department, Membership, Municipality, Role
from plans.models.plan import Plan, PlanKind, PlanRevision, Section
from plans.models.section_year import MOVES, SectionYear, YearState

__all__ = [
    "MOVES",
    "CatalogueAmendment",
    "Change",
    "Department",
    "Channel",
    "Measure",
    "MeasureLink",
    "Membership",
    "Municipality",
    "Plan",
    "PlanKind",
    "PlanRevision",
    "Role",
    "Section",
    "SectionYear",
    "Subject",
    "YearState",
    "YearlyValue",
]
