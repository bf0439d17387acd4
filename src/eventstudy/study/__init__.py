"""The study: its specification, its result, and what the result says."""
