"""Where events fall on the markets' clocks."""
