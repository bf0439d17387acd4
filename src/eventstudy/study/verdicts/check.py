"""Check an article's statements about markets against prices, with the arithmetic shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ...claims import Claim, ClaimKind, Verdict
from ...errors import EventStudyError
from ...instruments.catalogue import CATALOGUE, Instrument, Instruments
from ...markets.prices.bars import Bars
from .days import MarketDay, day_by_proxy, days_of
from .records import Record, record_of
from .sizes import MONTH_SPREAD, Meaning, is_of_spot_month, meaning_of, spread_of

CONFIRMED, CONTRADICTED, NOT_CHECKABLE = "confirmed", "contradicted", "not_checkable"
# Symbols whose prices speak of a market, the surest first.
_SOURCES: Mapping[str, tuple[str, ...]] = {"BZ=F": ("LCOc1", "BZ=F")}
_PROXY = "BZ=F"
_EXTREMES = (ClaimKind.INTRADAY_EXTREME, ClaimKind.SNAPSHOT, ClaimKind.OPEN)
_TIMED = (ClaimKind.INTRADAY_EXTREME, ClaimKind.SNAPSHOT)
_UNSEEN = {
    ClaimKind.TRAJECTORY: "it speaks of more than one session",
    ClaimKind.POST_SETTLEMENT: "it speaks of trading after the settlement, which daily bars do not show",
}


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One number of a statement beside the data: what it means, what it is, and how the data may miss it."""

    meaning: Meaning
    value: float
    shown: str
    spread: float
    outcome: str
    by_range: bool = False
    aside: str = ""


def check_claims(
    claims: Iterable[Claim], bars: Mapping[str, Bars] | None = None, *, instruments: Instruments = CATALOGUE
) -> tuple[Verdict, ...]:
    """Return what prices say of statements about markets.

    Parameters
    ----------
    claims : iterable of Claim
        As `eventstudy.read_claims` returns them.
    bars : mapping of str to Bars, optional
        Daily bars, or bars within the day, by symbol; without them nothing can be checked.
    instruments : Instruments, optional
        Where symbols are looked up.

    Returns
    -------
    tuple of Verdict
        One a statement, in order. A statement that the prices cannot decide is ``not_checkable``, with the reason.

    Examples
    --------
    >>> import pandas as pd
    >>> import eventstudy as es
    >>> text = "U.S. crude settled down 4.9 percent at $59.61 on Wednesday."
    >>> claims = es.read_claims(es.Article.of(text, published="2020-01-08T22:00:00Z"))
    >>> days = pd.to_datetime(["2020-01-07", "2020-01-08"])
    >>> bars = es.BarSet.from_frames({"CL=F": pd.DataFrame({"close": [62.70, 59.61]}, index=days)})
    >>> found = es.check_claims(claims, bars)[0]
    >>> print(found.verdict, found.data, sep=": ")
    confirmed: settlement 59.61 on 2020-01-08 against settlement 62.70 on 2020-01-07 = -4.93 %
    """
    return tuple(_verdict(claim, bars, instruments) for claim in claims)


def _verdict(claim: Claim, bars: Mapping[str, Bars] | None, instruments: Instruments) -> Verdict:
    if bars is None:
        return _open(claim, "no prices given")
    if claim.instrument is None:
        return _open(claim, f"no symbol is known for {claim.instrument_text!r}")
    own = next((bars[s] for s in _SOURCES.get(claim.instrument, (claim.instrument,)) if s in bars), None)
    if own is None:
        return _open(claim, f"no prices of {claim.instrument}")
    reason = _undecidable(claim, own)
    if reason:
        return _open(claim, reason)
    try:
        instrument = own.instrument or instruments.find(own.symbol)
    except EventStudyError:
        return _open(claim, f"no calendar is known for {own.symbol}")
    return _against(claim, own, instrument, _proxy_of(claim.instrument, bars))


def _against(claim: Claim, own: Bars, instrument: Instrument, proxy: Bars | None) -> Verdict:
    """Return the verdict by a market's own prices; where these do not tell the time, by bars that stand in."""
    days = days_of(claim, own, instrument)
    if not days:
        return _open(claim, _no_day(claim, own))
    order = (CONFIRMED, NOT_CHECKABLE, CONTRADICTED)
    best = min((_on(claim, day, own, instrument) for day in days), key=lambda each: order.index(each.verdict))
    if best.verdict != NOT_CHECKABLE or own.intraday or proxy is None or claim.kind not in _TIMED:
        return best
    later = day_by_proxy(claim, days[0], proxy)
    return best if later is None else _on(claim, later, own, instrument)


