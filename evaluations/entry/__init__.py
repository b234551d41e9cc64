"""What people type for one 節 and year: the grid of values and the texts."""
