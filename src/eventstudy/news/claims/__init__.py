"""Statements about markets in a news text, with their sizes, kinds and times."""
