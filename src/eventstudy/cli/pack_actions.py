"""What ``eventstudy prices pack`` does: files, the store or a wide file of returns to a pack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import NotEnoughDataError, UsageError
from ..markets.prices.bars import Bars
from ..markets.sources.files import read_bars
from ..markets.sources.layouts import read_layout
from ..markets.sources.store import Store
from ..scale.pack import Pack
from ..scale.packing import KINDS, write_pack
from ..study.prices import read_returns
from .terminal import Answer


def of_files(folder: str, files: Path, layout: Path | None, securities: int | None, *, force: bool) -> Answer:
    """Pack price files, one file after the other.

    Parameters
    ----------
    folder : str
        Of the pack.
    files : Path
        A file or a folder.
    layout : Path or None
    securities : int or None
        In a bucket.
    force : bool

    Returns
    -------
    Answer
    """
    paths = sorted(path for path in files.iterdir() if path.is_file()) if files.is_dir() else [files]
    return _told(write_pack(_each(paths, layout), folder, securities=securities, force=force))


def _each(paths: Sequence[Path], layout: Path | None) -> Iterator[Bars]:
    """Read the bars of each file in turn, so that one file alone is in memory."""
    for path in paths:
        yield from read_bars(path, layout=layout).bars.values()


def of_store(
    folder: str, symbols: Sequence[str], interval: str, data: Path | None, securities: int | None, *, force: bool
) -> Answer:
    """Pack the latest answers of the store.

    Parameters
    ----------
    folder : str
        Of the pack.
    symbols : sequence of str
        All where it is empty.
    interval : str
    data : Path or None
        Folder of the user's data.
    securities : int or None
        In a bucket.
    force : bool

    Returns
    -------
    Answer
    """
    store = Store.of(data)
    found = {entry.symbol for entry in store.survey().entries if entry.interval == interval}
    names = list(symbols) or sorted(found)
    if not names:
        raise NotEnoughDataError(f"no prices of interval {interval} in {store.folder}; run: eventstudy prices fetch")
    each = (store.bars([name], interval)[name] for name in names)
    return _told(write_pack(each, folder, securities=securities, force=force))


def of_returns(
    folder: str, file: Path, kind: str, unit: str, layout: Path | None, securities: int | None, *, force: bool
) -> Answer:
    """Pack a file of returns.

    Parameters
    ----------
    folder : str
        Of the pack.
    file : Path
    kind : {"log", "simple", "change"}
    unit : {"fraction", "percent"}
    layout : Path or None
    securities : int or None
        In a bucket.
    force : bool

    Returns
    -------
    Answer
    """
    if kind not in KINDS or unit not in ("fraction", "percent"):
        raise UsageError("--returns needs --kind log, simple or change, and --unit fraction or percent")
    frame: pd.DataFrame = read_returns(file, None if layout is None else read_layout(layout))
    scaled = frame / 100.0 if unit == "percent" else frame
    return _told(write_pack(scaled, folder, returns=kind, securities=securities, force=force))


def _told(pack: Pack) -> Answer:
    """Say what was packed."""
    rows = sum(bucket.rows for bucket in pack.buckets)
    record: dict[str, Any] = {
        "pack": pack.folder.root,
        "holds": pack.holds,
        "kind": pack.kind,
        "interval": pack.interval,
        "buckets": len(pack.buckets),
        "symbols": len(pack.symbols),
        "rows": rows,
        "sha256": pack.digest,
    }
    what = f"{pack.kind} returns" if pack.kind else "prices"
    text = (
        f"{what} of {len(pack.symbols):,} symbols, {rows:,} rows in {len(pack.buckets):,} buckets: {pack.folder.root}"
    )
    return Answer(text=text, records=[record])
