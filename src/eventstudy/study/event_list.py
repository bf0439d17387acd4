"""A list of events to study: from a file or a frame, by session or by instant, for one market or every market."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import LONGEST_NAME, InputError, UnknownNameError, UsageError
from ..events import Event, Precision, When
from ..files import local_path
from ..markets.alignment.given_dates import LINE, identified, instants, session_days, symbols_of
from ..text import one_line, shortened, visible
from .event_files import read_cells
from .event_layouts import OWN_WINDOWS, laid_out

TIMED = ("public", "instant", "occurred_start", "occurred_end")
# Columns that say when and where; all others are characteristics of the events.
STRUCTURE = frozenset(
    {"event_id", "symbol", "session", "until", "basis", "precision", "approximate", *TIMED, *OWN_WINDOWS}
)
BASES = ("occurred", "public")
DAY = dt.timedelta(days=1)
# From here on not every whole number has a number of its own.
MOST = 2.0**53


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EventList(Sequence[Event]):
    """Events to study, one line an event and market; also a sequence of `Event` where instants are given.

    Parameters
    ----------
    frame : DataFrame
        ``event_id``; ``symbol``, missing where a line meets every market; ``session`` (day 0, tz-naive) or
        ``instant`` (UTC) with ``until``, the exclusive end of the interval in which the event lies; and the
        characteristics of the events, such as ``group``, ``weight``, ``surprise``, ``title``, ``url``. Of
        ``estimation_first, estimation_last, window_first, window_last`` an event has its own windows.
    name : str
        The file, for messages.
    alone : bool
        Whether no two lines are known to have one ``event_id``.

    Examples
    --------
    >>> frame = pd.DataFrame({"event_id": ["e"], "symbol": ["AAPL"], "session": ["2020-01-08"], "size": [2.5]})
    >>> listed = EventList.of_frame(frame)
    >>> len(listed), listed.symbols, listed.characteristics["size"].tolist()
    (1, ('AAPL',), [2.5])
    """

    frame: pd.DataFrame
    name: str = "events"
    alone: bool = False

    def __repr__(self) -> str:
        lines, markets = f"{len(self.frame):,} lines", f"{len(self.symbols):,} symbols"
        return f"EventList({one_line(self.name, 80)!r}: {lines}, {markets})"

    def _repr_html_(self) -> str:
        return visible(self.frame.to_html(index=False, max_rows=20, max_cols=12))

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, name: str = "events", *, where: str = LINE) -> EventList:
        """Check a frame of events.

        Parameters
        ----------
        frame : DataFrame
            ``event_id`` and a time: ``public``, ``instant``, ``occurred_start`` (with ``occurred_end``; each with a
            time zone) or ``session`` (an ISO day, a date, a timestamp at midnight). The first of them that a line has
            is its time. A line without ``symbol`` meets every market. No other column is read as a date.
        name : str
            The file, for messages.
        where : str
            What stands before the number of a line in messages.

        Returns
        -------
        EventList

        Raises
        ------
        UsageError
            If a line has no id or no time, or two lines have one id and symbol; the message names the line.
        """
        lines = frame if frame.index.name == "line" else frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name="line"))
        symbols = symbols_of(lines)
        lines, alone = identified(lines, symbols, where)
        rest = {column: lines[column] for column in lines if column not in STRUCTURE}
        own = {column: _whole(lines[column], where) for column in OWN_WINDOWS if column in lines}
        told = pd.DataFrame({"event_id": lines["event_id"], "symbol": symbols} | _times(lines, where) | own | rest)
        return cls(frame=told, name=name, alone=alone)

    @cached_property
    def _numbered(self) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
        """Number of each line's symbol, -1 where it has none, and the symbols by number."""
        number, symbols = pd.factorize(self.frame["symbol"])
        return number, tuple(symbols)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Symbols that the lines name, each once, in the order of the list."""
        return self._numbered[1]

    @property
    def everywhere(self) -> bool:
        """Whether a line meets every market."""
        return bool((self._numbered[0] < 0).any())

    @property
    def characteristics(self) -> pd.DataFrame:
        """The columns that say neither when nor where, behind ``event_id`` and ``symbol``."""
        named = [name for name in self.frame if name not in STRUCTURE]
        return self.frame[["event_id", "symbol", *named]]

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last moment of the list, tz-naive (UTC or sessions)."""
        known = [self.frame[name].dropna() for name in ("session", "instant", "until")]
        both = pd.concat([one.dt.tz_localize(None) if one.dt.tz else one for one in known])
        return both.min(), both.max()

    def lines(self, markets: Sequence[str]) -> pd.DataFrame:
        """Return one line for each pair of an event and a market.

        Parameters
        ----------
        markets : sequence of str
            Markets that a line without a symbol meets.

        Returns
        -------
        DataFrame
            ``event_id, market, session, instant, until`` and the columns of own windows, indexed by line.

        Raises
        ------
        UsageError
            If two lines come to mean the same event in the same market.
        """
        columns = ["event_id", "symbol", "session", "instant", "until", *(c for c in OWN_WINDOWS if c in self.frame)]
        frame = self.frame[columns].rename(columns={"symbol": "market"})
        if not self.everywhere:
            number, symbols = self._numbered
            return frame.assign(market=pd.Series(symbols).take(number).set_axis(frame.index))
        spread = frame["market"].map(lambda one: list(markets) if pd.isna(one) else [one])
        found = frame.assign(market=spread).explode("market")
        twice = found[found.duplicated(["event_id", "market"])]
        if len(twice):
            row = twice.iloc[0]
            raise UsageError(
                f"{self.name}: event {row['event_id']} meets {row['market']} twice, once by a line without a symbol "
                f"(line {twice.index[0]}); name its symbols, or leave the other line out"
            )
        return found

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        """The events, each id once."""
        if self.frame["instant"].isna().any():
            line = self.frame.index[self.frame["instant"].isna()][0]
            raise UsageError(f"{self.name}: line {line} has a session, not an instant; give the column instant")
        first = self.frame[~self.frame["event_id"].duplicated()]
        return tuple(_event_of({str(key): value for key, value in row.items()}) for row in first.to_dict("records"))

    def __len__(self) -> int:
        return int(self.frame["event_id"].nunique())

    @overload
    def __getitem__(self, at: int) -> Event: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Event]: ...
    def __getitem__(self, at: int | slice) -> Event | Sequence[Event]:
        return self._events[at]

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)


