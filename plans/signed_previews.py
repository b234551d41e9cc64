"""The bounds of a preview that travels, signed, with the form between upload and confirmation."""

from datetime import timedelta

MAX_AGE = timedelta(hours=12)
MAX_SIGNED = 2_000_000
"""Characters; a form with more would be refused on its way back."""
