"""Other events inside the windows: kept, excluded or dropped, and reported."""

import numpy as np
import pandas as pd
import pytest
from panels import SPAN, estimation_of, make_panel, study

from eventstudy.inference.overlaps import overlapping_events, resolve_overlaps
from eventstudy.panel import Outcome
from eventstudy.panel_source import panel_source
from eventstudy.windows import Window


@pytest.fixture
def panel():
    """Events 0 and 1 of one market 30 days apart, 0 and 2 four days apart, 3 in a market of its own."""
    panel = make_panel(4, dates=[30, 0, 34, 30])
    panel.rows["market"] = ["m", "m", "m", "alone"]
    return panel


def test_they_are_listed_with_their_place(panel):
    report = overlapping_events(panel, estimation_of(panel), SPAN)
    found = {(r.event_id, r.other, r.tau, r.where) for r in report.itertuples()}
    assert found == {
        ("e0", "e1", -30, "estimation"),
        ("e0", "e2", 4, "event"),
        ("e2", "e1", -34, "estimation"),
    }


def test_kept_they_change_nothing(panel):
    kept, report = resolve_overlaps(panel, estimation=estimation_of(panel), span=SPAN)
    assert kept is panel
    assert len(report) == 3


def test_excluded_they_leave_the_estimation_rows(panel):
    cleaned, _ = resolve_overlaps(panel, estimation=estimation_of(panel), span=SPAN, overlap="exclude")
    result = study(cleaned)
    assert result.fitted.n_obs.tolist() == [70, 80, 70, 80]
    gone = (panel.tau >= -30 + SPAN.first) & (panel.tau <= -30 + SPAN.last)
    assert np.isnan(cleaned.returns[0, gone]).all()
    assert np.isfinite(cleaned.returns[0, ~gone]).all()


def test_dropped_pairs_keep_their_line(panel):
    dropped, _ = resolve_overlaps(panel, estimation=estimation_of(panel), span=SPAN, overlap="drop")
    assert dropped.rows["outcome"].tolist() == [Outcome.OVERLAPPING, Outcome.OK, Outcome.OK, Outcome.OK]
    assert dropped.rows["detail"][0] == "event e2 lies in its window"
    assert len(study(dropped)) == 3


def random_source(shared, n=60, seed=3):
    """Pairs of three markets, the sessions of which differ unless they are shared; one pair has no row."""
    rng = np.random.default_rng(seed)
    days = pd.bdate_range("2020-01-01", periods=150)
    kept = [days if shared else days[rng.random(150) > 0.1] for _ in range(3)]
    returns = {f"m{at}": pd.Series(rng.normal(size=len(index)), index=index) for at, index in enumerate(kept)}
    market = rng.integers(0, 3, n)
    sessions = [kept[one][rng.integers(0, len(kept[one]))] for one in market]
    sessions[7] = pd.Timestamp("2020-01-04")
    rows = pd.DataFrame(
        {"event_id": [f"e{i}" for i in range(n)], "market": [f"m{i}" for i in market], "session": sessions}
    )
    return panel_source(rows, returns, Window(-40, 5))


@pytest.mark.parametrize("shared", [True, False], ids=["one calendar", "own rows"])
def test_sorted_positions_find_what_a_loop_over_all_pairs_finds(shared):
    source = random_source(shared)
    panel, estimation, span = source.panel(), Window(-40, -6), Window(-2, 3)
    expected = set()
    for i, one in enumerate(panel.rows.itertuples()):
        for other in panel.rows.itertuples():
            day = other.session.to_datetime64().astype("M8[D]")
            at = np.flatnonzero(panel.sessions[i] == day)
            if other.event_id == one.event_id or other.market != one.market or not at.size:
                continue
            tau = int(panel.tau[at[0]])
            expected |= {
                (one.event_id, other.event_id, tau, where)
                for where, window in (("estimation", estimation), ("event", span))
                if window.first <= tau <= window.last
            }
    by_position, by_label = (overlapping_events(each, estimation, span) for each in (source, panel))
    pd.testing.assert_frame_equal(by_position, by_label)
    assert {(r.event_id, r.other, r.tau, r.where) for r in by_position.itertuples()} == expected
    assert len(by_position) == len(expected) > 50
