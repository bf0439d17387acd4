"""``python -m eventstudy`` is the command ``eventstudy``."""

from .cli import main

main()
