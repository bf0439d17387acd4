"""Market-reaction event studies: from a news article to abnormal returns."""
