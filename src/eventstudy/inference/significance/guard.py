"""Choose which tests are valid for a design: the headline tests, the refused ones, and those shown with a caution.

`judge` decides from the design and from what the tests declare alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from .protocol import Assumption, Scope, SignificanceTest
from .result import TestResult
from .sample import Sample

# Cases of docs/validity.md with 12 events on one date, residual correlation .3 and .6.
ONE_DATE_CASES = ("N12 .3", "N12 .6")


class Sharing(StrEnum):
    """Dependence structure of a sample; pairs are in one cluster if they share an event_id or a day of the window."""

    SINGLE = "one event in one market"
    ONE_DATE = "one date in many markets"
    MANY_ON_ONE_DATE = "one date with more than 40 pairs"
    CHAINED = "events of different dates whose windows share days"
    OWN_DATES = "events on dates of their own"
    FEW_DATES = "two to four dates with several pairs"
    SHARED_DATES = "five or more dates with several pairs"


@dataclass(frozen=True, kw_only=True)
class Design:
    """The properties of a sample on which the choice of tests depends.

    Parameters
    ----------
    sharing : Sharing
    events, dates : int
        Event-market pairs with a return in the window, and their clusters.
    one_calendar : bool
        Whether each day of event time is the same date for all pairs; only determined for one date.
    firms : bool
        Whether the pairs are of more than one event: firms rather than the markets of one event.
    ordered : bool
        Whether the estimation window lies before the event windows.
    """

    sharing: Sharing
    events: int = 1
    dates: int = 1
    one_calendar: bool = True
    firms: bool = False
    ordered: bool = True


class Role(StrEnum):
    """How to read a test's result in a design."""

    HEADLINE = "headline"
    SECONDARY = "secondary"
    UNADJUSTED = "unadjusted"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The decision on one test in one design.

    Parameters
    ----------
    role : Role
    refusal : str
        Why the test must not be made; empty where it may.
    caution : str
        Note to add to its result.
    """

    role: Role
    refusal: str = ""
    caution: str = ""

    def of(self, result: TestResult) -> Verdict:
        """Return the verdict for a result: a test that cannot reject at 5 % is not a headline.

        Parameters
        ----------
        result : TestResult

        Returns
        -------
        Verdict
        """
        smallest = result.figures.get("smallest_p", 0.0)
        return replace(self, role=Role.SECONDARY) if self.role is Role.HEADLINE and smallest > LEVEL else self

    def shown(self, result: TestResult) -> TestResult:
        """Return a result with the caution added to its notes.

        Parameters
        ----------
        result : TestResult

        Returns
        -------
        TestResult
        """
        return result.with_notes(self.caution) if self.caution and result.applicable else result


# Up to this many pairs on one date, each has its own p-value, adjusted for their number.
PAIRS_SHOWN = 40
FEW = 4
# The tests to read first, by dependence structure; docs/validity.md has the sizes and powers behind the choice.
HEADLINES = {
    Sharing.SINGLE: ("placebo_standardised",),
    Sharing.ONE_DATE: ("placebo_standardised", "step_down", "max_t"),
    Sharing.MANY_ON_ONE_DATE: ("double_standardised",),
    Sharing.CHAINED: ("kp_bmp",),
    Sharing.OWN_DATES: ("bmp",),
    Sharing.FEW_DATES: ("bmp_rank",),
    Sharing.SHARED_DATES: ("cluster_t_rank",),
}

# The same where the estimation window does not lie before the event: no volatility is known the day before.
UNORDERED = {
    Sharing.SINGLE: ("placebo",),
    Sharing.ONE_DATE: ("placebo",),
    Sharing.MANY_ON_ONE_DATE: ("kp_bmp",),
}


def sharing_of(pairs: int, clusters: int, largest: int, chained: bool) -> Sharing:
    """Return the dependence structure of a sample.

    Parameters
    ----------
    pairs : int
        With a return in the window.
    clusters : int
        Connected sets of pairs.
    largest : int
        Pairs in the largest of them.
    chained : bool
        Whether a cluster contains events without a common date.

    Returns
    -------
    Sharing

    Examples
    --------
    >>> sharing_of(60, 5, 12, False).name, sharing_of(15, 1, 15, True).name, sharing_of(5, 1, 5, False).name
    ('SHARED_DATES', 'CHAINED', 'ONE_DATE')
    """
    if pairs <= 1:
        return Sharing.SINGLE
    if chained:
        return Sharing.CHAINED
    if clusters == 1:
        return Sharing.ONE_DATE if pairs <= PAIRS_SHOWN else Sharing.MANY_ON_ONE_DATE
    if largest == 1:
        return Sharing.OWN_DATES
    return Sharing.FEW_DATES if clusters <= FEW else Sharing.SHARED_DATES


def design_of(sample: Sample) -> Design:
    """Describe the dependence structure of the pairs with a return in the window.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    Design
    """
    clusters = sample.clusters
    sharing = sharing_of(sample.n, clusters.count, clusters.largest, clusters.chained)
    return Design(
        sharing=sharing,
        events=sample.n,
        dates=clusters.count,
        one_calendar=sample.timeline.one_calendar if sharing in ON_ONE_DATE else True,
        firms=bool(sample.samples.event_codes.any()),
        ordered=_ordered(sample, sharing),
    )


def _ordered(sample: Sample, sharing: Sharing) -> bool:
    """Return whether the estimation window lies before the event; not determined where no test depends on it."""
    # In blocks tests of pairs are not made, and of the others only those of one date depend on the order.
    return sample.samples.first.ordered if isinstance(sample.blocks, list) or sharing in UNORDERED else True


ON_ONE_DATE = (Sharing.ONE_DATE, Sharing.MANY_ON_ONE_DATE)


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
    >>> shared = Design(sharing=Sharing.SHARED_DATES, events=60, dates=5)
    >>> found = judge(shared, [TESTS["cluster_t_rank"], TESTS["patell"]])
    >>> found["cluster_t_rank"].role.value, found["patell"].role.value
    ('headline', 'unadjusted')
    """
    return {test.name: _verdict(design, test) for test in tests}


