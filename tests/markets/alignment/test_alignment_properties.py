"""Placing instants by binary search against reading every minute of the schedule."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from eventstudy.instruments.catalogue import catalogue
from eventstudy.markets.alignment.bars import place_in_bars
from eventstudy.markets.alignment.sessions import BREAK, CLOSED, HALT, OPEN, UNKNOWN, align, clock_steps
from eventstudy.markets.calendars.schedule import schedule

CLOCKS = {str(each.calendar): each for each in reversed(catalogue().values())}
PERIODS = [(dt.date(2011, 1, 3), dt.date(2012, 12, 28)), (dt.date(2021, 1, 4), dt.date(2023, 12, 29))]


def minutes(instants, begin):
    return ((instants - begin) / np.timedelta64(1, "m")).astype(int)


def read_every_minute(on):
    """What holds in each minute of a schedule: state, next minute of trading, sessions observed so far."""
    begin = min(on.starts[0], on.observations[0])
    size = int(minutes(max(on.ends[-1], on.observations[-1]), begin)) + 1
    state = np.full(size, CLOSED)
    zone = ZoneInfo(on.timezone)
    local = [at.astype("M8[s]").item().replace(tzinfo=dt.UTC).astimezone(zone) for at in (*on.starts, *on.ends)]
    starts, ends = local[: on.starts.size], local[on.starts.size :]
    for i, (low, high) in enumerate(zip(minutes(on.starts, begin), minutes(on.ends, begin), strict=True)):
        state[low:high] = OPEN
        if i + 1 < on.starts.size and ends[i].date() == starts[i + 1].date():
            state[high : minutes(on.starts[i + 1], begin)] = BREAK
    for low, high in zip(minutes(on.halt_starts, begin), minutes(on.halt_ends, begin), strict=True):
        state[low:high] = np.where(state[low:high] == OPEN, OPEN, HALT)
    following = np.where(state == OPEN, np.arange(size), size)
    following = np.minimum.accumulate(following[::-1])[::-1]
    observed = np.zeros(size, dtype=int)
    np.add.at(observed, minutes(on.observations, begin), 1)
    return begin, state, following, np.cumsum(observed)


@pytest.mark.parametrize("period", PERIODS, ids=["2011-2012", "2021-2023"])
@pytest.mark.parametrize("calendar", sorted(CLOCKS))
def test_ten_thousand_instants_agree_with_a_scan_of_every_minute(calendar, period):
    on = schedule(CLOCKS[calendar], *period)
    begin, state, following, observed = read_every_minute(on)
    draw = np.random.default_rng(sum(map(ord, calendar)) + period[0].year)
    minute = draw.integers(0, state.size, 10_000)
    minute[:2_000] = draw.choice(minutes(np.concatenate([on.starts, on.ends[:-1], on.observations]), begin), 2_000)
    instants = begin + minute.astype("m8[m]") + draw.integers(0, 60, 10_000).astype("m8[s]")
    found = clock_steps(on).at(instants)

    known = (observed[minute] > 0) & (observed[minute] < on.sessions.size)
    assert known.mean() > 0.9
    expected = np.where(known, state[minute], UNKNOWN)
    np.testing.assert_array_equal(found.state, expected)
    inside = np.flatnonzero(known)
    np.testing.assert_array_equal(found.session[inside], on.sessions[observed[minute[inside]]])
    np.testing.assert_array_equal(found.observation[inside], on.observations[observed[minute[inside]]])
    np.testing.assert_array_equal(found.reference[inside], on.observations[observed[minute[inside]] - 1])
    trading = state[minute[inside]] == OPEN
    resumed = begin + following[minute[inside]].astype("m8[m]")
    np.testing.assert_array_equal(found.first_tradable[inside], np.where(trading, instants[inside], resumed))
    for name in ("session", "first_tradable", "reference", "observation"):
        assert np.isnat(getattr(found, name)[~known]).all()


def test_twenty_years_on_every_clock_hold_together():
    instants = pd.date_range("2006-01-20", "2026-12-20", freq="61h", tz="UTC")
    table = align(instants, list(catalogue()))
    known = table[table["state"] != "outside_calendar"]
    assert len(known) / len(table) > 0.97  # all but Riyadh before October 2006 and Tel Aviv before 2013
    assert (known["reference"] <= known["instant"]).all()
    assert (known["instant"] < known["observation"]).all()
    assert (known["instant"] <= known["first_tradable"]).all()
    assert ((known["first_tradable"] == known["instant"]) == (known["state"] == "open")).all()
    # the longest closure, of Shanghai's New Year, lasts ten days and a half; a label is the local date of its price
    assert (known["observation"] - known["instant"] < pd.Timedelta("12.5D")).all()
    into_the_day = known["observation"] - known["session"].dt.tz_localize("UTC")
    assert (into_the_day < pd.Timedelta("24h")).all()
    # Auckland's half days end a quarter before midnight UTC; outages ended two days of 2020 there and in Sydney earlier
    assert (into_the_day >= pd.Timedelta("-1h")).all()


@pytest.mark.parametrize("seed", range(5))
def test_bars_agree_with_a_loop_over_all_of_them(seed):
    draw = np.random.default_rng(seed)
    starts = np.datetime64("2020-01-07T00:00", "ns") + np.cumsum(draw.integers(15, 50, 60)).astype("m8[m]")
    ends = starts + np.timedelta64(15, "m")
    ends[::7] = starts[::7] + np.timedelta64(4, "m")
    instants = starts[0] + draw.integers(-30, 60 * 33, 400).astype("m8[m]")
    instants[:50], instants[50:100] = draw.choice(starts, 50), draw.choice(ends, 50)
    found = place_in_bars(instants, starts, ends)
    for i, at in enumerate(instants):
        after = [j for j in range(starts.size) if starts[j] >= at]
        before = [j for j in range(starts.size) if ends[j] <= at]
        across = [j for j in range(starts.size) if starts[j] < at < ends[j]]
        assert found.first[i] == (after[0] if after else -1)
        assert found.before[i] == (before[-1] if before else -1)
        assert found.straddled[i] == bool(across)
