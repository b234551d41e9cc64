"""An old evaluation sheet comes in: a proposal with questions → choices → the rows and previews of any import."""
