"""Find and parse time expressions, without resolving them."""
