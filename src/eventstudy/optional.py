"""Import optional packages when they are first used; a missing one is an error with the command that installs it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .errors import UsageError


def need(module: str, extra: str) -> Any:
    """Import a package that comes with an extra.

    Parameters
    ----------
    module : str
        What to import.
    extra : str
        The project's extra that installs it.

    Returns
    -------
    module

    Raises
    ------
    UsageError
        If it is not installed; the message says how to install it.

    Examples
    --------
    >>> need("json", "prices").loads("1")
    1
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{error.name} is not installed and this needs it; run: pip install 'market-eventstudy[{extra}]'"
        ) from None
