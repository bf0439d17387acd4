"""The sentences of the page of many events."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...inference.significance.guard import COUNTED, rejections
from ...inference.significance.registry import TESTS
from ...render.tables import p_value
from ...study.wording import UNITS, amount_of, car_name, kind_of, p_equals
from ...text import shortened
from .facts import Facts

LEADS = {
    "bmp": "No two events share a day of the window, so they count as independent: the standardised cross-sectional "
    "test (BMP) leads.",
    "kp_bmp": "The windows of different events share days, so the events are not independent: the BMP test that allows "
    "for their correlation (Kolari and Pynnönen) leads.",
    "cluster_t_rank": "Several events share a day: a test over the days, not over the events, leads.",
    "bmp_rank": "A few dates with several events each: the BMP statistic leads, ranked among sets of earlier days.",
    "double_standardised": "All events are on one date and move together: their mean over their spread, ranked among "
    "the days before, leads.",
    "step_down": "All markets meet one date: each has its own test, adjusted for their number.",
    "placebo_standardised": "Each market is compared with ordinary days of its own.",
}
SHARE = 0.05
# Of more groups than this the sentence names the highest and the lowest; a name may have so many characters.
NAMED, LONGEST = 8, 80
BY_CLUSTER = ("cluster_t_rank",)


def finding(facts: Facts) -> tuple[str, ...]:
    """Return the sentences that stand first: how many events, the averages, and the groups.

    Parameters
    ----------
    facts : Facts

    Returns
    -------
    tuple of str
    """
    said = (*facts.result.finding(), *_weighted(facts), *(_groups(facts, name) for name in facts.groups))
    return tuple(sentence.replace("p = ", "p\u00a0=\u00a0").replace("p < ", "p\u00a0<\u00a0") for sentence in said)


def _weighted(facts: Facts) -> Iterator[str]:
    """Give the weighted mean of the first window, where the study names weights; the sentences before weigh alike."""
    table, name = facts.asked_for.get("weighted"), facts.result.specification["event_weights"]
    if table is not None:
        kind = kind_of(facts.result.specification)
        row, amount = table.iloc[0], amount_of(kind)
        yield (
            f"Weighted by {name} in place of all events alike: mean {car_name(str(row['window']))} "
            f"{amount(row['mean_car'])} {UNITS[kind]} (weighted_t, {row['errors']} errors: {p_equals(row['p'])})."
        )


def rates_apart(tests: pd.DataFrame) -> pd.DataFrame:
    """Take out of the notes what is the same for every test that counts events of shared days as independent.

    Parameters
    ----------
    tests : DataFrame
        Of the result, with ``test, note``.

    Returns
    -------
    DataFrame
        The same, and ``rates``: how often the test then rejects a true null (%), such as ``38 to 61``; empty where it
        does not count them so, or it has not been measured. The note of a test with rates does not repeat it.
    """
    known = [rejections(TESTS[name]) if name in TESTS else None for name in tests["test"]]
    counted = tests["note"].fillna("").str.contains(COUNTED, regex=False)
    rates = [f"{found[0]} to {found[1]}" if found and here else "" for found, here in zip(known, counted, strict=True)]
    short = [
        "; ".join(part for part in note.split("; ") if COUNTED not in part) if rate else note
        for note, rate in zip(tests["note"].fillna(""), rates, strict=True)
    ]
    return tests.assign(note=short, rates=rates)


def _groups(facts: Facts, name: str) -> str:
    """Give the mean of every group in the first window, and the test that compares them."""
    returns = kind_of(facts.result.specification)
    table = facts.group_averages[name]
    here = table[table["window"] == facts.window.label]
    amount = amount_of(returns)
    rows = here.to_dict("records")
    said = [f"{shortened(str(row['group']), LONGEST)} {amount(row['mean_car'])} ({row['n']:,})" for row in rows]
    if len(said) > NAMED:
        order = here["mean_car"].to_numpy().argsort(kind="stable")
        low, high = (", ".join(said[at] for at in ends) for ends in (order[: NAMED // 2], order[::-1][: NAMED // 2]))
        said = [f"highest {high}", f"lowest {low}", f"{len(order) - NAMED} more in the table"]
    compared = facts.compared[name]
    mine = compared[(compared["window"] == facts.window.label) & compared["p"].notna()]
    verdict = f"; equal means: {p_equals(mine['p'].iloc[-1])}" if len(mine) else ""
    return f"By {name}, {car_name(facts.window.label)}, {UNITS[returns]}: {'; '.join(said)}{verdict}."


def doubts(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield what the headline allows and what limits it, each with the section that details it.

    Parameters
    ----------
    facts : Facts

    Yields
    ------
    tuple of str
        Sentence, and anchor of a section.
    """
    yield from _leads(facts.result.tests, facts.window.label)
    yield from _apart(facts)
    yield from _skewed(facts)
    yield from _lost(facts)
    before = facts.result.aar[facts.result.aar["tau"] < 0]
    early = before[before["p"] <= SHARE]
    if len(early):
        yield (
            f"On {len(early)} of {len(before)} days before day 0 the mean abnormal return differs from zero at 5 % "
            "(one in twenty does so by chance): news that leaked, or a date that is late.",
            "days",
        )


