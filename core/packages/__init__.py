"""A plan as the file that carries it to a prefecture."""
