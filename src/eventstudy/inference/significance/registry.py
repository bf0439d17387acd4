"""The table of all tests. To add a test, write one function and add one record here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import bootstrap, families, few_dates, joint, many_firms, nonparametric, pairs, parametric, resampling, two_way
from .calendar_time import NO_DRIFT, calendar_time_alpha, calendar_time_t
from .protocol import Assumption as A
from .protocol import Draws, Scope, SignificanceTest
from .sizes import read_sizes


def _test(
    function: Callable[..., Any], null: str, *assumes: A, scope: Scope = Scope.SAMPLE, **facts: Any
) -> SignificanceTest:
    """Make the record of a function; the test has the function's name."""
    name = function.__name__
    return SignificanceTest(name=name, function=function, scope=scope, null=null, assumes=frozenset(assumes), **facts)


_RECORDS = (
    # One event in one market.
    _test(pairs.t, pairs.NO_CAR, A.NORMAL, A.NO_INDUCED_VARIANCE, scope=Scope.PAIR),
    _test(pairs.placebo, pairs.NO_CAR, A.EXCHANGEABLE_DAYS, scope=Scope.PAIR),
    _test(pairs.placebo_standardised, pairs.NO_CAR, A.EXCHANGEABLE_DAYS, A.ESTIMATED_BEFORE, scope=Scope.PAIR),
    # One event in all its markets.
    _test(
        families.step_down,
        families.NO_CAR,
        A.ONE_DATE,
        A.EXCHANGEABLE_DAYS,
        A.ESTIMATED_BEFORE,
        scope=Scope.PAIR,
        declares="families",
    ),
    _test(
        families.max_t,
        families.NO_MARKET_OF_FAMILY,
        A.ONE_DATE,
        A.EXCHANGEABLE_DAYS,
        A.ESTIMATED_BEFORE,
        scope=Scope.EVENT,
        declares="families",
    ),
    _test(
        joint.multivariate,
        joint.NO_MARKET,
        A.ONE_DATE,
        A.EXCHANGEABLE_DAYS,
        scope=Scope.EVENT,
        draws=Draws.ALWAYS,
    ),
    _test(joint.common_effect, joint.NO_COMMON_EFFECT, A.ONE_DATE, A.NORMAL, A.NO_INDUCED_VARIANCE, scope=Scope.EVENT),
    _test(
        joint.portfolio,
        joint.NO_PORTFOLIO_CAR,
        A.ONE_DATE,
        A.EXCHANGEABLE_DAYS,
        scope=Scope.EVENT,
        declares="weights",
    ),
    # Many events.
    _test(parametric.cross_sectional_t, parametric.NO_MEAN, A.INDEPENDENT_EVENTS, A.NORMAL),
    _test(parametric.brown_warner_1980, parametric.NO_MEAN, A.INDEPENDENT_EVENTS, A.NO_INDUCED_VARIANCE),
    _test(parametric.brown_warner_1985, parametric.NO_MEAN, A.SAME_DATES, A.NO_INDUCED_VARIANCE),
    _test(parametric.patell, parametric.NO_STANDARDISED_MEAN, A.INDEPENDENT_EVENTS, A.NO_INDUCED_VARIANCE),
    _test(parametric.patell_daily, parametric.NO_STANDARDISED_MEAN, A.INDEPENDENT_EVENTS, A.NO_INDUCED_VARIANCE),
    _test(parametric.kp_patell, parametric.NO_STANDARDISED_MEAN, A.INDEPENDENT_DATES, A.NO_INDUCED_VARIANCE),
    _test(parametric.bmp, parametric.NO_STANDARDISED_MEAN, A.INDEPENDENT_EVENTS, A.NORMAL),
    _test(parametric.kp_bmp, parametric.NO_STANDARDISED_MEAN, A.INDEPENDENT_DATES, A.NORMAL),
    _test(parametric.skewness_t, parametric.NO_MEAN, A.INDEPENDENT_EVENTS),
    _test(resampling.skewness_t_bootstrap, resampling.NO_MEAN, A.INDEPENDENT_EVENTS, draws=Draws.ALWAYS),
    _test(two_way.two_way_clustered_t, two_way.NO_DAILY_MEAN, A.INDEPENDENT_DATES, A.MANY_DATES),
    _test(nonparametric.corrado, nonparametric.NO_SHIFT, A.SAME_DATES, A.NO_INDUCED_VARIANCE),
    _test(nonparametric.corrado_zivney, nonparametric.NO_SHIFT, A.SAME_DATES, A.NO_INDUCED_VARIANCE),
    _test(nonparametric.corrado_zivney_restandardised, nonparametric.NO_SHIFT, A.SAME_DATES, A.SYMMETRIC),
    _test(nonparametric.corrado_cumulative, nonparametric.NO_SHIFT, A.SAME_DATES, A.NO_INDUCED_VARIANCE),
    _test(nonparametric.grank_t, nonparametric.NO_SHIFT, A.SAME_DATES, A.SYMMETRIC),
    _test(nonparametric.grank_z, nonparametric.NO_SHIFT, A.INDEPENDENT_EVENTS, A.SYMMETRIC),
    _test(nonparametric.sign, nonparametric.NO_SIGN, A.INDEPENDENT_EVENTS, A.SYMMETRIC),
    _test(nonparametric.corrado_zivney_sign, nonparametric.NO_SHIFT, A.SAME_DATES, A.NO_INDUCED_VARIANCE),
    _test(nonparametric.generalized_sign, nonparametric.NO_GENERALIZED_SIGN, A.INDEPENDENT_EVENTS),
    _test(nonparametric.wilcoxon, nonparametric.SYMMETRIC_ABOUT_ZERO, A.INDEPENDENT_EVENTS, A.SYMMETRIC),
    _test(
        resampling.sign_flip,
        resampling.SIGNS_REVERSIBLE,
        A.INDEPENDENT_DATES,
        A.MANY_DATES,
        A.SYMMETRIC,
        draws=Draws.IF_MANY,
    ),
    _test(bootstrap.wild_cluster, resampling.NO_MEAN, A.INDEPENDENT_DATES, draws=Draws.ALWAYS),
    _test(bootstrap.block_bootstrap, resampling.NO_MEAN, A.INDEPENDENT_DATES, draws=Draws.ALWAYS),
    # Sets of days are always drawn at random, since there are too many to enumerate; the seed has little effect.
    _test(
        few_dates.cluster_t_rank,
        few_dates.NO_MEAN,
        A.INDEPENDENT_DATES,
        draws=Draws.IF_MANY,
    ),
    _test(
        few_dates.bmp_rank,
        few_dates.NO_MEAN,
        A.INDEPENDENT_DATES,
        A.USUAL_COMMON_SHOCK,
        draws=Draws.IF_MANY,
    ),
    _test(
        many_firms.double_standardised,
        many_firms.NO_COMMON_MEAN,
        A.ONE_CLUSTER,
        A.EXCHANGEABLE_DAYS,
        A.ESTIMATED_BEFORE,
    ),
    _test(calendar_time_t, NO_DRIFT, A.INDEPENDENT_DATES, A.NO_INDUCED_VARIANCE),
    _test(calendar_time_alpha, NO_DRIFT, A.INDEPENDENT_DATES, A.MANY_DATES),
    _test(parametric.bhar_t, parametric.NO_HELD_MEAN, A.INDEPENDENT_EVENTS, A.NORMAL),
    _test(parametric.bhar_skewness_t, parametric.NO_HELD_MEAN, A.INDEPENDENT_EVENTS),
    _test(parametric.variance_f, parametric.SAME_VARIANCE, A.INDEPENDENT_EVENTS, A.NORMAL, sides=1),
    _test(parametric.beaver_u, parametric.SAME_SQUARES, A.INDEPENDENT_EVENTS, A.NORMAL, sides=1),
)
# Sizes are measured over one day, where these tests have (nearly) the statistic of another one.
_MEASURED_AS = {
    "patell_daily": "patell",
    "bhar_t": "cross_sectional_t",
    "bhar_skewness_t": "skewness_t",
    "skewness_t_bootstrap": "skewness_t",
}
_SIZES = read_sizes()

TESTS: dict[str, SignificanceTest] = {
    test.name: replace(test, measured=_SIZES.get(_MEASURED_AS.get(test.name, test.name), {})) for test in _RECORDS
}
# Named choices of tests; tests that always draw at random are not standard, since they are slow.
CHOICES: dict[str, tuple[str, ...]] = {
    "standard": tuple(test.name for test in TESTS.values() if test.draws is not Draws.ALWAYS),
    "all": tuple(TESTS),
}
