"""Quality checks of price bars: findings are listed, prices are never repaired.

Kinds for daily and intraday bars: ``out_of_bounds`` (low above open or close, high below them), ``large_move`` (a
return far outside the usual), ``unit_jump`` (a return so large that a change of unit or a split is likelier),
``possible_split`` (a share without adjusted prices moves by nearly the ratio of a split, or crashes),
``non_positive_price``, ``no_trade`` (no volume), ``time_zone`` (labels or instants that agree with the market's
calendar only after a shift).

For daily bars: ``flat_row`` (one number for open, high, low and close: a placeholder, an expired contract or a day
without trades), ``stale_open`` (the open repeats the previous close on most days), ``stale_close`` (the close repeats
for many rows), ``missing_session`` and ``extra_session`` (against the market's calendar), ``beyond_calendar`` (rows
years after the calendar and the other rows: a wrong year?), ``roll`` (a return that
compares two contracts of a continuous future) and ``roll_unknown`` (a future whose expiries are not known here).

For intraday bars: ``outside_hours`` (bars that open while the market is closed) and ``missing_bars`` (gaps within
trading hours).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from ..calendars.bar_sessions import BarHours, bar_hours
from .adjust import is_share
from .bars import PRICES, Bars
from .rolls import RULES, is_continuous_future

COLUMNS = ["market", "session", "kind", "detail"]
STALE_RUN = 5
LARGE_MOVE = 8.0
UNIT_JUMP = 2.0
# Usual ratios, new shares for one old share; a price change within 2% of one may be a split.
SPLITS = (
    *(1.5, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50),
    *(1 / old for old in (2, 3, 4, 5, 8, 10, 15, 20, 25, 50)),
)
NEAR_SPLIT = 0.02
SMALLEST_SPLIT = 1.5 * (1 - NEAR_SPLIT)
# A shift explains labels off the calendar if it leaves at most this share of them off; fewer labels prove nothing.
LEFT_OVER, PATTERN = 0.1, 5
HOURS = range(-14, 15)
Finding = tuple[pd.Timestamp | None, str, str]


def oddities(bars: Bars, sessions: pd.DatetimeIndex | None = None) -> pd.DataFrame:
    """List the unusual rows of one instrument's bars.

    Parameters
    ----------
    bars : Bars
        Daily or intraday.
    sessions : DatetimeIndex, optional
        Sessions of the market's calendar; those outside the range of the bars are ignored. Without them daily bars are
        not compared with a calendar.

    Returns
    -------
    DataFrame
        ``market``, ``session`` (NaT where the finding concerns the whole series; for an intraday bar when it opens,
        UTC), ``kind``, ``detail``.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-01-06", "2020-01-07"])
    >>> prices = {"open": [1.0, 2.0], "high": [1.0, 2.5], "low": [1.0, 2.1], "close": [1.0, 2.4]}
    >>> frame = pd.DataFrame(prices, index=days)
    >>> oddities(Bars(symbol="X", frame=frame))["kind"].tolist()
    ['out_of_bounds', 'flat_row', 'unit_jump']
    """
    return labelled_findings(bars.symbol, findings(bars, sessions))


def findings(bars: Bars, sessions: pd.DatetimeIndex | None) -> list[Finding]:
    """Return what `oddities` lists, before it is a frame.

    Parameters
    ----------
    bars : Bars
    sessions : DatetimeIndex or None

    Returns
    -------
    list of (Timestamp or None, str, str)
        Label, kind and detail of each finding.
    """
    if bars.intraday:
        return [*_bounds(bars), *_moves(bars), *_no_trades(bars), *_outside_hours(bars), *_gaps(bars)]
    found: list[Finding] = [*_bounds(bars), *_flat(bars), *_stale_open(bars), *_stale_close(bars), *_moves(bars)]
    found += [*_no_trades(bars), *_rolls(bars)]
    if sessions is not None:
        found += [*_shifted_labels(bars, sessions), *calendar_findings(bars.index, sessions, bars.left_out)]
    return found


def labelled_findings(symbol: str | Sequence[str], found: list[Finding]) -> pd.DataFrame:
    """Return findings as a frame.

    Parameters
    ----------
    symbol : str or sequence of str
        Of the instrument, or that of each finding.
    found : list of (Timestamp or None, str, str)
        Label, kind and detail of each finding.

    Returns
    -------
    DataFrame
        ``market``, ``session``, ``kind``, ``detail``.
    """
    labels = [None if at is None else at.replace(tzinfo=None) for at, _, _ in found]
    return pd.DataFrame(
        {
            "market": [symbol] * len(found) if isinstance(symbol, str) else list(symbol),
            "session": pd.DatetimeIndex(labels).as_unit("s"),
            "kind": [kind for _, kind, _ in found],
            "detail": [detail for _, _, detail in found],
        },
        columns=COLUMNS,
    )


def _has_prices(bars: Bars) -> bool:
    return set(PRICES) <= set(bars.frame)


def _bounds(bars: Bars) -> Iterator[Finding]:
    """Yield rows whose range from low to high does not contain the open and the close."""
    if not _has_prices(bars):
        return
    frame = bars.frame
    body = frame[["open", "close"]]
    for side, edge, wrong in (
        ("low above", "low", body.min(axis=1) < frame["low"]),
        ("high below", "high", body.max(axis=1) > frame["high"]),
    ):
        for session, row in frame[wrong].iterrows():
            detail = f"{edge} {row[edge]:g} is {side.split()[1]} open {row['open']:g} or close {row['close']:g}"
            yield pd.Timestamp(session), "out_of_bounds", detail  # type: ignore[arg-type]


def _flat(bars: Bars) -> Iterator[Finding]:
    """Yield rows with one number for all four prices."""
    for session in bars.frame.index[bars.flat_rows()]:
        yield session, "flat_row", f"open = high = low = close = {bars.frame.loc[session, 'close']:g}"


def _stale_open(bars: Bars) -> Iterator[Finding]:
    """Report an open that repeats the previous close on most days, which tells nothing about the opening."""
    if "open" not in bars.frame or len(bars.frame) < 2 * STALE_RUN:
        return
    repeats = (bars.frame["open"] == bars.frame["close"].shift(1)).iloc[1:]
    if repeats.mean() > 0.5:
        yield None, "stale_open", f"the open repeats the previous close on {repeats.sum()} of {len(repeats)} days"


def _stale_close(bars: Bars) -> Iterator[Finding]:
    """Yield runs of equal closes."""
    close = bars.frame["close"].to_numpy()
    first = np.flatnonzero(np.append(True, close[1:] != close[:-1]))
    length = np.diff(np.append(first, len(close)))
    for at, rows in zip(first[length >= STALE_RUN], length[length >= STALE_RUN], strict=True):
        last = bars.index[at + rows - 1]
        yield bars.index[at], "stale_close", f"{rows} equal closes of {close[at]:g} to {last:%Y-%m-%d}"


def _moves(bars: Bars) -> Iterator[Finding]:
    """Yield returns far outside the usual: real shocks, or a change of unit, a split or a roll."""
    index, close = bars.index, bars.frame["close"].to_numpy()
    for at in np.flatnonzero(close <= 0).tolist():
        yield index[at], "non_positive_price", f"close {close[at]:g}: no log return touches it"
    growth = bars.returns("simple").to_numpy() + 1.0
    size = np.abs(np.log(growth))
    known = size[np.isfinite(size)]
    # The median absolute return, scaled to the standard deviation of a normal, is not inflated by the shocks.
    usual = 1.4826 * float(np.median(known)) if len(known) else np.nan
    for at in np.flatnonzero((size > LARGE_MOVE * usual) | (size >= np.log(SMALLEST_SPLIT))).tolist():
        factor, session = float(growth[at]), index[at]
        if ratio := _split_ratio(bars, factor):
            yield session, "possible_split", _split_words(bars.symbol, session, factor, ratio)
        elif size[at] >= np.log(UNIT_JUMP):
            yield session, "unit_jump", f"close {factor:.3g} times the one before: a unit or a split?"
        elif size[at] > LARGE_MOVE * usual:
            times = size[at] / usual
            yield session, "large_move", f"a return of {factor - 1:+.2%}, {times:.0f} times the usual size"


def _split_ratio(bars: Bars, growth: float) -> float:
    """Return the split ratio that a move of unadjusted share prices resembles; 0 for none."""
    if bars.adjustment in ("split", "full") or "adj_close" in bars.frame:
        return 0.0
    near = min(SPLITS, key=lambda ratio: abs(growth * ratio - 1))
    return near if abs(growth * near - 1) <= NEAR_SPLIT and is_share(bars.symbol) else 0.0


def _split_words(symbol: str, session: pd.Timestamp, factor: float, ratio: float) -> str:
    """Describe the move, and how a split is declared."""
    shares = f"{ratio:g}:1" if ratio > 1 else f"1:{1 / ratio:g}"
    declared = f'splits = {{"{symbol}" = {{"{session:%Y-%m-%d}" = {ratio:.6g}}}}}'
    return f"close {factor:.3g} times the one before, near a {shares} split; if it was one, declare {declared}"


def calendar_findings(
    index: pd.DatetimeIndex, sessions: pd.DatetimeIndex, left_out: Iterable[pd.Timestamp]
) -> Iterator[Finding]:
    """Yield sessions without a row, and rows without a session.

    Parameters
    ----------
    index : DatetimeIndex, shape (n,)
        Session labels of the prices, ascending.
    sessions : DatetimeIndex
        Sessions of the market's calendar.
    left_out : iterable of Timestamp
        Rows without a session that were removed before.

    Yields
    ------
    Timestamp, str, str
        Label, kind (``missing_session`` or ``extra_session``) and detail.
    """
    if len(beyond := _beyond(index, sessions)):
        index = index[: -len(beyond)]
        detail = f"the row before is of {index[-1]:%Y-%m-%d}, and the calendar ends with {sessions[-1]:%Y-%m-%d}"
        yield beyond[0], "beyond_calendar", f"{detail}: a wrong year?"
    within = sessions[(sessions >= index[0]) & (sessions <= index[-1])]
    for day in within.difference(index):
        yield day, "missing_session", "the calendar has a session, the prices have no row"
    for day in [*index.difference(within), *left_out]:
        yield day, "extra_session", "the prices have a row, the calendar has no session: no observation"


def _beyond(index: pd.DatetimeIndex, sessions: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the last rows that lie behind a gap of a year and more, and behind the calendar."""
    if not len(sessions):
        return index[:0]
    jumps = np.flatnonzero(np.diff(index.to_numpy()) > np.timedelta64(365, "D")) + 1
    late = [at for at in jumps.tolist() if index[at] > sessions[-1]]
    return index[late[0] :] if late else index[:0]


