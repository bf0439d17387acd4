"""The as-of store: every answer of a price source in a file of its own, kept for good.

``SYMBOL/INTERVAL/ASOF-HASH.parquet``: the folder is the index, HASH is the SHA-256 of the file's bytes. A file whose
bytes do not fit its name is named and never used; nothing is overwritten, so a study that notes the hashes reads the
same bytes years later.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ...errors import InputError, NotEnoughDataError, UsageError
from ...files import output_errors, read_bytes, sha256
from ...optional import need
from ..prices.bars import PRICES, Bars, BarSet
from .parquet import NAME, Unusable, decode_frame, decode_note, encode, file_name, folder_name, symbol_of
from .protocol import INTERVALS, Fetched

VARIABLE = "EVENTSTUDY_DATA"
UNFINISHED = ".writing-"
ABANDONED = 86_400.0
SHORTEST_PIN = 8


def data_folder(given: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of the user's data: the one given, else ``EVENTSTUDY_DATA``, else the system's usual place.

    Examples
    --------
    >>> data_folder("mine").name
    'mine'
    """
    chosen = os.fspath(given) if given is not None else os.environ.get(VARIABLE, "")
    return Path(chosen) if chosen else Path(need("platformdirs", "prices").user_data_path("eventstudy", False))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One file of the store, its bytes found to fit its name.

    Parameters
    ----------
    path : Path
    symbol, interval : str
    as_of : Timestamp
        When the source gave the answer (UTC).
    sha256 : str
        Of the file's bytes.
    provenance : mapping
        Request, source and its version, outcome, adjustment, rows, first and last label.
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
    """What a store holds: the usable files, oldest answer first, and a line for each file that is not used."""

    entries: tuple[Entry, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Store:
    """The folder in which fetched prices are kept.

    Parameters
    ----------
    folder : Path
        Made when the first answer is kept.

    Notes
    -----
    Any number of processes may write at once. A file appears whole or not at all: it is written under another name,
    synced and renamed; a killed writer leaves at most such an unfinished file, which is never read and is removed by a
    later fetch after a day.
    """

    folder: Path

    @classmethod
    def of(cls, given: str | os.PathLike[str] | None = None) -> Store:
        """Return the store in the user's data folder, or in the folder given."""
        return cls(folder=data_folder(given) / "prices")

    def put(self, fetched: Fetched) -> Entry:
        """Keep an answer.

        Raises
        ------
        NetworkError
            If it has no prices.
        InputError
            If they are not ones that `eventstudy.Bars` takes.
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
            _sweep(path.parent)
            if not path.exists() or sha256(path.read_bytes()) != digest:
                _place(path, content)
        return _entry(path)

    def survey(self, symbol: str | None = None, interval: str | None = None) -> Survey:
        """Look at every file, or at those of one symbol or interval, and check it against its name."""
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
        """Every file below the folders asked for, by name."""
        top = self.folder if symbol is None else self.folder / folder_name(symbol)
        for path in sorted(top.rglob("*")):
            inner = path.relative_to(self.folder).parts
            if path.is_file() and (interval is None or inner[1:2] == (interval,)):
                yield path

    def latest(self, symbol: str, interval: str = "1d") -> Entry:
        """Return the youngest answer for a symbol.

        Raises
        ------
        NotEnoughDataError
            If there is none that can be used; the message has the command that fetches one.
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
        """Return the file with a SHA-256, or with one that begins so.

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
            raise NotEnoughDataError(f"{paths[0]}: {problem}; copy it anew from where the study was run") from None

    def table(self, entry: Entry) -> pd.DataFrame:
        """Return everything that a file holds: prices, and dividends and splits where the source told them."""
        return decode_frame(_verified(entry.path))

    def read(self, entry: Entry) -> Bars:
        """Return the prices of a file as checked bars."""
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
        """Return the prices of several symbols, the latest of each or those pinned.

        Parameters
        ----------
        symbols : iterable of str
        interval : str
        pins : iterable of str
            SHA-256 of files; a symbol with a pinned file gets that one, the others their latest.

        Returns
        -------
        BarSet
            ``files`` has the SHA-256 of every file used: these are the pins that reproduce it.
        """
        fixed = {(entry.symbol, entry.interval): entry for entry in map(self.pinned, pins)}
        chosen = [fixed.get((symbol, interval)) or self.latest(symbol, interval) for symbol in symbols]
        return BarSet(
            bars={entry.symbol: self.read(entry) for entry in chosen},
            files={entry.name: entry.sha256 for entry in chosen},
        )


def _verified(path: Path) -> bytes:
    """Bytes of a file that fit its name."""
    name = NAME.fullmatch(path.name)
    if name is None:
        left = path.name.startswith(UNFINISHED)
        raise Unusable("left by an interrupted fetch" if left else "not a price file of this program")
    content = read_bytes(path)
    if sha256(content) != name["hash"]:
        raise Unusable("truncated or changed: its bytes do not fit the SHA-256 in its name; fetch it again")
    return content


def _entry(path: Path) -> Entry:
    """Look at one file."""
    note = decode_note(_verified(path))
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


def _place(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    staged = path.with_name(f"{UNFINISHED}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        with staged.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        staged.replace(path)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise


def _sweep(folder: Path) -> None:
    """Remove what killed writers left a day ago or longer."""
    for path in folder.glob(f"{UNFINISHED}*"):
        try:
            if time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink()
        except FileNotFoundError:  # another writer was quicker
            continue
