"""Pages that anyone who may see the plan can read."""