def _no_trades(bars: Bars) -> Iterator[Finding]:
    """Yield rows without volume; where most rows have none, report once that it was not recorded."""
    if "volume" not in bars.frame:
        return
    none = bars.frame["volume"] == 0
    if none.mean() > 0.5:
        yield None, "no_trade", f"no volume on {none.sum()} of {len(none)} rows: it was not recorded, or nothing traded"
        return
    for at, close in zip(bars.index[none], bars.frame["close"].to_numpy()[none], strict=True):
        yield at, "no_trade", f"no volume: {close:g} is not the price of a trade"


def _rolls(bars: Bars) -> Iterator[Finding]:
    """Yield the returns that compare two contracts."""
    if "rolled" in bars.frame or not is_continuous_future(bars.symbol):
        return
    if bars.symbol not in RULES:
        yield None, "roll_unknown", "no rule of expiry is known here: only flat rows are taken for rolls"
    for at, day in bars.roll_days().dropna().items():
        yield pd.Timestamp(at), "roll", f"the return touches the roll of {day:%Y-%m-%d}"  # type: ignore[arg-type]


def _shifted_labels(bars: Bars, sessions: pd.DatetimeIndex) -> Iterator[Finding]:
    """Report daily labels one day off the sessions: midnight of one time zone read in another."""
    # pandas 2 warns of an index that is joined to an empty one
    labels = pd.DatetimeIndex(bars.index.append(pd.DatetimeIndex(bars.left_out)) if bars.left_out else bars.index)
    off = int((~labels.isin(sessions)).sum())
    for days in (-1, 1) if off >= PATTERN else ():
        still = int((~(labels + pd.Timedelta(days=days)).isin(sessions)).sum())
        if still <= LEFT_OVER * off:
            yield (
                None,
                "time_zone",
                f"{off} of {len(labels)} labels are no session, {still} if moved by {days:+d} day: what zone?",
            )


