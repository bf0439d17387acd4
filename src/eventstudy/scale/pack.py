"""Packs: prices or returns of many securities as Parquet files by bucket, with a manifest that says what they hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..errors import EventStudyError, InputError
from ..files import sha256
from ..markets.prices.bars import Bars, BarSet
from .storage import Folder
from .tables import parquet_columns, parquet_table

MANIFEST = "pack.json"
FORMAT = 1
SYMBOL, SESSION, OPENS, RETURN = "symbol", "session", "opens_utc", "return"
PRICES, RETURNS = "prices", "returns"


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """The files of some securities.

    Parameters
    ----------
    name : str
        Such as ``000``.
    symbols : tuple of str
    files : mapping of str to str
        SHA-256 by name relative to the pack.
    rows : int
    """

    name: str
    symbols: tuple[str, ...]
    files: Mapping[str, str]
    rows: int


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A folder of buckets, read when they are needed.

    Parameters
    ----------
    folder : Folder
    holds : {"prices", "returns"}
    kind : str
        Of returns: log, simple or change; empty for prices.
    interval : str
        ``1d``, or the length of bars such as ``1min``.
    buckets : tuple of Bucket
        In order of their names.
    facts : mapping of str to mapping
        What is known of the prices of a symbol: ``adjustment``, ``as_of``, ``length``.
    digest : str
        SHA-256 of the manifest.
    """

    folder: Folder
    holds: str
    kind: str
    interval: str
    buckets: tuple[Bucket, ...]
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    digest: str = ""

    @classmethod
    def open(cls, root: str) -> Pack:
        """Read and check the manifest of a pack.

        Parameters
        ----------
        root : str
            The folder, or a pattern of its files such as ``pack/bucket=*/*.parquet``.

        Returns
        -------
        Pack

        Raises
        ------
        InputError
            If there is no manifest, it is not one of this program, a bucket or a column is missing, or a security is in
            two buckets; one line.
        """
        folder = Folder.of(_without_pattern(root))
        if not folder.holds(MANIFEST):
            raise InputError(f"{folder.root}: no {MANIFEST}; write a pack with: eventstudy prices pack {folder.root}")
        content = folder.read(MANIFEST)
        try:
            note = json.loads(content)
            if int(note["format"]) > FORMAT:
                raise InputError(f"{folder.name(MANIFEST)}: written by a newer version; upgrade to read it")
            pack = cls(
                folder=folder,
                holds=str(note["holds"]),
                kind=str(note["kind"]),
                interval=str(note["interval"]),
                buckets=tuple(_bucket(name, one) for name, one in sorted(note["buckets"].items())),
                facts=dict(note.get("facts", {})),
                digest=sha256(content),
            )
        except EventStudyError:
            raise
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise InputError(f"{folder.name(MANIFEST)}: not a manifest of a pack; write the pack again") from None
        pack._check()
        return pack

    def _check(self) -> None:
        """Raise for the first bucket that is missing, has other columns, or repeats a security."""
        owner: dict[str, str] = {}
        first: dict[str, str] | None = None
        for bucket in self.buckets:
            for symbol in bucket.symbols:
                if symbol in owner:
                    raise InputError(
                        f"{self.folder.root}: {symbol} is in the buckets {owner[symbol]} and {bucket.name}; "
                        "keep one, or write the pack again"
                    )
                owner[symbol] = bucket.name
            for name in bucket.files:
                if not self.folder.holds(name):
                    raise InputError(f"{self.folder.name(name)}: the bucket is missing; write the pack again")
                found = parquet_columns(self.folder, name)
                first = found if first is None else first
                if found != first:
                    raise InputError(f"{self.folder.name(name)}: {_difference(found, first)}; write the pack again")

    @property
    def intraday(self) -> bool:
        """Whether rows are bars within sessions."""
        return self.interval != "1d"

    @cached_property
    def bucket_of(self) -> dict[str, int]:
        """Position of the bucket of each symbol."""
        return {symbol: at for at, bucket in enumerate(self.buckets) for symbol in bucket.symbols}

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol, bucket by bucket."""
        return tuple(symbol for bucket in self.buckets for symbol in bucket.symbols)

    def rows(self, bucket: Bucket, symbols: Iterable[str] | None = None) -> pd.DataFrame:
        """Read the rows of a bucket.

        Parameters
        ----------
        bucket : Bucket
        symbols : iterable of str, optional
            All by default.

        Returns
        -------
        DataFrame
            ``symbol`` (categorical), ``session`` or ``opens_utc``, and values, ascending within each symbol.

        Raises
        ------
        InputError
            If a file is missing, damaged, not the one that was written, or not in order; the message names it.
        """
        wanted = None if symbols is None else [(SYMBOL, "in", sorted(symbols))]
        parts = []
        for name, digest in bucket.files.items():
            table = parquet_table(self.folder.read(name, digest), self.folder.name(name), filters=wanted)
            parts.append(table.to_pandas())
            _check_symbols(parts[-1], bucket, self.folder.name(name))
            _check_order(parts[-1], self.folder.name(name))
        frame: pd.DataFrame = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
        return frame if len(parts) == 1 else frame.sort_values([SYMBOL, _time(frame)], kind="stable", ignore_index=True)

    def rows_with(self, bucket: Bucket, common: Iterable[str]) -> list[pd.DataFrame]:
        """Read the rows of a bucket, and those of the common symbols in other buckets.

        Parameters
        ----------
        bucket : Bucket
        common : iterable of str

        Returns
        -------
        list of DataFrame
            As `rows`; the first is that of the bucket.
        """
        elsewhere: dict[int, list[str]] = {}
        for symbol in common:
            if symbol not in bucket.symbols:
                elsewhere.setdefault(self.bucket_of[symbol], []).append(symbol)
        return [self.rows(bucket), *(self.rows(self.buckets[at], symbols) for at, symbols in elsewhere.items())]

    def returns(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Arrange the rows of a pack of returns as sessions x symbols.

        Parameters
        ----------
        frame : DataFrame
            Of `rows`.

        Returns
        -------
        DataFrame
        """
        names = frame[SYMBOL].to_numpy(dtype=object)
        starts = np.flatnonzero(np.append(True, names[1:] != names[:-1])) if len(names) else np.zeros(0, dtype=int)
        length = len(frame) // max(len(starts), 1)
        days, values = frame[SESSION].to_numpy(), frame[RETURN].to_numpy(dtype=np.float64)
        if len(starts) * length == len(frame) and (days.reshape(-1, length) == days[:length]).all():
            index = pd.DatetimeIndex(days[:length].astype("M8[s]"), name=SESSION)
            return pd.DataFrame(values.reshape(-1, length).T, index=index, columns=names[starts])
        wide = frame.assign(**{SYMBOL: names}).pivot_table(index=SESSION, columns=SYMBOL, values=RETURN, dropna=False)
        wide.index = pd.DatetimeIndex(wide.index.to_numpy().astype("M8[s]"), name=SESSION)
        return wide

    def bars(self, frame: pd.DataFrame) -> BarSet:
        """Arrange the rows of a pack of prices by symbol.

        Parameters
        ----------
        frame : DataFrame
            Of `rows`.

        Returns
        -------
        BarSet
        """
        time, found = _time(frame), {}
        for symbol, part in frame.groupby(SYMBOL, sort=False, observed=True):
            index = pd.DatetimeIndex(part[time].to_numpy().astype("M8[s]"), tz="UTC" if self.intraday else None)
            columns = part.drop(columns=[SYMBOL, time]).dropna(axis="columns", how="all").set_axis(index)
            found[str(symbol)] = _bars(str(symbol), columns, self.facts.get(str(symbol), {}))
        return BarSet(bars=found)


