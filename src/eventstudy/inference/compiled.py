"""Loops compiled by numba (extra ``fast``); each has a NumPy twin that gives the same numbers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from types import FunctionType
from typing import TypeVar, cast

from ..optional import need

Loop = TypeVar("Loop", bound=Callable[..., object])


# Blocks of fewer pairs do not repay the import of numba.
LEAST = 1_000


@cache
def _installed() -> bool:
    """Whether numba is installed; it is imported only when a loop is compiled."""
    return find_spec("numba") is not None


def use_loops(pairs: int) -> bool:
    """Whether compiled loops are used for so many pairs.

    Parameters
    ----------
    pairs : int

    Returns
    -------
    bool
        Not where numba is not installed, or the pairs are few.
    """
    return pairs >= LEAST and _installed()


def loops_ready() -> bool:
    """Whether numba was imported before, so that a loop repays itself however few its numbers are.

    Returns
    -------
    bool
    """
    return "numba" in sys.modules


@cache
def compiled(loop: Loop, *helpers: Callable[..., object]) -> Loop:
    """Compile a loop over arrays; the machine code is kept on disk, beside the module, for later runs.

    Parameters
    ----------
    loop : callable
        Written in the part of Python that numba compiles.
    *helpers : callable
        Functions of the same module that it calls, written likewise; each may call those before it.

    Returns
    -------
    callable
        It lets other threads run meanwhile.
    """
    made, known = need("numba", "fast").njit, dict(loop.__globals__)
    for one in helpers:
        known[one.__name__] = made(FunctionType(one.__code__, dict(known), one.__name__), nogil=True)
    loop = cast(Loop, FunctionType(loop.__code__, known, loop.__name__)) if helpers else loop
    return cast(Loop, made(loop, cache=True, nogil=True))
