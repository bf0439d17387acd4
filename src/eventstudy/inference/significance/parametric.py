"""Parametric tests of many events."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats

from ..models.least_squares import FloatArray, IntArray
from . import kernels
from .result import TestResult
from .sample import Sample

NO_MEAN = "the mean cumulative abnormal return is zero"
NO_STANDARDISED_MEAN = "the mean standardised cumulative abnormal return is zero"
NO_HELD_MEAN = "the mean buy-and-hold abnormal return is zero"
NO_DAILY_MEAN = "the mean daily abnormal return is zero"
SAME_VARIANCE = "the variance of the event window is that of the estimation window"
SAME_SQUARES = "squared standardised abnormal returns are as large as on other days"
MIN_DF = 5
KeyOfDay = Callable[[int], IntArray]
# An inflation this small is zero but for rounding.
ROUNDING = 1e-9
# Cells of market and date are counted in one table unless it would be mostly empty.
DENSE = 4


def cross_sectional_t(sample: Sample) -> TestResult:
    """Mean CAR over its cross-sectional standard error, t(n - 1) (Charest 1978; Brown & Warner 1980)."""
    return _cross_section("cross_sectional_t", sample, float(kernels.mean_t(sample.car)), NO_MEAN)


def skewness_t(sample: Sample) -> TestResult:
    """Cross-sectional t corrected for skewness, t(n - 1) (Hall 1992; Lyon, Barber & Tsai 1999)."""
    return _cross_section("skewness_t", sample, float(kernels.hall_t(sample.car)), NO_MEAN, least=3)


def bmp(sample: Sample) -> TestResult:
    """Mean SCAR over its cross-sectional standard error, t(n - 1) (Boehmer, Musumeci & Poulsen 1991).

    Event-induced variance cancels. Many programs read it off the normal, which rejects 12 % of true nulls at n = 5.
    """
    return _cross_section("bmp", sample, float(kernels.mean_t(sample.scar)), NO_STANDARDISED_MEAN)


def kp_bmp(sample: Sample) -> TestResult:
    """BMP allowing for correlation: ``t sqrt((1 - rbar) / (1 + (n - 1) rbar))`` (Kolari & Pynnönen 2010).

    The authors take all events to be on one date; events that share no day count as uncorrelated here
    (`Sample.correlation`).
    """
    name, rbar = "kp_bmp", sample.correlation if sample.n >= 2 else np.nan
    inflation = kernels.inflation(rbar, sample.n)
    if sample.n >= 2 and not inflation > ROUNDING:
        return _no_correlation(name, rbar, inflation)
    adjusted = float(kernels.mean_t(sample.scar)) * float(np.sqrt(max(1 - rbar, 0.0) / inflation))
    return _cross_section(name, sample, adjusted, NO_STANDARDISED_MEAN, notes=(_correlation_note(sample),))


def patell(sample: Sample) -> TestResult:
    """Sum of SCARs over the root of the sum of ``df / (df - 2)``, N(0,1) (Patell 1976).

    The SCAR's standard error has the covariance of the forecast errors in it, which Patell's own sum of daily
    standardised returns leaves out (`patell_daily`). Assumes independence and no event-induced variance.
    """
    return _patell("patell", sample, float(kernels.patell_z(sample.scar, sample.df)))


def patell_daily(sample: Sample) -> TestResult:
    """Patell's original: SCAR as the sum of the daily SARs over the root of the days; for comparability only."""
    present = np.isfinite(sample.sar)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.where(present, sample.sar, 0.0).sum(axis=1) / np.sqrt(present.sum(axis=1))
    result = _patell("patell_daily", sample, float(kernels.patell_z(total, sample.df)))
    return result.with_notes("leaves out the covariance between days") if result.applicable else result


def kp_patell(sample: Sample) -> TestResult:
    """Patell allowing for correlation: ``z / sqrt(1 + (n - 1) rbar)`` (Kolari & Pynnönen 2010)."""
    if sample.n < 2:
        return _too_few("kp_patell", sample.n, 2)
    rbar = sample.correlation
    inflation = kernels.inflation(rbar, sample.n)
    if not inflation > ROUNDING:
        return _no_correlation("kp_patell", rbar, inflation)
    z = float(kernels.patell_z(sample.scar, sample.df)) / np.sqrt(inflation)
    result = _patell("kp_patell", sample, z)
    return result.with_notes(_correlation_note(sample)) if result.applicable else result


