"""A new plan from the catalogue of its 期, as a draft and then as a plan."""
