"""What decides the bits of a number on a worker: the versions of this package and of the libraries that compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version

from ..errors import UsageError

PACKAGE = "market-eventstudy"
# numba is optional; loops that it compiles are not promised to give the last bit of the loops of NumPy.
COMPUTING = (PACKAGE, "numpy", "numba")
Versions = Mapping[str, str]


def versions() -> dict[str, str]:
    """Return the versions of this process by package; ``none`` for one that is not installed.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> list(versions())
    ['market-eventstudy', 'numpy', 'numba']
    """
    return reader(COMPUTING)()


def reader(names: tuple[str, ...]) -> Callable[[], dict[str, str]]:
    """Return a function that reads versions; one within a function is sent as it stands here by Dask.

    So a worker without this package can run it.

    Parameters
    ----------
    names : tuple of str

    Returns
    -------
    callable
    """

    def found() -> dict[str, str]:
        held = {}
        for name in names:
            try:
                held[name] = version(name)
            except PackageNotFoundError:
                held[name] = "none"
        return held

    return found


def refuse_others(worker: str, theirs: Versions, own: Versions) -> None:
    """Raise for the first package of which a worker has another version than the run.

    Parameters
    ----------
    worker : str
        Its name, for the message.
    theirs, own : mapping of str to str
        Versions by package.

    Raises
    ------
    UsageError
        With the names and both versions.

    Examples
    --------
    >>> refuse_others("tcp://10.0.0.7:4001", {"numba": "none"}, {"numba": "none"})
    """
    for name, wanted in own.items():
        if (held := theirs.get(name, "none")) != wanted:
            raise UsageError(
                f"worker {worker} has {name} {held}, the run {wanted}; install the same version on every worker"
            )
