"""Choose which tests are valid for a design: which to read first, which to refuse, and which to show with a caution.

The decision is `judge`, a function of the design and of what the tests declare, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .protocol import Assumption, Scope, SignificanceTest
from .result import TestResult
from .sample import Sample

# Cases of docs/validity.md with 12 events on one date, residual correlation .3 and .6.
ONE_DATE_CASES = ("N12 .3", "N12 .6")


class Sharing(StrEnum):
    """How the events of a sample share dates."""

    SINGLE = "one event in one market"
    ONE_DATE = "one date in many markets"
    SHARED_DATES = "events that share dates"
    OWN_DATES = "events on dates of their own"


@dataclass(frozen=True, kw_only=True)
class Design:
    """What the guard needs to know of a sample.

    Parameters
    ----------
    sharing : Sharing
    events, dates : int
        Event-market pairs with a return in the window, and their different days 0.
    one_calendar : bool
        Whether each day of event time is the same date for all of them; only looked up for one date.
    """

    sharing: Sharing
    events: int = 1
    dates: int = 1
    one_calendar: bool = True


class Role(StrEnum):
    """How to read a test's result in a design."""

    HEADLINE = "headline"
    SECONDARY = "secondary"
    UNADJUSTED = "unadjusted"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the guard says of one test in one design.

    Parameters
    ----------
    role : Role
    refusal : str
        Why the test must not be made; empty where it may.
    caution : str
        What to say beside its result.
    """

    role: Role
    refusal: str = ""
    caution: str = ""

    def shown(self, result: TestResult) -> TestResult:
        """Return a result with the caution, where there is one."""
        return result.with_notes(self.caution) if self.caution and result.applicable else result


# The tests to read first. With dates of their own BMP keeps its level when the event raises the variance.
HEADLINES = {
    Sharing.SINGLE: ("placebo_standardised",),
    Sharing.ONE_DATE: ("placebo_standardised", "max_t"),
    Sharing.SHARED_DATES: ("sign_flip",),
    Sharing.OWN_DATES: ("bmp",),
}


def design_of(sample: Sample) -> Design:
    """Describe how the events with a return in the window share dates.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    Design
    """
    n, dates = sample.n, sample.n_dates
    if n <= 1:
        return Design(sharing=Sharing.SINGLE, events=n, dates=dates)
    if dates == 1:
        return Design(sharing=Sharing.ONE_DATE, events=n, dates=1, one_calendar=sample.timeline.one_calendar)
    return Design(sharing=Sharing.SHARED_DATES if dates < n else Sharing.OWN_DATES, events=n, dates=dates)


def judge(design: Design, tests: Iterable[SignificanceTest]) -> dict[str, Verdict]:
    """Decide how to read each test in a design.

    Parameters
    ----------
    design : Design
    tests : iterable of SignificanceTest

    Returns
    -------
    dict of str to Verdict
        By name of the test.

    Examples
    --------
    >>> from eventstudy.inference.significance.registry import TESTS
    >>> shared = Design(sharing=Sharing.SHARED_DATES, events=9, dates=3)
    >>> found = judge(shared, [TESTS["sign_flip"], TESTS["patell"]])
    >>> found["sign_flip"].role.value, found["patell"].role.value
    ('headline', 'unadjusted')
    """
    return {test.name: _verdict(design, test) for test in tests}


def _verdict(design: Design, test: SignificanceTest) -> Verdict:
    """Decide about one test."""
    if test.name in HEADLINES[design.sharing]:
        return Verdict(role=Role.HEADLINE)
    # One pair shares its date with nothing.
    shared = test.scope is not Scope.PAIR and design.sharing in (Sharing.ONE_DATE, Sharing.SHARED_DATES)
    if not shared:
        return Verdict(role=Role.SECONDARY)
    if not test.declares_dependence:
        return Verdict(role=Role.UNADJUSTED, refusal=UNDECLARED)
    one_date = design.sharing is Sharing.ONE_DATE
    if Assumption.INDEPENDENT_EVENTS in test.assumes:
        if one_date:
            return Verdict(role=Role.UNADJUSTED, refusal=not_for_one_date(test))
        counted = f"{design.events} events on {design.dates} dates, counted as independent"
        return Verdict(role=Role.UNADJUSTED, caution=f"{counted}: {_rates(test)}")
    if one_date and Assumption.SAME_DATES in test.assumes and not design.one_calendar:
        return Verdict(role=Role.SECONDARY, refusal=OTHER_HOLIDAYS)
    return Verdict(role=Role.SECONDARY)


UNDECLARED = (
    "the events share dates, and the test does not declare what it assumes of events that do (such as "
    "INDEPENDENT_EVENTS or INDEPENDENT_DATES)"
)
OTHER_HOLIDAYS = (
    "the markets keep different holidays, so that a day of event time is not one date and the test misses most of "
    "their correlation; max_t matches dates"
)


def not_for_one_date(test: SignificanceTest) -> str:
    """Return why a test that takes events as independent is not valid for one date in many markets.

    Examples
    --------
    >>> from eventstudy.inference.significance.registry import TESTS
    >>> not_for_one_date(TESTS["patell"])  # doctest: +ELLIPSIS
    'markets that share one date move together, and the test counts them as independent: with 12 on one date ...'
    """
    return f"markets that share one date move together, and the test counts them as independent: {_rates(test)}"


def _rates(test: SignificanceTest) -> str:
    """Return the measured error rates in words."""
    if not all(case in test.measured for case in ONE_DATE_CASES):
        return "how often it then rejects a true null has not been measured"
    # Halves are rounded up, as in the table of the documentation.
    low, high = (int(test.measured[case] + 0.5) for case in ONE_DATE_CASES)
    return (
        f"with 12 on one date it rejects a true null {low} % of the time at residual correlation .3 "
        f"and {high} % at .6, instead of 5 %"
    )
