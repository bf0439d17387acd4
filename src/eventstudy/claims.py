"""The noun of a statement about a market (`Claim`), and what prices say of it (`Verdict`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class ClaimKind(StrEnum):
    """Which price of the day a statement speaks of."""

    CLOSE = "close"
    INTRADAY_EXTREME = "intraday_extreme"
    SNAPSHOT = "snapshot"
    OPEN = "open"
    POST_SETTLEMENT = "post_settlement"
    TRAJECTORY = "trajectory"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, kw_only=True)
class Size:
    """A number of a statement as it is printed.

    Parameters
    ----------
    value : float
        Never negative.
    step : float
        One unit of the last digit printed.
    hedge : str
        The words before it, such as ``"almost"`` or ``"more than"``; empty where there are none.
    """

    value: float
    step: float
    hedge: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a text says about one market: how far it moved, where it stood, when, and of which price that is said.

    Parameters
    ----------
    text : str
        The sentence.
    instrument_text : str
        The words that name the market.
    instrument : str or None
        Its symbol; None where none is known for the words.
    direction : {"up", "down", None}
        Of the symbol: where the peso fell, ``PHP=X`` (pesos a dollar) went up. None for a bare level.
    pct : Size or None
        Per cent, as printed.
    amount : Size or None
        Change in the price's own unit, as printed (cents in dollars, basis points of a yield in per cent).
    level : Size or None
        Price, as printed.
    reference : float or None
        Price from which the move is counted, where the text gives it.
    kind : ClaimKind
    asof : datetime or None
        Instant (UTC) of which it is said; None where the text gives none.
    day : date or None
        Day of which it is said, in the text's own zone; None where the text gives none.
    published : datetime or None
        When the text was published (UTC): its end where only the day is known.
    published_from : datetime or None
        Its beginning.
    published_exactly : bool
        Whether that is known to the minute.
    superlative : str
        Such as ``"highest since September"``; empty where there is none.
    inverse : bool
        Whether the words move against the symbol.
    over : str
        Words such as ``"last week"`` where the move is not that of a day; empty where there are none.
    loose : bool
        Whether the words do not say which of several markets is meant ("oil prices").
    span : tuple of int
        First and one-past-last character of the numbers and their words in the text.
    """

    text: str
    instrument_text: str
    instrument: str | None
    direction: str | None = None
    pct: Size | None = None
    amount: Size | None = None
    level: Size | None = None
    reference: float | None = None
    kind: ClaimKind = ClaimKind.UNSPECIFIED
    asof: dt.datetime | None = None
    day: dt.date | None = None
    published: dt.datetime | None = None
    published_from: dt.datetime | None = None
    published_exactly: bool = False
    superlative: str = ""
    inverse: bool = False
    over: str = ""
    loose: bool = False
    span: tuple[int, int] = (0, 0)

    @property
    def hedge(self) -> str:
        """The hedge of its size; of the level where the size has none."""
        return next((size.hedge for size in (self.pct, self.amount, self.level) if size and size.hedge), "")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What prices say of a statement.

    Parameters
    ----------
    claim : Claim
    verdict : {"confirmed", "contradicted", "not_checkable"}
    data : str
        The prices used and the arithmetic.
    reason : str
        What the words mean as an interval and how the data lie to it, or why the data cannot decide.
    """

    claim: Claim
    verdict: str
    data: str = ""
    reason: str = ""
