"""Events in blocks: results do not depend on the block, and one bad number does not leave its windows."""

import numpy as np
import pandas as pd
import pytest
from panels import SAMPLE_TESTS

from eventstudy.inference.abnormal import abnormal_returns
from eventstudy.inference.models.market import MarketModel
from eventstudy.inference.significance import kernels
from eventstudy.inference.significance.sample import Sample
from eventstudy.inference.stream import EventStream
from eventstudy.panel_source import panel_source
from eventstudy.table import Table
from eventstudy.windows import Window

WINDOW = Window(-1, 2)


ESTIMATION = Window(-100, -11)
SECURITIES, DAYS, N = 5, 400, 23
rng = np.random.default_rng(6)
MARKET = rng.normal(0, 0.01, DAYS)
RETURNS = MARKET + rng.normal(0, 0.02, (SECURITIES, DAYS))
RETURNS[rng.random(RETURNS.shape) < 0.01] = np.nan
SECURITY, DAY = rng.integers(0, SECURITIES, N), rng.integers(110, 395, N)


def make(returns=RETURNS, security=SECURITY, day=DAY, events=None, block=7):
    """Events of some securities on some days; each has an id of its own by default."""
    index = pd.date_range("2000-01-03", periods=DAYS)
    names = tuple(f"s{i}" for i in range(SECURITIES))
    rows = pd.DataFrame(
        {
            "event_id": np.arange(len(day)).astype(str) if events is None else events,
            "market": np.array(names, dtype=object)[security],
            "session": index[day],
        }
    )
    source = panel_source(
        rows,
        Table(index=index, names=names, matrix=returns),
        Window(ESTIMATION.first, WINDOW.last),
        factors=pd.DataFrame({"market": MARKET}, index=index),
    )

    def estimate(pairs):
        return abnormal_returns(MarketModel(), source.panel(pairs), estimation=ESTIMATION, windows=[WINDOW])

    return EventStream(source=source, estimate=estimate, block=block)


@pytest.fixture
def stream():
    return make()


@pytest.mark.parametrize("name", SAMPLE_TESTS)
def test_results_do_not_depend_on_the_block(name, stream):
    small = SAMPLE_TESTS[name](Sample.of(stream, WINDOW))
    whole = SAMPLE_TESTS[name](Sample.of(make(block=1000), WINDOW))
    assert small.applicable == whole.applicable
    if whole.applicable:
        np.testing.assert_allclose([small.statistic, small.p], [whole.statistic, whole.p], rtol=1e-12)


def test_correlation_by_date_is_the_pairwise_one_where_windows_coincide():
    sample = Sample.of(make(np.nan_to_num(RETURNS), day=np.full(N, 200)), WINDOW)
    z = np.concatenate([kernels.root_mean_square_scaled(block.fitted.residuals) for block in sample.blocks])
    pairs = [z[i] @ z[j] / z.shape[1] for i in range(N) for j in range(i)]
    assert sample.residual_correlation == pytest.approx(np.mean(pairs), rel=1e-10)


@pytest.mark.parametrize("bad", [np.nan, 1e12])
def test_one_bad_number_touches_only_its_own_windows(bad, stream):
    before = Sample.of(stream, WINDOW)
    security, day = SECURITY[0], DAY[0]
    returns = RETURNS.copy()
    returns[security, day - 50] = bad
    after = Sample.of(make(returns), WINDOW)
    reach = DAY - (day - 50)
    reached = (security == SECURITY) & (reach >= -WINDOW.last) & (reach <= 100)
    order = np.concatenate(stream.blocks)
    assert reached[0]
    np.testing.assert_array_equal(before.car[~reached[order]], after.car[~reached[order]])
    np.testing.assert_array_equal(before.se[~reached[order]], after.se[~reached[order]])
    first = np.flatnonzero(order == 0)[0]
    assert before.se[first] != after.se[first]


def test_the_pairs_of_one_event_are_in_one_block():
    events = np.array([f"e{i % 9}" for i in range(N)], dtype=object)
    stream = make(events=events)
    found = [set(events[block]) for block in stream.blocks]
    assert sorted(np.concatenate(stream.blocks).tolist()) == list(range(N))
    assert len(found) > 1 and sum(map(len, found)) == 9


def test_blocks_of_a_list_and_of_a_stream_say_the_same(stream):
    listed, streamed = Sample.of(list(stream), WINDOW), Sample.of(stream, WINDOW)
    for name in ("ranks", "signs", "restandardised"):
        np.testing.assert_array_equal(getattr(listed.ranks, name).total, getattr(streamed.ranks, name).total)
    assert listed.timeline.correlation == streamed.timeline.correlation


def test_a_row_with_a_gap_is_fitted_as_if_the_day_were_not_there():
    whole = next(iter(make(np.nan_to_num(RETURNS, nan=0.01), block=1000)))
    returns, factors = whole.estimation_returns.copy(), whole.estimation_factors.copy()
    returns[::2, 5], factors[::3, 7] = np.nan, np.nan
    fitted = MarketModel().fit(returns, factors)
    for i in range(len(returns)):
        used = np.isfinite(returns[i]) & np.isfinite(factors[i, :, 0])
        alone = MarketModel().fit(returns[[i]][:, used], factors[[i]][:, used])
        np.testing.assert_allclose(fitted.params[i], alone.params[0], rtol=1e-11, atol=1e-15)
        np.testing.assert_allclose(fitted.root[i] @ fitted.root[i].T, alone.root[0] @ alone.root[0].T, rtol=1e-12)
        np.testing.assert_allclose(fitted.residuals[i, used], alone.residuals[0], rtol=1e-9, atol=1e-15)
        assert np.isnan(fitted.residuals[i, ~used]).all()
        assert fitted.n_obs[i] == used.sum()


@pytest.mark.parametrize("n", [2, 23])
def test_events_with_the_same_returns_are_said_not_to_differ(n):
    same = make(np.nan_to_num(RETURNS), np.zeros(n, dtype=int), np.full(n, 200))
    sample = Sample.of(same, WINDOW)
    for name in ("corrado_zivney_restandardised", "grank_t", "grank_z"):
        assert not SAMPLE_TESTS[name](sample).applicable
