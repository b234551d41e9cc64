"""見込量の算出: what a forecast is based on, its scenarios, and what it puts into the plan."""
