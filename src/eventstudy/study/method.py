"""How the numbers of a study were computed, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..windows import Window

RETURNS_IN_WORDS = {
    "log": "log returns",
    "simple": "simple returns",
    "change": "changes of the price, in its own unit",
}
MEASURED = {
    "volume": (
        "Studied is not the return but the natural logarithm of the volume of each session{shares}; what is called "
        "return is that logarithm, and the abnormal return is abnormal volume, the logarithm less what the model "
        "expects (Ajinkya & Jain 1989; Campbell & Wasley 1996). Its exponential is the volume as a multiple of the "
        "expected. A session with no volume, or none known, has no value; rows that touch the roll of a continuous "
        "future are {rolls}."
    ),
    "volatility": (
        "Studied is not the return but the natural logarithm of the volatility of each session by its range, "
        "ln(high / low) / sqrt(4 ln 2) (Parkinson 1980); what is called return is that logarithm, and the abnormal "
        "return is the logarithm less what the model expects. Its exponential is the range as a multiple of the "
        "expected. A session whose high is its low, or without them, has no value; rows that touch the roll of a "
        "continuous future are {rolls}."
    ),
}
TURNOVER = " over the shares outstanding (turnover), where they are given"
# Daily volume and range are persistent: the error of a sum over days is larger than that of independent days.
PERSISTENT = (
    "Day 0 holds the whole session, also what came before an event within it. The measure is correlated from day to "
    "day. t takes the days as independent; its p is too small for windows of several days (at a correlation of .5, "
    "19 % of ordinary windows of five days have p below .05). The ranks among ordinary stretches of as many days "
    "allow for it."
)
# Remarks about prices, and clocks, that the method names one by one.
SHOWN = 30
DAY_ZERO_SENTENCE = (
    "Day 0 is the first session whose observation (the close, or for a future its settlement) comes after the "
    "event; the reference is the last observation at or before it. Event time counts a market's own rows."
)
TAU_ZERO_SENTENCE = (
    "Event time counts bars of {bars}. Tau 0 is the first bar that opens at or after the event, the reference the "
    "close of the last bar that ended at or before it; a bar that holds the event belongs to neither side. No bar is "
    "made up: a return across a break or a closure is marked, and left out of the estimation unless the model goes by "
    "the time of day."
)
AVERAGES_SENTENCES = (
    "AAR of a day is the mean abnormal return over the pairs that have one, CAAR the mean of their sums from the first "
    "row of the event windows on, over the pairs with enough days. The standard error allows for the dependence of the "
    "pairs: sd / sqrt n where no two share a day, sums over clusters of shared days where several do, and for windows "
    "that overlap from event to event sd / sqrt n times sqrt((1 + (n - 1) r) / (1 - r)), r the mean correlation.",
    "The test that leads is chosen from the design alone: bmp for events on days of their own, a test over the "
    "clusters of shared days where several events share one, kp_bmp where windows overlap, a rank among the days "
    "before where all events have one date. By day the clusters have Student's t; the ranked form is made for the "
    "windows of the study.",
)
EXCLUDED = " The {} on which a listed event falls are left out of the estimation."
READ_FIRST = (
    "The p-value that is read first ranks the abnormal return among those of all stretches of as many estimation {}, "
    "each in units of the volatility known before it (exponential weights, days beyond four deviations left out); "
    "beyond five rows the larger of it and a t that allows for the overlap."
)
STEP_DOWN = (
    "The step-down p allows for the number of markets that met the event, joined by event time (max-T); Holm p does so "
    "for t. mde80 is the abnormal return that the test beside it would find in four of five cases."
)
NOT_BEFORE = (
    "The estimation window holds rows after the event. Tests that take the volatility known the day before "
    "(placebo_standardised, step_down, max_t, double_standardised) are not made: of one event the placebo p is read "
    "first, and Holm p allows for the number of markets. What the event changed for good is part of the expected "
    "returns."
)
# Tests of single pairs that may be read first, and the sentences about them.
OF_PAIRS = {"step_down", "placebo_standardised", "placebo"}
ONE_MEAN = (
    " In bars that is one mean for every time of day; the model time-of-day gives each its own. The p-value to read "
    "first divides each bar by the scale of its time of day under either."
)


def method_sentences(specification: Mapping[str, Any], description: str, estimation: Window) -> tuple[str, ...]:
    """Say how the numbers of a study were computed.

    Parameters
    ----------
    specification : mapping
        The study as plain values.
    description : str
        Of the model.
    estimation : Window

    Returns
    -------
    tuple of str
    """
    bars = specification["bars"]
    rows = " and ".join(f"{part.first} to {part.last}" for part in estimation.parts)
    return (
        TAU_ZERO_SENTENCE.format(bars=bars) if bars else DAY_ZERO_SENTENCE,
        description + (ONE_MEAN if bars and specification["model"] == "constant-mean" else ""),
        *_studied(specification),
        f"The model is estimated on rows {rows} of event time. Standard errors are "
        "those of a forecast: sigma and the error of the estimated parameters, with their covariance over a window."
        + (EXCLUDED.format("bars" if bars else "days") if specification["exclude"] else ""),
        "p is two-sided, from Student's t with L - k degrees of freedom. Placebo p counts how many ordinary "
        f"{'bars' if bars else 'days'} (or windows of the same length) of the same market were at least as large; it "
        "assumes no distribution.",
        *((NOT_BEFORE,) if estimation.last > 0 else (READ_FIRST.format("bars" if bars else "days"), STEP_DOWN)),
    )


def _studied(specification: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what is studied: a kind of return, or a measure."""
    rolls = "kept" if specification["rolls"] == "keep" else "dropped"
    if measure := specification.get("measure"):
        return MEASURED[measure].format(rolls=rolls, shares=TURNOVER if specification["shares"] else ""), PERSISTENT
    kind = RETURNS_IN_WORDS[specification["returns"]]
    return (f"Returns are {kind}, close to close; those touching the roll of a continuous future are {rolls}.",)


def is_of_pairs(sentence: str) -> bool:
    """Say whether a sentence of the method is about tests of single pairs that are read first.

    Parameters
    ----------
    sentence : str

    Returns
    -------
    bool

    Examples
    --------
    >>> is_of_pairs(STEP_DOWN), is_of_pairs(DAY_ZERO_SENTENCE)
    (True, False)
    """
    return sentence in (READ_FIRST.format("days"), READ_FIRST.format("bars"), STEP_DOWN)


def price_sentences(notes: Sequence[str]) -> tuple[str, ...]:
    """Say which prices were used: adjusted, split, converted, or read in a special way.

    Parameters
    ----------
    notes : sequence of str
        Of the prices, `eventstudy.BarSet`.

    Returns
    -------
    tuple of str
        Empty where the prices are closes as the files have them.

    Examples
    --------
    >>> price_sentences(["AAPL: adjusted close of a.csv; open, high and low scaled alike"])
    ('Prices: AAPL: adjusted close of a.csv; open, high and low scaled alike.',)
    """
    more = f" {len(notes) - SHOWN} further remarks are left out." if len(notes) > SHOWN else ""
    return (f"Prices: {'. '.join(notes[:SHOWN])}.{more}",) if notes else ()
