"""Pages of the prefecture."""
