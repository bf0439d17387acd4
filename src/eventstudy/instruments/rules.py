"""The clock of a symbol by rule: Yahoo's suffixes, US letters, coins, currencies and roots of futures.

Indices (``^...``) are never guessed: Yahoo's names of them say nothing about their exchange.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

from ..errors import UsageError
from ..files import package_text
from .exchanges import Exchange, exchange_of_suffix, exchanges
from .instrument import Instrument

US_LETTERS = re.compile(r"[A-Z]{1,5}(-[A-Z]{1,2})?")
COIN = re.compile(r"([A-Z0-9]{2,12})-(USD|EUR|GBP|JPY)")
PAIR = re.compile(r"([A-Z]{3})?([A-Z]{3})=X")
ROOT = re.compile(r"([A-Z0-9]{1,3})=F")
# A single contract: root, letter of the month, two digits of the year, the US exchange.
CONTRACT = re.compile(r"([A-Z0-9]{1,3})[FGHJKMNQUVXZ][0-9]{2}(\.(?:CBT|CME|CMX|NYB|NYM))")
LOCAL = re.compile(r"[A-Z0-9][A-Z0-9&-]*\.[A-Z]{1,3}")
# Codes of indices on exchanges that number their shares: Shanghai 000xxx, Shenzhen 399xxx.
INDEX_CODES: Mapping[str, str] = MappingProxyType({".SS": "000", ".SZ": "399"})


def by_rule(symbol: str) -> Instrument | None:
    """Return the instrument that the form of a symbol says it is, or None where no rule fits.

    Parameters
    ----------
    symbol : str
        As Yahoo writes it.

    Returns
    -------
    Instrument or None

    Raises
    ------
    UsageError
        If the symbol's exchange is known but its sessions are not.

    Examples
    --------
    >>> by_rule("HSBA.L").unit, by_rule("BTC-USD").calendar, by_rule("ZC=F").observed_at[0][1].isoformat("minutes")
    ('GBp', '24/7', '13:15')
    >>> by_rule("^XYZ") is None
    True
    """
    return _coin(symbol) or _currency(symbol) or _future(symbol) or _listed(symbol)


def us_share(symbol: str) -> Instrument | None:
    """Return a US share or fund for one to five capital letters with or without a class, else None.

    Parameters
    ----------
    symbol : str

    Returns
    -------
    Instrument or None

    Examples
    --------
    >>> us_share("BRK-B").calendar, us_share("toolong") is None
    ('XNYS', True)
    """
    if not US_LETTERS.fullmatch(symbol):
        return None
    return _share(symbol, exchanges()["XNYS"], "US letters", exchange="")


def _share(symbol: str, on: Exchange, rule: str, exchange: str) -> Instrument:
    """Return a share or fund of an exchange."""
    return Instrument(
        symbol=symbol,
        name=symbol,
        calendar=on.calendar,
        clock_basis=f"rule {rule}",
        exchange=exchange,
        asset_class="share",
        currency=on.currency,
        unit=on.unit or on.currency,
        open_means="first price of the session",
        close_means="last price of the session",
        unverified=("asset_class", "currency", "unit"),
    )


def _listed(symbol: str) -> Instrument | None:
    """Return a share, fund or numbered index by the suffix of its exchange."""
    found = exchange_of_suffix(symbol) if LOCAL.fullmatch(symbol) else None
    if found is None:
        return None
    suffix, on = found
    # Known by name but without sessions: a guess at another exchange's days would shift day 0 without a word.
    if not on.calendar:
        raise UsageError(
            f"{symbol}: no calendar of the {on.name} ({on.mic}) is known; declare a clock under [instruments], with "
            f'timezone = "{on.zone}", open, close and holidays'
        )
    made = _share(symbol, on, f'"{suffix}"', on.mic)
    if suffix not in INDEX_CODES or not symbol.startswith(INDEX_CODES[suffix]):
        return made
    return Instrument(
        symbol=symbol,
        name=symbol,
        calendar=on.calendar,
        clock_basis=made.clock_basis,
        exchange=on.mic,
        asset_class="equity_index",
        currency=on.currency,
        unit="points",
        unverified=("asset_class",),
    )


def _coin(symbol: str) -> Instrument | None:
    """Return a coin, traded around the clock; its day is that of UTC, as in Yahoo's daily rows."""
    found = COIN.fullmatch(symbol)
    if found is None:
        return None
    coin, currency = found.groups()
    return Instrument(
        symbol=symbol,
        name=f"{coin} in {currency}",
        calendar="24/7",
        clock_basis=f'rule "-{currency}"',
        asset_class="crypto",
        currency=currency,
        unit=currency,
        open_means="price at 00:00 UTC",
        close_means="price at 24:00 UTC",
        family=coin,
    )