def read_events(path: str | os.PathLike[str]) -> EventList:
    """Read the events of a study from a file.

    Parameters
    ----------
    path : path
        CSV (also ``.tsv``, ``.txt``, ``.gz``), Excel or Parquet, with a header: ``event_id`` (or ``id``), ``symbol``
        where a line meets one market, and a time, the first of these that a line has: ``public``, ``instant``
        (ISO 8601 with a time zone), ``start_utc`` and ``end_utc`` (or ``occurred_start`` and ``occurred_end``),
        ``session`` (day 0, ISO). ``precision``, ``approximate`` and ``basis`` are known; of ``estimation_first,
        estimation_last, window_first, window_last`` an event has its own windows; every other column is a
        characteristic. Request files of EventStudyTools and lists of symbols and dates for WRDS are read as they are.

    Returns
    -------
    EventList
        Also a sequence of `Event`, in the order of the file, where instants are given.

    Raises
    ------
    InputError
        If the file is missing, a column is not known for what it is, or a row is wrong; the message names the line.
    """
    file = local_path(path)
    table = laid_out(read_cells(file), file)
    try:
        return EventList.of_frame(_typed(table), str(file), where=f"{file}:")
    except UsageError as error:
        raise InputError(str(error)) from None


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Return text cells with blanks missing, characteristics as numbers where all of them are."""
    blank = table.where(table != "", None)
    kept = blank[[name for name in blank if name in ("event_id", "symbol") or blank[name].notna().any()]]
    return kept.assign(**{str(name): _numbers(kept[name]) for name in kept if name not in STRUCTURE})


def _numbers(cells: pd.Series) -> pd.Series:
    """Return a column as numbers, unless a cell is none or a code such as 00123."""
    text = cells.dropna()
    if text.str.match(r"[-+]?0\d").any() or not text.str.match(r"[-+]?[\d.]").all():
        return cells
    try:
        numbers: pd.Series = pd.to_numeric(cells)
    except ValueError:
        return cells
    return numbers


def _whole(cells: pd.Series, where: str) -> pd.Series:
    """Return bounds of windows as whole numbers; missing where the study's own windows are meant."""
    numbers = pd.to_numeric(cells, errors="coerce")
    whole = (numbers == numbers.round()) & (numbers.abs() < MOST)
    wrong = (numbers.isna() & cells.notna()) | (numbers.notna() & ~whole)
    if wrong.any():
        line = cells.index[wrong][0]
        given = shortened(repr(cells[wrong].tolist()[0]), LONGEST_NAME)
        raise UsageError(f"{where}{line}: {cells.name} {given} is not a whole number of rows, such as -11")
    found: pd.Series = numbers.astype("Int64")
    return found


