"""The object that a test returns."""

import math

import pytest
from scipy import stats

from eventstudy.inference import TestResult
from eventstudy.inference.guard import UNADJUSTED, not_for_one_date


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