def _proxy_of(symbol: str, bars: Mapping[str, Bars]) -> Bars | None:
    """Return bars within the day of a market that stands in for another; None where none are given."""
    found = (each for each in bars.values() if each.intraday and each.clock is not None)
    return next((each for each in found if each.clock and each.clock.proxy_for == symbol), None)


def _open(claim: Claim, reason: str, data: str = "") -> Verdict:
    return Verdict(claim=claim, verdict=NOT_CHECKABLE, data=data, reason=reason)


def _undecidable(claim: Claim, own: Bars) -> str:
    """Return why no price of the market can decide a statement; empty where one can."""
    if claim.kind in _UNSEEN:
        return _UNSEEN[claim.kind]
    if claim.over and (claim.pct or claim.amount):
        return f"it speaks of more than one session ({claim.over})"
    if claim.loose and claim.kind is not ClaimKind.CLOSE:
        return f"{claim.instrument_text!r} does not say which market: {own.symbol} may be another"
    if claim.kind is ClaimKind.INTRADAY_EXTREME and own.symbol == _PROXY:
        return "NYMEX's Brent (BZ=F) has its own highs and lows; ICE Brent's are not in the prices"
    return ""


def _no_day(claim: Claim, own: Bars) -> str:
    if claim.published is None and claim.day is None and claim.asof is None:
        return "neither the statement nor the article has a date"
    span = f"{own.labels[0]:%Y-%m-%d} to {own.labels[-1]:%Y-%m-%d}"
    when = claim.day or (claim.asof or claim.published).date()  # type: ignore[union-attr]
    return f"no session of {own.symbol} for {when} with one before it in the prices ({span})"


def _on(claim: Claim, day: MarketDay, own: Bars, instrument: Instrument) -> Verdict:
    """Return the verdict if the statement speaks of one day."""
    closing = "settlement" if "settlement" in instrument.close_means else "close"
    name, price = _price_of(claim, day, closing)
    if math.isnan(price):
        return _open(claim, f"the prices have no {name} on {day.session:%Y-%m-%d}")
    parts = _parts(claim, day, price, instrument, own)
    against = f"against {closing} {_number(day.reference)} on {day.before:%Y-%m-%d}"
    if all(part.by_range for part in parts):
        data = _shown_range(day, against)
    else:
        data = _shown(day, f"{name} {_number(price)}", against, [part.shown for part in parts])
    record = record_of(claim, day, own, own_extremes=own.symbol != _PROXY)
    return _together(claim, parts, record, data)


def _price_of(claim: Claim, day: MarketDay, closing: str) -> tuple[str, float]:
    """Return the price that a statement speaks of, with its name."""
    if claim.kind is ClaimKind.INTRADAY_EXTREME:
        return ("low", day.low) if claim.direction == "down" else ("high", day.high)
    if claim.kind is ClaimKind.OPEN:
        return "open", day.open
    return ("last bar" if day.until is not None else closing), day.close


def _shown(day: MarketDay, price: str, against: str, parts: list[str]) -> str:
    until = "" if day.until is None else f" up to {day.until:%H:%M} UTC"
    whose = f"{day.proxy} (stands in): " if day.proxy else ""
    moves = "".join(f" = {part}" for part in parts if part)
    return f"{whose}{price} on {day.session:%Y-%m-%d}{until} {against}{moves}"


def _shown_range(day: MarketDay, against: str) -> str:
    low, high = (100 * (price / day.reference - 1) for price in (day.low, day.high))
    prices = f"{_number(day.low)} to {_number(day.high)}"
    return f"{prices} on {day.session:%Y-%m-%d} {against} = {low:+.2f} % to {high:+.2f} %"


def _number(price: float) -> str:
    """Write a price with two decimals, or with more where it has more."""
    return f"{price:.2f}" if round(price, 2) == price else f"{price:.10g}"


def _parts(claim: Claim, day: MarketDay, price: float, instrument: Instrument, own: Bars) -> list[_Part]:
    """Return the numbers of a statement beside the data's."""
    spread = spread_of(instrument, claim.kind, rolled=day.rolled, proxy=bool(day.proxy))
    sign = -1.0 if claim.direction == "down" else 1.0
    parts = []
    for size, unit, moves in (
        (claim.pct, " %", lambda p: _per_cents(p, day, claim, sign)),
        (claim.amount, "", lambda p: [sign * (p - day.reference)]),
        (claim.level, "", lambda p: [p]),
    ):
        if size is None:
            continue
        scale = 1.0 if unit else abs(day.reference) / 100
        near = max(spread, MONTH_SPREAD) if size is claim.level and is_of_spot_month(instrument) else spread
        level = size is claim.level
        meaning = meaning_of(size, unit, level=level)
        value = min(moves(price), key=meaning.miss)
        bounds = [min(moves(p), key=meaning.miss) for p in (day.low, day.high)]
        part = _part(claim, day, meaning, value, sorted(bounds), near * scale, level=level, unit=unit)
        parts.append(part if unit else replace(part, aside=_aside(part, own, instrument)))
    return parts


