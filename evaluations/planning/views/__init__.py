"""Pages of making and changing a plan."""
