"""Day 0 in detail on the sample, beside plain loops; what is left out of the null is counted."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import Event, EventStudy
from places_of_tests import STRIKE


@pytest.fixture(scope="module")
def crude(sample_bars):
    frame = sample_bars["CL=F"].frame
    day = frame.index.get_loc(pd.Timestamp("2020-01-08"))
    return frame, day, frame["close"].iloc[day - 1]


def test_the_share_retraced(sample_result, crude):
    frame, day, reference = crude
    line = sample_result.anatomy.set_index("market").loc["CL=F"]
    row = frame.iloc[day]
    assert line["retraced_from_high"] == (row["high"] - row["close"]) / (row["high"] - reference)
    assert round(line["retraced_from_high"], 2) == 2.05 and round(line["retraced_from_low"], 2) == 0.13
    assert line["range"] == pytest.approx((row["high"] - row["low"]) / reference, rel=1e-15)
    # The Nikkei never rose above its reference.
    assert np.isnan(sample_result.anatomy.set_index("market").loc["^N225", "retraced_from_high"])


def test_the_range_of_crude_beside_a_plain_loop(sample_result, crude):
    frame, day, reference = crude
    tests = sample_result.anatomy_tests.set_index(["market", "statistic"]).loc[("CL=F", "range")]
    rolled = sample_result_rolls(frame)
    larger = days = 0
    value = (frame["high"].iloc[day] - frame["low"].iloc[day]) / reference
    for k in range(day - 210, day - 10):
        row = frame.iloc[k]
        if rolled.iloc[k] or row["open"] == row["high"] == row["low"] == row["close"]:
            continue
        days += 1
        larger += (row["high"] - row["low"]) / frame["close"].iloc[k - 1] >= value
    assert (tests["larger"], tests["days"], tests["rolls"]) == (larger, days, 200 - days - tests["flat"])
    assert tests["value"] == pytest.approx(value, rel=1e-15) and tests["p"] == 1 / (1 + days)


def sample_result_rolls(frame):
    from eventstudy import Bars

    return Bars(symbol="CL=F", frame=frame).rolled_rows()


def test_adjusting_never_lowers_a_p(sample_result):
    tests = sample_result.anatomy_tests
    assert (tests["step_down_p"] >= tests["p"]).all() and (tests["p"] > 0).all()
    assert not tests[(tests["market"] == "^AXJO") & (tests["statistic"] == "open_gap")].any().any()


def test_flat_rows_and_stale_opens_are_counted():
    days = pd.bdate_range("2019-03-01", "2020-01-08")
    rng = np.random.default_rng(3)
    close = pd.Series(100 * np.exp(np.cumsum(0.01 * rng.standard_normal(len(days)))), index=days)
    frame = pd.DataFrame(
        {"open": close.shift(1).fillna(100.0), "high": close * 1.01, "low": close * 0.99, "close": close}
    )
    flat = frame.index[100:105]
    frame.loc[flat, ["open", "high", "low"]] = np.repeat(frame.loc[flat, ["close"]].to_numpy(), 3, axis=1)
    study = EventStudy(estimation=(-150, -11), windows=[(0, 0)])
    found = study.run(Event.at(STRIKE), {"^AXJO": frame, "^GSPC": frame}).anatomy_tests
    ranges = found[found["statistic"] == "range"]
    # Days on which an exchange was shut are no rows: the two markets have different ones.
    assert (ranges["flat"] == 5).all() and (ranges["flat"] + ranges["days"] == 140).all()
    assert "open_gap" not in set(found.loc[found["market"] == "^AXJO", "statistic"])
    gaps = found[(found["market"] == "^GSPC") & (found["statistic"] == "open_gap")]
    assert gaps["stale"].tolist() == [0]


def test_changes_are_differences(sample_bars):
    result = EventStudy(markets=["BZ=F"], returns="change", windows=[(0, 0)], rolls="keep").run(
        Event.at(STRIKE), sample_bars
    )
    line = result.anatomy.iloc[0]
    frame = sample_bars["BZ=F"].frame
    day = frame.index.get_loc(pd.Timestamp("2020-01-08"))
    assert line["high"] == pytest.approx(frame["high"].iloc[day] - frame["close"].iloc[day - 1], rel=1e-12)
