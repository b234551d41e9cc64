"""Filters of the pages where people enter and hand on."""

from collections.abc import Mapping

from django import template
from django.contrib.auth.models import User

from plans.history import OPERATOR

register = template.Library()


@register.filter
def person(user: User | None) -> str:
    """A person's name as it is signed; the operator's commands carry none."""
    return (user.get_full_name() or user.get_username()) if user else OPERATOR


@register.filter
def at(by_name: Mapping[str, str], name: str) -> str:
    """What stands under a name in a mapping; blank where nothing does."""
    return by_name.get(name, "")
