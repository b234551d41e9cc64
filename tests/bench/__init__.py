"""`make bench`: ours beside the floor below which nothing can be, in a database of its own."""
