"""What is kept of a city, its plans, their measures and every change of them."""

from plans.models.change import Change, Door, Subject
from plans.models.measure import Measure, YearlyValue
from plans.models.municipality import Department, Membership, Municipality, Role
from plans.models.plan import Plan, PlanKind, PlanRevision, Section
from plans.models.section_year import MOVES, SectionYear, YearState

__all__ = [
    "MOVES",
    "Change",
    "Department",
    "Door",
    "Measure",
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
