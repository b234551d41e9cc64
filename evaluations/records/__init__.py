"""取組記録: what was held and done, and the actuals that are counted from it."""
