"""Expected returns, abnormal returns and tests. Knows no clocks."""
