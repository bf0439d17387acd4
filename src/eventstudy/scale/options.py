"""Where a study over a pack runs, and what it may take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Options:
    """Where a study over a pack runs, and what it may take.

    Parameters
    ----------
    engine : None, "dask", "dask://host:port" or distributed.Client
        Processes of this machine, a Dask cluster of them, or another cluster.
    out : str, optional
        Folder of rows and sums, local or in a remote store; a folder of its own that goes with the result by default.
    memory : str
        For all processes of this machine together.
    workers : int, optional
        Processes; by default one a core, as far as they fit into the memory.
    resume : bool
        Whether to go on with a run in `out`.
    force : bool
        Whether a run in `out` is replaced.
    """

    engine: Any = None
    out: str | os.PathLike[str] | None = None
    memory: str = "2GB"
    workers: int | None = None
    resume: bool = False
    force: bool = False

    @classmethod
    def of(cls, bars: object, given: Mapping[str, Any]) -> Options:
        """Take the arguments of a run.

        Parameters
        ----------
        bars : object
            Prices, which do not go with a pack.
        given : mapping of str to object

        Returns
        -------
        Options

        Raises
        ------
        UsageError
            If prices are given too.
        """
        if bars is not None:
            raise UsageError('run(events, returns="pack/") takes no bars beside the pack; give one of the two')
        return cls(**given)


def said(**arguments: Any) -> dict[str, Any]:
    """Return the arguments that were given: those that are not None."""
    return {name: value for name, value in arguments.items() if value is not None}


def refuse_further(given: Mapping[str, Any]) -> None:
    """Raise `UsageError` if arguments of a run over a pack are given without one."""
    if given:
        raise UsageError(f'{", ".join(given)}: only with the folder of a pack, as in returns="pack/"')
