"""Filters for calculated figures. They format; they do not compute."""

from decimal import Decimal

from django import template

from core import volume_words
from core.volume_miss import Split

register = template.Library()


@register.filter
def shown(number: Decimal | None) -> str:
    """A calculated figure with two decimals at most; blank for None."""
    return "" if number is None else volume_words.shown(number)


@register.filter
def signed(number: Decimal | None) -> str:
    """A difference with its plus or minus; blank for None."""
    return "" if number is None else volume_words.signed(number)


@register.filter
def split_in_words(split: Split, unit: str) -> str:
    """What the users and the use per user account for, in one sentence."""
    return volume_words.split_in_words(split, unit)
