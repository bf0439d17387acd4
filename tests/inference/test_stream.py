"""Events in blocks: results do not depend on the block, and one bad number does not leave its windows."""

from dataclasses import replace

import numpy as np
import pytest

from eventstudy.errors import UsageError
from eventstudy.inference import TESTS, MarketModel, Sample
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


@pytest.mark.parametrize("name", TESTS)
def test_results_do_not_depend_on_the_block(name, stream):
    small = TESTS[name](Sample.of(stream, WINDOW))
    whole = TESTS[name](Sample.of(replace(stream, block=1000), WINDOW))
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
