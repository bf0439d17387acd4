"""A study of real events: earnings announcements of US stocks, 2012 to 2019.

    python benchmarks/earnings.py --data DIR                # prints the tables
    python benchmarks/earnings.py --data DIR --figure F.svg # and draws the CAARs

DIR holds us-closes-2012_2019.csv.gz (date, ^GSPC, one column a stock) and earnings-2012_2019.csv.gz (symbol, date,
release_time pre or post, surp). News after the close moves to the next session. Market-adjusted simple returns.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from eventstudy.inference.abnormal import AbnormalReturns, abnormal_returns
from eventstudy.inference.battery import TestPlan, run_tests
from eventstudy.inference.models.market import MarketAdjusted
from eventstudy.inference.significance.sample import Sample
from eventstudy.panel import EventPanel
from eventstudy.windows import Window

ESTIMATION, SPAN = Window(-130, -11), Window(-5, 5)
SHOWN = ("cross_sectional_t", "bmp", "kp_bmp", "corrado", "grank_t", "generalized_sign", "wilcoxon", "sign_flip")


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return simple returns (sessions x symbols) and announcements with the session that met each of them."""
    closes = pd.read_csv(folder / "us-closes-2012_2019.csv.gz", index_col="date", parse_dates=True)
    events = pd.read_csv(folder / "earnings-2012_2019.csv.gz", parse_dates=["date"])
    returns = closes.pct_change(fill_method=None)
    side = np.where(events["release_time"] == "post", "right", "left")
    dates = returns.index.to_numpy()
    places = {kind: np.searchsorted(dates, events["date"].to_numpy(), side=kind) for kind in ("left", "right")}
    events["place"] = np.where(side == "right", places["right"], places["left"])
    events["sign"] = np.select([events["surp"] > 0, events["surp"] < 0], ["beat", "miss"], "met")
    return returns, events


def panel_of(returns: pd.DataFrame, events: pd.DataFrame) -> tuple[EventPanel, pd.Series]:
    """Return the panel of the events whose rows lie within the prices, and what became of the others."""
    tau = np.arange(ESTIMATION.first, SPAN.last + 1)
    column = events["symbol"].map({symbol: i for i, symbol in enumerate(returns.columns)})
    inside = (events["place"] + tau[0] >= 1) & (events["place"] + tau[-1] < len(returns))
    reason = pd.Series("aligned", index=events.index).mask(~inside, "outside prices").mask(column.isna(), "no prices")
    kept = events[reason == "aligned"]
    at = kept["place"].to_numpy()[:, None] + tau
    values = returns.to_numpy()
    market = values[:, returns.columns.get_loc("^GSPC")]
    rows = pd.DataFrame(
        {
            "event_id": kept["symbol"] + " " + kept["date"].dt.strftime("%Y-%m-%d"),
            "market": kept["symbol"],
            "session": returns.index[kept["place"]],
            "outcome": "ok",
            "detail": "",
        }
    ).assign(sign=kept["sign"], release_time=kept["release_time"])
    panel = EventPanel(
        rows=rows.reset_index(drop=True),
        tau=tau,
        returns=values[at, column[kept.index].to_numpy(dtype=int)[:, None]],
        sessions=returns.index.to_numpy().astype("datetime64[D]")[at],
        factors=market[at][..., None],
        factor_names=("^GSPC",),
    )
    return panel, reason


def group(panel: EventPanel, **wanted: str) -> AbnormalReturns:
    """Return the abnormal returns of the events with these labels."""
    keep = np.all([panel.rows[name] == value for name, value in wanted.items()], axis=0)
    windows = [SPAN, Window(0, 0)]
    return abnormal_returns(MarketAdjusted(), panel.only(keep), estimation=ESTIMATION, windows=windows)


def main() -> int:
    """Print the mean abnormal returns by day and group, and the tests of day 0 and of the window."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--figure", type=Path)
    options = parser.parse_args()
    returns, events = read(options.data)
    panel, reason = panel_of(returns, events)
    print(f"{len(events):,} announcements: " + ", ".join(f"{n:,} {what}" for what, n in reason.value_counts().items()))
    caars = {}
    for release in ("post", "pre"):
        for sign in ("beat", "met", "miss"):
            result = group(panel, sign=sign, release_time=release)
            caars[f"{sign}, {release}"] = np.nanmean(result.ar, axis=0)
            unusable = len(result.outcomes) - len(result)
            print(f"\n{sign}, {release}-market: n {len(result):,} ({unusable} without enough prices); AAR in per cent")
            print(
                "  ".join(
                    f"{t:+d}: {100 * v:+.2f}" for t, v in zip(result.tau, np.nanmean(result.ar, axis=0), strict=True)
                )
            )
            tests = run_tests(result, [Window(0, 0), SPAN], TestPlan(names=SHOWN))
            for window, part in tests.groupby("window", sort=False):
                print(
                    f"  {window}: "
                    + ", ".join(f"{t} {s:.1f}" for t, s in zip(part["test"], part["statistic"], strict=True))
                )
            day = Sample.of(result, Window(0, 0))
            print(f"  {day.n_dates:,} dates, mean residual correlation {day.correlation:.3f}")
    if options.figure:
        draw(caars, options.figure)
    return hold(caars)


def hold(means: dict[str, np.ndarray]) -> int:
    """Print whether the mean abnormal returns are those known of these data; return 1 if not."""
    day = -SPAN.first
    known = {
        "a beat after the close: +1.77 % on day 0": abs(means["beat, post"][day] - 0.0177) < 0.0002,
        "a miss after the close: -2.3 to -2.7 % on day 0": -0.027 <= means["miss, post"][day] <= -0.023,
        "within 0.15 % the day before": max(abs(means[f"{sign}, post"][day - 1]) for sign in ("beat", "miss")) < 0.0015,
    }
    print()
    for what, held in known.items():
        print(f"{'held' if held else 'NOT HELD'}: {what}")
    return int(not all(known.values()))


def draw(caars: dict[str, np.ndarray], path: Path) -> None:
    """Draw the cumulative mean abnormal returns of each group."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    tau = np.arange(SPAN.first, SPAN.last + 1)
    colours = {"beat": "#1b7f4b", "met": "#777777", "miss": "#b3322c"}
    for label, mean in caars.items():
        sign, release = label.split(", ")
        style = "-" if release == "post" else "--"
        axes.plot(
            tau, 100 * np.cumsum(mean), style, color=colours[sign], marker="o", markersize=3, label=f"{label}-market"
        )
    axes.axhline(0, color="black", linewidth=0.6)
    axes.axvline(-0.5, color="black", linewidth=0.6, linestyle=":")
    axes.set(xlabel="sessions from the first that could react", ylabel="CAAR, per cent", xticks=tau)
    axes.set_title("Earnings announcements 2012-2019, by sign of the surprise")
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    sys.exit(main())
