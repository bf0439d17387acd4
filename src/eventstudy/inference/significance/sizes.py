"""Measured rejection rates of the tests under a true null hypothesis."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib import resources

# Tables of different tests: those of one day, and those that need several dates.
FILES = ("sizes.csv", "sizes_dates.csv")


def read_sizes() -> dict[str, Mapping[str, float]]:
    """Return the rejection rates at the 5 % level by test and case.

    ``benchmarks/validity.py`` and ``benchmarks/validity_peers.py`` write them.

    Returns
    -------
    dict of str to mapping of str to float
        Per cent.

    Examples
    --------
    >>> read_sizes()["bmp"]["N12 .3"]
    39.7
    """
    texts = [resources.files(__package__).joinpath(name).read_text("utf-8") for name in FILES]
    return {
        line.pop("test"): {case: float(rate) for case, rate in line.items() if rate}
        for text in texts
        for line in csv.DictReader(text.splitlines())
    }
