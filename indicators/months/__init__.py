"""Months of the 活動指標: the grid, a city's own files, and what they make of the year."""
