"""What prices say of an article's statements about markets."""
