"""Workbooks that we write: their bytes, their printed look, and the tables made of them."""
