"""Measured rejection rates of the tests under a true null hypothesis."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib import resources


def read_sizes() -> dict[str, Mapping[str, float]]:
    """Return the rejections at the 5 % level, in per cent, by test and case; ``benchmarks/validity.py`` writes them.

    Examples
    --------
    >>> read_sizes()["bmp"]["N12 .3"]
    39.7
    """
    text = resources.files(__package__).joinpath("sizes.csv").read_text("utf-8")
    return {
        line.pop("test"): {case: float(rate) for case, rate in line.items() if rate}
        for line in csv.DictReader(text.splitlines())
    }
