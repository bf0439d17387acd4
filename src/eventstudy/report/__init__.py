"""A result becomes one self-contained page with its tables, figures and provenance."""
