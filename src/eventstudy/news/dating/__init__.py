"""Resolve time expressions to UTC instants, and choose the one that dates the event."""
