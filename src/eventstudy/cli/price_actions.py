"""What the commands about prices do, apart from taking options and printing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import NetworkError, NotEnoughDataError, UsageError
from ..instruments.catalogue import Instruments
from ..markets.alignment.own_sessions import sessions_within
from ..markets.prices.bars import Bars
from ..markets.prices.quality import COLUMNS, oddities
from ..markets.prices.revisions import revised_rows
from ..markets.sources.files import read_bars
from ..markets.sources.layouts import LayoutNeeded as LayoutNeeded
from ..markets.sources.layouts import read_layout
from ..markets.sources.proposals import propose_layout
from ..markets.sources.protocol import Fetched, Source, fetch_all
from ..markets.sources.store import Entry, Store
from ..markets.sources.yahoo import EXTRA, YahooSource
from ..optional import need
from .progress import followed
from .terminal import Answer, rows_answer

FETCHED = ("symbol", "outcome", "rows", "first", "last", "sha256", "detail")
LISTED = ("symbol", "interval", "as_of", "rows", "first", "last", "prices", "source", "sha256")


def fetch(
    symbols: Sequence[str],
    interval: str,
    first: str,
    last: str,
    data: Path | None,
    *,
    source: Callable[[], Source] = YahooSource,
) -> Answer:
    """Fetch prices into the store.

    Parameters
    ----------
    symbols : sequence of str
    interval : str
        ``1d``, or minutes such as ``15m``.
    first, last : str
        Days, YYYY-MM-DD, both included; today where `last` is empty.
    data : Path or None
        Folder of the user's data.
    source : callable
        Makes the source.

    Returns
    -------
    Answer

    Raises
    ------
    NetworkError
        If not one symbol could be fetched.
    """
    start, end = _day(first, "--from"), _day(last, "--to") if last else dt.datetime.now(dt.UTC).date()
    store = Store.of(data)
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    for fetched, entry in followed(
        fetched_into(store, source, symbols, interval, start, end), "fetching", len(symbols)
    ):
        rows.append(_fetched_row(fetched, entry))
        notes += remarks(fetched)
    if not any(row["sha256"] for row in rows):
        raise NetworkError("; ".join(f"{row['symbol']}: {row['outcome']}: {row['detail']}" for row in rows))
    return rows_answer(FETCHED, rows, [*notes, f"kept in {store.folder}"])


def fetched_into(
    store: Store, source: Callable[[], Source], symbols: Iterable[str], interval: str, start: dt.date, end: dt.date
) -> Iterator[tuple[Fetched, Entry | None]]:
    """Ask for each symbol, keep what arrives, and yield the answer with its file; without pyarrow nobody is asked.

    Parameters
    ----------
    store : Store
    source : callable
        Makes the source.
    symbols : iterable of str
    interval : str
    start, end : date
        Both included.
    """
    need("pyarrow", EXTRA)
    for fetched in fetch_all(source(), symbols, interval, start, end):
        yield fetched, None if fetched.frame is None else store.put(fetched)


def _fetched_row(fetched: Fetched, entry: Entry | None) -> dict[str, Any]:
    note: Mapping[str, Any] = entry.provenance if entry else {"rows": 0, "first": "", "last": ""}
    return {
        "symbol": fetched.request.symbol,
        "outcome": str(fetched.outcome),
        "rows": note["rows"],
        "first": note["first"][:16].removesuffix("T00:00"),
        "last": note["last"][:16].removesuffix("T00:00"),
        "sha256": entry.sha256 if entry else "",
        "detail": fetched.detail,
    }


def remarks(fetched: Fetched) -> Iterator[str]:
    """Say what a user should know beside the table.

    Parameters
    ----------
    fetched : Fetched
    """
    if "provisional" in fetched.facts:
        day = fetched.facts["provisional"]
        yield f"{fetched.request.symbol}: the row of {day} is provisional, that session was not over; fetch again later"
    if "built_from" in fetched.facts:
        yield f"{fetched.request.symbol}: built from {fetched.facts['built_from']}"


def listed(symbols: Sequence[str], data: Path | None) -> Answer:
    """List what the store holds.

    Parameters
    ----------
    symbols : sequence of str
        All where it is empty.
    data : Path or None
        Folder of the user's data.

    Returns
    -------
    Answer
    """
    store = Store.of(data)
    surveys = [store.survey(symbol) for symbol in symbols] or [store.survey()]
    rows = [
        {
            "symbol": entry.symbol,
            "interval": entry.interval,
            "as_of": f"{entry.as_of:%Y-%m-%dT%H:%M:%SZ}",
            "rows": entry.provenance["rows"],
            "first": entry.provenance["first"][:10],
            "last": entry.provenance["last"][:10],
            "prices": entry.provenance["adjustment"],
            "source": entry.provenance["source"],
            "sha256": entry.sha256,
        }
        for survey in surveys
        for entry in survey.entries
    ]
    ignored = [line for survey in surveys for line in survey.ignored]
    return rows_answer(LISTED, rows, [*ignored, f"{len(rows)} files in {store.folder}"])


def checked(symbols: Sequence[str], data: Path | None) -> Answer:
    """Name what is odd in the latest answer of each symbol in the store, and what changed since the one before.

    Parameters
    ----------
    symbols : sequence of str
        All where it is empty.
    data : Path or None
        Folder of the user's data.

    Returns
    -------
    Answer
    """
    store = Store.of(data)
    surveys = [store.survey(symbol) for symbol in symbols] or [store.survey()]
    series: dict[tuple[str, str], list[Entry]] = {}
    for entry in (entry for survey in surveys for entry in survey.entries):
        series.setdefault((entry.symbol, entry.interval), []).append(entry)
    if not series:
        raise NotEnoughDataError(
            f"no prices in {store.folder} to check; run: eventstudy prices fetch SYMBOL --from DATE"
        )
    found: list[pd.DataFrame] = []
    for entries in series.values():
        latest = [store.read(entry) for entry in entries[-2:]]
        found.append(_odd(latest[-1]))
        if len(latest) == 2:
            found.append(revised_rows(*latest))
    return _oddities(found, [line for survey in surveys for line in survey.ignored], len(series))


def checked_files(files: Path, layout: Path | None) -> Answer:
    """Name what is odd in price files.

    Parameters
    ----------
    files : Path
        A file or a folder.
    layout : Path or None
        A TOML file.

    Returns
    -------
    Answer
    """
    bars = read_bars(files, layout=layout)
    return _oddities([_odd(one) for one in bars.values()], bars.notes, len(bars))


def proposed(files: Path, layout: Path | None) -> Answer:
    """Return a layout that would read a file, and three rows as it would read them; a folder has none.

    Parameters
    ----------
    files : Path
        A file; a folder has no proposal.
    layout : Path or None
        What is known of its layout already.

    Returns
    -------
    Answer
    """
    if files.is_dir():
        return Answer()
    found = propose_layout(files, None if layout is None else read_layout(layout))
    rows = found.rows()
    table = json.loads(rows.to_json(orient="records", date_format="iso"))
    reasons = [f"# {line}" for line in found.settled]
    shown = [f"# {line}" for line in rows.to_string(index=False).splitlines()]
    checked = "# As this layout reads the file; check the dates before using it:"
    text = "\n".join([*reasons, "", found.toml(), checked, *shown])
    return Answer(text=text, records=[{"layout": found.layout.declared(), "rows": table}])


def _odd(bars: Bars) -> pd.DataFrame:
    """Oddities of one instrument, against its market's sessions where they are known."""
    instrument = None if bars.intraday else Instruments().get(bars.symbol)
    return oddities(bars, None if instrument is None else sessions_within(instrument, bars.index))


def _oddities(found: Sequence[pd.DataFrame], notes: Sequence[str], count: int) -> Answer:
    """Make one table of several."""
    tables = [frame for frame in found if len(frame)]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)
    days = pd.to_datetime(table["session"]).dt.strftime("%Y-%m-%d").fillna("")
    rows = [{name: str(row[name]) for name in COLUMNS} for row in table.assign(session=days).to_dict("records")]
    summary = f"{len(rows)} oddities in {count} series; nothing was changed"
    return rows_answer(COLUMNS, rows, [*notes, summary])


def _day(text: str, option: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is not a day; write it YYYY-MM-DD") from None
