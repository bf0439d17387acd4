"""Events to the buckets of their securities, batch by batch, so that no list of events has to fit into memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError, UsageError
from ..events import Event
from ..files import local_path
from ..optional import need
from ..study.event_layouts import OWN_WINDOWS
from ..study.event_list import EventList
from ..study.given import EventsLike, listed
from .pack import Pack
from .partition import Partition
from .storage import EXTRA, Folder
from .tables import damaged, parquet_bytes

# Lines that are read at once, and the most of one partition.
BATCH, A_PARTITION = 500_000, 100_000
OWN = "events with windows of their own need a study in memory; give bars or returns, not a pack"


def route(events: EventsLike, pack: Pack, out: Folder, *, whole: bool) -> list[Partition]:
    """Write the events of every bucket to files of their own.

    Parameters
    ----------
    events : Event, iterable of Event, EventList, DataFrame or path
        A path that ends in ``.parquet``, or a folder of such files, is read in batches.
    pack : Pack
    out : Folder
        The files are ``state/input/*.parquet``.
    whole : bool
        Whether all events of a bucket must be in one partition, since they are compared with each other.

    Returns
    -------
    list of Partition
        In the order of buckets and lines; buckets without events have none.

    Raises
    ------
    UsageError
        If a line is wrong, or has windows of its own.
    """
    waiting: dict[int, list[pd.DataFrame]] = {}
    parts: list[Partition] = []
    for frame in _batches(events):
        for at, lines in _by_bucket(frame, pack):
            waiting.setdefault(at, []).append(lines)
        if not whole:
            full = [at for at, held in waiting.items() if sum(map(len, held)) >= A_PARTITION]
            for at in full:
                parts += _written(pack, out, at, waiting.pop(at), len(parts), whole=False)
    for at in sorted(waiting):
        parts += _written(pack, out, at, waiting[at], len(parts), whole=whole)
    return parts


def _written(
    pack: Pack, out: Folder, bucket: int, held: list[pd.DataFrame], number: int, *, whole: bool
) -> list[Partition]:
    """Check the lines of a bucket, and write them in pieces of at most `A_PARTITION` lines."""
    lines = pd.concat(held, ignore_index=True)
    _check_twice(lines)
    count = 1 if whole else -(-len(lines) // A_PARTITION)
    parts = []
    for at, piece in enumerate(np.array_split(np.arange(len(lines)), count)):
        name = f"state/input/{number + at:05d}.parquet"
        digest = out.write(name, parquet_bytes(lines.iloc[piece].reset_index(drop=True)))
        parts.append(Partition(number=number + at, bucket=bucket, events=name, digest=digest))
    return parts


def _check_twice(lines: pd.DataFrame) -> None:
    """Raise for the first line with the event and symbol of another."""
    twice = np.flatnonzero(lines.duplicated(["event_id", "symbol"]))
    if len(twice):
        row = lines.iloc[twice[0]]
        raise UsageError(
            f"events: line {row['line']} has a duplicate event_id {row['event_id']} for one symbol; "
            "give every event an id of its own"
        )


def _by_bucket(frame: pd.DataFrame, pack: Pack) -> Iterator[tuple[int, pd.DataFrame]]:
    """Split lines by bucket; a line without a symbol goes to every bucket, one of an unknown symbol to the first."""
    lines = frame.reset_index(names="line")
    everywhere = lines["symbol"].isna().to_numpy()
    code, known = pd.factorize(lines["symbol"].to_numpy(dtype=object))
    places = np.array([pack.bucket_of.get(str(name), 0) for name in known], dtype=np.int64)
    place = np.where(everywhere, -1, places[code] if len(known) else -1)
    order = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[order], np.arange(-1, len(pack.buckets) + 1))
    for at in range(len(pack.buckets)):
        chosen = np.sort(np.concatenate([order[: edges[1]], order[edges[at + 1] : edges[at + 2]]]))
        if len(chosen):
            yield at, lines.iloc[chosen]


def _batches(events: Any) -> Iterator[pd.DataFrame]:
    """Yield checked lines, numbered from 1."""
    if isinstance(events, str | os.PathLike) and _is_parquet(path := local_path(events)):
        start = 1
        for batch in _read_batches(path):
            frame = batch.set_axis(pd.RangeIndex(start, start + len(batch), name="line"))
            start += len(batch)
            yield _lines(EventList.of_frame(frame, str(path), where=f"{path}: line "))
        return
    given = listed(events)
    if not isinstance(given, EventList):
        given = EventList.of_frame(_of_events([given] if isinstance(given, Event) else given))
    yield _lines(given)


def _is_parquet(path: Path) -> bool:
    """Whether a path is a Parquet file or a folder of such files."""
    return path.suffix == ".parquet" or path.is_dir()


def _read_batches(path: Path) -> Iterator[pd.DataFrame]:
    """Read Parquet files in batches."""
    arrow, dataset = need("pyarrow", EXTRA), need("pyarrow.dataset", EXTRA)
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise InputError(f"{path}: no .parquet file; check the path")
    for file in files:
        try:
            for batch in dataset.dataset(str(file), format="parquet").to_batches(batch_size=BATCH):
                if batch.num_rows:
                    yield batch.to_pandas()
        except FileNotFoundError:
            raise InputError(f"{file}: no such file; check the path") from None
        except (arrow.ArrowException, OSError) as error:
            raise damaged(str(file), error) from None


def _lines(events: EventList) -> pd.DataFrame:
    """Return the lines of a list, which has no windows of its own."""
    if any(name in events.frame for name in OWN_WINDOWS):
        raise UsageError(OWN)
    return events.frame


def _of_events(events: Iterable[Event]) -> pd.DataFrame:
    """Return dated events as lines."""
    rows: list[Mapping[str, Any]] = [
        {
            "event_id": event.id,
            "occurred_start": event.when.start,
            "occurred_end": event.when.end,
            "basis": event.basis,
            "title": event.title,
        }
        for event in events
    ]
    if not rows:
        raise UsageError("events: the list is empty; give one event at least")
    return pd.DataFrame(rows)