def _verdict(design: Design, test: SignificanceTest) -> Verdict:
    """Decide on one test."""
    leads = HEADLINES[design.sharing] if design.ordered else UNORDERED.get(design.sharing, HEADLINES[design.sharing])
    if not design.ordered and Assumption.ESTIMATED_BEFORE in test.assumes:
        return Verdict(role=Role.SECONDARY, refusal=NOT_BEFORE)
    if test.name in leads:
        return Verdict(role=Role.HEADLINE)
    one_date = design.sharing in ON_ONE_DATE
    if Assumption.ONE_CLUSTER in test.assumes and not one_date:
        return Verdict(role=Role.SECONDARY, refusal=NOT_ONE_CLUSTER)
    # Pairs that share no date have no cross-sectional correlation.
    if test.scope is Scope.PAIR or design.sharing in (Sharing.SINGLE, Sharing.OWN_DATES):
        return Verdict(role=Role.SECONDARY)
    if not test.declares_dependence:
        return Verdict(role=Role.UNADJUSTED, refusal=UNDECLARED)
    if Assumption.INDEPENDENT_EVENTS in test.assumes:
        if one_date:
            return Verdict(role=Role.UNADJUSTED, refusal=not_for_one_date(test, firms=design.firms))
        counted = f"{design.events} events in {design.dates} {COUNTED}"
        return Verdict(role=Role.UNADJUSTED, caution=f"{counted}: {_rates(test)}")
    if one_date and Assumption.SAME_DATES in test.assumes and not design.one_calendar:
        return Verdict(role=Role.SECONDARY, refusal=OTHER_HOLIDAYS)
    if test.name == "sign_flip" and 0.5 ** (design.dates - 1) > LEVEL:
        return Verdict(role=Role.SECONDARY, caution=f"cannot reject at 5 %: {design.dates} clusters are too few")
    return Verdict(role=Role.SECONDARY)


LEVEL = 0.05
COUNTED = "clusters of shared days, counted as independent"
NOT_BEFORE = (
    "the estimation window does not lie before the event, so that no volatility is known the day before; read placebo, "
    "or choose estimation rows before the event"
)
NOT_ONE_CLUSTER = "the events are not on one date; the test compares one day's cross-section with other days'"
UNDECLARED = (
    "the events share dates, and the test does not declare what it assumes of events that do (such as "
    "INDEPENDENT_EVENTS or INDEPENDENT_DATES)"
)
OTHER_HOLIDAYS = (
    "the markets keep different holidays, so that a day of event time is not one date and the test misses most of "
    "their correlation; use max_t or step_down"
)


def not_for_one_date(test: SignificanceTest, *, firms: bool = False) -> str:
    """Return why a test that assumes independent events is not valid for one date.

    Parameters
    ----------
    test : SignificanceTest
    firms : bool
        Whether the pairs are firms rather than markets.

    Returns
    -------
    str

    Examples
    --------
    >>> from eventstudy.inference.significance.registry import TESTS
    >>> not_for_one_date(TESTS["patell"])  # doctest: +ELLIPSIS
    'markets that share one date move together, and the test counts them as independent: with 12 on one date ...'
    """
    who = "firms" if firms else "markets"
    return f"{who} that share one date move together, and the test counts them as independent: {_rates(test)}"


def rejections(test: SignificanceTest) -> tuple[int, int] | None:
    """Return how often a test rejects a true null at 5 % where 12 events share a date and it takes them as independent.

    Parameters
    ----------
    test : SignificanceTest

    Returns
    -------
    tuple of int, or None
        Per cent at residual correlation .3 and .6; None where it has not been measured.
    """
    if not all(case in test.measured for case in ONE_DATE_CASES):
        return None
    # Halves are rounded up, as in the table of docs/validity.md; `round` would round them to even.
    low, high = (int(test.measured[case] + 0.5) for case in ONE_DATE_CASES)
    return low, high


def _rates(test: SignificanceTest) -> str:
    """Return the measured rejection rates in words."""
    found = rejections(test)
    if found is None:
        return "how often it then rejects a true null has not been measured"
    low, high = found
    return (
        f"with 12 on one date it rejects a true null {low} % of the time at residual correlation .3 "
        f"and {high} % at .6, instead of 5 %"
    )
