"""An old evaluation sheet as text: what is printed → a proposal with questions → the content. Knows no city."""
