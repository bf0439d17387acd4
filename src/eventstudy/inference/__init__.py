"""Expected returns, abnormal returns and significance tests; independent of markets and their calendars."""
