"""The simultaneous band against a loop, and how many ordinary paths it holds."""

import math
from dataclasses import replace

import numpy as np
import pytest
from panels import make_panel, study

from eventstudy.inference.models.market import ConstantMean
from eventstudy.inference.significance.bands import simultaneous_band
from eventstudy.inference.significance.volatility import robust_variance
from eventstudy.windows import Window


def test_the_band_is_the_largest_of_ordinary_paths():
    result = study(make_panel(2, factors=0), ConstantMean())
    found, width, length = simultaneous_band(result), 10, 80
    for i in range(2):
        h = robust_variance(result.history[i : i + 1], length)[0]
        largest = []
        for s in range(length - width + 1):
            path = np.cumsum(result.fitted.residuals[i, s : s + width])
            largest.append(max(abs(c) / math.sqrt((k + 1) * (1 - (k + 1) / length) * h[s]) for k, c in enumerate(path)))
        c = sorted(largest)[math.ceil(0.95 * (len(largest) + 1)) - 1]
        h_0 = h[-width - 1]
        expected = [c * math.sqrt((k + 1) * (1 + (k + 1) / length) * h_0) for k in range(width)]
        np.testing.assert_allclose(found[i], expected, rtol=1e-10)


def test_too_few_estimation_days_give_no_band():
    assert np.isnan(simultaneous_band(study(make_panel(2, factors=0, estimation=25), ConstantMean()))).all()


def test_it_holds_nineteen_of_twenty_ordinary_paths():
    """94.7 % with normal returns (docs/validity.md); error .6 points at 1,500 paths of eleven days."""
    rng = np.random.default_rng(3)
    panel = make_panel(1_500, factors=0, estimation=200)
    panel = replace(panel, returns=rng.standard_normal(panel.returns.shape))
    result = study(panel, ConstantMean(), windows=[Window(-3, 6)])
    inside = (np.abs(np.cumsum(result.ar, axis=1)) <= simultaneous_band(result)).all(axis=1)
    assert inside.mean() == pytest.approx(0.947, abs=0.02)