def _currency(symbol: str) -> Instrument | None:
    """Return a currency pair; with three letters the dollar's price in that currency."""
    found = PAIR.fullmatch(symbol)
    if found is None:
        return None
    base, currency = found[1] or "USD", found[2]
    return Instrument(
        symbol=symbol,
        name=f"{base}/{currency}",
        calendar="FX",
        clock_basis='rule "=X"',
        asset_class="fx",
        currency=currency,
        unit=f"{currency} per {base}",
        quote="inverse" if base == "USD" else "direct",
        open_means="price at 17:00 New York on the eve; not what Yahoo's daily rows hold",
        close_means="price at 17:00 New York; not what Yahoo's daily rows hold",
        family="dollar" if "USD" in (base, currency) else "",
        unverified=("calendar",),
    )


def _future(symbol: str) -> Instrument | None:
    """Return a continuous future by its root."""
    found = ROOT.fullmatch(symbol)
    row = futures().get(found[1]) if found else None
    if row is None:
        return None
    return Instrument(
        symbol=symbol,
        clock_basis='rule "=F"',
        observation="settlement",
        observed_at=_settlements(row["settles"]),
        observed_early=_early(row["early"]),
        open_means="first trade of the trade date",
        close_means="settlement of the front month; months are spliced",
        unverified=tuple(row["unverified"].split()),
        name=row["name"],
        exchange=row["exchange"],
        calendar=row["calendar"],
        asset_class=row["asset_class"],
        currency=row["currency"],
        unit=row["unit"],
        family=row["family"],
    )


def contract_root(symbol: str) -> tuple[str, str] | None:
    """Return the continuous future and the suffix of a single contract, or None where the symbol is none.

    Parameters
    ----------
    symbol : str

    Returns
    -------
    tuple of str and str, or None
        Such as ``("CL=F", ".NYM")``.

    Examples
    --------
    >>> contract_root("CLZ25.NYM"), contract_root("CL=F")
    (('CL=F', '.NYM'), None)
    """
    found = CONTRACT.fullmatch(symbol)
    return (f"{found[1]}=F", found[2]) if found else None


def written_otherwise(symbol: str) -> str | None:
    """Return the symbol as Yahoo writes it, in capitals and with a hyphen before a class; None where no rule fits.

    Parameters
    ----------
    symbol : str

    Returns
    -------
    str or None

    Examples
    --------
    >>> written_otherwise("btc-usd"), written_otherwise("BRK.B"), written_otherwise("Nikkei")
    ('BTC-USD', 'BRK-B', None)
    """
    capitals = symbol.upper()
    # A class has one letter (BRK.B); two after a point are the suffix of an exchange, known or not.
    for each in (capitals, capitals.replace(".", "-") if capitals[-2:-1] == "." else capitals):
        # Five letters or more are a word as a rule ("apple"), not the symbol of a share.
        share = us_share(each) if len(each) < 5 or "-" in each else None
        if each != symbol and (_coin(each) or _currency(each) or _future(each) or share):
            return each
    return None


def _settlements(written: str) -> tuple[tuple[dt.date, dt.time], ...]:
    """Read a time, and where it changed the date and the time from then on: ``"15:15 2020-10-26 15:00"``."""
    first, *changes = written.split()
    dates, times = map(dt.date.fromisoformat, changes[::2]), map(dt.time.fromisoformat, changes[1::2])
    return ((dt.date.min, dt.time.fromisoformat(first)), *zip(dates, times, strict=True))


def _early(written: str) -> tuple[dt.time, dt.time] | None:
    """Read two times, ``"12:15 12:00"``: the close of a short session, and the settlement then."""
    if not written:
        return None
    closing_by, at = map(dt.time.fromisoformat, written.split())
    return closing_by, at


@functools.cache
def futures() -> Mapping[str, Mapping[str, str]]:
    """Return the rows of ``futures.csv`` by root.

    Returns
    -------
    mapping of str to mapping of str to str
        Columns of the file, by root.

    Examples
    --------
    >>> futures()["ZC"]["name"]
    'corn futures'
    """
    text = package_text(__package__, "futures.csv")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return MappingProxyType({row["root"]: MappingProxyType(row) for row in rows})
