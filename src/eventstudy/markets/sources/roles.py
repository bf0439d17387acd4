"""Names of columns in price files, and what the files of each vendor have in common.

Names are compared in lower case, without ``<>#``, with blanks for underscores, and without a leading "1. ". Sources:
the headers of files exported by each vendor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# Stooq: <TICKER>,<PER>,<DATE>,<TIME>,... and its Polish page. Refinitiv: fields of the Data Library (TRDPRC_1, HIGH_1,
# LOW_1, OPEN_PRC, ACVOL_UNS), of Eikon (Price Close), of Tick History (#RIC, Date-Time, Last). Bloomberg: PX_ fields of
# BDH. CRSP: PRC, OPENPRC, ASKHI, BIDLO, VOL and the names with Dly of its new format. German: portals for investors.
ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "date": (
            *("date", "dates", "date-time", "datetime", "timestamp", "timestamp utc", "trade date", "trading date"),
            *("exchange date", "observation date", "session", "open time", "unix", "unix timestamp"),
            *("caldt", "dlycaldt", "datadate", "datum", "data", "index level 0"),
        ),
        "time": ("time",),
        "symbol": ("symbol", "ticker", "ric", "instrument", "security", "tic"),
        "open": (
            *("open", "px open", "open prc", "open price", "price open", "openprc", "dlyopen"),
            *("eröffnung", "eroeffnung", "otwarcie"),
        ),
        "high": (
            *("high", "px high", "high 1", "high price", "price high", "askhi", "dlyhigh"),
            *("hoch", "tageshoch", "najwyzszy"),
        ),
        "low": (
            *("low", "px low", "low 1", "low price", "price low", "bidlo", "dlylow"),
            *("tief", "tagestief", "najnizszy"),
        ),
        "close": (
            *("close", "px last", "trdprc 1", "last", "last price", "close price", "price close", "close/last"),
            *("prc", "dlyprc", "schluss", "schlusskurs", "zamkniecie"),
        ),
        "volume": (*("volume", "vol", "vol.", "px volume", "acvol uns", "dlyvol", "volumen", "wolumen"),),
        "adj_close": ("adj close", "adjclose", "adjusted close", "adj. close", "close adj"),
    }
)
# Names with a less certain meaning, used only where no other column of the header has it.
ELSE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("price", "value", "settle", "settlement", "settlement price", "rate", "nav"), "close"),
        **dict.fromkeys(("time",), "date"),
        **dict.fromkeys(("permno", "isin", "name"), "symbol"),
    }
)
# Columns that are known to hold neither prices nor dates nor symbols.
BESIDE = frozenset(
    {
        *("per", "openint", "open interest", "count", "domain", "type", "gmt offset", "alias underlying ric"),
        *("no. trades", "dividends", "stock splits", "capital gains", "repaired?", "dividend amount"),
        *("split coefficient", "change %", "chg%", "change", "% change", "adjhigh", "adjlow", "adjopen", "adjvolume"),
        *("divcash", "splitfactor", "close time", "quote volume", "quote asset volume", "trades", "tradecount"),
        *("number of trades", "taker buy volume", "taker buy quote volume", "taker buy base asset volume"),
        *("taker buy quote asset volume", "ignore", "barcount", "average", "vwap", "total return", "turnover"),
        *("ret", "retx", "vwretd", "vwretx", "ewretd", "ewretx", "sprtrn", "permno", "permco", "shrcd", "exchcd"),
        *("siccd", "ncusip", "cusip", "comnam", "shrout", "cfacpr", "cfacshr", "numtrd", "bid", "ask", "dlyret"),
        *("dlyretx", "dlycap", "hdrcusip", "siccd", "primaryexch", "currency", "isin", "interval"),
    }
)
ROLE_OF = MappingProxyType({name: role for role, names in ROLES.items() for name in names})
QUOTES = frozenset({"open", "high", "low", "close", "adj_close"})
_VOLUME_OF_COIN = re.compile(r"volume \(?[a-z]{3,5}\)?")


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """Column names that identify a vendor's files, and the layout of these files.

    Parameters
    ----------
    name : str
        For messages.
    header : frozenset of str
        Plain column names that all occur in the vendor's header.
    layout : mapping
        Keys of `Layout` with their values.
    """

    name: str
    header: frozenset[str]
    layout: Mapping[str, Any]


VENDORS = (
    Vendor(
        name="Investing.com",
        header=frozenset({"date", "price", "change %"}),
        layout={"thousands": ",", "missing": ("-",)},
    ),
    Vendor(
        name="Nasdaq.com",
        header=frozenset({"date", "close/last"}),
        layout={"thousands": ",", "missing": ("N/A", "--")},
    ),
    Vendor(name="FRED", header=frozenset({"observation date"}), layout={"missing": (".",), "shape": "wide"}),
    Vendor(
        name="Bloomberg",
        header=frozenset({"px last"}),
        layout={"missing": ("#N/A N/A", "#N/A", "#N/A Field Not Applicable", "#N/A History")},
    ),
    Vendor(name="CRSP", header=frozenset({"prc"}), layout={"negative": "midpoint"}),
    Vendor(name="CRSP", header=frozenset({"dlyprc"}), layout={"negative": "midpoint"}),
    Vendor(
        name="a German portal",
        header=frozenset({"datum", "schluss"}),
        layout={"decimal": ",", "thousands": ".", "date_format": "%d.%m.%Y"},
    ),
    Vendor(
        name="a German portal",
        header=frozenset({"datum", "schlusskurs"}),
        layout={"decimal": ",", "thousands": ".", "date_format": "%d.%m.%Y"},
    ),
)


def plain_name(cell: str) -> str:
    """Return the form in which a column name is compared.

    Parameters
    ----------
    cell : str
        A cell of the header.

    Returns
    -------
    str
        Lower case, with single blanks.

    Examples
    --------
    >>> plain_name("<CLOSE>"), plain_name("5. adjusted close"), plain_name("Adj_Close")
    ('close', 'adjusted close', 'adj close')
    """
    name = re.sub(r"^\d+\. ", "", cell.strip().lower().strip("<>#"))
    return " ".join(name.replace("_", " ").split())


def is_beside(name: str) -> bool:
    """Return whether a column is known to hold neither prices nor dates nor symbols.

    Parameters
    ----------
    name : str
        A plain name, as `plain_name` returns it.

    Returns
    -------
    bool
    """
    return name in BESIDE or _VOLUME_OF_COIN.fullmatch(name) is not None


def vendors_of(header: Iterable[str]) -> list[Vendor]:
    """Return the vendors whose files have a header.

    Parameters
    ----------
    header : iterable of str
        Plain names, as `plain_name` returns them.

    Returns
    -------
    list of Vendor
        Several where their headers overlap; empty where none is known.
    """
    names = set(header)
    # FRED's older files have the columns DATE and one series, and write a point for a missing value.
    old_fred = Vendor(name="FRED", header=frozenset(), layout={"missing": (".",)})
    found = [vendor for vendor in VENDORS if vendor.header <= names]
    return [
        *found,
        *([old_fred] if len(names) == 2 and "date" in names and not names & set(ROLE_OF) - {"date"} else []),
    ]
