"""An old evaluation sheet as text: what is printed → a proposal with questions → what was answered. No city in it."""
