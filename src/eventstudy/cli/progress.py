"""Progress on stderr where a person watches; nothing where stderr goes to a file or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def watched() -> bool:
    """Return whether stderr is a terminal.

    Returns
    -------
    bool
    """
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def working(text: str) -> Iterator[Callable[[int, int], None]]:
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
