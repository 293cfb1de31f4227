"""Benchmarks: floor and product alternately in one run, printed as ratios."""
