"""Models of the expected return."""
