"""A study in blocks gives what it gives in one piece: every frame, and every test to 1e-12 or rounding of its sums."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import EventStudy
from eventstudy.study import pairs

DAYS, SECURITIES, EVENTS = 260, 8, 70
FRAMES = ("events", "outcomes", "reaction", "car", "ar", "overlaps")


def data(own_rows):
    """Returns with gaps, one security without a benchmark's day, and random events, two of them impossible."""
    rng = np.random.default_rng(11)
    days = pd.bdate_range("2019-01-01", periods=DAYS)
    market = rng.normal(0, 0.01, DAYS)
    values = market[:, None] + rng.normal(0, 0.02, (DAYS, SECURITIES))
    values[rng.random(values.shape) < 0.01] = np.nan
    frame = pd.DataFrame(values, index=days, columns=[f"s{i}" for i in range(SECURITIES)]).assign(market=market)
    sessions = days[rng.integers(85, DAYS - 5, EVENTS)].tolist()
    sessions[3], sessions[9] = pd.Timestamp("2019-01-05"), pd.Timestamp("2030-01-01")
    events = pd.DataFrame(
        {
            "event_id": [f"e{i // 2}" if own_rows else f"e{i}" for i in range(EVENTS)],
            "symbol": [f"s{i % SECURITIES}" for i in range(EVENTS)],
            "session": [sessions[i // 2 * 2] if own_rows else sessions[i] for i in range(EVENTS)],
        }
    )
    return frame, events


@pytest.mark.parametrize("overlap", ["keep", "exclude", "drop"])
@pytest.mark.parametrize("several", [False, True], ids=["one market an event", "two markets an event"])
def test_blocks_give_what_one_piece_gives(overlap, several, monkeypatch):
    frame, events = data(several)
    tests = ("bmp", "kp_bmp", "corrado", "grank_t", "calendar_time_t", "calendar_time_alpha", "two_way_clustered_t")
    study = EventStudy(
        model="market", benchmark="market", estimation=(-80, -11), windows=[(-1, 2)], overlap=overlap, tests=tests
    )
    whole = study.run(events, returns=frame)
    frames = {name: getattr(whole, name) for name in FRAMES}
    monkeypatch.setattr(pairs, "KEPT", 10)
    monkeypatch.setattr(pairs, "BLOCK", 16)
    blocks = study.run(events, returns=frame)
    assert len(blocks.pairs.blocks.blocks) > 3
    for name, expected in frames.items():
        pd.testing.assert_frame_equal(getattr(blocks, name), expected, rtol=1e-12, atol=1e-15, check_dtype=False)
    key = ["test", "window", "event_id", "market"]
    found, expected = (one.sort_values(key).reset_index(drop=True) for one in (blocks.tests, whole.tests))
    pd.testing.assert_frame_equal(found[[*key, "n"]], expected[[*key, "n"]])
    np.testing.assert_allclose(found["statistic"], expected["statistic"], rtol=1e-10)


def test_windows_of_their_own_pass_through_the_blocks(monkeypatch):
    frame, events = data(False)
    rng = np.random.default_rng(3)
    own = events.assign(estimation_first=-80, window_first=-rng.integers(0, 3, EVENTS), size=np.arange(EVENTS) / 4)
    own = own.assign(estimation_last=-rng.integers(11, 30, EVENTS), window_last=rng.integers(0, 4, EVENTS))
    study = EventStudy(model="market", benchmark="market", estimation=(-80, -11), windows=[(0, 1)], tests=("t", "bmp"))
    whole = study.run(own, returns=frame)
    frames = {name: getattr(whole, name) for name in FRAMES}
    monkeypatch.setattr(pairs, "KEPT", 10)
    monkeypatch.setattr(pairs, "BLOCK", 16)
    blocks = EventStudy(
        model="market", benchmark="market", estimation=(-80, -11), windows=[(0, 1)], tests=("bmp",)
    ).run(own, returns=frame)
    for name, expected in frames.items():
        pd.testing.assert_frame_equal(getattr(blocks, name), expected, rtol=1e-12, atol=1e-15, check_dtype=False)
    made = [one.tests.query("test == 'bmp' and window == 'own'")["statistic"].item() for one in (whole, blocks)]
    assert made[1] == pytest.approx(made[0], rel=1e-10)
    first = whole.events[whole.events["window"] == "own"]
    half = np.where(np.arange(EVENTS) < EVENTS / 2, "a", "b")
    by = dict(zip(own["event_id"], half, strict=True))
    means = first.groupby(half)["car"].mean()
    for one in (whole, blocks):
        found = one.average_cars(by).query("window == 'own'").set_index("group")["mean_car"]
        np.testing.assert_allclose(found, means, rtol=1e-10)
        assert one.average_cars()["window"].tolist() == ["own", "[0,1]"]
    assert first["size"].tolist() == (np.arange(EVENTS) / 4).tolist()
    short = first[first["outcome"] == "incomplete_window"]
    assert len(short) and short["detail"].str.startswith("window own: ").all()
    lengths = (own["estimation_last"] - own["estimation_first"] + 1).to_numpy()
    assert (first["L"].dropna() <= lengths[first["L"].notna()]).all()


def test_without_tests_there_is_no_line():
    frame, events = data(False)
    study = EventStudy(model="market", benchmark="market", estimation=(-80, -11), windows=[(-1, 2)], tests=())
    assert study.run(events, returns=frame).tests.empty
