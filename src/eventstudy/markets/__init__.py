"""The markets' clocks and prices. Knows no statistics."""
