"""Simulated closes of WTI's continuous future with a jump at every roll, for the cases of `headline_cases`."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from eventstudy import find_instrument
from eventstudy.markets.calendars.schedule import schedule
from eventstudy.markets.prices.rolls import expiries

FUTURE = "CL=F"
FIRST, LAST = dt.date(2007, 1, 2), dt.date(2026, 10, 30)
# Sessions from a roll to the event: no roll lies in a window of ten days before the next one. Events are eleven months
# apart, so that none lies in the estimation window of the next.
SINCE, MONTHS = 5, 11
JUMP = 0.05


def simulate_rolls(reps: int, rng: np.random.Generator, effect: float) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return closes and `reps` events, at most 20: normal returns of 1 %, and 5 % up or down at each roll.

    The event's day moves by `effect` standard deviations.
    """
    days = schedule(find_instrument(FUTURE), FIRST, LAST).sessions.astype("M8[D]")
    rolls = np.searchsorted(days, expiries(FUTURE, days[0], days[-1])) + 1
    at = (rolls + SINCE)[MONTHS : MONTHS * (reps + 1) : MONTHS]
    moves = rng.normal(0.0, 0.01, len(days))
    moves[rolls] += rng.choice([-JUMP, JUMP], len(rolls))
    moves[at] += 0.01 * effect
    close = pd.DataFrame({"close": 50 * np.exp(np.cumsum(moves))}, index=pd.DatetimeIndex(days))
    ids = [f"e{k}" for k in range(len(at))]
    return {FUTURE: close}, pd.DataFrame({"event_id": ids, "symbol": FUTURE, "session": close.index[at]})
