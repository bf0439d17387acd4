"""Where prices come from: files, Yahoo, the store."""
