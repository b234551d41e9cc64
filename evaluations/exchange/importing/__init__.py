"""A tidy table in: rows → a list of changes with problems and warnings → one action that applies it."""