def _outside_hours(bars: Bars) -> Iterator[Finding]:
    """Report intraday bars that open while the market is closed, and the shift that would correct it."""
    if bars.clock is None:
        return
    outside = ~bars.hours().inside
    off = int(outside.sum())
    if not off:
        return
    yield bars.index[outside][0], "outside_hours", f"{off} of {len(outside)} bars open while the market is closed"
    left = {hours: int((~_moved(bars, hours).inside).sum()) for hours in HOURS} if off >= PATTERN else {0: off}
    best = min(left, key=lambda hours: (left[hours], abs(hours)))
    if left[best] <= LEFT_OVER * off:
        yield None, "time_zone", f"{off} bars lie outside trading hours, {left[best]} if moved by {best:+d} hours"


def _moved(bars: Bars, hours: int) -> BarHours:
    """Return the sessions and periods of trading of the bars if their clock were moved."""
    return bar_hours(bars.clock or bars.symbol, bars.index + pd.Timedelta(hours=hours))


def _gaps(bars: Bars) -> Iterator[Finding]:
    """Report gaps without bars within trading hours."""
    if bars.clock is None:
        return
    waits = bars.index[1:] - bars.ends[:-1]
    gap = (waits > pd.Timedelta(0)) & ~bars.hours().crosses[1:]
    if gap.any():
        longest = waits[gap].max()
        at = bars.ends[:-1][gap][int(waits[gap].argmax())]
        minutes = longest.total_seconds() / 60
        yield (
            at,
            "missing_bars",
            f"{gap.sum()} gaps within trading hours, the longest of {minutes:g} minutes: no trades, or not recorded",
        )
