"""Names of columns in price files.

Names are compared in lower case, without ``<>#``, with blanks for underscores, and without a leading "1. ". Sources:
the headers of files exported by each vendor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

# Stooq: <TICKER>,<PER>,<DATE>,<TIME>,... and its Polish page. Refinitiv: fields of the Data Library (TRDPRC_1, HIGH_1,
# LOW_1, OPEN_PRC, ACVOL_UNS), of Eikon (Price Close), of Tick History (#RIC, Date-Time, Last). Bloomberg: PX_ fields of
# BDH. CRSP: PRC, OPENPRC, ASKHI, BIDLO, VOL and the names with Dly of its new format. Compustat: PRCCD and its kin.
# SDMX (ECB, BIS, OECD): TIME_PERIOD and OBS_VALUE. Stock exchanges: Mumbai (OPNPRIC), Moscow (SECID), Tokyo (J-Quants).
# Pages of Investing.com and portals for investors in other languages: see the last lines of each entry.
ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "date": (
            *("date", "dates", "date-time", "datetime", "timestamp", "timestamp utc", "trade date", "trading date"),
            *("exchange date", "observation date", "session", "open time", "unix", "unix timestamp"),
            *("caldt", "dlycaldt", "datadate", "index level 0", "gmt time", "window start", "snapped at"),
            *(
                "tradedate",
                "traddt",
                "datum",
                "data",
                "fecha",
                "tarih",
                "дата",
                "日付",
                "日付け",
                "日期",
                "날짜",
                "일자",
            ),
        ),
        "time": ("time",),
        "symbol": (*("symbol", "ticker", "ric", "instrument", "security", "tic", "secid", "tckrsymb", "ts code"),),
        "open": (
            *("open", "px open", "open prc", "open price", "opening price", "price open", "openprc", "dlyopen"),
            *("prcod", "opnpric", "eröffnung", "eroeffnung", "eröffn.", "otwarcie", "ouv.", "ouverture", "apertura"),
            *("abertura", "açılış", "откр.", "始値", "开盘", "开盘价", "開盤價", "시가"),
        ),
        "high": (
            *("high", "px high", "high 1", "high price", "price high", "askhi", "dlyhigh", "prchd", "hghpric"),
            *("hoch", "tageshoch", "najwyzszy", "max.", "plus haut", "máximo", "massimo", "máxima", "hoog", "yüksek"),
            *("макс.", "高値", "最高", "最高价", "高", "고가"),
        ),
        "low": (
            *("low", "px low", "low 1", "low price", "price low", "bidlo", "dlylow", "prcld", "lwpric"),
            *("tief", "tagestief", "najnizszy", "min.", "plus bas", "mínimo", "minimo", "mínima", "laag", "düşük"),
            *("мин.", "安値", "最低", "最低价", "低", "저가"),
        ),
        "close": (
            *("close", "px last", "trdprc 1", "last", "last price", "latest", "close price", "price close"),
            *("closing price", "close/last", "prc", "dlyprc", "prccd", "clspric", "obs value"),
            *("schluss", "schlusskurs", "zuletzt", "zamkniecie", "ostatnio", "dernier", "clôture", "último", "cierre"),
            *("ultimo", "chiusura", "laatste", "şimdi", "цена", "終値", "收盘", "收盘价", "收盤價", "종가"),
        ),
        "volume": (
            *("volume", "vol", "vol.", "px volume", "acvol uns", "dlyvol", "cshtrd", "total volume"),
            *("volume traded", "ttltradgvol", "volumen", "wolumen", "wol.", "hac.", "объём", "出来高", "成交量"),
            *("交易量", "거래량"),
        ),
        "adj_close": (*("adj close", "adjclose", "adjusted close", "adj. close", "close adj", "adjustmentclose"),),
    }
)
# Names with a less certain meaning, used only where no other column of the header has it.
ELSE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("price", "value", "settle", "settlement", "settlement price", "rate", "nav", "dlyclose"), "close"
        ),
        **dict.fromkeys(("time", "time period"), "date"),
        "tickvol": "volume",
        **dict.fromkeys(("permno", "gvkey", "code", "key", "isin", "name"), "symbol"),
    }
)
# The last trade: no close where another column of the header is the close or the settlement.
LAST_TRADE = frozenset({"last", "last price", "latest", "ltp", "lastpric"})
SETTLEMENTS = frozenset({"settle", "settlement", "settlement price"})
# Columns that are known to hold neither prices nor dates nor symbols.
BESIDE = frozenset(
    {
        *("per", "openint", "open interest", "count", "domain", "source", "type", "gmt offset", "alias underlying ric"),
        *("no. trades", "dividends", "stock splits", "capital gains", "repaired?", "dividend amount"),
        *("split coefficient", "change %", "chg%", "change", "% change", "adjhigh", "adjlow", "adjopen", "adjvolume"),
        *("divcash", "splitfactor", "close time", "quote volume", "quote asset volume", "trades", "tradecount"),
        *("number of trades", "taker buy volume", "taker buy quote volume", "taker buy base asset volume"),
        *("taker buy quote asset volume", "ignore", "barcount", "average", "vwap", "total return", "turnover"),
        *("ret", "retx", "vwretd", "vwretx", "ewretd", "ewretx", "sprtrn", "permno", "permco", "shrcd", "exchcd"),
        *("siccd", "ncusip", "cusip", "comnam", "shrout", "cfacpr", "cfacshr", "numtrd", "bid", "ask", "dlyret"),
        *("dlyretx", "dlycap", "hdrcusip", "primaryexch", "currency", "isin", "interval", "dlyprcflg"),
        *(
            "dlyclose",
            "gvkey",
            "iid",
            "conm",
            "ajexdi",
            "trfd",
            "curcdd",
            "exchg",
            "wap",
            "spread",
            "tickvol",
            "time period",
            "transactions",
        ),
        *("ex-dividend", "split ratio", "adj open", "adj high", "adj low", "adj volume", "adj. open", "adj. high"),
        *("adj. low", "adj. volume", "previous day open interest", "open int", "%chg", "%change", "change percent"),
        *("changepercent", "changeovertime", "label", "unadjustedvolume", "volume ma", "market cap", "marketcap"),
        *(
            "total volume of coin",
            "series",
            "prevclose",
            "prev. close",
            "previous close",
            "pre close",
            "ltp",
            "lastpric",
        ),
        *("tottrdqty", "tottrdval", "totaltrades", "value", "no of trades", "52w h", "52w l", "pct chg", "amount"),
        *("no.of shares", "no. of trades", "number of shares", "total turnover (rs.)", "deliverable quantity"),
        *("% deli. qty to traded qty", "spread high-low", "spread close-open", "value traded", "average price"),
        *("upperlimit", "lowerlimit", "turnovervalue", "adjustmentfactor", "adjustmentopen", "adjustmenthigh"),
        *("adjustmentlow", "adjustmentvolume", "+/- %", "variation %", "% var.", "var. %", "var%", "verschil %"),
        *("fark %", "zmiana%", "изм. %", "変化率 %", "涨跌幅", "涨跌额", "振幅", "换手率", "成交额", "변동 %"),
    }
)
ROLE_OF = MappingProxyType({name: role for role, names in ROLES.items() for name in names})
QUOTES = frozenset({"open", "high", "low", "close", "adj_close"})
_VOLUME_OF_COIN = re.compile(r"volume \(?[a-z]{3,5}\)?")


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
