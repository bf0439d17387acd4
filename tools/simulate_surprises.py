"""Write ``data/surprises-simulated.csv``: made-up surprises and responses, to try ``eventstudy surprises`` on.

Run from the project's root: ``python tools/simulate_surprises.py``. The numbers mean nothing for any market.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

EVENTS, SEED, EFFECT = 60, 2020, 0.8
FILE = Path(__file__).parents[1] / "data/surprises-simulated.csv"


def lines() -> list[str]:
    """Return the table: an event every fourth Wednesday, a response of .8 times the surprise and noise."""
    random = np.random.default_rng(SEED)
    instants = np.datetime64("2016-01-06T19:00") + 28 * np.arange(EVENTS).astype("timedelta64[D]")
    surprise = random.normal(0, 5, EVENTS)
    response = EFFECT * surprise + random.normal(0, 3, EVENTS)
    rows = zip(instants, surprise, response, strict=True)
    return ["instant_utc,surprise,response", *(f"{at}:00Z,{news:.2f},{move:.2f}" for at, news, move in rows)]


if __name__ == "__main__":
    sys.stdout.write(f"{FILE}\n")
    FILE.write_text("\n".join([*lines(), ""]), encoding="utf-8", newline="\n")
