"""Check records such as "highest since September" against the history given."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pandas as pd

from ...claims import Claim, ClaimKind
from ...markets.prices.bars import Bars
from .days import MarketDay

_MONTHS = {
    name: k
    for k, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_LOW = re.compile(r"low|weakest|trough|smallest", re.IGNORECASE)
_MOVE = re.compile(r"(?:biggest|largest|steepest|sharpest|worst|best|greatest)\b", re.IGNORECASE)
_SINCE = re.compile(
    r"since (?:the )?(?:(?P<part>early|mid|"
    r"late)[- ]?)?(?P<month>[A-Z][a-z]{2,8})?\.?(?: (?P<day>\d{1,2})(?!\d))?,?(?: ?(?P<year>(?:19|"
    r"20)\d\d))?(?P<last> last year)?"
)
_LENGTH = re.compile(
    r"(?P<n>\d+|one|two|three|four|five|six|seven|eight|nine|ten|a|"
    r"an)(?:-and-a-half)?[- ](?P<unit>day|week|month|year|session|decade)",
    re.IGNORECASE,
)
_WORDS = {
    w: k for k, w in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
} | {"a": 1, "an": 1}
_DAYS = {"day": 1, "session": 1, "week": 7, "month": 30, "year": 365, "decade": 3650}
# A printed span is rounded, so its first part does not count.
_ROUNDED = 0.8
_SPREAD = 0.005


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record beside the history.

    Parameters
    ----------
    outcome : {"confirmed", "contradicted", "not_checkable"}
    data, reason : str
    """

    outcome: str
    data: str
    reason: str


def record_of(claim: Claim, day: MarketDay, bars: Bars, *, own_extremes: bool = True) -> Record | None:
    """Return what the history says of a statement's record; None where it claims none that can be read.

    Parameters
    ----------
    claim : Claim
    day : MarketDay
    bars : Bars
        Daily.
    own_extremes : bool
        Whether the bars have the highs and lows of the market spoken of; those of another contradict no record.

    Returns
    -------
    Record or None
    """
    if not claim.superlative or bars.intraday:
        return None
    values, value = _series(claim, day, bars)
    first = bars.index[0]
    start = _begin(claim.superlative, day.session)
    if start is None and "record" not in claim.superlative and "ever" not in claim.superlative:
        return None
    earlier = values[(values.index < day.session) & (values.index > (start or first))].dropna()
    history = f"history from {first:%Y-%m-%d}"
    if earlier.empty or pd.isna(value):
        return Record(outcome="not_checkable", data=history, reason=f"{claim.superlative}: no prices in the span")
    beaten = earlier[earlier > value + _SPREAD * abs(value)]
    if len(beaten) and own_extremes:
        at = beaten.index[-1]
        data = f"{history}: beaten on {at:%Y-%m-%d} ({abs(beaten.iloc[-1]):.10g})"
        return Record(outcome="contradicted", data=data, reason=f"{claim.superlative}: contradicted")
    if len(beaten):
        return Record(
            outcome="not_checkable", data=history, reason=f"{claim.superlative}: the highs are another market's"
        )
    if start is None or first > start:
        return Record(outcome="not_checkable", data=history, reason=f"{claim.superlative}: the history begins too late")
    return Record(
        outcome="confirmed",
        data=f"{history}: none beyond it since {start:%Y-%m-%d}",
        reason=f"{claim.superlative}: confirmed",
    )


def _series(claim: Claim, day: MarketDay, bars: Bars) -> tuple[pd.Series, float]:
    """Return the history in which the record is a maximum, and the statement's own value in it."""
    falls = bool(_LOW.search(claim.superlative)) or (
        claim.direction == "down" and not re.search("high|strong", claim.superlative)
    )
    if claim.inverse and re.search("low|weak|high|strong", claim.superlative):
        falls = not falls
    sign = -1.0 if falls else 1.0
    if _MOVE.search(claim.superlative):
        moves = bars.returns("simple") * 100 * sign
        return moves, float(moves.get(day.session, float("nan")))
    name = (
        "close"
        if claim.kind is ClaimKind.CLOSE or re.search("clos|settle|finish", claim.superlative)
        else "low"
        if falls
        else "high"
    )
    if name not in bars.frame:
        name = "close"
    values = bars.frame[name].astype(float) * sign
    own = sign * claim.level.value if claim.level is not None else float(values.get(day.session, float("nan")))
    return values, own


def _begin(words: str, session: pd.Timestamp) -> pd.Timestamp | None:
    """Return the last day of the date or span that a record names: later days must not exceed it."""
    since = _SINCE.search(words)
    if since and (since["month"] or since["year"]):
        return _date(since, session)
    length = _LENGTH.search(words)
    if length is None:
        return None
    number = _WORDS.get(length["n"].lower()) or int(length["n"])
    return session - pd.Timedelta(days=_ROUNDED * number * _DAYS[length["unit"].lower()])


def _date(since: re.Match[str], session: pd.Timestamp) -> pd.Timestamp | None:
    month = _MONTHS.get((since["month"] or "dec")[:3].lower())
    if month is None:
        return None
    year = int(since["year"]) if since["year"] else session.year - (1 if since["last"] else 0)
    day = int(since["day"]) if since["day"] else {"early": 10, "mid": 20}.get(since["part"] or "", 0)
    try:
        found = (
            pd.Timestamp(dt.date(year, month, day))
            if day
            else pd.Timestamp(dt.date(year, month, 1)) + pd.offsets.MonthEnd(0)
        )
    except ValueError:
        return None
    return found if since["year"] or found < session else found - pd.DateOffset(years=1)
