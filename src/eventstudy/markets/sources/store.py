"""Store of fetched prices: each answer of a source is kept in a file of its own.

Files are named ``SYMBOL/INTERVAL/ASOF-HASH.parquet``: the folders are the index, HASH is the SHA-256 of the file's
bytes. A file whose bytes do not match its name is reported and never used. Nothing is overwritten, so a study that
records the hashes reads the same bytes years later.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ...errors import InputError, NotEnoughDataError, UsageError
from ...files import local_path, output_errors, sha256
from ...optional import need
from ..prices.bars import PRICES, Bars, BarSet
from .parquet import NAME, Unusable, decode_frame, decode_note, encode, file_name, folder_name, symbol_of
from .protocol import INTERVALS, Fetched
from .stored_files import place, sweep, verified

VARIABLE = "EVENTSTUDY_DATA"
SHORTEST_PIN = 8


def data_folder(given: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of the user's data: `given`, else ``EVENTSTUDY_DATA``, else the system's usual place.

    Parameters
    ----------
    given : path, optional
        A folder that takes precedence.

    Returns
    -------
    Path
        It may not exist yet.

    Examples
    --------
    >>> data_folder("mine").name
    'mine'
    """
    chosen = os.fspath(given) if given is not None else os.environ.get(VARIABLE, "")
    return (
        local_path(chosen, output=True)
        if chosen
        else Path(need("platformdirs", "prices").user_data_path("eventstudy", False))
    )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One file of the store, checked against the hash in its name.

    Parameters
    ----------
    path : Path
        The file.
    symbol, interval : str
        What its prices are of.
    as_of : Timestamp
        When the source gave the answer (UTC).
    sha256 : str
        Hash of the file's bytes, hexadecimal.
    provenance : mapping
        Request, source and its version, outcome, adjustment, number of rows, first and last label.
    """

    path: Path
    symbol: str
    interval: str
    as_of: pd.Timestamp
    sha256: str
    provenance: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """Symbol, interval and file name."""
        return f"{self.symbol}/{self.interval}/{self.path.name}"


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The contents of a store.

    Parameters
    ----------
    entries : tuple of Entry
        Usable files, by symbol and interval, the oldest answer first.
    ignored : tuple of str
        One line for each file that is not used, with the reason.
    """

    entries: tuple[Entry, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Store:
    """The folder in which fetched prices are kept.

    Parameters
    ----------
    folder : Path
        Created when the first answer is kept.

    Notes
    -----
    Any number of processes may write at the same time. A file is written completely or not at all: it is written under
    another name, synced and renamed. A killed writer leaves at most such an unfinished file, which is never read and is
    removed by a fetch at least a day later.
    """

    folder: Path

    @classmethod
    def of(cls, given: str | os.PathLike[str] | None = None) -> Store:
        """Return the store in the user's data folder, or below `given`.

        Parameters
        ----------
        given : path, optional
            As in `data_folder`.

        Returns
        -------
        Store
            In the subfolder ``prices``.
        """
        return cls(folder=data_folder(given) / "prices")

    def put(self, fetched: Fetched) -> Entry:
        """Keep an answer of a source.

        Parameters
        ----------
        fetched : Fetched
            An answer with prices.

        Returns
        -------
        Entry
            The file that was written, or that held the same bytes already.

        Raises
        ------
        NetworkError
            If the answer has no prices.
        InputError
            If `eventstudy.Bars` refuses the prices.
        OutputError
            If the folder cannot be written.
        """
        fetched.bars()
        content = encode(fetched)
        digest = sha256(content)
        request = fetched.request
        path = self.folder / folder_name(request.symbol) / request.interval / file_name(fetched, digest)
        with output_errors(self.folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            sweep(path.parent)
            if not path.exists() or sha256(path.read_bytes()) != digest:
                place(path, content)
        return _entry(path)

    def survey(self, symbol: str | None = None, interval: str | None = None) -> Survey:
        """List every file of the store, checked against the hash in its name.

        Parameters
        ----------
        symbol, interval : str, optional
            Restrict the list to one symbol or interval.

        Returns
        -------
        Survey
            Usable and ignored files.
        """
        entries: list[Entry] = []
        ignored: list[str] = []
        for path in self._files(symbol, interval):
            try:
                entries.append(_entry(path))
            except (Unusable, InputError) as problem:
                ignored.append(f"{path}: {problem}; ignored")
        entries.sort(key=lambda entry: (entry.symbol, entry.interval, entry.as_of, entry.sha256))
        return Survey(entries=tuple(entries), ignored=tuple(ignored))

    def _files(self, symbol: str | None, interval: str | None) -> Iterator[Path]:
        """Yield the files below the folders asked for, sorted by path."""
        top = self.folder if symbol is None else self.folder / folder_name(symbol)
        for path in sorted(top.rglob("*")):
            inner = path.relative_to(self.folder).parts
            if path.is_file() and (interval is None or inner[1:2] == (interval,)):
                yield path

    def latest(self, symbol: str, interval: str = "1d") -> Entry:
        """Return the most recent answer for a symbol.

        Parameters
        ----------
        symbol : str
            As the source writes it.
        interval : str
            A key of `eventstudy.markets.sources.protocol.INTERVALS`.

        Returns
        -------
        Entry
            The file with the latest `as_of`.

        Raises
        ------
        NotEnoughDataError
            If there is no usable file; the message has the command that fetches one.
        """
        survey = self.survey(symbol, interval)
        if not survey.entries:
            damaged = f" ({len(survey.ignored)} files cannot be used; see eventstudy prices check)" * bool(
                survey.ignored
            )
            raise NotEnoughDataError(
                f"{symbol}: no {interval} prices in {self.folder}{damaged}; "
                f"run: eventstudy prices fetch '{symbol}' --from DATE --interval {interval}"
            )
        return survey.entries[-1]

    def pinned(self, digest: str) -> Entry:
        """Return the file with a given SHA-256, or with one that begins with the given digits.

        Parameters
        ----------
        digest : str
            At least eight hexadecimal digits.

        Returns
        -------
        Entry
            The one file that matches.

        Raises
        ------
        UsageError
            If fewer than eight digits are given, or two files begin with them.
        NotEnoughDataError
            If there is no such file that can be used.
        """
        if len(digest) < SHORTEST_PIN or set(digest) - set("0123456789abcdef"):
            raise UsageError(f"{digest!r} is not a pin: give at least {SHORTEST_PIN} digits of a file's SHA-256")
        paths = [path for path in self._files(None, None) if NAME.fullmatch(path.name) and f"-{digest}" in path.name]
        if len({path.name for path in paths}) > 1:
            raise UsageError(f"{digest} is the beginning of {len(paths)} files' SHA-256; give more digits")
        if not paths:
            raise NotEnoughDataError(f"no file {digest} in {self.folder}; copy it there from where the study was run")
        try:
            return _entry(paths[0])
        except Unusable as problem:
            raise NotEnoughDataError(f"{paths[0]}: {problem}; copy it again from where the study was run") from None

    def table(self, entry: Entry) -> pd.DataFrame:
        """Return the whole contents of a file: prices, and dividends and splits where the source had them.

        Parameters
        ----------
        entry : Entry
            A file of the store.

        Returns
        -------
        DataFrame
            Indexed by session (tz-naive) or instant (UTC).

        Raises
        ------
        InputError
            If the file has been damaged.
        """
        try:
            return decode_frame(verified(entry.path))
        except Unusable as problem:
            raise InputError(f"{entry.path}: {problem}; fetch it again") from None

    def read(self, entry: Entry) -> Bars:
        """Return the prices of a file as checked bars.

        Parameters
        ----------
        entry : Entry
            A file of the store.

        Returns
        -------
        Bars
            Prices and volume of one symbol.
        """
        frame = self.table(entry)
        return Bars(
            symbol=entry.symbol,
            frame=frame[[name for name in (*PRICES, "volume", "adj_close") if name in frame]],
            source=entry.path.name,
            length=INTERVALS[entry.interval],
            adjustment=entry.provenance["adjustment"],
            as_of=entry.as_of,
        )

    def bars(self, symbols: Iterable[str], interval: str = "1d", pins: Iterable[str] = ()) -> BarSet:
        """Return the prices of several symbols: the pinned file of each, else its latest.

        Parameters
        ----------
        symbols : iterable of str
            As the source writes them.
        interval : str
            A key of `eventstudy.markets.sources.protocol.INTERVALS`.
        pins : iterable of str
            SHA-256 of files, whole or at least eight digits; symbols without a pinned file get their latest.

        Returns
        -------
        BarSet
            ``files`` has the SHA-256 of every file used; passed as `pins`, these reproduce the result.
        """
        fixed = {(entry.symbol, entry.interval): entry for entry in map(self.pinned, pins)}
        chosen = [fixed.get((symbol, interval)) or self.latest(symbol, interval) for symbol in symbols]
        return BarSet(
            bars={entry.symbol: self.read(entry) for entry in chosen},
            files={entry.name: entry.sha256 for entry in chosen},
        )


def _entry(path: Path) -> Entry:
    """Check one file and describe it."""
    note = decode_note(verified(path))
    symbol, interval = symbol_of(path.parent.parent.name), path.parent.name
    if (note["symbol"], note["interval"]) != (symbol, interval):
        raise Unusable(f"holds {note['symbol']} {note['interval']}; it was moved here from another folder")
    as_of, digest = path.stem.split("-", 1)
    return Entry(
        path=path,
        symbol=symbol,
        interval=interval,
        as_of=pd.to_datetime(as_of, format="%Y%m%dT%H%M%S.%fZ", utc=True),
        sha256=digest,
        provenance=note,
    )
