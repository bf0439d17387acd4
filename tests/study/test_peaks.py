"""Peaks of several markets: the false positives of their joint null, and what is done where it is too small."""

import numpy as np
import pytest
from panels import null_bars

from eventstudy.inference.significance.excursions import path_peak
from eventstudy.study.peaks import joint_p as joint_peaks


def test_false_positives_of_peaks_of_a_family():
    """Three markets that move together, 16 of 100 bars: 5 % of true nulls for any of them (500 cases, 99.9 % band)."""
    cases = 500
    found = null_bars(3 * cases, 100, 16, seed=18, markets=3)
    peaks = [path_peak(found, k, 16) for k in range(3 * cases)]
    rejected = [(joint_peaks(peaks[k : k + 3]) <= 0.05).any() for k in range(0, 3 * cases, 3)]
    assert 0.02 <= np.mean(rejected) < 0.05 + 3.3 * np.sqrt(0.05 * 0.95 / cases)
    assert joint_peaks(peaks[:1]).tolist() == [peaks[0].p]


def test_too_few_stretches_in_common_are_adjusted_by_holm():
    found = [path_peak(null_bars(1, 30, 13, seed), 0, 13) for seed in (1, 2)]
    p = np.array([one.p for one in found])
    assert joint_peaks(found) == pytest.approx([min(1, max(2 * p.min(), p.max() * (k == p.argmax()))) for k in (0, 1)])
