"""Simulated half-hour bars with a pattern of volatility over the day, for the cases of `headline_cases`."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from eventstudy import find_instrument
from eventstudy.markets.calendars.schedule import schedule

SYMBOL, BARS, DAYS = "AAPL", 13, 43
# Standard deviations of the half hours of a day in New York: the opening three times that of eleven o'clock.
PATTERN = 0.001 * np.array([3.0, 1.8, 1.3, 1.0, 0.9, 0.8, 0.8, 0.8, 0.9, 1.0, 1.1, 1.4, 2.0])
AT = {"open": 0, "midday": 6, "close": BARS - 1}
STUDY = {"model": "time-of-day", "bars": "30min", "estimation": (-40 * BARS, -1)}


def simulate_bars(
    when: str, reps: int, rng: np.random.Generator, effect: float = 0.0
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return prices and events of `reps` independent stretches of 43 days: t(5) returns, one event at the time `when`.

    The event's bar moves by `effect` of its standard deviations.
    At most 140 repetitions fit into the years of the calendar.
    """
    days = schedule(find_instrument(SYMBOL), dt.date(2001, 1, 2), dt.date(2026, 12, 31)).frame()
    whole = days[days["close"] - days["open"] == pd.Timedelta(minutes=30 * BARS)].iloc[: reps * DAYS]
    opens = (whole["open"].to_numpy("M8[s]")[:, None] + np.arange(BARS) * np.timedelta64(30, "m")).ravel()
    moves = np.tile(PATTERN, len(whole)) * rng.standard_t(5, len(opens)) * np.sqrt(3 / 5)
    moves.reshape(reps, DAYS, BARS)[:, DAYS - 2, AT[when]] += effect * PATTERN[AT[when]]
    # Each stretch starts at the same price; its first day, with that jump, is before the estimation window.
    close = 100 * np.exp(np.cumsum(moves.reshape(reps, -1), axis=1).ravel())
    prices = pd.DataFrame({"close": close}, index=pd.DatetimeIndex(opens, tz="UTC"))
    at = opens.reshape(reps, DAYS, BARS)[:, DAYS - 2, AT[when]]
    instant = pd.DatetimeIndex(at, tz="UTC")
    return {SYMBOL: prices}, pd.DataFrame(
        {"event_id": [f"e{k}" for k in range(reps)], "symbol": SYMBOL, "instant": instant}
    )
