"""Ratios of how long the guard and the command line take. `scripts/bench` runs this."""
