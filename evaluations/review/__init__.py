"""Reading and judging: the overview, one 節, one measure, plans side by side, the outlook."""
