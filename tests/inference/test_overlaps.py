"""Other events inside the windows: kept, excluded or dropped, and reported."""

import numpy as np
import pytest
from panels import SPAN, estimation_of, make_panel, study

from eventstudy.inference.overlaps import overlapping_events, resolve_overlaps
from eventstudy.panel import Outcome


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