def _leads(tests: pd.DataFrame, window: str) -> Iterator[tuple[str, str]]:
    """Name the test that leads, why, and what it can at least show."""
    here = tests[(tests["window"] == window) & (tests["role"] == "headline")]
    for name in dict.fromkeys(here["test"]):
        yield LEADS.get(str(name), f"{name} leads."), "tests"
        break
    least = here["smallest_p"].dropna()
    if len(least) and least.iloc[0] > 0.001:
        yield f"It ranks among a limited number of days: no p below {p_value(least.iloc[0])} is possible.", "tests"
    refused = tests[(tests["window"] == window) & tests["p"].isna()]["test"].nunique()
    if refused:
        apply = "tests do" if refused > 1 else "test does"
        yield f"{refused} further {apply} not apply to this design; the table gives the reason.", "tests"


def _apart(facts: Facts) -> Iterator[tuple[str, str]]:
    """Say where the interval of the mean and the leading test disagree."""
    row = facts.averages.iloc[0]
    outside = row["low"] > 0 or row["high"] < 0
    tests = facts.result.tests
    here = tests[(tests["window"] == facts.window.label) & (tests["role"] == "headline") & tests["p"].notna()]
    if len(here) and outside != bool(here["p"].iloc[0] <= SHARE):
        name = here["test"].iloc[0]
        weighs = ", and every cluster of shared days alike" if name in BY_CLUSTER else ""
        yield (
            f"The interval of the plain mean {'excludes' if outside else 'holds'} zero, and {name} says otherwise: it "
            f"weighs each event by its own volatility{weighs}. Look at the groups and at the distribution.",
            "distribution",
        )


def _skewed(facts: Facts) -> Iterator[tuple[str, str]]:
    """Say where mean and median disagree."""
    row = facts.averages.iloc[0]
    if pd.notna(row["mean_car"]) and row["mean_car"] * row["median_car"] < 0:
        amount = amount_of(kind_of(facts.result.specification))
        yield (
            f"Mean ({amount(row['mean_car'])}) and median ({amount(row['median_car'])}) have opposite signs: a few "
            "events carry the mean.",
            "distribution",
        )


def _lost(facts: Facts) -> Iterator[tuple[str, str]]:
    """Say how many pairs were not studied, where they are many."""
    lost, total = int(facts.dropped["count"].sum()), sum(facts.result.outcome_counts.values())
    if lost > SHARE * total:
        yield f"{lost:,} of {total:,} pairs were left out; those that remain may differ from them.", "sample"
