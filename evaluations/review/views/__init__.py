"""Pages that are read by whoever may see the plan."""
