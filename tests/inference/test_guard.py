"""Which test is read first, design by design."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from panels import make_panel, study

from eventstudy.inference.battery import TestPlan, run_tests
from eventstudy.inference.significance.guard import HEADLINES, Design, Role, Sharing, design_of, judge, sharing_of
from eventstudy.inference.significance.protocol import Scope
from eventstudy.inference.significance.registry import TESTS
from eventstudy.inference.significance.sample import Sample
from eventstudy.windows import Window

DAY, WEEK = Window(0, 0), Window(0, 5)
PLACEBO = {"placebo_standardised", "step_down", "max_t"}


# (day 0 of each pair, event of each pair, window) and what leads.
DESIGNS = {
    "one market": ([0], ["e"], DAY, {"placebo_standardised"}),
    "one date, 12 markets": ([0] * 12, ["e"] * 12, DAY, PLACEBO),
    "12 markets over the date line": ([0] * 4 + [1] * 8, ["e"] * 12, DAY, PLACEBO),
    "2 markets over the date line": ([0, 1], ["e"] * 2, DAY, PLACEBO),
    "12 markets over the date line, [0,5]": ([0] * 4 + [1] * 8, ["e"] * 12, WEEK, PLACEBO),
    "12 firms on one date": ([0] * 12, range(12), DAY, {"placebo_standardised", "step_down"}),
    "40 firms on one date": ([0] * 40, range(40), DAY, {"placebo_standardised", "step_down"}),
    "41 firms on one date": ([0] * 41, range(41), DAY, {"double_standardised"}),
    "41 firms of one event": ([0] * 41, ["e"] * 41, DAY, {"double_standardised"}),
    "2 dates x 6": (np.repeat([0, 20], 6), np.repeat([0, 1], 6), DAY, {"bmp_rank"}),
    "4 dates x 3": (np.repeat(range(0, 40, 10), 3), np.repeat(range(4), 3), DAY, {"bmp_rank"}),
    "5 dates x 6": (np.repeat(range(0, 50, 10), 6), np.repeat(range(5), 6), DAY, {"cluster_t_rank"}),
    "10 dates x 6, [0,5]": (np.repeat(range(0, 100, 10), 6), np.repeat(range(10), 6), WEEK, {"cluster_t_rank"}),
    "5 dates, one with two firms": ([0, 0, 5, 10, 15, 20], range(6), DAY, {"cluster_t_rank"}),
    "20 firms on own dates": (range(0, 60, 3), range(20), DAY, {"bmp"}),
    "2 firms on own dates": ([0, 9], range(2), DAY, {"bmp"}),
    "15 firms on consecutive days, [0,0]": (range(15), range(15), DAY, {"bmp"}),
    "15 firms on consecutive days, [0,5]": (range(15), range(15), WEEK, {"kp_bmp"}),
    "60 firms over 15 days, [0,5]": (np.arange(60) % 15, range(60), WEEK, {"kp_bmp"}),
    "30 firms in one week, [0,0]": (np.arange(30) % 5, range(30), DAY, {"cluster_t_rank"}),
    "30 firms in one week, [0,5]": (np.arange(30) % 5, range(30), WEEK, {"kp_bmp"}),
    "one chained pair among many clusters": ([0, 20, 40, 60, 80, 83], range(6), WEEK, {"kp_bmp"}),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_the_headline_of_every_design(name):
    dates, events, window, expected = DESIGNS[name]
    panel = make_panel(len(list(dates)), dates=list(dates), factors=0)
    panel.rows["event_id"] = [str(event) for event in events]
    from eventstudy.inference.models.market import ConstantMean

    names = tuple({*PLACEBO, "double_standardised", "bmp_rank", "cluster_t_rank", "bmp", "kp_bmp", "sign_flip"})
    frame = run_tests(study(panel, ConstantMean()), [window], TestPlan(names=names))
    headline = frame[frame["role"] == "headline"]
    assert set(headline["test"]) == expected
    assert np.isfinite(headline["p"]).all()
    assert not (headline["smallest_p"] > 0.05).any()


def test_no_p_depends_on_which_other_windows_are_listed():
    result = study(make_panel(8, dates=np.repeat([0, 15, 30, 45], 2)))
    alone, beside = run_tests(result, [DAY]), run_tests(result, [WEEK, DAY])
    again = beside[beside["window"] == "[0,0]"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, again)


def test_the_choice_is_total():
    """Any numbers lead somewhere, and to a test of the table."""
    for pairs, clusters, chained in product((1, 2, 40, 41, 500), (1, 2, 4, 5, 300), (False, True)):
        if clusters <= pairs:
            found = sharing_of(pairs, clusters, -(-pairs // clusters), chained)
            assert set(HEADLINES[found]) <= set(TESTS)
    assert set(HEADLINES) == set(Sharing)


def test_one_that_cannot_reject_is_not_read_first():
    panel = make_panel(2, estimation=20, factors=0)
    panel.rows["event_id"] = "e"
    panel.returns[:, :6] = np.nan
    from eventstudy.inference.models.market import ConstantMean

    frame = run_tests(study(panel, ConstantMean(), min_observations=10), [DAY])
    placebo = frame[frame["test"] == "placebo_standardised"]
    assert (placebo["smallest_p"] > 0.05).all()
    assert (placebo["role"] == "secondary").all()


def test_refusals_speak_of_firms_where_they_are_firms():
    firms, markets = (Design(sharing=Sharing.ONE_DATE, events=12, firms=firms) for firms in (True, False))
    assert judge(firms, [TESTS["bmp"]])["bmp"].refusal.startswith("firms that share one date")
    assert judge(markets, [TESTS["bmp"]])["bmp"].refusal.startswith("markets that share one date")
    assert design_of(Sample.of(study(make_panel(3)), DAY)).firms


def test_every_other_test_is_secondary_or_unadjusted_where_days_are_shared():
    chained = Design(sharing=Sharing.CHAINED, events=15, dates=1)
    for name, verdict in judge(chained, TESTS.values()).items():
        if name == "kp_bmp":
            assert verdict.role is Role.HEADLINE
        elif TESTS[name].scope is Scope.SAMPLE and name in ("bmp", "patell", "sign", "wilcoxon"):
            assert verdict.role is Role.UNADJUSTED
        else:
            assert verdict.role is not Role.HEADLINE
