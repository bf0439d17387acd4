"""Events in blocks: results do not depend on the block, and one bad number does not leave its windows."""

from dataclasses import replace

import numpy as np
import pytest
from panels import SAMPLE_TESTS

from eventstudy.errors import UsageError
from eventstudy.inference.models.market import MarketModel
from eventstudy.inference.significance.sample import Sample
from eventstudy.inference.stream import EventStream
from eventstudy.windows import Window

WINDOW = Window(-1, 2)


@pytest.fixture
def stream():
    rng = np.random.default_rng(6)
    securities, days, n = 5, 400, 23
    market = rng.normal(0, 0.01, (days, 1))
    returns = market[:, 0] + rng.normal(0, 0.02, (securities, days))
    returns[rng.random(returns.shape) < 0.01] = np.nan
    return EventStream(
        returns=returns,
        factors=market,
        factor_names=("market",),
        sessions=np.datetime64("2000-01-03", "D") + np.arange(days),
        symbols=np.array([f"s{i}" for i in range(securities)], dtype=object),
        security=rng.integers(0, securities, n),
        day=rng.integers(110, 395, n),
        event_ids=np.arange(n).astype(str).astype(object),
        model=MarketModel(),
        estimation=Window(-100, -11),
        windows=(WINDOW,),
        block=7,
    )


@pytest.mark.parametrize("name", SAMPLE_TESTS)
def test_results_do_not_depend_on_the_block(name, stream):
    small = SAMPLE_TESTS[name](Sample.of(stream, WINDOW))
    whole = SAMPLE_TESTS[name](Sample.of(replace(stream, block=1000), WINDOW))
    assert small.applicable == whole.applicable
    if whole.applicable:
        np.testing.assert_allclose([small.statistic, small.p], [whole.statistic, whole.p], rtol=1e-12)


def test_correlation_by_date_is_the_pairwise_one_where_windows_coincide(stream):
    together = replace(stream, day=np.full_like(stream.day, 200), returns=np.nan_to_num(stream.returns))
    sample = Sample.of(together, WINDOW)
    # Pairs of the same security are in both means alike; the residuals of a fit with a constant have mean zero.
    assert sample.timeline.correlation == pytest.approx(sample.residual_correlation, rel=1e-10)


@pytest.mark.parametrize("bad", [np.nan, 1e12, np.inf])
def test_one_bad_number_touches_only_its_own_windows(bad, stream):
    before = Sample.of(stream, WINDOW)
    security, day = stream.security[0], stream.day[0]
    returns = stream.returns.copy()
    returns[security, day - 50] = bad
    after = Sample.of(replace(stream, returns=returns), WINDOW)
    reach = stream.day - (day - 50)
    reached = (stream.security == security) & (reach >= -WINDOW.last) & (reach <= 100)
    assert reached[0]
    np.testing.assert_array_equal(before.car[~reached], after.car[~reached])
    np.testing.assert_array_equal(before.se[~reached], after.se[~reached])
    assert before.se[0] != after.se[0]


def test_events_beyond_the_table_are_named(stream):
    with pytest.raises(UsageError, match="event '3': its windows reach beyond the 400 sessions"):
        replace(stream, day=np.where(np.arange(23) == 3, 399, 200))


def test_blocks_of_a_list_and_of_a_stream_say_the_same(stream):
    listed, streamed = Sample.of(list(stream), WINDOW), Sample.of(stream, WINDOW)
    for name in ("rank_sums", "sign_sums", "restandardised_sums"):
        np.testing.assert_array_equal(getattr(listed, name).total, getattr(streamed, name).total)
    assert listed.timeline.correlation == streamed.timeline.correlation


def test_a_row_with_a_gap_is_fitted_as_if_the_day_were_not_there(stream):
    whole = next(iter(replace(stream, returns=np.nan_to_num(stream.returns, nan=0.01), block=1000)))
    returns, factors = whole.estimation_returns.copy(), whole.estimation_factors.copy()
    returns[::2, 5], factors[::3, 7] = np.nan, np.nan
    fitted = stream.model.fit(returns, factors)
    for i in range(len(returns)):
        used = np.isfinite(returns[i]) & np.isfinite(factors[i, :, 0])
        alone = stream.model.fit(returns[[i]][:, used], factors[[i]][:, used])
        np.testing.assert_allclose(fitted.params[i], alone.params[0], rtol=1e-11, atol=1e-15)
        np.testing.assert_allclose(fitted.root[i] @ fitted.root[i].T, alone.root[0] @ alone.root[0].T, rtol=1e-12)
        np.testing.assert_allclose(fitted.residuals[i, used], alone.residuals[0], rtol=1e-9, atol=1e-15)
        assert np.isnan(fitted.residuals[i, ~used]).all()
        assert fitted.n_obs[i] == used.sum()


@pytest.mark.parametrize("n", [2, 23])
def test_events_with_the_same_returns_are_said_not_to_differ(n, stream):
    same = replace(
        stream,
        returns=np.nan_to_num(stream.returns),
        security=np.zeros(n, dtype=int),
        day=np.full(n, 200),
        event_ids=stream.event_ids[:n],
    )
    sample = Sample.of(same, WINDOW)
    for name in ("corrado_zivney_restandardised", "grank_t", "grank_z"):
        assert not SAMPLE_TESTS[name](sample).applicable
