"""``python -m eventstudy`` is the command ``eventstudy``."""

from .cli.main import main

main()
