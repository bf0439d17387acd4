"""Limits of the tests: the least number of events, equal values, defaults, and shapes with further axes."""

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from panels import SAMPLE_TESTS, make_panel, study

from eventstudy import inference
from eventstudy.inference.models.market import ConstantMean
from eventstudy.inference.significance import kernels, placebo_ranks, rank_kernels, stepdown, volatility
from eventstudy.inference.significance.groups import Groups
from eventstudy.inference.significance.protocol import Draws
from eventstudy.inference.significance.registry import TESTS
from eventstudy.inference.significance.result import TestResult
from eventstudy.inference.significance.sample import Sample
from eventstudy.windows import Window

DAY = Window(0, 0)
# The least number of events on dates of their own: n - 1 must not be 0, nor n - 2 for a skewness; a portfolio needs
# five dates more than parameters; a quarter of the events is five.
LEAST = {
    **dict.fromkeys(("cross_sectional_t", "bmp", "kp_bmp", "kp_patell", "bhar_t", "variance_f", "sign_flip"), 2),
    **dict.fromkeys(("corrado", "corrado_zivney", "corrado_zivney_restandardised", "corrado_cumulative"), 2),
    **dict.fromkeys(("corrado_zivney_sign", "grank_t", "grank_z", "two_way_clustered_t"), 2),
    **dict.fromkeys(("skewness_t", "bhar_skewness_t", "cluster_t_rank", "bmp_rank"), 3),
    **dict.fromkeys(("wild_cluster", "block_bootstrap"), 5),
    **{"calendar_time_alpha": 7, "double_standardised": 10, "skewness_t_bootstrap": 20},
}


@pytest.fixture(scope="module")
def whole():
    return study(make_panel(20, dates=2 * np.arange(20), seed=8))


def of_first(n, whole):
    """The sample of n events; `double_standardised` is for one date."""
    panel = make_panel(n, dates=2 * np.arange(n), seed=8)
    return Sample.of(whole if n == len(whole) else study(panel), DAY)


@pytest.mark.parametrize("name", sorted(set(SAMPLE_TESTS)))
def test_the_least_number_of_events(name, whole):
    least = LEAST.get(name, 1)
    enough = SAMPLE_TESTS[name](of_first(least, whole))
    assert enough.applicable and enough.n in (least, 0), enough.reason
    if least > 1:
        few = SAMPLE_TESTS[name](of_first(least - 1, whole))
        assert not few.applicable
        counts = ("share one market or one date", "flipping signs needs several", "with one, z is at most")
        assert few.reason.startswith(f"{least - 1} ") or any(words in few.reason for words in counts)
        assert f"{least} " in few.reason or any(words in few.reason for words in counts), few.reason


def test_two_opposite_markets_have_no_adjustment():
    """1 + (n - 1) rbar is zero with n = 2 and rbar = -1."""
    panel = make_panel(2, factors=0)
    panel.returns[1] = -panel.returns[0] * 1.5
    sample = Sample.of(study(panel, ConstantMean()), DAY)
    for name in ("kp_bmp", "kp_patell"):
        reason = TESTS[name](sample).reason
        assert reason.startswith("1 + (n - 1) rbar = ") and "0.000 is not positive (rbar -1.000)" in reason


@pytest.mark.parametrize("name", [name for name in SAMPLE_TESTS if SAMPLE_TESTS[name].draws is not Draws.NEVER])
def test_draws_are_those_of_seed_zero_by_default(name, whole):
    sample = Sample.of(whole, DAY)
    options = {"draws": 99} if SAMPLE_TESTS[name].draws is Draws.ALWAYS else {}
    assert SAMPLE_TESTS[name](sample, **options) == SAMPLE_TESTS[name](sample, **options, seed=0)


@pytest.mark.parametrize(("p", "stands"), [(0.0, True), (1.0, True), (1.0 + 1e-9, False), (-1e-9, False), (2.0, False)])
def test_a_p_value_is_a_share(p, stands):
    assert TestResult.of_p("one", 1.0, p, "made up", null="zero", n=3).applicable == stands


def test_a_placebo_as_large_as_the_event_counts_against_it():
    placebos = np.array([[1.0, -2.0, 2.0 * (1 - 1e-14), 0.5, np.nan, 3.0]])
    for event in (2.0, -2.0):
        assert placebo_ranks.rank_p(np.array([event]), placebos).tolist() == [(1 + 3) / (1 + 5)]
        assert stepdown.step_down(np.array([event]), placebos).tolist() == [(1 + 3) / (1 + 5)]


