"""Price bars: checks, returns, rolls, resampling."""
