"""Episodes on the sample, beside plain loops; what bars cannot resolve is said; nulls on simulated days."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from eventstudy import Event, EventStudy, read_bars, read_events
from eventstudy.errors import UnknownNameError, UsageError
from eventstudy.study.episodes import joint_p
from eventstudy.study.stamps import Stamps
from eventstudy.study.stretches import Measured, OrdinaryDays
from places_of_tests import DATA, STRIKE

STAMPS = ["2020-01-08T02:30Z", "2020-01-08T15:30Z", "2020-01-08T16:30Z", "2020-01-08T19:30Z"]
BARS = {"bars": "15min", "markets": ["WTICO_USD"], "rolls": "keep", "estimation": (-40, -1), "windows": [(0, 0)]}


@pytest.fixture(scope="module")
def listed():
    return read_events(DATA / "events.csv")


@pytest.fixture(scope="module")
def quarters():
    return read_bars(DATA / "prices/intraday")


@pytest.fixture(scope="module")
def night(quarters, listed):
    study = EventStudy(**BARS, episodes=STAMPS)
    return study.run(Event.at(STRIKE, id="strike"), quarters, others=listed).episodes


def last_close(frame, stamp):
    """Close of the last quarter-hour that ended by a stamp, in a plain loop."""
    found = None
    for start, close in frame["close"].items():
        if start + pd.Timedelta(minutes=15) <= pd.Timestamp(stamp):
            found = close
    return found


def test_the_four_episodes_of_the_sample(night, quarters):
    frame = quarters["WTICO_USD"].frame
    closes = [last_close(frame, stamp) for stamp in [STRIKE, *STAMPS]]
    cumulated = [round(100 * (close / closes[0] - 1), 3) for close in closes[1:]]
    assert cumulated == [2.160, -1.309, -3.016, -4.929]
    here = night[night["kind"] == "episode"]
    assert (here["cumulative"].iloc[:4] == [close / closes[0] - 1.0 for close in closes[1:]]).all()
    assert (here["return"].iloc[:4] == [b / a - 1.0 for a, b in pairwise(closes)]).all()
    assert here["until"].iloc[-1] == "next observation" and here["resolved"].all()


def test_a_stretch_says_which_other_event_it_holds(night):
    here = night[night["kind"] == "episode"].set_index("until")
    assert here.loc["conciliatory-messages", "holds"] == ""
    # The declared stamp of 16:30 comes three minutes after the address began.
    assert here.loc["2020-01-08T16:30Z", "holds"] == "presidential-address"
    assert here.loc["eia-stocks-2020-01-08", "holds"] == "airliner-crash"


def test_the_first_stretch_among_ordinary_stretches(night, quarters):
    """Fourteen bars against every fourteen of the 39 returns before the event, in a plain loop."""
    close = quarters["WTICO_USD"].frame["close"].to_numpy()
    log = [np.log(close[k] / close[k - 1]) for k in range(1, 54)]
    mean = sum(log[:39]) / 39
    ar = sum(value - mean for value in log[39:53])
    plain = [sum(value - mean for value in log[s : s + 14]) for s in range(26)]
    line = night.iloc[0]
    assert line["ar"] == pytest.approx(ar, rel=1e-12)
    assert line["larger"] == sum(abs(value) >= abs(ar) for value in plain) == 0 and line["stretches"] == 27
    assert line["p"] == 1 / 28 and line["step_down_p"] >= line["p"]


def test_what_cannot_be_compared_is_said(night):
    line = night.set_index("until").loc["eia-stocks-2020-01-08"]
    assert np.isnan(line["p"]) and "shorter than the stretch" in line["note"] and line["resolved"]


def test_fixed_horizons_count_from_the_first_tradable_moment(night, quarters):
    here = night[night["kind"] == "horizon"].set_index("until")
    frame = quarters["WTICO_USD"].frame
    reference = last_close(frame, STRIKE)
    assert here.loc["+30 min", "return"] == last_close(frame, "2020-01-07T23:30Z") / reference - 1.0
    assert here.loc["+2 h", "return"] == last_close(frame, "2020-01-08T01:00Z") / reference - 1.0
    assert not here.loc["+5 min", "resolved"] and "no price was known" in here.loc["+5 min", "note"]
    assert here.loc["+1 day", "end_utc"] == pd.Timestamp("2020-01-08T22:00Z")


def test_daily_bars_resolve_opens_and_closes(sample_result):
    crude = sample_result.episodes[sample_result.episodes["market"] == "CL=F"]
    episodes = crude[crude["kind"] == "episode"].set_index("after")
    first = episodes.iloc[0]
    assert (first["start_price"], first["end_price"]) == (62.70, 62.84)
    assert first["end_utc"] == pd.Timestamp("2020-01-07T23:00Z")
    assert not episodes.loc["conciliatory-messages", "resolved"]
    last = episodes.loc["presidential-address"]
    assert last["start_price"] == 62.84 and last["end_price"] == 59.61
    assert last["holds"].split(", ") == ["conciliatory-messages", "airliner-crash", "eia-stocks-2020-01-08"]
    horizons = crude[crude["kind"] == "horizon"].set_index("until")
    assert not horizons.loc[["+30 min", "+2 h"], "resolved"].any()
    assert horizons.loc["next observation", "return"] == 59.61 / 62.70 - 1.0


def test_a_daily_stretch_beside_a_plain_loop(sample_result, sample_bars):
    """The Nikkei from its last close to the open after the event, among the opening gaps of 200 days."""
    line = sample_result.episodes.set_index(["market", "until"]).loc[("^N225", "conciliatory-messages")]
    frame = sample_bars["^N225"].frame
    day = frame.index.get_loc(pd.Timestamp("2020-01-08"))
    gaps = [frame["open"].iloc[k] / frame["close"].iloc[k - 1] - 1 for k in range(day - 210, day - 10)]
    mean = sum(gaps) / len(gaps)
    ar = frame["open"].iloc[day] / frame["close"].iloc[day - 1] - 1 - mean
    assert line["ar"] == pytest.approx(ar, rel=1e-12) and line["stretches"] == 200
    assert line["larger"] == sum(abs(gap - mean) >= abs(ar) for gap in gaps)


def test_stamps_are_ids_instants_or_tables(listed):
    found = Stamps.of(["presidential-address", {"at": "2020-01-08T15:30Z", "title": "stocks"}, STAMPS[0]], listed)
    assert [end.id for end in found.declared] == ["conciliatory-messages", "stocks", "presidential-address"]
    for wrong, error, words in [
        (["nothing"], UnknownNameError, "nothing"),
        ([{"when": "2020-01-08T15:30Z"}], UnknownNameError, "key"),
        ([{"title": "stocks"}], UsageError, "needs `at`"),
        ([{"at": "2020-01-08"}], UsageError, "no time zone"),
    ]:
        with pytest.raises(error, match=words):
            Stamps.of(wrong, listed)
    with pytest.raises(UsageError, match="episodes"):
        EventStudy(episodes="presidential-address")


def test_episodes_stand_in_the_specification():
    study = EventStudy(episodes=["stocks", {"at": STAMPS[0]}])
    assert study.specification()["episodes"] == ["stocks", {"at": STAMPS[0]}]


def days_null(rng, days):
    """Opens and closes of independent days of one volatility; the last is the event."""
    steps = 0.01 * rng.standard_normal((days, 2))
    path = np.cumsum(steps.ravel())
    opens, closes = np.exp(path[0::2]), np.exp(path[1::2])
    return opens, closes


def test_false_positives_of_daily_stretches():
    """Close to open, then open to close: each alone and both jointly reject 5 % of true nulls (99.9 % band)."""
    from eventstudy.markets.alignment.stamped import StampedPrices

    rng, cases, count = np.random.default_rng(2), 600, 101
    alone = joint = 0
    for _ in range(cases):
        opens, closes = days_null(rng, count)
        rows = np.repeat(np.arange(count), 2)
        is_open = np.tile([True, False], count)
        prices = StampedPrices(
            times=np.datetime64("2020-01-01", "ns") + np.arange(2 * count) * np.timedelta64(12, "h"),
            prices=np.where(is_open, opens[rows], closes[rows]),
            rows=rows,
            opens=is_open,
        )
        null = OrdinaryDays(
            prices=prices,
            opens=opens,
            closes=closes,
            rolled=np.zeros(count, dtype=int),
            days=np.arange(1, count - 1),
            zero=count - 1,
            scale=np.ones(count),
            opening=count - 2,
            change=False,
        )
        gap, day = null.measure(2 * count - 3, 2 * count - 2), null.measure(2 * count - 2, 2 * count - 1)
        alone += gap.p <= 0.05
        joint += (joint_p([gap, day]) <= 0.05).any()
    band = 3.3 * np.sqrt(0.05 * 0.95 / cases)
    assert abs(alone / cases - 0.05) < band and abs(joint / cases - 0.05) < band


def stretch_of(ordinary, moved, offset, days):
    """A stretch of independent bars of variance one beside every stretch of as many ordinary bars, in plain sums."""
    size = len(ordinary)
    sums = [ordinary[s : s + days].sum() / np.sqrt(days * (1 - days / size)) for s in range(size - days + 1)]
    z = moved[offset : offset + days].sum() / np.sqrt(days * (1 + days / size))
    return Measured(first=0, last=1, ar=z, z=z, ordinary=np.array(sums), offset=offset, days=days)


def test_false_positives_of_joined_stretches_of_bars():
    """Three stretches among 200 bars: few patterns of them are independent; 5 % stay 5 % (600 cases, 99.9 % band)."""
    rng, cases, bars, lengths = np.random.default_rng(6), 600, 200, (14, 14, 14)
    offsets, joint = (0, 14, 28), 0
    for _ in range(cases):
        drawn = rng.standard_normal(bars + sum(lengths))
        drawn -= drawn[:bars].mean()
        both = zip(offsets, lengths, strict=True)
        joint += (joint_p([stretch_of(drawn[:bars], drawn[bars:], *one) for one in both]) <= 0.05).any()
    assert 0.02 < joint / cases < 0.05 + 3.3 * np.sqrt(0.05 * 0.95 / cases)


def test_too_few_shifts_have_no_joint_null():
    cells = [Measured(first=0, last=1, z=1.0, ordinary=np.ones(20), offset=at) for at in (0, 2)]
    assert joint_p(cells) is None
    assert joint_p(cells[:1]).tolist() == [1.0]
