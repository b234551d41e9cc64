"""公表: the frozen body of a year, its number and hash, and reading it back."""
