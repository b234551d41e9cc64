"""Carry-over from the last plan: which measure goes on how, what begins from its figures, and what changed."""