def brown_warner_1980(sample: Sample) -> TestResult:
    """Mean CAR over ``sqrt(sum W s²) / n``, s the events' own estimation deviations, N(0,1) (Brown & Warner 1980)."""
    z = kernels.brown_warner_1980_z(sample.car, sample.timeline.sd, sample.n_days.astype(np.float64))
    return TestResult.of_z("brown_warner_1980", float(z), null=NO_MEAN, n=sample.n)


def brown_warner_1985(sample: Sample) -> TestResult:
    """Sum of daily mean abnormal returns over ``sqrt(W)`` deviations of those of the estimation days (B & W 1985).

    t with as many degrees of freedom as estimation days less one. The deviation of the mean holds the correlation
    between the events where their days of event time are the same calendar dates, not otherwise.
    """
    daily = sample.timeline.daily
    days = int(daily.days)
    if days < MIN_DF:
        return TestResult.not_applicable("brown_warner_1985", f"{days} estimation days; {MIN_DF} needed")
    t = float(kernels.brown_warner_1985_t(daily, kernels.mean(sample.ar.T)))
    notes = () if sample.n_dates == 1 else (f"{sample.n_dates} event dates: the days of event time are not one date",)
    return TestResult.of_t("brown_warner_1985", t, days - 1, null=NO_MEAN, n=sample.n, notes=notes)


def two_way_clustered_t(sample: Sample) -> TestResult:
    """Mean daily abnormal return over its error clustered by market and by calendar date.

    ``V = V_market + V_date - V_both``, each with the factor G / (G - 1); t with the smaller number of clusters less
    one (Cameron, Gelbach & Miller 2011; Dutta et al. 2018).
    """
    name = "two_way_clustered_t"
    count = int(np.isfinite(sample.ar).sum())
    if count == 0:
        return _too_few(name, 0, 2)
    center = float(np.nansum(sample.ar) / count)
    market = pd.factorize(sample.markets)[0].astype(np.int64)
    date = sample.days - sample.days.min(where=np.isfinite(sample.ar), initial=np.iinfo(np.int32).max)
    span = int(date.max(where=np.isfinite(sample.ar), initial=0)) + 1
    markets = int(market.max()) + 1
    both = _dense(lambda day: market * span + date[:, day], sample, markets * span)
    parts = {
        "market": _cluster_sums(sample, center, lambda day: market, markets),
        "date": _cluster_sums(sample, center, lambda day: date[:, day], span),
        "both": _cluster_sums(sample, center, *both),
    }
    groups = min(len(parts["market"]), len(parts["date"]))
    if groups < 2:
        return TestResult.not_applicable(
            name, "all abnormal returns share one market or one date: nothing to cluster by"
        )
    meat = {name: (sums**2).sum() * len(sums) / max(len(sums) - 1, 1) for name, sums in parts.items()}
    variance = float(meat["market"] + meat["date"] - meat["both"]) / count**2
    if not variance > 0:
        return TestResult.not_applicable(name, "the clustered variance is not positive: too few clusters")
    t = center / np.sqrt(variance)
    return TestResult.of_t(name, float(t), groups - 1, null=NO_DAILY_MEAN, n=sample.n)


def variance_f(sample: Sample) -> TestResult:
    """Cross-sectional variance of the SCARs against one, F(n - 1, sum df), one-sided.

    Asks whether the event raised variance. The mean reaction is taken out; independent normal events are assumed.
    """
    n = sample.n
    if n < 2:
        return _too_few("variance_f", n, 2)
    within = float(np.nansum(np.where(np.isfinite(sample.scar), sample.df, np.nan)))
    f = float(kernels.deviation(sample.scar)) ** 2
    p = float(stats.f.sf(f, n - 1, within))
    return TestResult.of_p(
        "variance_f", f, p, f"F({n - 1}, {within:g})", null=SAME_VARIANCE, n=n, df=float(n - 1), notes=("one-sided",)
    )


