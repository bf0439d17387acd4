"""Which tests may speak: the choice of the headline, and why others are silent or carry a warning."""

from __future__ import annotations

from enum import StrEnum

from .result import TestResult
from .sample import Sample

# Rejections of a true null at the 5 % level, in per cent, of 12 events on one date with residual correlation .3 and .6:
# columns "N12" of docs/validity.md (the variants of a test beside it). Each of these counts events as independent.
UNADJUSTED = {
    "cross_sectional_t": (38, 61),
    "brown_warner_1980": (34, 47),
    "patell": (35, 48),
    "patell_daily": (35, 48),
    "bmp": (40, 62),
    "skewness_t": (40, 61),
    "skewness_t_bootstrap": (40, 61),
    "grank_z": (43, 64),
    "sign": (30, 54),
    "generalized_sign": (30, 54),
    "wilcoxon": (39, 61),
    "bhar_t": (38, 61),
    "bhar_skewness_t": (40, 61),
    "variance_f": (0, 0),
    "beaver_u": (10, 15),
}

# These read the correlation between events off the days of event time, which must then be the same dates for all.
THROUGH_TIME = (
    "brown_warner_1985",
    "corrado",
    "corrado_zivney",
    "corrado_zivney_restandardised",
    "corrado_cumulative",
    "corrado_zivney_sign",
    "grank_t",
)


class Design(StrEnum):
    """How the events of a sample share dates."""

    SINGLE = "one event in one market"
    ONE_DATE = "one date in many markets"
    SHARED_DATES = "events that share dates"
    OWN_DATES = "events on dates of their own"


class Role(StrEnum):
    """What a test's result is good for in a design."""

    HEADLINE = "headline"
    SECONDARY = "secondary"
    UNADJUSTED = "unadjusted"


# The tests to read first. With dates of their own BMP keeps its level when the event raises the variance.
HEADLINES = {
    Design.SINGLE: ("placebo_standardised",),
    Design.ONE_DATE: ("placebo_standardised", "max_t"),
    Design.SHARED_DATES: ("sign_flip",),
    Design.OWN_DATES: ("bmp",),
}


def design_of(sample: Sample) -> Design:
    """Say how the events present share dates."""
    if sample.n <= 1:
        return Design.SINGLE
    if sample.n_dates == 1:
        return Design.ONE_DATE
    return Design.SHARED_DATES if sample.n_dates < sample.n else Design.OWN_DATES


def role_of(name: str, design: Design) -> Role:
    """Return what the test of that name is good for.

    Examples
    --------
    >>> role_of("sign_flip", Design.SHARED_DATES).value, role_of("patell", Design.SHARED_DATES).value
    ('headline', 'unadjusted')
    """
    if name in HEADLINES[design]:
        return Role.HEADLINE
    shared = design in (Design.ONE_DATE, Design.SHARED_DATES)
    return Role.UNADJUSTED if shared and name in UNADJUSTED else Role.SECONDARY


def not_for_one_date(name: str) -> TestResult:
    """Return why a test that takes events as independent says nothing of one date in many markets.

    Parameters
    ----------
    name : str
        A key of `UNADJUSTED`.

    Examples
    --------
    >>> print(not_for_one_date("patell"))  # doctest: +ELLIPSIS
    patell: not applicable, markets that share one date move together, and the test counts them as independent: ...
    """
    return TestResult.not_applicable(
        name, f"markets that share one date move together, and the test counts them as independent: {_rates(name)}"
    )


def guarded(name: str, sample: Sample, result: TestResult) -> TestResult:
    """Return the result as it may be shown: refused on one date, with the measured error rate on shared dates."""
    design = design_of(sample)
    if design is Design.ONE_DATE and name in THROUGH_TIME and not sample.timeline.one_calendar:
        return TestResult.not_applicable(
            name,
            "the markets keep different holidays, so that a day of event time is not one date and the test misses most "
            "of their correlation; max_t matches dates",
        )
    if role_of(name, design) is not Role.UNADJUSTED:
        return result
    if design is Design.ONE_DATE:
        return not_for_one_date(name)
    if not result.applicable:
        return result
    return result.with_notes(f"{sample.n} events on {sample.n_dates} dates, counted as independent: {_rates(name)}")


def _rates(name: str) -> str:
    """Return the measured error rates in words."""
    low, high = UNADJUSTED[name]
    return (
        f"with 12 on one date it rejects a true null {low} % of the time at residual correlation .3 "
        f"and {high} % at .6, instead of 5 %"
    )
