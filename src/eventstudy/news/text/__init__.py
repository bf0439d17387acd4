"""Tokens, word lists and language detection."""
