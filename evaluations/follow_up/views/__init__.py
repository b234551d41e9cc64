"""Pages of opinions, actions and dates."""
