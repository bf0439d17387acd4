"""The earnings announcements end to end: a list of 21,480 events, a study file, `eventstudy run`, a page and tables.

    python benchmarks/earnings_study.py --data DIR               # runs the study, checks the averages of day 0
    python benchmarks/earnings_study.py --data DIR --keep FOLDER # and keeps the study and its report

DIR holds us-closes-2012_2019.csv.gz (date, ^GSPC, one column a stock) and earnings-2012_2019.csv.gz (symbol, date,
release_time pre or post, surp). `listed` writes day 0: an announcement after the close meets the next session.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from report import used

CLOSES, ANNOUNCED = "us-closes-2012_2019.csv.gz", "earnings-2012_2019.csv.gz"
STUDY = f"""title = "Earnings announcements, 2012 to 2019"
events = "events.csv"
prices = "{CLOSES}"
layout = {{shape = "wide"}}
adjusted = false
groups = ["surprise_sign", "sign_and_release"]
[study]
model = "market-adjusted"
benchmark = "^GSPC"
returns = "simple"
calendar = "XNYS"
estimation = [-130, -11]
windows = [[0, 0], [-5, 5]]
min_observations = 20
"""
# Mean market-adjusted returns of day 0 (%), computed with pandas alone from the same two files.
KNOWN = {"beat": 1.456, "met": -0.785, "miss": -2.665, "beat post": 1.769, "miss post": -2.674}
USABLE, MOST_SECONDS, MOST_BYTES = 21_457, 60.0, 3_000_000


def listed(announced: pd.DataFrame, sessions: pd.DatetimeIndex) -> pd.DataFrame:
    """Return the list of events: day 0 of each announcement, and its groups."""
    side = {"post": "right", "pre": "left"}
    places = {kind: np.searchsorted(sessions, announced["date"], side=way) for kind, way in side.items()}
    at = np.where(announced["release_time"] == "post", places["post"], places["pre"])
    inside = at < len(sessions)
    sign = np.select([announced["surp"] > 0, announced["surp"] < 0], ["beat", "miss"], "met")
    table = pd.DataFrame(
        {
            "event_id": announced["symbol"] + " " + announced["date"].dt.strftime("%Y-%m-%d"),
            "symbol": announced["symbol"],
            "session": pd.Series(np.where(inside, sessions[np.minimum(at, len(sessions) - 1)], announced["date"])),
            "surprise": announced["surp"],
            "surprise_sign": sign,
            "sign_and_release": sign + " " + announced["release_time"],
        }
    )
    return table.assign(session=pd.to_datetime(table["session"]).dt.strftime("%Y-%m-%d"))


def prepare(data: Path, folder: Path) -> Path:
    """Write the study, its events and its prices into a folder."""
    sessions = pd.DatetimeIndex(pd.read_csv(data / CLOSES, usecols=["date"], parse_dates=["date"])["date"])
    listed(pd.read_csv(data / ANNOUNCED, parse_dates=["date"]), sessions).to_csv(folder / "events.csv", index=False)
    shutil.copy(data / CLOSES, folder / CLOSES)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder / "study.toml"


def found(folder: Path) -> dict[str, float]:
    """Return the averages of day 0 by group, in per cent, and how many events were used."""
    parts = [pd.read_csv(folder / f"tables/aar_by_{number}.csv") for number in (1, 2)]
    days = pd.concat(parts).query("tau == 0").set_index("group")
    return {name: 100 * float(days.loc[name, "aar"]) for name in KNOWN}


def main() -> int:
    """Run the study, and print what it took and found; 1 where a figure is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) if options.keep is None else options.keep
        folder.mkdir(parents=True, exist_ok=True)
        study = prepare(options.data, folder)
        start = time.perf_counter()
        user, peak = used([sys.executable, "-m", "eventstudy", "run", str(study), "--force"])
        seconds = time.perf_counter() - start
        size = (folder / "report.html").stat().st_size
        usable = int(pd.read_csv(folder / "tables/outcomes.csv")["outcome"].eq("ok").sum())
        averages = found(folder)
    print(f"{seconds:.1f} s, {user:.1f} s of user time, {peak:,.0f} MB")
    print(f"page {size / 1e6:.2f} MB, {usable:,} events used")
    print(", ".join(f"{name} {value:+.3f} % ({KNOWN[name]:+.3f})" for name, value in averages.items()))
    right = usable == USABLE and all(abs(averages[name] - value) < 0.0005001 for name, value in KNOWN.items())
    held = right and seconds <= MOST_SECONDS and size < MOST_BYTES
    print("held" if held else "NOT HELD")
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
