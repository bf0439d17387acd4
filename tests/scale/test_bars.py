"""Bars of minutes by security and month: events meet them within their partition as they do in memory."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import BarSet, EventStudy
from eventstudy.errors import UsageError
from eventstudy.scale.packing import write_pack

SYMBOLS = ["AAA", "BBB"]


@pytest.fixture(scope="module")
def bars():
    random = np.random.default_rng(3)
    days = pd.bdate_range("2021-01-25", "2021-02-10")
    opens = pd.DatetimeIndex([day + pd.Timedelta(minutes=14 * 60 + 30 + 5 * at) for day in days for at in range(78)])
    return BarSet.from_frames(
        {
            name: pd.DataFrame(
                {"close": 50 * np.exp(np.cumsum(random.normal(0, 0.001, len(opens))))}, opens.tz_localize("UTC")
            )
            for name in SYMBOLS
        }
    )


@pytest.fixture(scope="module")
def events():
    random = np.random.default_rng(4)
    days = pd.bdate_range("2021-01-28", "2021-02-09")
    at = [days[random.integers(len(days))] + pd.Timedelta(minutes=int(random.integers(875, 1200))) for _ in range(40)]
    return pd.DataFrame(
        {
            "event_id": [f"e{number}" for number in range(40)],
            "symbol": [SYMBOLS[number % 2] for number in range(40)],
            "instant": pd.DatetimeIndex(at).tz_localize("UTC"),
        }
    )


@pytest.fixture(scope="module")
def study():
    return EventStudy(
        bars="5min",
        calendar="XNYS",
        estimation=(-60, -11),
        windows=[(0, 0), (0, 3)],
        tests=["bmp", "kp_bmp", "grank_t"],
    )


def test_bars_are_packed_by_security_and_month(bars, tmp_path):
    pack = write_pack(bars, str(tmp_path / "pack"))
    assert [bucket.symbols for bucket in pack.buckets] == [("AAA",), ("BBB",)] and pack.intraday
    assert [name.split("/")[1] for name in pack.buckets[0].files] == ["month=2021-01", "month=2021-02"]
    for bucket in pack.buckets:
        found = pack.bars(pack.rows(bucket))[bucket.symbols[0]]
        pd.testing.assert_frame_equal(found.frame, bars[found.symbol].frame, check_freq=False, check_index_type=False)


def test_events_meet_bars_as_in_memory(bars, events, study, tmp_path):
    write_pack(bars, str(tmp_path / "pack"))
    here = study.run(events, bars)
    there = study.run(events, returns=str(tmp_path / "pack"), workers=1)
    keys = ["event_id", "window"]
    one, other = (result.events.sort_values(keys).reset_index(drop=True) for result in (here, there))
    assert one["car"].notna().sum() > 60
    pd.testing.assert_frame_equal(one, other[list(one)], check_dtype=False, rtol=1e-12)
    tests = [result.tests[result.tests["market"] == ""].reset_index(drop=True) for result in (here, there)]
    kept = [table[table["test"].isin(study.tests)].reset_index(drop=True) for table in tests]
    np.testing.assert_allclose(kept[0]["statistic"], kept[1]["statistic"], rtol=1e-12)


def test_a_study_of_days_does_not_take_bars(bars, events, tmp_path):
    write_pack(bars, str(tmp_path / "pack"))
    with pytest.raises(UsageError, match="holds bars; give bars = "):
        EventStudy(calendar="XNYS").run(events, returns=str(tmp_path / "pack"))
