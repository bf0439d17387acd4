"""The object that a test returns."""

import math
from pathlib import Path

import pytest
from scipy import stats

from eventstudy.inference.significance.guard import Design, Role, Sharing, judge, not_for_one_date
from eventstudy.inference.significance.protocol import Assumption, Scope, SignificanceTest
from eventstudy.inference.significance.registry import TESTS
from eventstudy.inference.significance.result import TestResult


def test_p_values_are_two_sided():
    z = TestResult.of_z("patell", -1.96, null="zero", n=9)
    t = TestResult.of_t("bmp", 2.0, 4, null="zero", n=5, notes=("a note",))
    assert z.p == pytest.approx(0.04999579, rel=1e-6)
    assert t.p == pytest.approx(2 * (1 - stats.t.cdf(2.0, 4)), rel=1e-12)
    assert (z.distribution, z.df, t.distribution, t.df, t.note) == ("N(0,1)", None, "t(4)", 4.0, "a note")


def test_a_statistic_that_is_not_a_number_becomes_a_reason():
    result = TestResult.of_z("patell", math.inf, null="zero", n=9)
    assert not result.applicable
    assert result.note.startswith("not applicable: the statistic is not finite")


# What was found before the rates had a file of their own, in per cent: 12 events on one date, correlation .3 and .6.
INDEPENDENT = {
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


def test_the_tests_that_count_events_as_independent():
    assert {name for name, test in TESTS.items() if Assumption.INDEPENDENT_EVENTS in test.assumes} == set(INDEPENDENT)


@pytest.mark.parametrize("name", INDEPENDENT)
def test_one_date_tests_say_how_often_they_are_wrong(name):
    low, high = INDEPENDENT[name]
    reason = not_for_one_date(TESTS[name])
    assert f" {low} % of the time at residual correlation .3 and {high} % at .6" in reason


def table(page, start, stop):
    """Cells of the first table between two headings, by row and column."""
    part = page[page.index(start) : page.index(stop) if stop else None]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line.startswith("| ")]
    return {line[0]: dict(zip(lines[0][1:], line[1:], strict=True)) for line in lines[1:]}


def test_the_rates_are_those_of_the_page():
    page = (Path(__file__).parents[3] / "docs" / "validity.md").read_text(encoding="utf-8")
    many, one = table(page, "## Many events", "### The same"), table(page, "## One date, twelve", None)
    one |= {"t": one["t with forecast error, market 1"], "placebo": one["placebo, market 1"]}
    compared = 0
    for name, test in TESTS.items():
        for case, rate in test.measured.items():
            for rows in (many, one):
                if name in rows and case in rows[name]:
                    assert float(rows[name][case]) == rate, (name, case)
                    compared += 1
    assert compared > 250
    assert not [case for test in TESTS.values() for case in test.measured if case[0] in "pw"]


def toy(*assumes, scope=Scope.SAMPLE, **options):
    return SignificanceTest(
        name="toy", function=lambda sample: None, scope=scope, null="none", assumes=frozenset(assumes), **options
    )


SHARED = Design(sharing=Sharing.SHARED_DATES, events=9, dates=3)
ONE = Design(sharing=Sharing.ONE_DATE, events=9, dates=1)
OWN = Design(sharing=Sharing.OWN_DATES, events=9, dates=9)


@pytest.mark.parametrize("assumes", [(), (Assumption.NORMAL, Assumption.SYMMETRIC, Assumption.MANY_DATES)])
def test_a_test_that_declares_nothing_about_dependence_is_refused_where_events_share_dates(assumes):
    for scope in (Scope.SAMPLE, Scope.EVENT):
        test = toy(*assumes, scope=scope)
        assert "does not declare" in judge(SHARED, [test])["toy"].refusal
        assert "does not declare" in judge(ONE, [test])["toy"].refusal
        assert not judge(OWN, [test])["toy"].refusal
    assert not judge(ONE, [toy(scope=Scope.PAIR)])["toy"].refusal


def test_the_guard_reads_the_assumptions():
    independent, dates = toy(Assumption.INDEPENDENT_EVENTS), toy(Assumption.INDEPENDENT_DATES)
    assert "has not been measured" in judge(ONE, [independent])["toy"].refusal
    found = judge(SHARED, [independent])["toy"]
    assert (found.role, found.refusal) == (Role.UNADJUSTED, "")
    assert "9 events in 3 clusters of shared days, counted as independent" in found.caution
    for design in (ONE, SHARED, OWN):
        assert judge(design, [dates])["toy"].role is Role.SECONDARY
        assert not judge(design, [dates])["toy"].refusal
    apart = Design(sharing=Sharing.ONE_DATE, events=9, dates=1, one_calendar=False)
    assert "different holidays" in judge(apart, [toy(Assumption.SAME_DATES)])["toy"].refusal
    assert not judge(ONE, [toy(Assumption.SAME_DATES)])["toy"].refusal
