"""Merging of records where what grows with the number of pairs stays on disk."""

from __future__ import annotations

import mmap
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..inference.significance.keyed import Cells
from ..inference.significance.merging import fold, merged
from ..inference.significance.window_sums import HeldDays

Array = npt.NDArray[Any]
# Arrays of sums of more bytes wait for each other in files.
SMALL = 200_000


class Spool:
    """Numbers of every pair, partition after partition, in files of this machine.

    A record is split into arrays with one entry a pair, or a market and date, which are appended to a file each, and
    sums, which are few. Sums that wait to be added are in files too. The files go when the object does.
    """

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="eventstudy-"))
        weakref.finalize(self, shutil.rmtree, self._home, ignore_errors=True)
        self._types: dict[str, tuple[npt.DTypeLike, tuple[int, ...]]] = {}
        self._sets: dict[str, int] = {}
        self._cells: dict[str, Cells] = {}
        self._names: dict[str, list[str]] = {}
        self._maps: list[mmap.mmap] = []
        self._count = 0

    def merged(self, records: Iterable[Any], merge: Callable[[Sequence[Any]], Any]) -> Any:
        """Merge the records of all partitions: pairwise, in the order of the partitions.

        Parameters
        ----------
        records : iterable
            At least one.
        merge : callable
            `merged`, or how sums are added.

        Returns
        -------
        record
            Its long arrays are memory maps.
        """

        def added(parts: Sequence[Any]) -> Any:
            return self._parked(merge(parts))

        if merge is not merged:
            return fold(records, added, fan=2)
        self._count += 1
        prefix = f"{self._count}"
        whole = fold((self._without_pairs(record, prefix) for record in records), added, fan=2)
        return self._filled(whole, prefix)

    def _parked(self, value: Any) -> Any:
        """Return a record with its long arrays in files, which go with the arrays."""
        if isinstance(value, np.ndarray):
            return self._in_a_file(value) if value.nbytes > SMALL and value.dtype != object else value
        if isinstance(value, tuple):
            return tuple(map(self._parked, value))
        return _each(value, lambda one, _: self._parked(one), "") if is_dataclass(value) else value

    def _in_a_file(self, values: Array) -> Array:
        """Write an array to a file without a name, and map it."""
        with tempfile.TemporaryFile(dir=self._home) as stream:
            stream.write(np.ascontiguousarray(values).data)
            stream.flush()
            return np.asarray(np.memmap(stream, dtype=values.dtype, mode="r", shape=values.shape))

    def _without_pairs(self, value: Any, path: str) -> Any:
        """Append the arrays of pairs to their files, and return the record without them."""
        if isinstance(value, np.ndarray):
            self._append(path, value)
            return value[:0]
        if isinstance(value, tuple):
            return tuple(self._without_pairs(one, f"{path}.{at}") for at, one in enumerate(value))
        if isinstance(value, HeldDays):
            return self._without_sets(value, path)
        if _by_market(value):
            return self._without_cells(value, path)
        if hasattr(value, "merged"):
            return value
        return _each(value, self._without_pairs, path)

    def _without_sets(self, held: HeldDays, path: str) -> HeldDays:
        """Append the sets of days, counted on from those of the partitions before."""
        start = self._sets.get(path, 0)
        self._sets[path] = start + len(held.days)
        self._append(f"{path}.which", np.where(held.which < 0, -1, held.which + start))
        self._append(f"{path}.days", held.days)
        return HeldDays(which=held.which[:0], days=held.days[:0])

    def _without_cells(self, cells: Cells, path: str) -> Cells:
        """Keep sums by market and date until the partitions of their bucket are over, and append them then.

        The markets of a bucket are in no other, and its partitions follow each other.
        """
        before = self._cells.get(path)
        if before is not None and np.isin(cells.names, before.names).any():
            self._cells[path] = merged([before, cells])
        else:
            self._append_cells(path)
            self._cells[path] = cells
        return replace(cells, names=cells.names[:0], row=cells.row[:0], dates=cells.dates[:0], sums=cells.sums[:, :0])

    def _append_cells(self, path: str) -> None:
        """Append the sums by market and date that are kept."""
        if (cells := self._cells.pop(path, None)) is None:
            return
        names = self._names.setdefault(path, [])
        assert not set(names) & set(cells.names), "the partitions of a bucket do not follow each other"
        self._append(f"{path}.row", cells.row + len(names))
        self._append(f"{path}.dates", cells.dates)
        self._append(f"{path}.sums", cells.sums.T)
        names += list(cells.names)

    def _append(self, path: str, values: Array) -> None:
        """Write values behind those that the file has."""
        assert values.dtype != object, path
        self._types.setdefault(path, (values.dtype, values.shape[1:]))
        with (self._home / path).open("ab") as stream:
            stream.write(np.ascontiguousarray(values).tobytes())

    def _filled(self, value: Any, path: str) -> Any:
        """Return a record with its arrays of pairs as memory maps."""
        if isinstance(value, np.ndarray):
            return self._map(path)
        if isinstance(value, tuple):
            return tuple(self._filled(one, f"{path}.{at}") for at, one in enumerate(value))
        if isinstance(value, HeldDays):
            return HeldDays(which=self._map(f"{path}.which"), days=self._map(f"{path}.days"))
        if _by_market(value):
            return self._filled_cells(path)
        if hasattr(value, "merged"):
            return value
        return _each(value, self._filled, path)

    def _filled_cells(self, path: str) -> Cells:
        """Return the sums by market and date of all partitions."""
        self._append_cells(path)
        row, dates, sums = (self._map(f"{path}.{part}") for part in ("row", "dates", "sums"))
        return Cells(names=np.array(self._names.pop(path), dtype=object), row=row, dates=dates, sums=sums.T)

    def _map(self, path: str) -> Array:
        """Map a file into memory."""
        (dtype, shape), file = self._types[path], self._home / path
        if not file.stat().st_size:
            return np.zeros((0, *shape), dtype=dtype)
        with file.open("rb") as stream:
            content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._maps.append(content)
        return np.frombuffer(content, dtype=dtype).reshape(-1, *shape)

    def release(self) -> None:
        """Let the memory of what was read of the maps go; it is read again where it is asked for."""
        if hasattr(mmap, "MADV_DONTNEED"):  # not on every system
            for content in self._maps:
                content.madvise(mmap.MADV_DONTNEED)


def _by_market(value: object) -> bool:
    """Whether a record has sums by market and date."""
    return isinstance(value, Cells) and value.names.dtype == object


def _each(value: Any, change: Callable[[Any, str], Any], path: str) -> Any:
    """Return a dataclass with every field changed."""
    return type(value)(
        **{item.name: change(getattr(value, item.name), f"{path}.{item.name}") for item in fields(value)}
    )