def _aside(part: _Part, own: Bars, instrument: Instrument) -> str:
    """Return why a price, or a change of it, is not that of the prices at hand; empty where it may be."""
    if own.adjustment == "full":
        return "not compared: the prices are adjusted for dividends"
    if part.outcome == NOT_CHECKABLE and is_of_spot_month(instrument):
        return "not compared: another delivery month than that of the prices"
    return ""


def _per_cents(price: float, day: MarketDay, claim: Claim, sign: float) -> list[float]:
    """Return the move in per cent, also as that of the thing named where the symbol is its inverse."""
    if day.reference <= 0 or price <= 0:
        return [math.nan]
    moves = [100 * sign * (price / day.reference - 1)]
    return [*moves, 100 * sign * (1 - day.reference / price)] if claim.inverse else moves


def _part(
    claim: Claim,
    day: MarketDay,
    meaning: Meaning,
    value: float,
    bounds: list[float],
    spread: float,
    *,
    level: bool,
    unit: str,
) -> _Part:
    """Compare one number with the data."""
    by_range = False
    if math.isnan(value):
        outcome = NOT_CHECKABLE
    elif meaning.miss(value) == 0:
        outcome = CONFIRMED
    elif claim.kind is ClaimKind.CLOSE or day.until is not None or claim.kind is ClaimKind.OPEN:
        outcome = NOT_CHECKABLE if meaning.miss(value) <= spread else CONTRADICTED
    elif claim.kind is ClaimKind.INTRADAY_EXTREME:
        outcome = _of_extreme(claim, day, meaning, value, spread, level=level)
    else:
        outcome, by_range = _within_range(meaning, bounds, spread), not any(map(math.isnan, bounds))
    sign = -1 if claim.direction == "down" and not level else 1
    shown = "" if level else f"{sign * value:+.2f} %" if unit else f"{sign * value:+.6g}"
    return _Part(meaning=meaning, value=value, shown=shown, spread=spread, outcome=outcome, by_range=by_range)


def _of_extreme(claim: Claim, day: MarketDay, meaning: Meaning, value: float, spread: float, *, level: bool) -> str:
    """Compare a peak with the day's: while the day was not over, the day's may exceed it."""
    if meaning.miss(value) <= spread:
        return NOT_CHECKABLE
    beyond = value < meaning.low if level and claim.direction == "down" else value > meaning.high
    return NOT_CHECKABLE if beyond and (not day.over or claim.asof is not None) else CONTRADICTED


def _within_range(meaning: Meaning, bounds: list[float], spread: float) -> str:
    """Compare a price at some time of the day with the day's range; a range cannot confirm it."""
    low, high = bounds
    if math.isnan(low) or math.isnan(high):
        return NOT_CHECKABLE
    apart = max(meaning.low - high, low - meaning.high)
    return CONTRADICTED if apart > spread else NOT_CHECKABLE


def _together(claim: Claim, parts: list[_Part], record: Record | None, data: str) -> Verdict:
    """Join the outcomes of a statement's numbers and record: one that is wrong decides, then one that is open."""
    outcomes = [part.outcome for part in parts if not part.aside] or [NOT_CHECKABLE]
    if record is not None:
        data = f"{data}; {record.data}"
        outcomes += [record.outcome] if record.outcome == CONTRADICTED else []
    verdict = next((each for each in (CONTRADICTED, NOT_CHECKABLE) if each in outcomes), CONFIRMED)
    words = [f"{part.meaning.words}: {_words(part, claim)}" for part in parts]
    words += [record.reason] if record is not None else []
    return Verdict(claim=claim, verdict=verdict, data=data, reason="; ".join(words))


def _words(part: _Part, claim: Claim) -> str:
    if part.aside:
        return part.aside
    if part.outcome == CONFIRMED:
        return "confirmed"
    if part.outcome == CONTRADICTED:
        return "contradicted"
    if 0 < part.meaning.miss(part.value) <= part.spread:
        return "missed by less than sources differ"
    if claim.kind is ClaimKind.INTRADAY_EXTREME:
        return "the day's extreme goes further, and may have come later"
    return "within the day's range, which does not tell the time"
