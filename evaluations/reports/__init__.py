"""Documents to pass on: the 評価書 as PDF and as text, and the evaluation sheet."""
