"""Articles in, dated events out. Opens no connection and knows no market."""
