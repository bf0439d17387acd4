"""Sessions and instants: when each market trades, and when its daily price is known."""
