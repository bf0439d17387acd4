"""Facts about instruments and exchanges that news and markets share."""
