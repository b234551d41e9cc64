"""The evaluation sheet (評価シート): what it says, how it looks, where its cells are, how it is recognised."""
