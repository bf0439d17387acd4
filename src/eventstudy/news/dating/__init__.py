"""Time expressions to instants, and the choice of the one that dates the event."""
