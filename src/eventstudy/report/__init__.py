"""Write a result as one self-contained page with its tables, figures and provenance."""
