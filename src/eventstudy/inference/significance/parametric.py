"""Parametric tests of many events."""

from __future__ import annotations

import numpy as np

from ..distributions import f_sf, normal_sf
from . import kernels
from .result import TestResult
from .sample import FEW, Sample

NO_MEAN = "the mean cumulative abnormal return is zero"
NO_STANDARDISED_MEAN = "the mean standardised cumulative abnormal return is zero"
NO_HELD_MEAN = "the mean buy-and-hold abnormal return is zero"
SAME_VARIANCE = "the variance of the event window is that of the estimation window"
SAME_SQUARES = "squared standardised abnormal returns are as large as on other days"
MIN_DF = 5
# An inflation this small is zero up to rounding error.
ROUNDING = 1e-9


def cross_sectional_t(sample: Sample) -> TestResult:
    """Cross-sectional t test of the mean CAR.

    ``mean CAR / (sd / sqrt n)``, t(n - 1) (Charest 1978; Brown & Warner 1980).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    return _cross_section("cross_sectional_t", sample, float(kernels.mean_t(sample.car)), NO_MEAN)


def skewness_t(sample: Sample) -> TestResult:
    """Cross-sectional t test of the mean CAR, adjusted for skewness.

    ``sqrt n (S + g S²/3 + g² S³/27 + g/(6n))``, S = mean / sd and g the skewness, t(n - 1) (Hall 1992).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    return _cross_section("skewness_t", sample, float(kernels.hall_t(sample.car)), NO_MEAN, least=3)


def bmp(sample: Sample) -> TestResult:
    """Standardised cross-sectional test.

    ``mean SCAR / (sd / sqrt n)``, t(n - 1) (Boehmer, Musumeci & Poulsen 1991). Robust to event-induced variance. With
    the critical values of the normal instead of t it rejects 12 % of true nulls at n = 5.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    return _cross_section("bmp", sample, float(kernels.mean_t(sample.scar)), NO_STANDARDISED_MEAN)


def kp_bmp(sample: Sample) -> TestResult:
    """BMP test adjusted for cross-sectional correlation.

    ``t sqrt((1 - rbar) / (1 + (n - 1) rbar))``, t(n - 1) (Kolari & Pynnönen 2010). The authors assume all events on one
    date; here rbar counts pairs of events that share no day as uncorrelated (`Sample.correlation`).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    name, rbar = "kp_bmp", sample.correlation if sample.n >= 2 else np.nan
    inflation = kernels.inflation(rbar, sample.n)
    if sample.n >= 2 and not inflation > ROUNDING:
        return _no_correlation(name, rbar, inflation)
    adjusted = float(kernels.mean_t(sample.scar)) * float(np.sqrt(max(1 - rbar, 0.0) / inflation))
    return _cross_section(name, sample, adjusted, NO_STANDARDISED_MEAN, notes=(_correlation_note(sample),))


def patell(sample: Sample) -> TestResult:
    """Patell's test of standardised CARs.

    ``sum SCAR / sqrt(sum df / (df - 2))``, N(0,1) (Patell 1976). The SCAR's standard error includes the covariance
    between the days, unlike Patell's sum of daily standardised returns (`patell_daily`). Assumes independent events and
    no event-induced variance.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    return _patell("patell", sample, float(kernels.patell_z(sample.scar, sample.df)))


def patell_daily(sample: Sample) -> TestResult:
    """Patell's test as published, for comparison: SCAR is the sum of daily SARs over the root of the days (1976).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    result = _patell("patell_daily", sample, float(kernels.patell_z(sample.sums.daily_scar, sample.df)))
    return result.with_notes("leaves out the covariance between days") if result.applicable else result


def kp_patell(sample: Sample) -> TestResult:
    """Patell's test adjusted for cross-sectional correlation.

    ``z / sqrt(1 + (n - 1) rbar)``, N(0,1) (Kolari & Pynnönen 2010).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
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
    """Test of the mean CAR with the events' own estimation deviations.

    ``mean CAR / (sqrt(sum W s²) / n)``, N(0,1) (Brown & Warner 1980).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    z = kernels.brown_warner_1980_z(sample.car, sample.timeline.sd, sample.n_days.astype(np.float64))
    return TestResult.of_z("brown_warner_1980", float(z), null=NO_MEAN, n=sample.n)


