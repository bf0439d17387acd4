"""Significance tests, and the choice of those that are valid for a design."""
