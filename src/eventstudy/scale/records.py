"""Records of sums to bytes and back, without pickle; and their merging where the numbers of each pair stay on disk."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from ..inference.significance.merging import fold, merged
from ..inference.significance.window_sums import HeldDays

# Records of these modules alone are made from a file.
HOME = "eventstudy.inference."
Array = npt.NDArray[Any]


def record_bytes(record: Any) -> bytes:
    """Write a record: dataclasses, tuples, arrays and plain values.

    Parameters
    ----------
    record : dataclass, tuple, ndarray or plain value

    Returns
    -------
    bytes
        Arrays as NumPy writes them (``.npz``), and the form of the record as JSON.

    Examples
    --------
    >>> read_record(record_bytes((np.array([1.5, 2.0]), True)), "example")
    (array([1.5, 2. ]), True)
    """
    arrays: list[Array] = []
    form = json.dumps(_form(record, arrays))
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, form=np.array(form), **{f"a{at}": one for at, one in enumerate(arrays)})
    return stream.getvalue()


def read_record(content: bytes, where: str) -> Any:
    """Read what `record_bytes` wrote.

    Parameters
    ----------
    content : bytes
    where : str
        The file, for messages.

    Returns
    -------
    dataclass, tuple, ndarray or plain value

    Raises
    ------
    InputError
        If the file is damaged.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            return _made(json.loads(str(held["form"])), held)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ImportError, RecursionError):
        raise InputError(f"{where}: damaged; remove it and run again with --resume") from None


def _form(value: Any, arrays: list[Array]) -> dict[str, Any]:
    """Return the form of a record, and put its arrays aside."""
    if isinstance(value, np.ndarray):
        text = value.dtype == object
        arrays.append(value.astype(str) if text else value)
        return {"array": len(arrays) - 1, "text": text}
    if isinstance(value, tuple):
        return {"tuple": [_form(one, arrays) for one in value]}
    if is_dataclass(value):
        parts = {item.name: _form(getattr(value, item.name), arrays) for item in fields(value)}
        return {"class": [type(value).__module__, type(value).__name__], "fields": parts}
    return {"value": value.item() if isinstance(value, np.generic) else value}


def _made(form: dict[str, Any], held: Any) -> Any:
    """Return a record of its form."""
    if "array" in form:
        array = held[f"a{form['array']}"]
        return array.astype(object) if form["text"] else array
    if "tuple" in form:
        return tuple(_made(one, held) for one in form["tuple"])
    if "class" in form:
        module, name = form["class"]
        if not module.startswith(HOME):
            raise ValueError(module)
        return getattr(import_module(module), name)(**{key: _made(one, held) for key, one in form["fields"].items()})
    return form["value"]


class Spool:
    """Numbers of every pair, partition after partition, in files of this machine.

    A record is split into arrays with one entry a pair, which are appended to a file each, and sums, which are few. The
    files go when the object does.
    """

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="eventstudy-"))
        weakref.finalize(self, shutil.rmtree, self._home, ignore_errors=True)
        self._types: dict[str, tuple[npt.DTypeLike, tuple[int, ...]]] = {}
        self._sets: dict[str, int] = {}
        self._count = 0

    def merged(self, records: Iterable[Any], merge: Callable[[Sequence[Any]], Any]) -> Any:
        """Merge the records of all partitions: pairwise, in the order of the partitions.

        Parameters
        ----------
        records : iterable
            At least one.
        merge : callable
            `merged`, or how sums are added; the latter are held in memory.

        Returns
        -------
        record
            Its arrays with one entry a pair are memory maps.
        """
        if merge is not merged:
            return fold(records, merge, fan=2)
        self._count += 1
        prefix = f"{self._count}"
        whole = fold(self._split(records, prefix), merge, fan=2)
        return self._filled(whole, prefix)

    def _split(self, records: Iterable[Any], prefix: str) -> Iterator[Any]:
        for record in records:
            yield self._without_pairs(record, prefix)

    def _without_pairs(self, value: Any, path: str) -> Any:
        """Append the arrays of pairs to their files, and return the record without them."""
        if isinstance(value, np.ndarray):
            self._append(path, value)
            return value[:0]
        if isinstance(value, tuple):
            return tuple(self._without_pairs(one, f"{path}.{at}") for at, one in enumerate(value))
        if isinstance(value, HeldDays):
            return self._without_sets(value, path)
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
        if hasattr(value, "merged"):
            return value
        return _each(value, self._filled, path)

    def _map(self, path: str) -> Array:
        """Map a file into memory."""
        (dtype, shape), file = self._types[path], self._home / path
        if not file.stat().st_size:
            return np.zeros((0, *shape), dtype=dtype)
        flat = np.memmap(file, dtype=dtype, mode="r")
        return np.asarray(flat).reshape(-1, *shape)


def _each(value: Any, change: Callable[[Any, str], Any], path: str) -> Any:
    """Return a dataclass with every field changed."""
    return type(value)(
        **{item.name: change(getattr(value, item.name), f"{path}.{item.name}") for item in fields(value)}
    )
