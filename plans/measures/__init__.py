"""Changing what a measure is: its columns, the rules, the actions, and what they refuse."""
