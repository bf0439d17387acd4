"""Measured rejection rates of the tests under a true null hypothesis."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib import resources


def read_sizes() -> dict[str, Mapping[str, float]]:
    """Return the rejection rates at the 5 % level by test and case; ``benchmarks/validity.py`` writes them.

    Returns
    -------
    dict of str to mapping of str to float
        Per cent.

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
