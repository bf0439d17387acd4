"""Events to the buckets of their securities, batch by batch, so that no list of events has to fit into memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from .engines import give_back
from .pack import Pack
from .partition import Partition
from .storage import EXTRA, Folder
from .tables import damaged, parquet_bytes, parquet_table

# Lines that are read at once, that wait for their bucket in memory, and the most of one partition. Events among bars
# are estimated together, with the bars of a day after each: 0.12 MB an event.
BATCH, HELD, A_PARTITION, AMONG_BARS = 500_000, 1_000_000, 100_000, 2_000
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
    parts: list[Partition] = []
    most = AMONG_BARS if pack.intraday else A_PARTITION
    with tempfile.TemporaryDirectory(prefix="eventstudy-events-") as home:
        waiting = _Waiting(home=Path(home))
        for frame in _batches(events):
            waiting.add(_by_bucket(frame, pack))
        for bucket in sorted(waiting.pieces):
            for lines in _partitions(waiting.pieces[bucket], None if whole else most):
                name = f"state/input/{len(parts):05d}.parquet"
                digest = out.write(name, parquet_bytes(lines.reset_index(drop=True)))
                parts.append(Partition(number=len(parts), bucket=bucket, events=name, digest=digest))
    give_back()
    return parts


@dataclass(kw_only=True)
class _Waiting:
    """Lines by bucket: in memory up to `HELD` lines, then in files."""

    home: Path
    pieces: dict[int, list[pd.DataFrame | Path]] = field(default_factory=dict)
    held: int = 0

    def add(self, split: Iterable[tuple[int, pd.DataFrame]]) -> None:
        """Take the lines of a batch."""
        for bucket, lines in split:
            self.pieces.setdefault(bucket, []).append(lines)
            self.held += len(lines)
        if self.held > HELD:
            self._put_aside()

    def _put_aside(self) -> None:
        """Write what is in memory to files."""
        for bucket, pieces in self.pieces.items():
            for at, piece in enumerate(pieces):
                if isinstance(piece, pd.DataFrame):
                    file = self.home / f"{bucket}-{at}.parquet"
                    file.write_bytes(parquet_bytes(piece))
                    pieces[at] = file
        self.held = 0


def _partitions(pieces: Sequence[pd.DataFrame | Path], most: int | None) -> Iterator[pd.DataFrame]:
    """Yield the lines of a bucket, in the fewest partitions of at most so many lines, equally long, or in one."""
    count = _check_twice(pieces)
    size = -(-count // -(-count // (most or count)))
    waiting: list[pd.DataFrame] = []
    for lines in map(_read_piece, pieces):
        waiting.append(lines)
        if sum(map(len, waiting)) > size:
            joined = pd.concat(waiting, ignore_index=True)
            full = (len(joined) - 1) // size * size
            yield from (joined.iloc[at : at + size] for at in range(0, full, size))
            waiting = [joined.iloc[full:]]
    yield pd.concat(waiting, ignore_index=True)


def _read_piece(piece: pd.DataFrame | Path) -> pd.DataFrame:
    """Return lines that may have been put aside."""
    if isinstance(piece, pd.DataFrame):
        return piece
    lines: pd.DataFrame = parquet_table(piece.read_bytes(), str(piece)).to_pandas()
    return lines


def _check_twice(pieces: Sequence[pd.DataFrame | Path]) -> int:
    """Return the number of lines of a bucket; raise for the first with the event and symbol of another.

    They are told apart by 64 bits of a hash.
    """
    names = (_read_piece(piece)[["event_id", "symbol"]] for piece in pieces)
    hashes = np.concatenate([pd.util.hash_pandas_object(each.astype(str), index=False).to_numpy() for each in names])
    twice = np.flatnonzero(pd.Series(hashes).duplicated())
    if len(twice):
        row = pd.concat(map(_read_piece, pieces), ignore_index=True).iloc[twice[0]]
        raise UsageError(
            f"events: line {row['line']} has a duplicate event_id {row['event_id']} for one symbol; "
            "give every event an id of its own"
        )
    return len(hashes)


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
