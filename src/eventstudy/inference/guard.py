"""Which tests may speak: the choice of the headline, and why the others stay silent."""

from __future__ import annotations

from .testing import TestResult

# Rejections of a true null at the 5 % level with 12 markets on one date, by residual correlation (.3, .6);
# measured by benchmarks/validity.py.
ONE_DATE_RATES = {"cross_sectional_t": (38, 61), "patell": (34, 47), "bmp": (39, 63)}


def not_for_one_date(name: str) -> TestResult:
    """Return why a test that takes events as independent says nothing of one date in many markets.

    Parameters
    ----------
    name : str
        A key of `ONE_DATE_RATES`.

    Examples
    --------
    >>> print(not_for_one_date("patell"))  # doctest: +ELLIPSIS
    patell: not applicable, markets that share one date move together, and the test counts them as independent: ...
    """
    low, high = ONE_DATE_RATES[name]
    return TestResult.not_applicable(
        name,
        "markets that share one date move together, and the test counts them as independent: "
        f"with 12 of them it rejects a true null {low} % of the time at residual correlation .3 and {high} % at .6, "
        "instead of 5 %",
    )