def beaver_u(sample: Sample) -> TestResult:
    """Squared SCARs against their expectation, N(0,1), one-sided (Beaver 1968; Patell 1976).

    Sum of ``(SCAR² (df - 2) / df - 1) / sqrt(2 (df - 1) / (df - 4))`` over root n. Rises with the event's variance
    and with its mean alike: information came, in whatever direction.
    """
    if not (sample.df > 4).all():
        return TestResult.not_applicable("beaver_u", "a squared t has a variance only above 4 degrees of freedom")
    z = float(kernels.variance_z(sample.scar, sample.df))
    notes = ("one-sided", "squares have long tails: read it with many events")
    return TestResult.of_p("beaver_u", z, float(stats.norm.sf(z)), "N(0,1)", null=SAME_SQUARES, n=sample.n, notes=notes)


def _cross_section(
    name: str, sample: Sample, t: float, null: str, *, notes: tuple[str, ...] = (), least: int = 2
) -> TestResult:
    """Return a t(n - 1) result, or that there are too few events."""
    if sample.n < least:
        return _too_few(name, sample.n, least)
    return TestResult.of_t(name, t, sample.n - 1, null=null, n=sample.n, notes=notes)


def _patell(name: str, sample: Sample, z: float) -> TestResult:
    """Return a normal result, or that the estimation windows are too short."""
    if not (sample.df > 2).all():
        return TestResult.not_applicable(name, "a t has a variance only above 2 degrees of freedom")
    return TestResult.of_z(name, z, null=NO_STANDARDISED_MEAN, n=sample.n)


def _too_few(name: str, n: int, least: int) -> TestResult:
    """Say that a cross-section needs more events."""
    return TestResult.not_applicable(name, f"{n} event{'' if n == 1 else 's'} with returns; {least} needed")


def _correlation_note(sample: Sample) -> str:
    """Say what the adjustment rests on."""
    return f"residual correlation {sample.residual_correlation:.3f}, days shared by a pair {sample.shared:.3f}"


def _no_correlation(name: str, rbar: float, inflation: float) -> TestResult:
    """Say that the mean correlation cannot be used."""
    if not np.isfinite(rbar):
        return TestResult.not_applicable(
            name, "no two events share estimation dates: there is no correlation to allow for"
        )
    return TestResult.not_applicable(
        name, f"1 + (n - 1) rbar = {inflation:.3f} is not positive (rbar {rbar:.3f}): the adjustment is undefined"
    )


def _cluster_sums(sample: Sample, center: float, key: KeyOfDay, size: int) -> FloatArray:
    """Return the sum of each cluster's deviations; day by day, so that no table of event-days is copied."""
    sums, events = np.zeros((2, size))
    for day in range(sample.ar.shape[1]):
        there = np.isfinite(sample.ar[:, day])
        keys = key(day)[there]
        sums += np.bincount(keys, weights=sample.ar[there, day] - center, minlength=size)
        events += np.bincount(keys, minlength=size)
    return sums[events > 0]


def _dense(key: KeyOfDay, sample: Sample, size: int) -> tuple[KeyOfDay, int]:
    """Return keys and their number, without holes where a table of all `size` keys would be mostly empty."""
    if size <= DENSE * sample.ar.size:
        return key, size
    there = np.isfinite(sample.ar)
    cells = np.unique(np.concatenate([key(day)[there[:, day]] for day in range(there.shape[1])]))
    return lambda day: np.searchsorted(cells, key(day)), len(cells)


def bhar_t(sample: Sample) -> TestResult:
    """Mean buy-and-hold abnormal return over its cross-sectional standard error, t(n - 1) (Barber & Lyon 1997)."""
    return _cross_section("bhar_t", sample, float(kernels.mean_t(sample.bhar)), NO_HELD_MEAN)


def bhar_skewness_t(sample: Sample) -> TestResult:
    """Mean buy-and-hold abnormal return corrected for the skewness of compounding, t(n - 1) (Lyon et al. 1999)."""
    return _cross_section("bhar_skewness_t", sample, float(kernels.hall_t(sample.bhar)), NO_HELD_MEAN, least=3)