ROWS = np.random.default_rng(6).standard_normal((6, 40))
ROWS[0, :3], ROWS[4, 5:20] = np.nan, np.nan
ONES = np.ones(6)
SHAPED = {
    "rank_p": lambda x, one: placebo_ranks.rank_p(one, x),
    "overlap_p": lambda x, one: placebo_ranks.overlap_p(one, x, 7),
    "peak_p": lambda x, one: placebo_ranks.peak_p(one, x, 7),
    "volatility_p": lambda x, one: placebo_ranks.volatility_p(one, x, 7),
    "hurdle": lambda x, one: placebo_ranks.hurdle(x, 1),
    "hurdle of long windows": lambda x, one: placebo_ranks.hurdle(x, 7),
    "detectable": lambda x, one: placebo_ranks.detectable(one, x, one),
    "quantile_present": lambda x, one: volatility.quantile_present(x, 0.3),
    "counted": lambda x, one: volatility.counted(x),
    "mean_t": lambda x, one: kernels.mean_t(x),
    "hall_t": lambda x, one: kernels.hall_t(x),
    "patell_z": lambda x, one: kernels.patell_z(x, np.full(x.shape, 50.0)),
    "deviation": lambda x, one: kernels.deviation(x),
    "ranks": lambda x, one: rank_kernels.ranks(x),
    "scaled_ranks": lambda x, one: rank_kernels.scaled_ranks(x),
    "median_signs": lambda x, one: rank_kernels.median_signs(x),
    "grank_z": lambda x, one: rank_kernels.grank_z(x, np.full(x.shape, 30.0)),
    "sign_z": lambda x, one: rank_kernels.sign_z(x),
    "signed_rank_sum": lambda x, one: rank_kernels.signed_rank_sum(x),
    "generalized_sign_z": lambda x, one: rank_kernels.generalized_sign_z(x, np.full(x.shape, 0.45)),
}


@pytest.mark.parametrize("name", SHAPED)
def test_further_axes_are_rows_of_their_own(name):
    """The result for a block of shape (2, 3, P) is that of each of its rows alone."""
    function = SHAPED[name]
    alone = [np.asarray(function(row, one)) for row, one in zip(ROWS, ONES, strict=True)]
    found = np.asarray(function(ROWS.reshape(2, 3, -1), ONES.reshape(2, 3)))
    # Sums over the last axis of arrays of other shapes may add in another order.
    np.testing.assert_allclose(found.reshape(6, *found.shape[2:]), np.stack(alone), rtol=1e-13, atol=1e-13)


def test_markets_of_two_calendars_are_two_groups_whatever_their_order():
    panel = make_panel(6)
    panel.sessions[1::2, -1] += np.timedelta64(1, "D")
    groups = Groups.of(study(panel))
    assert len(groups.starts) == 2 and sorted(groups.size) == [3, 3]
    assert len(set(groups.number[::2])) == len(set(groups.number[1::2])) == 1
    np.testing.assert_array_equal(groups.span[groups.number], panel.sessions[:, -groups.span.shape[1] :].astype(int))


def records():
    """All dataclasses of the package's statistics."""
    for module in pkgutil.walk_packages(inference.__path__, "eventstudy.inference."):
        for _, value in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if is_dataclass(value) and value.__module__ == module.name:
                yield value


def test_a_window_longer_than_the_history_has_one_sum_that_is_missing():
    assert np.isnan(volatility.window_sums(np.ones((3, 2)), 3)).tolist() == [[True]] * 3


@pytest.mark.parametrize("dates", [[0] * 12, range(0, 120, 10), np.repeat(range(0, 120, 30), 3)])
@pytest.mark.parametrize("level", [0.5, 0.01, -0.3])
@pytest.mark.parametrize("window", [DAY, Window(-1, 1)])
def test_equal_returns_have_no_variance_between_events_whatever_their_rounding(dates, level, window):
    whole = study(make_panel(12, dates=list(dates), seed=5))
    equal = Sample.of(replace(whole, ar=np.full_like(whole.ar, level)), window)
    # Sums of twelve or of three, and their means, are off by some units in the last place.
    assert np.ptp(equal.car) <= 4 * np.spacing(abs(equal.car).max())
    for name in ("cross_sectional_t", "skewness_t", "two_way_clustered_t", "wild_cluster", "block_bootstrap"):
        found = SAMPLE_TESTS[name](equal)
        assert found.reason and np.isnan(found.p), name


@pytest.mark.parametrize("record", list(records()), ids=lambda record: record.__name__)
def test_records_cannot_be_changed_and_take_names_alone(record):
    assert record.__dataclass_params__.frozen
    # Sums and counts by day are two arrays that every kernel makes anew.
    assert record is kernels.DaySums or all(field.kw_only for field in fields(record) if field.init)
