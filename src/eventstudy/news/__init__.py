"""Read news articles and date the events that they report; uses no network and no market data."""
