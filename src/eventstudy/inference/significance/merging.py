"""Records that are merged in a fixed order, so that a result does not depend on who computed which block first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import Any, TypeVar, cast

import numpy as np

Record = TypeVar("Record")
# Records that are merged at once.
FAN = 16


def merged(parts: Sequence[Record]) -> Record:
    """Merge records of one kind: arrays are concatenated, tuples and dataclasses merged field by field.

    A record that has a method ``merged`` does it itself.

    Parameters
    ----------
    parts : sequence of dataclass, tuple or ndarray
        At least one, in the order of their blocks.

    Returns
    -------
    dataclass, tuple or ndarray
    """
    first: Any = parts[0]
    whole: Any
    if hasattr(first, "merged"):
        whole = type(first).merged(parts)
    elif isinstance(first, np.ndarray):
        whole = np.concatenate(cast(Any, parts))
    elif isinstance(first, tuple):
        whole = tuple(merged(column) for column in zip(*cast(Any, parts), strict=True))
    else:
        columns = {item.name: [getattr(part, item.name) for part in parts] for item in fields(first)}
        whole = type(first)(**{name: merged(values) for name, values in columns.items()})
    return cast(Record, whole)


def fold(parts: Iterable[Record], merge: Callable[[Sequence[Record]], Record] = merged) -> Record:
    """Merge many records in a tree of fixed shape: `FAN` at once, by their order.

    Parameters
    ----------
    parts : iterable of dataclass
        At least one.
    merge : callable
        From a sequence of records to one.

    Returns
    -------
    dataclass

    Examples
    --------
    >>> fold(iter(range(100)), sum)
    4950
    """
    levels: list[list[Record]] = [[]]
    for part in parts:
        levels[0].append(part)
        height = 0
        while len(levels[height]) == FAN:
            whole, levels[height] = merge(levels[height]), []
            height += 1
            if height == len(levels):
                levels.append([])
            levels[height].append(whole)
    left = [part for level in reversed(levels) for part in level]
    return left[0] if len(left) == 1 else merge(left)
