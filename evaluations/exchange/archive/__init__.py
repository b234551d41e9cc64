"""An old evaluation sheet comes in: a proposal with questions → answers → the rows and previews of any import."""
