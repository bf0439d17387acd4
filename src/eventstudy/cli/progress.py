"""Progress on stderr where a person watches; nothing where stderr goes to a file or a pipe."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from .terminal import note

T = TypeVar("T")
Tell = Callable[[int, int], None]


def watched() -> bool:
    """Return whether stderr is a terminal.

    Returns
    -------
    bool
    """
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def working(text: str) -> Iterator[Tell]:
    """Show that a command is at work, and for how long.

    Parameters
    ----------
    text : str
        What it does.

    Yields
    ------
    callable
        Tells how many parts are done, of how many; need not be called.
    """
    if not watched():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


class _Told(logging.Handler):
    """Shows what the tests that draw say of themselves: estimates as notes, counts on the bar."""

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self.tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Show one message."""
        if record.levelno >= logging.INFO:
            note(record.getMessage())
        elif isinstance(record.args, tuple):
            done, of = record.args
            self.tell(int(str(done)), int(str(of)))


@contextmanager
def drawing_told(tell: Tell) -> Iterator[None]:
    """Show how long the tests that draw will take, and how many are made.

    Parameters
    ----------
    tell : callable
        Of `working`.
    """
    logger, handler = logging.getLogger("eventstudy.tests"), _Told(tell)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def followed(items: Iterable[T], text: str, total: int) -> Iterator[T]:
    """Yield items, and show how many are done.

    Parameters
    ----------
    items : iterable
    text : str
        What is done to them.
    total : int
        How many there are.

    Yields
    ------
    object
        The items.
    """
    with working(text) as tell:
        for done, item in enumerate(items, start=1):
            yield item
            tell(done, total)
