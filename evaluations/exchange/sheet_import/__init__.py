"""An edited evaluation sheet comes back: which sheet it is, what is different, and whether it may be taken in."""
