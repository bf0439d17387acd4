"""The page of many events: what it shows, and its sections."""
