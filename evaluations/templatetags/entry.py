"""Filters of the pages where people enter and hand on."""

from django import template
from django.contrib.auth.models import User

register = template.Library()


@register.filter
def person(user: User | None) -> str:
    """A person's name as it is signed; the operator's commands carry none."""
    return (user.get_full_name() or user.get_username()) if user else "（コマンド）"
