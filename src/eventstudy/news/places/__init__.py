"""Place names and time zones."""
