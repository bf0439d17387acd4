"""Time expressions: found and parsed, not yet resolved."""
