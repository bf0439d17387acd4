"""Write packs: security by security, so that no more than one bucket is in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError, OutputError, UsageError
from ..markets.prices.bars import Bars, BarSet
from ..markets.prices.from_pandas import price_frames
from .pack import FORMAT, MANIFEST, OPENS, PRICES, RETURN, RETURNS, SESSION, SYMBOL, Pack
from .storage import Folder
from .tables import parquet_bytes

# Securities in one bucket of daily rows; bars within sessions have a bucket for each security.
A_BUCKET = 50
VALUES = ("open", "high", "low", "close", "adj_close", "volume", "previous", "rolled", "end")
KINDS = ("log", "simple", "change")


def write_pack(
    data: Any,
    folder: str,
    *,
    returns: str | None = None,
    securities: int | None = None,
    force: bool = False,
) -> Pack:
    """Write prices or returns as a pack: Parquet files by bucket of securities, and a manifest.

    Parameters
    ----------
    data : BarSet, iterable of Bars, mapping of str to DataFrame, or DataFrame
        Prices, as `EventStudy.run` takes them, also one after the other; or, with `returns`, a frame of sessions x
        symbols.
    folder : str
        A new folder, local or in a remote store.
    returns : {"log", "simple", "change"}, optional
        What `data` holds, if returns (fractions).
    securities : int, optional
        In one bucket; 50 for daily rows, 1 for bars.
    force : bool
        Whether a pack in the folder is replaced.

    Returns
    -------
    Pack

    Raises
    ------
    UsageError
        If the kind of return is not known.
    InputError
        If the data are refused, or a security occurs twice.
    OutputError
        If there is a pack, or the folder cannot be written.

    Examples
    --------
    >>> days = pd.bdate_range("2020-01-01", periods=3)
    >>> frame = pd.DataFrame({"A": [0.0, 0.01, -0.02], "B": [0.0, 0.02, 0.01]}, index=days)
    >>> write_pack(frame, "memory://doc-pack", returns="log", force=True).symbols
    ('A', 'B')
    """
    target = Folder.of(folder)
    if target.holds(MANIFEST) and not force:
        raise OutputError(f"{target.name(MANIFEST)} already there; pass --force to replace it, or another folder")
    if returns is not None and returns not in KINDS:
        raise UsageError(f"returns of kind {returns!r}: write one of {', '.join(KINDS)}")
    if securities is not None and securities < 1:
        raise UsageError(f"{securities} securities in a bucket; give 1 or more")
    parts = _prices(data) if returns is None else _returns(data)
    note = _written(target, parts, securities, returns)
    target.write(MANIFEST, (json.dumps(note, indent=1, sort_keys=True) + "\n").encode())
    return Pack.open(target.root)


Part = tuple[str, pd.DataFrame, dict[str, str]]


def _returns(data: pd.DataFrame) -> Iterator[Part]:
    """Yield the returns of each column; a row without a return stays, since event time counts it."""
    index = data.index
    if (
        not isinstance(index, pd.DatetimeIndex)
        or index.tz is not None
        or not (index.is_monotonic_increasing and index.is_unique)
    ):
        raise InputError("returns: the index must be ascending session dates without a time zone, each once")
    days = index.to_numpy().astype("M8[s]")
    for symbol in data:
        values = data[symbol].to_numpy(dtype=np.float64, na_value=np.nan)
        yield str(symbol), pd.DataFrame({SESSION: days, RETURN: values}), {}


def _prices(data: Any) -> Iterator[Part]:
    """Yield the rows of each security."""
    for bars in _each_bars(data):
        frame = bars.frame
        values = {name: frame[name].to_numpy() for name in VALUES if name in frame}
        values = {name: one if name in ("rolled", "end") else one.astype(np.float64) for name, one in values.items()}
        time = OPENS if bars.intraday else SESSION
        facts = {"adjustment": bars.adjustment} if bars.adjustment != "unknown" else {}
        facts |= {"as_of": bars.as_of.isoformat()} if bars.as_of is not None else {}
        facts |= {"length": str(bars.length)} if bars.length is not None else {}
        yield bars.symbol, pd.DataFrame({time: bars.labels.to_numpy().astype("M8[s]"), **values}), facts


def _each_bars(data: Any) -> Iterator[Bars]:
    """Yield the bars of each security."""
    if isinstance(data, BarSet):
        yield from data.bars.values()
    elif isinstance(data, Mapping | pd.DataFrame | pd.Series):
        for symbol, frame in price_frames(data).items():
            yield Bars(symbol=symbol, frame=frame)
    else:
        yield from data


def _written(target: Folder, parts: Iterable[Part], securities: int | None, kind: str | None) -> dict[str, Any]:
    """Write the buckets one after the other, and return the manifest."""
    seen: set[str] = set()
    facts: dict[str, dict[str, str]] = {}
    waiting: list[tuple[str, pd.DataFrame]] = []
    note: dict[str, Any] = {"format": FORMAT, "holds": PRICES if kind is None else RETURNS, "kind": kind or ""}
    note |= {"version": version("market-eventstudy"), "interval": "1d", "buckets": {}, "facts": facts}
    columns: list[str] = []
    for symbol, frame, known in parts:
        if symbol in seen:
            raise InputError(f"{symbol} occurs twice; keep one of the two")
        seen.add(symbol)
        columns = columns or [str(name) for name in frame]
        frame = _like_the_first(frame, columns, symbol)
        note["interval"] = known.get("length", "1d")
        if known:
            facts[symbol] = known
        waiting.append((symbol, frame))
        if len(waiting) == (securities or (1 if OPENS in frame else A_BUCKET)):
            note["buckets"][f"{len(note['buckets']):05d}"] = _flushed(target, len(note["buckets"]), waiting)
            waiting = []
    if waiting:
        note["buckets"][f"{len(note['buckets']):05d}"] = _flushed(target, len(note["buckets"]), waiting)
    if not seen:
        raise InputError("nothing to pack: the data hold no security")
    days = [one["dates"] for one in note["buckets"].values()]
    return note | {"dates": [min(day[0] for day in days), max(day[1] for day in days)]}


def _like_the_first(frame: pd.DataFrame, columns: list[str], symbol: str) -> pd.DataFrame:
    """Return a frame with the columns of the first security; what it lacks is missing."""
    if frame.columns[0] != columns[0]:
        raise InputError(f"{symbol}: daily rows and bars do not go into one pack; write two")
    found = frame.reindex(columns=columns)
    dropped = [name for name in frame if name not in columns and name in ("previous", "rolled", "end")]
    if dropped:
        raise InputError(f"{symbol}: has the column {dropped[0]}, which the first security has not; write two packs")
    return found


def _flushed(target: Folder, number: int, parts: list[tuple[str, pd.DataFrame]]) -> dict[str, Any]:
    """Write one bucket: one file, or one a month for bars."""
    frame = pd.concat([part.assign(**{SYMBOL: symbol}) for symbol, part in parts], ignore_index=True)
    frame = frame[[SYMBOL, *(name for name in frame if name != SYMBOL)]]
    frame[SYMBOL] = pd.Categorical(frame[SYMBOL], categories=[symbol for symbol, _ in parts])
    home, time = f"bucket={number:05d}", OPENS if OPENS in frame else SESSION
    if time == SESSION:
        files = {f"{home}/part.parquet": frame}
    else:
        months = frame[time].dt.strftime("%Y-%m")
        files = {f"{home}/month={month}/part.parquet": rows for month, rows in frame.groupby(months.to_numpy())}
    hashes = {name: target.write(name, parquet_bytes(rows.reset_index(drop=True))) for name, rows in files.items()}
    return {
        "symbols": [symbol for symbol, _ in parts],
        "rows": len(frame),
        "files": hashes,
        "dates": [str(frame[time].min()), str(frame[time].max())],
    }
