"""What a printed number means as an interval, and how far prices lie from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ...claims import ClaimKind, Size
from ...instruments.catalogue import Instrument

ALMOST = frozenset(
    {
        "almost",
        "nearly",
        "close to",
        "near",
        "just shy of",
        "shy of",
        "neared",
        "just under",
        "a little under",
        "slightly under",
    }
)
AT_LEAST = frozenset(
    [
        "more than",
        "over",
        "at least",
        "in excess of",
        "upwards of",
        "north of",
        "a little over",
        "a little more than",
        "slightly more than",
        "slightly over",
        "just over",
        "just above",
        "well over",
        "above",
        "past",
        "beyond",
    ]
)
BELOW = frozenset(
    ["less than", "fewer than", "under", "below", "beneath", "slightly less than", "a little less than", "just below"]
)
ABOUT = frozenset({"about", "around", "roughly", "approximately", "some", "circa"})
# Floating-point noise of a quotient of prices, in parts of the number compared.
_NOISE = 1e-9
# By how much sources of one price differ, in per cent of the price: closes, then highs, lows and prices within the day.
# WTI's high of 8 January 2020 was printed as 65.54, 65.65 and 65.85, half a per cent apart. Daily closes of currencies
# and crypto are taken at different hours. A roll compares two contracts.
SPREADS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "index": (0.02, 0.1),
        "future": (0.1, 0.5),
        "currency": (0.5, 0.3),
        "crypto": (1.5, 2.0),
        "share": (0.1, 0.5),
        "fund": (0.1, 0.5),
    }
)
# News quotes the more active month of a metal, prices may be of the spot month: they move together, at another price.
# Two months of a metal that follow each other lie a month or two of interest apart.
MONTH_SPREAD, METAL_ROLL_SPREAD = 1.0, 0.5
# A contract for difference on an index carries interest and dividends.
OTHER_SPREAD, ROLL_SPREAD, PROXY_SPREAD = (0.1, 0.5), 2.0, 1.0


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """The interval that a printed number stands for, in words too.

    Parameters
    ----------
    low, high : float
        Ends of the interval.
    open_above : bool
        Whether `high` itself lies outside.
    words : str
    """

    low: float
    high: float
    words: str
    open_above: bool = False

    def miss(self, value: float) -> float:
        """Return how far a value lies outside; 0 inside.

        Parameters
        ----------
        value : float

        Returns
        -------
        float
        """
        noise = _NOISE * max(1.0, abs(value), abs(self.low))
        if value < self.low - noise:
            return self.low - value
        if value > self.high + noise or (self.open_above and value >= self.high - noise):
            return max(value - self.high, noise)
        return 0.0


def meaning_of(size: Size, unit: str = "", *, level: bool = False) -> Meaning:
    """Return what a printed number means.

    Without a hedge it holds within one unit of the last digit printed; "almost p" is [0.9 p, p), "more than p" at least
    p, "less than p" below p, "about p" within 10 %. "As much as p" holds as p does.

    Parameters
    ----------
    size : Size
    unit : str
        Written after numbers.
    level : bool
        Whether it is a price: "almost" and "about" then mean within 1 %, for a tenth of a price is no news of it.

    Returns
    -------
    Meaning

    Examples
    --------
    >>> meaning_of(Size(value=5.0, step=1.0, hedge="almost"), " %").words
    'almost 5 % means [4.5, 5)'
    >>> meaning_of(Size(value=1.57, step=0.01), " %").words
    '1.57 % means 1.56 to 1.58'
    """
    p, hedge = size.value, size.hedge
    part = 0.01 if level else 0.1
    said = f"{hedge} {p:.10g}{unit}".strip()
    if hedge in ALMOST:
        low = (1 - part) * p
        return Meaning(low=low, high=p, open_above=True, words=f"{said} means [{low:.6g}, {p:.10g})")
    if hedge in AT_LEAST:
        return Meaning(low=p, high=math.inf, words=f"{said} means at least {p:.10g}")
    if hedge in BELOW:
        return Meaning(low=0.0, high=p, open_above=True, words=f"{said} means below {p:.10g}")
    if hedge in ABOUT:
        low, high = (1 - part) * p, (1 + part) * p
        return Meaning(low=low, high=high, words=f"{said} means {low:.6g} to {high:.6g}")
    low, high = p - size.step, p + size.step
    return Meaning(low=low, high=high, words=f"{said} means {low:.10g} to {high:.10g}")


def spread_of(instrument: Instrument, kind: ClaimKind, *, rolled: bool = False, proxy: bool = False) -> float:
    """Return by how much sources of a market's price differ.

    Parameters
    ----------
    instrument : Instrument
    kind : ClaimKind
    rolled : bool
        Whether the move compares two contracts.
    proxy : bool
        Whether another market stands in.

    Returns
    -------
    float
        In per cent of the price.
    """
    close, within = SPREADS.get(instrument.kind, OTHER_SPREAD)
    spread = close if kind in (ClaimKind.CLOSE, ClaimKind.UNSPECIFIED) else within
    roll = METAL_ROLL_SPREAD if is_of_spot_month(instrument) else ROLL_SPREAD
    return max(spread, roll if rolled else 0.0, PROXY_SPREAD if proxy else 0.0)


def is_of_spot_month(instrument: Instrument) -> bool:
    """Whether prices are of the spot month of a metal, where news quotes the more active one.

    Parameters
    ----------
    instrument : Instrument

    Returns
    -------
    bool
    """
    return "spot month" in instrument.close_means
