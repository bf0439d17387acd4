"""Read files into articles."""
