"""What the files of each vendor have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .roles import ROLE_OF


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
    *(
        Vendor(
            name="Investing.com", header=frozenset(names), layout={"decimal": ",", "thousands": ".", "missing": ("-",)}
        )
        for names in (
            *(("datum", "zuletzt"), ("date", "dernier"), ("fecha", "último"), ("data", "ultimo"), ("data", "último")),
            *(("datum", "laatste"), ("data", "ostatnio"), ("tarih", "şimdi"), ("дата", "цена")),
        )
    ),
    *(
        Vendor(name="Investing.com", header=frozenset(names), layout={"thousands": ",", "missing": ("-",)})
        for names in (("日付け", "終値"), ("日期", "收盘"), ("날짜", "종가"))
    ),
    Vendor(
        name="Dukascopy",
        header=frozenset({"gmt time"}),
        layout={"timezone": "UTC", "date_format": "%d.%m.%Y %H:%M:%S.%f"},
    ),
    Vendor(name="ECB", header=frozenset({"date", "usd", "jpy", "bgn"}), layout={"missing": ("N/A",), "shape": "wide"}),
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
# FRED's older files have the columns DATE and one series, and write a point for a missing value.
OLD_FRED = Vendor(name="FRED", header=frozenset({"date"}), layout={"missing": (".",)})


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
    found = [vendor for vendor in VENDORS if vendor.header <= names]
    if len(names) == 2 and names & ROLE_OF.keys() == {"date"}:
        found.append(OLD_FRED)
    return found
