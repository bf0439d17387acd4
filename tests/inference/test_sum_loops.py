"""Loops over residuals, as plain Python, and sums by key, against sums of one pair, group or key at a time."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from panels import make_panel, study
from scipy import stats

from eventstudy.inference import cumulative
from eventstudy.inference.compiled import compiled
from eventstudy.inference.significance import calendar_sums, keyed, window_sums
from eventstudy.inference.significance.groups import Groups
from eventstudy.inference.significance.keyed import MISSING, SUMMED, Cells, places, sums_by_key
from eventstudy.inference.significance.moments import Moments
from eventstudy.inference.significance.residual_sums import moments_of
from eventstudy.inference.significance.sample import Sample
from eventstudy.inference.significance.sum_loops import (
    cell_sums,
    column_moments,
    filled_cells,
    group_sums,
    halved,
    key_sums,
    lagged_sums,
    market_sums,
    pair_moments,
    weight_sums,
)
from eventstudy.inference.window_loops import bought_and_held, cumulate_rows, sum_present
from eventstudy.windows import Window


@pytest.fixture(scope="module")
def residuals():
    rng = np.random.default_rng(4)
    values = rng.normal(0.001, 0.02, (9, 40)) ** 3
    values[rng.random(values.shape) < 0.1] = np.nan
    return values


@pytest.mark.parametrize("moments", [pair_moments, moments_of])
def test_moments_of_each_pair_are_those_of_scipy(moments, residuals):
    length, positive, squares, cubes, raw = moments(residuals)
    for pair, row in enumerate(residuals):
        known = row[np.isfinite(row)]
        assert length[pair] == len(known) < 40 and positive[pair] == (known > 0).mean()
        # Sums of 40 numbers in another order.
        assert squares[pair] == pytest.approx(known.var() * len(known), rel=1e-13)
        assert cubes[pair] == pytest.approx(stats.moment(known, 3) * len(known), rel=1e-12)
        assert raw[pair] == pytest.approx((known**2).sum(), rel=1e-13)


def test_groups_are_summed_by_day(residuals):
    number, scale = np.array([2, 0, 1, 2, 2, 0, 1, 1, 2]), np.linspace(0.5, 2, 9)
    found = group_sums(residuals, scale, number, 4)
    assert found.shape == (3, 4, 40) and not found[:, 3].any()
    for group in range(3):
        mine = residuals[number == group] / scale[number == group, None]
        expected = np.nansum(mine, axis=0), np.nansum(mine**2, axis=0), np.isfinite(mine).sum(axis=0)
        np.testing.assert_allclose(found[:, group], expected, rtol=1e-14, atol=1e-18)


@pytest.fixture(params=[False, True], ids=["arrays", "loops"])
def with_loops(request, monkeypatch):
    """Take sums by NumPy, or by the loops for numba as plain Python."""
    monkeypatch.setattr(keyed, "loops_ready", lambda: request.param)
    monkeypatch.setattr(keyed, "compiled", lambda loop: loop)
    return request.param


@pytest.mark.usefixtures("with_loops")
@pytest.mark.parametrize("last", [20, 60, 20_000])
def test_sums_by_key_are_those_of_each_key_bit_for_bit(last):
    rng = np.random.default_rng(5)
    keys, values = rng.integers(-7, last, 50), rng.normal(size=(2, 50))
    uncounted = np.insert(keys, 9, MISSING), np.insert(values, 9, 3.0, axis=1)
    for found, expected in zip(sums_by_key(*uncounted), sums_by_key(keys, values), strict=True):
        assert np.array_equal(found, expected)
    known, place = places(keys)
    expected = [[sum(one[place == at], 0.0) for at in range(len(known))] for one in values]
    found, sums = sums_by_key(keys, values)
    assert (last + 7 > SUMMED * 50) == (last == 20_000)
    assert np.array_equal(found, known) and np.array_equal(sums, expected)


@pytest.mark.parametrize(("names", "last"), [(4, 90), (90, 4)])
def test_cells_are_sums_by_name_and_date(names, last):
    rng = np.random.default_rng(6)
    row, dates, value = rng.integers(0, names, 80), rng.integers(-3, last, 80), rng.normal(size=80)
    halves = [Cells.of(np.arange(names), row[at], dates[at], [value[at]]) for at in (slice(0, 30), slice(30, 80))]
    expected = pd.Series(value).groupby([row, dates]).sum()
    for cells in (Cells.of(np.arange(names), row, dates, [value]), Cells.merged(halves)):
        found = pd.Series(cells.sums[0], [cells.names[cells.row], cells.dates]).sort_index()
        pd.testing.assert_series_equal(found, expected, check_names=False, check_index_type=False, rtol=1e-14)


def test_loops_are_compiled_as_they_run_in_python(residuals):
    pytest.importorskip("numba")
    rng = np.random.default_rng(8)
    row, days = rng.integers(-1, 3, (5, 2)), rng.integers(20, 30, (5, 2))
    labels, total, count = rng.integers(0, 9, (5, 7)), rng.normal(size=(5, 7)), rng.integers(0, 3, (5, 7)) * 1.0
    some = np.isfinite(residuals)
    number, code, dates = rng.integers(0, 3, 9), rng.integers(0, 4, 9), rng.integers(0, 50, (3, 40))
    for loop, *given in (
        (key_sums, rng.integers(0, 12, 40), rng.normal(size=(3, 40)), 12),
        (cell_sums, rng.integers(5, 9, 60), rng.integers(2, 5, 60), rng.normal(size=(2, 60)), (5, 2), (4, 3)),
        (group_sums, residuals, np.ones(9), number, 3),
        (column_moments, residuals),
        (cumulate_rows, residuals, residuals**2, np.stack([residuals, 1 - residuals])),
        (bought_and_held, residuals + 0.01, residuals, False),
        (bought_and_held, residuals + 0.01, residuals, True),
        (sum_present, residuals, some),
    ):
        found, expected = (one if isinstance(one, tuple) else (one,) for one in (compiled(loop)(*given), loop(*given)))
        for one, other in zip(found, expected, strict=True):
            # The exponential of another library may differ in the last digit; the difference of two is that of ones.
            np.testing.assert_allclose(one, other, rtol=0, atol=4e-16 if loop is bought_and_held else 0)
    for loop, *given in (
        (lagged_sums, row, days, labels, total, count, 11, (3, 19)),
        (market_sums, code, dates, number, residuals, some, (50, 4)),
    ):
        for one, other in zip(compiled(loop, filled_cells)(*given), loop(*given), strict=True):
            np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(compiled(pair_moments, halved)(residuals), pair_moments(residuals))


def test_columns_are_summed_about_their_means(residuals):
    expected = np.isfinite(residuals).sum(axis=0), np.nanmean(residuals, axis=0), np.nanvar(residuals, axis=0)
    for found in (column_moments(residuals), Moments.by_column(residuals).__dict__.values()):
        count, mean, squares = found
        np.testing.assert_array_equal(count, expected[0])
        # Sums of nine numbers in another order.
        np.testing.assert_allclose(mean, expected[1], rtol=1e-12, atol=1e-20)
        np.testing.assert_allclose(squares, expected[2] * expected[0], rtol=1e-13)


@pytest.mark.parametrize("changed", [cumulative, window_sums])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_windows_are_summed_by_loops_as_by_arrays(changed, logarithmic, monkeypatch):
    panel, window, found = make_panel(8, missing=0.2, dates=[0, 3, 3, 7, 11, 11, 20, 2], seed=6), Window(-1, 2), []
    for ready in (False, True):
        monkeypatch.setattr(changed, "use_loops", lambda pairs, ready=ready: ready)
        monkeypatch.setattr(changed, "compiled", lambda loop: loop)
        sums = Sample.of(replace(study(panel), log_returns=logarithmic), window).sums
        found.append(np.stack([sums.car, sums.se, sums.n_days, sums.bhar, sums.daily_scar]))
    assert not np.isfinite(found[0]).all() or (found[0][2] < window.length).any()
    np.testing.assert_allclose(found[1], found[0], rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("dates", [[0] * 8, [0, 3, 3, 7, 11, 11, 20, 2]])
def test_cells_of_markets_from_a_table_are_those_of_a_loop(dates, monkeypatch):
    abnormal, window = study(make_panel(8, missing=0.2, dates=dates, seed=7)), Window(-1, 2)
    expected = {}
    at = abnormal.columns(window)
    for market, days, row in zip(abnormal.rows["market"], abnormal.sessions[:, at], abnormal.ar[:, at], strict=True):
        for day, value in zip(days.astype("M8[D]").astype(int).tolist(), row.tolist(), strict=True):
            if np.isfinite(value):
                count, total = expected.get((market, day), (0, 0.0))
                expected[market, day] = count + 1, total + value
    for ready in (False, True):
        monkeypatch.setattr(calendar_sums, "use_loops", lambda pairs, ready=ready: ready)
        monkeypatch.setattr(calendar_sums, "compiled", lambda loop, *helpers: loop)
        cells = Sample.of(abnormal, window).calendar.by_market
        keys = zip(cells.names[cells.row], cells.dates.tolist(), strict=True)
        found = dict(zip(keys, map(tuple, cells.sums.T.tolist()), strict=True))
        assert found == expected


@pytest.mark.parametrize("dates", [None, [0, 3, 3, 7, 11, 11, 20, 2]])
def test_residuals_by_day_and_distance_are_the_same_from_a_table_and_from_products(dates, monkeypatch):
    abnormal = study(make_panel(8, missing=0.12, dates=dates, seed=5))
    found = []
    for ready in (False, True):
        monkeypatch.setattr(calendar_sums, "use_loops", lambda pairs, ready=ready: ready)
        monkeypatch.setattr(calendar_sums, "compiled", lambda loop, *helpers: loop)
        found.append(Sample.of(abnormal, Window(-1, 2)).calendar.estimation)
    for name in ("names", "row", "dates"):
        np.testing.assert_array_equal(getattr(found[1], name), getattr(found[0], name))
    # Sums of at most eight returns.
    np.testing.assert_allclose(found[1].sums, found[0].sums, rtol=0, atol=1e-16)
    # The sum of all cells is that of the residuals, once for each day on which a pair is held.
    held = np.isfinite(abnormal.ar[:, abnormal.columns(Window(-1, 2))]).sum(axis=1)
    expected = np.isfinite(abnormal.fitted.residuals).sum(axis=1) @ held
    assert found[0].sums[1].sum() == expected


@pytest.mark.parametrize("fitted", [False, True])
def test_weights_by_loops_are_those_of_arrays(fitted):
    abnormal = study(make_panel(8, missing=0.3, dates=[0, 3, 3, 7, 11, 11, 20, 2], seed=5))
    groups, length = Groups.of(abnormal), np.array([30, 31, 32, 33, 34, 35])
    present = np.isfinite(abnormal.ar)[:, :3] & (np.arange(8) != 4)[:, None]
    assert len(groups.size) == len(length) and not present.all(axis=1).all()
    given = present, groups.number, length, fitted
    loops = weight_sums(*given)
    for found, expected in zip(loops, window_sums._weights(present, groups, length, fitted), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-15)
    # The squares of the weights of a pair add up to one.
    squares = loops[0][1] * length + loops[1][1].sum(axis=1)
    np.testing.assert_allclose(squares, np.bincount(groups.number, present.any(axis=1)), rtol=1e-14)
    numba = pytest.importorskip("numba")
    for found, expected in zip(numba.njit(weight_sums)(*given), loops, strict=True):
        np.testing.assert_array_equal(found, expected)
