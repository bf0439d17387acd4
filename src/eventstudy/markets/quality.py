"""What is odd in price bars: listed with names, never repaired.

Kinds: ``out_of_bounds`` (low above open or close, high below them), ``flat_row`` (one number for open, high, low and
close: a placeholder, an expired contract or a day without trades), ``stale_open`` (the open repeats the previous
close on most days), ``stale_close`` (the close repeats for many rows), ``large_move`` (a return far outside the
usual), ``unit_jump`` (a return so large that a change of unit or a split is likelier), ``non_positive_price``,
``missing_session`` and ``extra_session`` (against the market's calendar).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from .bars import PRICES, Bars

COLUMNS = ["market", "session", "kind", "detail"]
STALE_RUN = 5
LARGE_MOVE = 8.0
UNIT_JUMP = 2.0
Finding = tuple[pd.Timestamp | None, str, str]


def oddities(bars: Bars, sessions: pd.DatetimeIndex | None = None) -> pd.DataFrame:
    """List what is odd in the bars of one instrument.

    Parameters
    ----------
    bars : Bars
    sessions : DatetimeIndex, optional
        The sessions that the market's calendar has; those outside the bars' own range are ignored.

    Returns
    -------
    DataFrame
        ``market``, ``session`` (NaT where the finding is about the whole series), ``kind``, ``detail``.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-01-06", "2020-01-07"])
    >>> prices = {"open": [1.0, 2.0], "high": [1.0, 2.5], "low": [1.0, 2.1], "close": [1.0, 2.4]}
    >>> frame = pd.DataFrame(prices, index=days)
    >>> oddities(Bars(symbol="X", frame=frame))["kind"].tolist()
    ['out_of_bounds', 'flat_row', 'unit_jump']
    """
    found: list[Finding] = [*_bounds(bars), *_flat(bars), *_stale_open(bars), *_stale_close(bars), *_moves(bars)]
    if sessions is not None:
        found += _calendar(bars, sessions)
    return pd.DataFrame(
        {
            "market": [bars.symbol] * len(found),
            "session": pd.DatetimeIndex([session for session, _, _ in found]).as_unit("s"),
            "kind": [kind for _, kind, _ in found],
            "detail": [detail for _, _, detail in found],
        },
        columns=COLUMNS,
    )


def _has_prices(bars: Bars) -> bool:
    return set(PRICES) <= set(bars.frame)


def _bounds(bars: Bars) -> Iterator[Finding]:
    """Rows whose high or low does not contain the open and the close."""
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
    """Rows with one number for all four prices."""
    for session in bars.frame.index[bars.flat_rows()]:
        yield session, "flat_row", f"open = high = low = close = {bars.frame.loc[session, 'close']:g}"


def _stale_open(bars: Bars) -> Iterator[Finding]:
    """Find an open that is the previous close on most days and so says nothing about the opening."""
    if "open" not in bars.frame or len(bars.frame) < 2 * STALE_RUN:
        return
    repeats = (bars.frame["open"] == bars.frame["close"].shift(1)).iloc[1:]
    if repeats.mean() > 0.5:
        yield None, "stale_open", f"the open repeats the previous close on {repeats.sum()} of {len(repeats)} days"


def _stale_close(bars: Bars) -> Iterator[Finding]:
    """Find runs of equal closes."""
    close = bars.frame["close"]
    run = (close != close.shift(1)).cumsum()
    for _, rows in close.groupby(run):
        if len(rows) >= STALE_RUN:
            yield (
                rows.index[0],
                "stale_close",
                f"{len(rows)} equal closes of {rows.iloc[0]:g} to {rows.index[-1]:%Y-%m-%d}",
            )


def _moves(bars: Bars) -> Iterator[Finding]:
    """Find returns far outside the usual: real shocks, or a unit, split or roll."""
    for session in bars.frame.index[bars.frame["close"] <= 0]:
        yield session, "non_positive_price", f"close {bars.frame.loc[session, 'close']:g}: no log return touches it"
    growth = bars.returns("simple") + 1.0
    size = np.log(growth).abs()
    usual = 1.4826 * float(size.median())
    for session in size.index[(size > LARGE_MOVE * usual) | (size >= np.log(UNIT_JUMP))]:
        factor = float(growth[session])
        if size[session] >= np.log(UNIT_JUMP):
            yield session, "unit_jump", f"close {factor:.3g} times the one before: a unit or a split?"
        else:
            yield (
                session,
                "large_move",
                f"a return of {factor - 1:+.2%}, {size[session] / usual:.0f} times the usual size",
            )


def _calendar(bars: Bars, sessions: pd.DatetimeIndex) -> Iterator[Finding]:
    """Rows and sessions that do not pair up."""
    index = pd.DatetimeIndex(bars.frame.index)
    within = sessions[(sessions >= index[0]) & (sessions <= index[-1])]
    for day in within.difference(index):
        yield day, "missing_session", "the calendar has a session, the prices have no row"
    for day in index.difference(within):
        yield day, "extra_session", "the prices have a row, the calendar has no session"
