"""Many articles to one list of events: those that tell the same happening become one event."""
