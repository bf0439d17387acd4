"""Adjusted p-values against statsmodels, and the minimum detectable effect against the power it promises."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from eventstudy.inference.significance.multiplicity import benjamini_hochberg, holm, minimum_detectable_effect


@pytest.mark.parametrize(("adjust", "method"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
def test_adjusted_p_values_agree_with_statsmodels(adjust, method):
    p = np.random.default_rng(3).random(40) ** 3
    p[5] = p[6]
    np.testing.assert_allclose(adjust(p), multipletests(p, method=method)[1], rtol=1e-14)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_missing_p_values_stay_missing_and_do_not_count(adjust):
    found = adjust([0.01, np.nan, 0.02])
    np.testing.assert_array_equal(found[[0, 2]], adjust([0.01, 0.02]))
    assert np.isnan(found[1])
    assert adjust([]).shape == (0,)


def test_minimum_detectable_effect_has_the_power_it_names():
    """The classic sum of quantiles is an approximation of the noncentral t; at 199 df it is good to .3 points."""
    effect = minimum_detectable_effect(0.02, 199)
    power = stats.nct.sf(stats.t.ppf(0.975, 199), 199, effect / 0.02)
    assert power == pytest.approx(0.80, abs=0.003)
