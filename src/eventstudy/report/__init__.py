"""A result becomes one self-contained page with its tables and figures."""
