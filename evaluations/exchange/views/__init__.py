"""Pages of importing and exporting."""