def brown_warner_1985(sample: Sample) -> TestResult:
    """Test of the daily mean abnormal returns with their own deviation over time.

    Sum of the window's daily means over ``sqrt(W)`` standard deviations of the estimation days' means, t(L - 1) (Brown
    & Warner 1985). That deviation reflects the correlation between events only where the days of event time are the
    same calendar dates.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    daily = sample.timeline.daily
    days = int(daily.days)
    if days < MIN_DF:
        return TestResult.not_applicable("brown_warner_1985", f"{days} estimation days; {MIN_DF} needed")
    event = sample.sums.ar
    t = float(kernels.brown_warner_1985_t(daily, np.where(event.present > 0, event.mean, np.nan)))
    notes = () if sample.n_dates == 1 else (f"{sample.n_dates} event dates: the days of event time are not one date",)
    return TestResult.of_t("brown_warner_1985", t, days - 1, null=NO_MEAN, n=sample.n, notes=notes)


def variance_f(sample: Sample) -> TestResult:
    """F test of event-induced variance.

    Cross-sectional variance of ``SCAR / sqrt(df / (df - 2))``, which is one without an event; F(n - 1, sum df),
    one-sided. The mean reaction does not count; assumes independent normal events.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    n = sample.n
    if n < 2:
        return _too_few("variance_f", n, 2)
    present = np.isfinite(sample.scar)
    if not (sample.df[present] > 2).all():
        return TestResult.not_applicable("variance_f", "a t has a variance only above 2 degrees of freedom")
    within = float(sample.df[present].sum())
    f = float(kernels.deviation(kernels.unit_variance(sample.scar, sample.df))) ** 2
    p = float(f_sf(f, n - 1, within))
    return TestResult.of_p(
        "variance_f", f, p, f"F({n - 1}, {within:.10g})", null=SAME_VARIANCE, n=n, df=float(n - 1), notes=("one-sided",)
    )


def beaver_u(sample: Sample) -> TestResult:
    """Test of the squared standardised abnormal returns.

    ``sum (SCAR² (df - 2) / df - 1) / sqrt(2 (df - 1) / (df - 4)) / sqrt n``, N(0,1), one-sided (Beaver 1968; Patell
    1976). Increases with the event's variance and with its mean: it detects information of either sign.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    if not (sample.df > 4).all():
        return TestResult.not_applicable("beaver_u", "a squared t has a variance only above 4 degrees of freedom")
    z = float(kernels.variance_z(sample.scar, sample.df))
    notes = ("one-sided", "squares have long tails: read it with many events")
    return TestResult.of_p("beaver_u", z, float(normal_sf(z)), "N(0,1)", null=SAME_SQUARES, n=sample.n, notes=notes)


def _cross_section(
    name: str, sample: Sample, t: float, null: str, *, notes: tuple[str, ...] = (), least: int = 2
) -> TestResult:
    """Return a result with t(n - 1), or the reason that there are too few events."""
    if sample.n < least:
        return _too_few(name, sample.n, least)
    return TestResult.of_t(name, t, sample.n - 1, null=null, n=sample.n, notes=notes)


def _patell(name: str, sample: Sample, z: float) -> TestResult:
    """Return a result with N(0,1), or the reason that the estimation windows are too short."""
    if not (sample.df > 2).all():
        return TestResult.not_applicable(name, "a t has a variance only above 2 degrees of freedom")
    return TestResult.of_z(name, z, null=NO_STANDARDISED_MEAN, n=sample.n)


def _too_few(name: str, n: int, least: int) -> TestResult:
    """Return that a cross-section needs more events."""
    return TestResult.not_applicable(name, f"{n} event{'' if n == 1 else 's'} with returns; {least} needed")


def _correlation_note(sample: Sample) -> str:
    """Return a note on the correlation used for the adjustment."""
    note = f"residual correlation {sample.residual_correlation:.3f}, days shared by a pair {sample.shared:.3f}"
    few = sample.few_in_common
    return f"{note}; {few} pairs of events have fewer than {FEW} estimation days in common" if few else note


def _no_correlation(name: str, rbar: float, inflation: float) -> TestResult:
    """Return that the mean correlation cannot be used, with the reason."""
    if not np.isfinite(rbar):
        return TestResult.not_applicable(
            name, "no two events share estimation dates: there is no correlation to allow for"
        )
    return TestResult.not_applicable(
        name, f"1 + (n - 1) rbar = {inflation:.3f} is not positive (rbar {rbar:.3f}): the adjustment is undefined"
    )


def bhar_t(sample: Sample) -> TestResult:
    """Cross-sectional t test of the mean buy-and-hold abnormal return, t(n - 1) (Barber & Lyon 1997).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    return _held("bhar_t", sample, float(kernels.mean_t(sample.bhar)))


def bhar_skewness_t(sample: Sample) -> TestResult:
    """Test of the mean buy-and-hold abnormal return, adjusted for the skewness of compounding, t(n - 1) (Hall 1992).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    return _held("bhar_skewness_t", sample, float(kernels.hall_t(sample.bhar)), least=3)


def _held(name: str, sample: Sample, t: float, *, least: int = 2) -> TestResult:
    """Return the result of a test of buy-and-hold returns, which price changes and other measures do not have."""
    if sample.changes:
        return TestResult.not_applicable(
            name, "changes and logarithms do not compound: there is no buy-and-hold return"
        )
    return _cross_section(name, sample, t, NO_HELD_MEAN, least=least)