def _bars(symbol: str, frame: pd.DataFrame, facts: Mapping[str, str]) -> Bars:
    """Return the bars of one symbol with what is known of them."""
    return Bars(
        symbol=symbol,
        frame=frame,
        source="pack",
        adjustment=facts.get("adjustment", "unknown"),
        as_of=pd.Timestamp(facts["as_of"]) if "as_of" in facts else None,
        length=pd.Timedelta(facts["length"]) if "length" in facts else None,
    )


def _time(frame: pd.DataFrame) -> str:
    """Return the name of the column of dates or instants."""
    return SESSION if SESSION in frame else OPENS


def _check_order(frame: pd.DataFrame, where: str) -> None:
    """Raise unless each symbol's rows stand together and ascend in time."""
    code = frame[SYMBOL].cat.codes.to_numpy() if hasattr(frame[SYMBOL], "cat") else pd.factorize(frame[SYMBOL])[0]
    time = frame[_time(frame)].to_numpy()
    same = code[1:] == code[:-1]
    wrong = np.flatnonzero(same & ~(time[1:] > time[:-1]))
    starts = code[np.flatnonzero(np.append(True, ~same))] if len(code) else code
    if len(wrong):
        symbol, at = frame[SYMBOL].iloc[wrong[0] + 1], pd.Timestamp(time[wrong[0] + 1])
        raise InputError(
            f"{where}: {symbol}: unsorted dates, {at} follows {pd.Timestamp(time[wrong[0]])}; sort the rows"
        )
    if len(np.unique(starts)) < len(starts):
        raise InputError(f"{where}: the rows of a symbol do not stand together; sort them by symbol and time")


def _check_symbols(frame: pd.DataFrame, bucket: Bucket, where: str) -> None:
    """Raise if a file has rows of a security that the manifest does not have in this bucket."""
    if other := sorted(set(frame[SYMBOL].unique().astype(str)) - set(bucket.symbols)):
        raise InputError(f"{where}: has rows of {other[0]}, which {MANIFEST} names elsewhere; write the pack again")


def _bucket(name: str, note: Mapping[str, Any]) -> Bucket:
    """Return a bucket as the manifest has it."""
    files = {str(file): str(digest) for file, digest in sorted(note["files"].items())}
    for file in files:
        if file.startswith("/") or ".." in file.split("/"):
            raise ValueError(file)
    return Bucket(name=name, symbols=tuple(map(str, note["symbols"])), files=files, rows=int(note["rows"]))


def _difference(found: Mapping[str, str], first: Mapping[str, str]) -> str:
    """Say how the columns of a file differ from those of the first."""
    lacking = [name for name in first if name not in found]
    further = [name for name in found if name not in first]
    other = [
        f"{name} is {found[name]}, not {first[name]}" for name in first if found.get(name, "") not in ("", first[name])
    ]
    said = [f"no column {name}" for name in lacking] + [f"a further column {name}" for name in further] + other
    return f"other columns than the first file ({'; '.join(said) or 'in another order'})"


def _without_pattern(root: str) -> str:
    """Return the folder before the first part of a path with a wildcard."""
    head, star, _ = str(root).partition("*")
    if not star:
        return str(root)
    return head.rsplit("/", 1)[0] if "/" in head else "."
