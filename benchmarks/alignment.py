"""A million events on ten markets' clocks, and among five million minute bars a market, against one call an event.

Run with ``python benchmarks/alignment.py``. Prints one line a task: seconds, events a second, peak memory so far.
"""

import argparse
import datetime as dt
import resource
import time
import warnings
from contextlib import contextmanager

import exchange_calendars
import numpy as np
import pandas as pd

from eventstudy.markets.alignment.bars import place_in_bars
from eventstudy.markets.alignment.sessions import align, as_instruments
from eventstudy.markets.calendars.schedule import schedule

MARKETS = ["CL=F", "GC=F", "^N225", "^HSI", "^KS11", "000001.SS", "^AXJO", "^TWII", "^STI", "^GSPC"]
SAMPLE = ["CL=F", "BZ=F", "GC=F", "^N225", "^HSI", "^KS11", "000001.SS", "^AXJO", "^TWII", "^STI", "^BSESN", "^GSPC"]
FIRST, LAST = dt.date(2007, 1, 3), dt.date(2024, 12, 31)
MINUTE = np.timedelta64(1, "m")


def events(count):
    draw = np.random.default_rng(20200107)
    low, high = (np.datetime64(day, "ns").astype(np.int64) for day in (FIRST, LAST))
    return draw.integers(low, high, count).astype("datetime64[ns]")


def minute_bars(market, count):
    """Return the last `count` minutes in which a market traded; if there are fewer, as many again from before."""
    on = schedule(market, FIRST, LAST)
    minutes = ((on.ends - on.starts) / MINUTE).astype(int)
    first_of = np.repeat(np.cumsum(minutes) - minutes, minutes)
    starts = np.repeat(on.starts, minutes) + (np.arange(minutes.sum()) - first_of) * MINUTE
    missing = max(count - starts.size, 0)
    return np.concatenate([starts[0] - np.arange(missing, 0, -1) * MINUTE, starts])[-count:]


@contextmanager
def timed(task, count):
    """Print what a task took: wall clock and processor time (they differ where the machine is shared)."""
    wall, processor = time.perf_counter(), time.process_time()
    spent = {}
    yield spent
    spent["wall"], spent["processor"] = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{task:<52}{spent['wall']:>8.2f} s wall{spent['processor']:>8.2f} s processor"
        f"{count / spent['processor']:>14,.0f} /s{peak:>8,.0f} MB"
    )


def one_by_one(calendar, instants):
    """Ask exchange_calendars what `align` answers, an event at a time."""
    rows = []
    for instant in instants:
        minute = instant.floor("min")
        opened = calendar.is_open_on_minute(minute)
        observation = calendar.next_close(minute)
        rows.append(
            (
                calendar.minute_to_session(observation, direction="previous"),
                "open" if opened else "closed",
                instant if opened else calendar.next_open(minute),
                calendar.previous_close(minute + pd.Timedelta("1min")),
                observation,
            )
        )
    return pd.DataFrame(rows, columns=["session", "state", "first_tradable", "reference", "observation"])


def compare(instants):
    """Time the loop and the arrays on New York's shares, and check that they say the same."""
    calendar = exchange_calendars.get_calendar("XNYS", start="2006-12-01", end="2025-01-31")
    with timed(f"exchange_calendars: {len(instants):,} x 1, call by call", len(instants)) as loop:
        expected = one_by_one(calendar, instants)
    found = align(instants, "^GSPC")
    # On this day trading stopped in the first second, for a quarter of an hour, which exchange_calendars does not know.
    known = (found["session"] != pd.Timestamp("2020-03-16")).to_numpy()
    for column in expected:
        assert (found[column].astype(str) == expected[column].astype(str))[known].all(), column
    return loop["processor"] / len(instants)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--bars", type=int, default=5_000_000)
    parser.add_argument("--loop", type=int, default=10_000, help="events of the loop to compare with")
    options = parser.parse_args()
    moments = events(options.events)
    instants = pd.DatetimeIndex(moments, tz="UTC")
    markets = as_instruments(MARKETS)
    count, cells = options.events, options.events * len(markets)

    with timed(f"calendars of the sample study, {len(SAMPLE)} markets, 14 months", len(SAMPLE)):
        for market in as_instruments(SAMPLE):
            schedule(market, dt.date(2018, 12, 15), dt.date(2020, 2, 15))
    with timed(f"calendars of {len(markets)} markets, {FIRST.year} to {LAST.year}", len(markets)):
        align([instants.min(), instants.max()], markets)
    with timed(f"daily sessions: {count:,} events x {len(markets)} markets", cells) as ours:
        align(instants, markets)
    bars = [minute_bars(market, options.bars) for market in markets]
    with timed(f"minute bars: {count:,} events x {len(markets)} x {options.bars:,}", cells):
        order = np.argsort(moments)
        for starts in bars:
            place_in_bars(moments, starts, MINUTE, order=order)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        each = compare(instants[: options.loop])
    print(
        f"an event on a market: {each * 1e6:,.1f} against {ours['processor'] / cells * 1e6:,.3f} microseconds, ", end=""
    )
    print(f"{each / (ours['processor'] / cells):,.0f} times as fast")


if __name__ == "__main__":
    main()
