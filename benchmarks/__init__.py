"""Measurements that are too long or too noisy for tests: one command a figure, ratios in one run."""
