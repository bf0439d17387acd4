"""The object that a test returns."""

import math
from pathlib import Path

import pytest
from scipy import stats

from eventstudy.inference.significance.guard import UNADJUSTED, not_for_one_date
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


@pytest.mark.parametrize("name", UNADJUSTED)
def test_one_date_tests_say_how_often_they_are_wrong(name):
    low, high = UNADJUSTED[name]
    reason = not_for_one_date(name).reason
    assert f"{low} %" in reason
    assert f"{high} %" in reason


def test_the_rates_are_those_that_were_measured():
    page = (Path(__file__).parents[2] / "docs" / "validity.md").read_text(encoding="utf-8")
    many = page[page.index("## Many events") : page.index("### The same")]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in many.splitlines() if line.startswith("| ")]
    places = [lines[0].index(column) for column in ("N12 .3", "N12 .6")]
    measured = {line[0]: tuple(float(line[place]) for place in places) for line in lines[1:]}
    assert len(set(UNADJUSTED) & set(measured)) == 11
    for name in set(UNADJUSTED) & set(measured):
        assert UNADJUSTED[name] == pytest.approx(measured[name], abs=0.6), name
