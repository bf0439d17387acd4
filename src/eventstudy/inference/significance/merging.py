"""Records that are merged in a fixed order, so that a result does not depend on who computed which block first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any, TypeVar, cast

import numpy as np

from ..abnormal import AbnormalReturns
from ..stream import walk

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


def fold(parts: Iterable[Record], merge: Callable[[Sequence[Record]], Record] = merged, *, fan: int = FAN) -> Record:
    """Merge many records in a tree of fixed shape: `fan` at once, by their order.

    Parameters
    ----------
    parts : iterable of dataclass
        At least one.
    merge : callable
        From a sequence of records to one.
    fan : int
        Records that are merged at once.

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
        while len(levels[height]) == fan:
            whole, levels[height] = merge(levels[height]), []
            height += 1
            if height == len(levels):
                levels.append([])
            levels[height].append(whole)
    left = [part for level in reversed(levels) for part in level]
    return left[0] if len(left) == 1 else merge(left)


def gather(
    blocks: Iterable[AbnormalReturns],
    take: Callable[[AbnormalReturns], Any],
    *columns: np.ndarray[Any, Any],
    place: Callable[..., Any] | None = None,
    merge: Callable[[Sequence[Any]], Any] = merged,
) -> Any:
    """Take a record of each block that has a pair, and merge the records in the order of the blocks.

    Blocks that live elsewhere do it themselves, by a method ``gather`` of the same arguments; the functions are then
    sent to other processes, so each is one of a module, or a `functools.partial` of one.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
    take : callable
        From `AbnormalReturns` to a record, or to what `place` takes.
    *columns : ndarray, shape (n, ...)
        Values of all pairs, in the order of the blocks.
    place : callable, optional
        From what `take` returned and the values of the block's pairs to the record.
    merge : callable
        From a sequence of records to one.

    Returns
    -------
    record
    """
    if hasattr(blocks, "gather"):
        return blocks.gather(take, *columns, place=place, merge=merge)

    def records() -> Iterator[Any]:
        start = 0
        for count, part in walk(blocks, lambda block: (len(block), take(block))):
            at = slice(start, start + count)
            yield part if place is None else place(part, *(column[at] for column in columns))
            start = at.stop

    return fold(records(), merge)
