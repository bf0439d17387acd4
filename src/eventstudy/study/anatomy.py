"""Day 0 in detail: gap, excursions, range and close against the last observation before the event, with their nulls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..inference.abnormal import AbnormalReturns
from ..inference.models.least_squares import FloatArray
from ..inference.significance import excursions as ex
from ..instruments.catalogue import CATALOGUE, Instruments
from ..markets.prices.bars import PRICES, Bars, BarSet
from ..panel import each_row

BoolArray = npt.NDArray[np.bool_]
# Beyond so many pairs day 0 is not compared with every estimation day, and no episodes are measured.
FEW = 40
ANATOMY_COLUMNS = [
    "event_id",
    "market",
    "reference",
    "open_gap",
    "high",
    "low",
    "range",
    "close",
    "retraced_from_high",
    "retraced_from_low",
]
ANATOMY_TEST_COLUMNS = [
    "event_id",
    "market",
    "statistic",
    "value",
    "larger",
    "days",
    "p",
    "step_down_p",
    "flat",
    "rolls",
    "stale",
]


def anatomy(
    rows: pd.DataFrame,
    bars: BarSet,
    alignment: pd.DataFrame,
    instruments: Instruments = CATALOGUE,
    *,
    change: bool = False,
) -> pd.DataFrame:
    """Describe day 0 of every usable pair against the last close or settlement before the event.

    Parameters
    ----------
    rows : DataFrame
        ``event_id``, ``market`` and ``session`` of the usable pairs.
    bars : BarSet
    alignment : DataFrame
        ``event_id``, ``market``, ``state``: one line a pair.
    instruments : Instruments
        Where symbols are looked up.
    change : bool
        Whether the moves are differences instead of simple returns.

    Returns
    -------
    DataFrame
        ``reference`` (price), ``open_gap``, ``high``, ``low``, ``range`` (high less low), ``close`` (fractions of the
        reference), ``retraced_from_high`` and ``retraced_from_low``, the share of each excursion that is gone at the
        close: ``(extreme - close) / (extreme - reference)`` in prices, not capped, NaN where the day had no such
        excursion. ``open_gap`` is NaN where the first price of day 0 is not the first after the event: the market was
        trading at the instant, or its recorded open is stale by construction.
    """
    keys = pd.MultiIndex.from_frame(rows[["event_id", "market"]])
    state = alignment.set_index(["event_id", "market"])["state"].reindex(keys).to_numpy()
    parts = []
    for market, places in rows.groupby("market", sort=False).indices.items():
        sessions = pd.DatetimeIndex(rows["session"].iloc[places])
        closed = (state[places] != "open") & ~_stale(str(market), sessions, instruments)
        parts.append(pd.DataFrame(_days(bars[str(market)], sessions, closed, change=change), index=places))
    days = pd.concat(parts).sort_index() if parts else pd.DataFrame(columns=ANATOMY_COLUMNS[2:])
    return pd.concat([rows[["event_id", "market"]].reset_index(drop=True), days], axis=1)[ANATOMY_COLUMNS]


def _days(own: Bars, sessions: pd.DatetimeIndex, closed: BoolArray, *, change: bool) -> dict[str, FloatArray]:
    """Return the columns of days 0 of one market; `closed` says which opened after the event."""
    at = own.index.get_indexer(sessions)
    prices, reference = _prices(own, at), own.frame["close"].to_numpy(dtype=float)[at - 1]
    moves = _moves(prices, reference, change=change)
    gone = {name: ex.retraced(prices[name], prices["close"], reference) for name in ("high", "low")}
    return {
        "reference": reference,
        **moves,
        "open_gap": np.where(closed, moves["open_gap"], np.nan),
        "retraced_from_high": np.where(prices["high"] > reference, gone["high"], np.nan),
        "retraced_from_low": np.where(prices["low"] < reference, gone["low"], np.nan),
    }


def anatomy_tests(
    abnormal: AbnormalReturns,
    days: pd.DataFrame,
    bars: BarSet,
    instruments: Instruments = CATALOGUE,
    *,
    families: Mapping[str, Sequence[str]] | None = None,
    change: bool = False,
) -> pd.DataFrame:
    """Compare each statistic of day 0 with the same statistic of every estimation day.

    Parameters
    ----------
    abnormal : AbnormalReturns
    days : DataFrame
        Of `anatomy`, the same pairs in the same order.
    bars : BarSet
    instruments : Instruments
        Where symbols are looked up.
    families : mapping of str to sequence of str, optional
        Markets compared jointly; all markets of an event where none is declared.
    change : bool
        Whether the moves are differences.

    Returns
    -------
    DataFrame
        One line a pair and statistic: ``value``; ``larger`` of ``days`` ordinary days had at least as large a one (a
        maximum among maxima, not standardised); ``p``, the rank in units of the volatility known the day before;
        ``step_down_p``, among the markets of the family (max-T). ``flat`` (one price all day), ``rolls`` and ``stale``
        (opens) count the estimation days that were left out. Gap and close count in both directions, the others in
        their own.
    """
    unit, units = ex.day_units(abnormal)
    ordinary = [
        _ordinary(bars[row.market], sessions, row.market, instruments, change=change)
        for row, sessions in zip(each_row(abnormal.rows), abnormal.estimation_sessions, strict=True)
    ]
    parts = []
    for statistic, side in ex.DAY_STATISTICS.items():
        event = ex.oriented(_value(days, statistic), side)
        placebos = ex.oriented(np.array([moves[statistic] for moves, _ in ordinary]).reshape(units.shape), side)
        found = ex.against_ordinary_days(event, placebos, unit, units)
        joint = np.full(len(days), np.nan)
        for rows in together(days, families):
            joint[rows] = ex.joint_p(event[rows], placebos[rows], unit[rows], units[rows])
        # Markets miss different days, so the ranks are among different numbers of days: adjusting never lowers a p.
        joint = np.fmax(joint, found.p)
        parts.append(
            days[["event_id", "market"]].assign(
                statistic=statistic,
                value=_value(days, statistic),
                larger=found.larger,
                days=found.days,
                p=found.p,
                step_down_p=joint,
                **{name: [left[name] for _, left in ordinary] for name in ("flat", "rolls")},
                stale=[left["stale"] if statistic == "open_gap" else 0 for _, left in ordinary],
            )
        )
    table = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
    return table[table["value"].notna()].reset_index(drop=True)[ANATOMY_TEST_COLUMNS]


def _value(days: pd.DataFrame, statistic: str) -> FloatArray:
    """Return one statistic of day 0, also the two that are differences of others."""
    if statistic in days:
        values = days[statistic]
    else:
        values = days["high"] - days["close"] if statistic == "high_to_close" else days["close"] - days["low"]
    return values.to_numpy(dtype=float)


def together(rows: pd.DataFrame, families: Mapping[str, Sequence[str]] | None) -> list[Any]:
    """Return the positions of the pairs that are compared jointly: of one event, and of one family where declared.

    Parameters
    ----------
    rows : DataFrame
        ``event_id`` and ``market``.
    families : mapping of str to sequence of str, optional

    Returns
    -------
    list of ndarray of int
    """
    family = {market: name for name, markets in (families or {}).items() for market in markets}
    groups = rows.groupby([rows["event_id"], rows["market"].map(lambda market: family.get(market, ""))], sort=False)
    return [np.sort(at) for at in groups.indices.values()]


def _ordinary(
    bars: Bars, sessions: Any, market: str, instruments: Instruments, *, change: bool
) -> tuple[dict[str, FloatArray], dict[str, int]]:
    """Return the statistics of estimation days, NaN for those left out, and how many were left out for what."""
    at = bars.index.get_indexer(pd.DatetimeIndex(sessions))
    known = at > 0
    position = np.where(known, at, 0)
    flat, rolled = (rows.to_numpy(dtype=bool)[position] & known for rows in (bars.flat_rows(), bars.rolled_rows()))
    stale = np.where(known, _stale(market, bars.index[position], instruments), False)
    kept = known & ~flat & ~rolled
    reference = bars.previous_closes().to_numpy(dtype=float)[position]
    moves = _moves(
        _prices(bars, position), np.where(kept & (change | (reference > 0)), reference, np.nan), change=change
    )
    moves["open_gap"] = np.where(stale, np.nan, moves["open_gap"])
    left = {"flat": int(flat.sum()), "rolls": int((rolled & ~flat).sum()), "stale": int((stale & kept).sum())}
    return moves, left


def _prices(bars: Bars, at: Any) -> dict[str, FloatArray]:
    """Return the four prices of rows; NaN where a column is missing."""
    nothing = np.full(len(bars.frame), np.nan)
    return {name: np.asarray(bars.frame.get(name, nothing), dtype=float)[at] for name in PRICES}


def _moves(prices: Mapping[str, FloatArray], reference: FloatArray, *, change: bool) -> dict[str, FloatArray]:
    """Return the statistics of days."""
    return ex.day_statistics(prices["open"], prices["high"], prices["low"], prices["close"], reference, change=change)


def _stale(market: str, sessions: Any, instruments: Instruments) -> BoolArray:
    """Return whether the recorded open of each session is stale by construction."""
    known = instruments.get(market)
    if known is None:
        return np.zeros(len(sessions), dtype=bool)
    return np.array([known.open_is_stale(day.date()) for day in pd.DatetimeIndex(sessions)], dtype=bool)