def _times(lines: pd.DataFrame, where: str) -> dict[str, pd.Series]:
    """Return the columns ``session``, ``instant``, ``until`` and those of `TIMED` that the frame has."""
    known = {name: _moments(lines, name, where) for name in TIMED if name in lines}
    if "session" in lines and "instant" in known:
        both = lines["session"].notna() & known["instant"].notna()
        if both.any():
            raise UsageError(f"{where}{lines.index[both][0]} has a session and an instant; give one of the two")
    empty = pd.Series(pd.NaT, index=lines.index).dt.tz_localize("UTC")
    instant, until, session = empty, empty, pd.Series(pd.NaT, index=lines.index, dtype="datetime64[s]")
    for name in ("public", "instant"):
        instant = instant.fillna(known.get(name, empty))
    if "session" in lines:
        given = lines["session"].notna() & instant.isna()
        if given.all():
            session = session_days(lines, where)
        elif given.any():
            session = session_days(lines[given], where).reindex(lines.index)
    spread = instant.isna() & session.isna() & known.get("occurred_start", empty).notna()
    instant = instant.where(~spread, known.get("occurred_start", empty))
    until = known.get("occurred_end", empty).where(spread)
    until = until.where(until != instant)
    _check_times(lines, instant, session, until, where)
    words = {name: lines[name] for name in ("basis", "precision", "approximate") if name in lines}
    apart = {name: known[name] for name in TIMED if name in known and name != "instant"}
    return {"session": session, "instant": instant, "until": until} | apart | words


def _check_times(lines: pd.DataFrame, instant: pd.Series, session: pd.Series, until: pd.Series, where: str) -> None:
    """Raise for the first line without a time, whose interval runs backwards, or with an unknown word."""
    lacking = instant.isna() & session.isna()
    if lacking.any():
        line = lines.index[lacking][0]
        raise UsageError(f"{where}{line} has no time (a blank is not a day); fill in session, instant or public")
    if (until < instant).any():
        raise UsageError(f"{where}{lines.index[until < instant][0]}: the interval of the event runs backwards")
    for name, words in (("basis", BASES), ("precision", tuple(Precision))):
        for line, word in lines[name].dropna().items() if name in lines else ():
            if word not in words:
                raise UnknownNameError(name, str(word), map(str, words), f"{where}{line}")


def _moments(lines: pd.DataFrame, name: str, where: str) -> pd.Series:
    """Return a column of instants (UTC); NaT where a cell is blank."""
    there = lines[name].notna()
    found = pd.Series(pd.NaT, index=lines.index).dt.tz_localize("UTC")
    if there.any():
        found = pd.Series(pd.DatetimeIndex(instants(lines[there], name, where)), index=lines.index[there])
    whole: pd.Series = found.reindex(lines.index)
    return whole


def _event_of(row: Mapping[str, Any]) -> Event:
    """Return one event of its line."""
    basis = str(row["basis"]) if _there(row.get("basis")) else "occurred"
    times = {}
    if _there(row.get("occurred_start")):
        times[basis] = _when(row["occurred_start"], row.get("occurred_end"), row)
    if _there(row.get("public")):
        times["public"] = _when(row["public"], None, {})
    if not times:
        times[basis] = _when(row["instant"], row["until"], row)
    confidence = row.get("confidence")
    return Event(
        id=str(row["event_id"]),
        title=_plain(row.get("title")),
        evidence=_plain(row.get("source")),
        confidence=float(confidence) if isinstance(confidence, int | float) and _there(confidence) else None,
        occurred=times.get("occurred"),
        public=times.get("public"),
    )


def _when(start: Any, end: Any, row: Mapping[str, Any]) -> When:
    """Return the time of a line, at the precision that it states or that its interval has."""
    first = pd.Timestamp(start).to_pydatetime()
    last = first if not _there(end) else pd.Timestamp(end).to_pydatetime()
    stated = row.get("precision")
    precision = Precision(str(stated)) if _there(stated) else _precision(last - first)
    approximate = str(row.get("approximate", "")).lower() == "true"
    return When(start=first, end=last, precision=precision, approximate=approximate)


def _precision(length: dt.timedelta) -> Precision:
    """Return the precision of an interval of some length."""
    if not length:
        return Precision.MINUTE
    if length <= dt.timedelta(hours=1):
        return Precision.HOUR
    if length < DAY:
        return Precision.PART_OF_DAY
    return Precision.DAY if length == DAY else Precision.MULTI_DAY


def _there(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and np.isnan(value)) and value is not pd.NaT


def _plain(value: Any) -> str:
    return str(value) if _there(value) else ""
