"""From city to prefecture: packages that leave and arrive, and the roll-up of all cities."""
