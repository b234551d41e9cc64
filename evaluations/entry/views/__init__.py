"""Pages of entering values and texts."""
