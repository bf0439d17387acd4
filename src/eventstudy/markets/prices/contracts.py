"""Futures by contract: the return of the contract held under a stated roll rule."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...errors import InputError, UsageError
from ...instruments.catalogue import find_instrument
from ..calendars.hours import Days
from ..calendars.schedule import known_range, schedule
from .bars import PRICES, Bars

LAYOUT = "symbol,contract,expiry,date,open,high,low,close"
ROLL_SESSIONS = 5


@dataclass(frozen=True, kw_only=True)
class Contracts:
    """Daily prices of the contracts of one future.

    Parameters
    ----------
    symbol : str
        Of the continuous series, such as ``"CL=F"``; its calendar counts the sessions to expiry.
    frame : DataFrame
        One row per contract and session: ``contract``, ``expiry`` (last trading day, tz-naive), ``date`` (session) and
        ``close``, and where known ``open``, ``high``, ``low``, ``volume``.
    source : str
        Name of the file, or another origin of the prices.

    Raises
    ------
    InputError
        If a column is missing, or a contract has two rows on a date, two expiries or a price after its expiry.
    """

    symbol: str
    frame: pd.DataFrame = field(repr=False)
    source: str = "memory"

    def __post_init__(self) -> None:
        where, frame = f"{self.source}: {self.symbol}", self.frame
        if missing := [name for name in ("contract", "expiry", "date", "close") if name not in frame]:
            raise InputError(f"{where}: no `{missing[0]}` column; the columns are {LAYOUT}")
        for wrong, why in (
            (frame.duplicated(["contract", "date"]), "has two rows on"),
            (
                frame.groupby("contract")["expiry"].transform("nunique") > 1,
                "has two expiries, one in the line of",
            ),
            (frame["date"] > frame["expiry"], "has a price after its expiry, on"),
        ):
            if wrong.any():
                row = frame[wrong].iloc[0]
                raise InputError(f"{where}: contract {row['contract']} {why} {row['date']:%Y-%m-%d}; correct that line")

    def held(self, roll: int = ROLL_SESSIONS) -> Bars:
        """Return the series of the contract held; each return is that of one contract.

        Over a session the contract held is the one nearest to its expiry that has at least `roll` sessions left after
        it. Its return is measured against its own close of the session before.

        Parameters
        ----------
        roll : int
            Sessions before the last trading day at whose close the position is moved to the next contract; 0 holds
            every contract to its last day.

        Returns
        -------
        Bars
            With the columns ``contract`` and ``previous`` (the same contract's price of the row before; NaN where it
            has none). No return touches a roll.

        Raises
        ------
        UsageError
            If `roll` is negative, or no contract can be held.

        Examples
        --------
        >>> days = pd.to_datetime(["2020-01-16", "2020-01-17", "2020-01-21", "2020-01-22"])
        >>> near = pd.DataFrame({"contract": "CLG20", "expiry": days[2], "date": days[:3], "close": [58.5, 58.5, 58.3]})
        >>> next_ = pd.DataFrame({"contract": "CLH20", "expiry": pd.Timestamp("2020-02-20"), "date": days,
        ...                       "close": [58.6, 58.6, 58.4, 56.7]})
        >>> bars = Contracts(symbol="CL=F", frame=pd.concat([near, next_])).held(roll=1)
        >>> bars.frame["contract"].tolist(), bars.returns("change").round(2).tolist()[1:]
        (['CLG20', 'CLG20', 'CLH20', 'CLH20'], [0.0, -0.2, -1.7])
        """
        if roll < 0:
            raise UsageError(f"roll = {roll}: count the sessions before expiry on which to roll, from 0")
        lines = self.frame.sort_values(["contract", "date"], ignore_index=True)
        rows = np.unique(lines["date"].to_numpy("M8[D]"))
        expiries = np.unique(lines["expiry"].to_numpy("M8[D]"))
        until = _before(self._sessions(rows[0], expiries[-1]), expiries, roll)
        lines = lines.assign(previous=_own_previous(lines, rows))
        # The rule chooses the contract; where that one has no price on a date, the series has no row.
        chosen = np.append(expiries, np.datetime64("NaT"))[np.searchsorted(until, lines["date"].to_numpy("M8[D]"))]
        held = lines[lines["expiry"].to_numpy("M8[D]") == chosen]
        if held.empty:
            raise UsageError(f"{self.symbol}: no contract has a price {roll} sessions before its expiry; roll later")
        frame = held.set_index("date").sort_index().rename_axis("session")
        columns = [name for name in (*PRICES, "volume", "contract", "previous") if name in frame]
        return Bars(symbol=self.symbol, frame=frame[columns].assign(rolled=False), source=f"{self.source}, roll {roll}")

    def _sessions(self, first: np.datetime64, last: np.datetime64) -> Days:
        """Return the sessions of the market from the first price to the last expiry."""
        instrument = find_instrument(self.symbol)
        known = known_range(instrument.calendar)
        low, high = max(first, np.datetime64(known[0])), min(last, np.datetime64(known[1]))
        return schedule(instrument, pd.Timestamp(low).date(), pd.Timestamp(high).date()).sessions


def _before(sessions: Days, expiry: Days, roll: int) -> Days:
    """Return the last session over which each contract is held: `roll` sessions before its expiry."""
    at = np.searchsorted(sessions, expiry, side="right") - 1 - roll
    long_ago = np.datetime64("1678-01-01")
    return np.where(at >= 0, sessions[np.maximum(at, 0)], long_ago)


def _own_previous(lines: pd.DataFrame, rows: Days) -> npt.NDArray[np.float64]:
    """Return the close of the same contract in the row before; NaN where it has none there."""
    row = np.searchsorted(rows, lines["date"].to_numpy("M8[D]"))
    before = lines.groupby("contract")["close"].shift(1)
    step = pd.Series(row, index=lines.index).groupby(lines["contract"]).diff()
    values: npt.NDArray[np.float64] = before.where(step == 1).to_numpy(dtype=float)
    return values
