"""Months of the 活動指標: the grid, a city's own files, and the year's figure that follows from them."""
