"""`Instrument`: what is known of one market, its names, the clock it trades by, and what its daily prices are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .own_calendar import OwnCalendar

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "share": "share",
        "etf": "fund",
        "fund": "fund",
        "commodity_future": "future",
        "index_future": "future",
        "rate_future": "future",
        "currency_future": "future",
        "crypto_future": "future",
        "equity_index": "index",
        "volatility_index": "index",
        "yield": "index",
        "fx": "currency",
        "crypto": "crypto",
    }
)


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One market as a study sees it.

    Parameters
    ----------
    symbol : str
        Key in every table, for example ``"CL=F"``.
    name : str
        Short name for people.
    calendar : str or OwnCalendar
        The clock it trades by: an exchange's MIC, one of the project's own (``"NYMEX"``), or one declared by the user.
    clock_basis : str
        Why it has this clock: ``"catalogue"``, ``'rule ".T"'``, ``"study file"`` and so on.
    exchange : str
        MIC of the market it is listed on; empty where there is none.
    ric : str
        Code by which newswires name it.
    aliases : tuple of str
        Names as news writes them.
    asset_class : str
        Such as ``"share"``, ``"etf"``, ``"commodity_future"``, ``"equity_index"``, ``"fx"`` or ``"crypto"``.
    currency, unit : str
        ``unit`` is that of one price: ``"points"``, ``"USD/bbl"``, ``"percent"``, ``"GBp"`` (pence), ...
    quote : str
        ``"direct"`` (up is dearer), ``"inverse"`` (up is weaker, as dollar/yen for the yen) or ``"yield"``.
    returns : str
        The kind of return that makes sense: ``"log"`` or, for yields and spreads, ``"change"``.
    total_return : bool
        Whether the series includes dividends.
    observation : str
        What its daily close is: ``"close"``, ``"settlement"``, ``"fixing"`` or ``"snapshot"``.
    observed_at : tuple of (date, time)
        When that price is known, local to `observed_zone`, each from its date on; empty: the session's close.
    observed_zone : str
        IANA zone of those times where it is not the calendar's.
    observed_early : tuple of time or None
        ``(closing_by, at)``: on days that close by the first (local to the calendar) the price is known at the second.
    observed_after_close : timedelta
        Delay of the observation after the session's close.
    open_means, close_means : str
        What the daily open and close are, in words.
    open_is_stale_before : date or None
        Daily opens before this date repeat older prices, so no opening gap can be read from them.
    proxy_for : str
        What it stands in for where the thing itself has no price here.
    family : str
        Instruments of one family move together by construction.
    formula : str
        How its price is computed from others': a sum such as ``"BZ=F - CL=F"``.
    remark : str
        What the user should check, such as a symbol that is one letter away from a known one.
    unverified : tuple of str
        Fields for which no public source was found.

    Examples
    --------
    >>> from eventstudy.instruments.catalogue import find_instrument
    >>> crude = find_instrument("CL=F")
    >>> crude.name, crude.observation, crude.observed_at[-1][1].isoformat("minutes")
    ('WTI crude', 'settlement', '14:30')
    >>> toyota = find_instrument("7203.T")
    >>> toyota.calendar, toyota.clock_basis, toyota.kind, toyota.currency
    ('XTKS', 'rule ".T"', 'share', 'JPY')
    """

    symbol: str
    name: str
    calendar: str | OwnCalendar
    clock_basis: str = "es.Instrument"
    exchange: str = ""
    ric: str = ""
    aliases: tuple[str, ...] = ()
    asset_class: str = ""
    currency: str = ""
    unit: str = ""
    quote: str = "direct"
    returns: str = "log"
    total_return: bool = False
    observation: str = "close"
    observed_at: tuple[tuple[dt.date, dt.time], ...] = ()
    observed_zone: str = ""
    observed_early: tuple[dt.time, dt.time] | None = None
    observed_after_close: dt.timedelta = dt.timedelta(0)
    open_means: str = ""
    close_means: str = ""
    open_is_stale_before: dt.date | None = None
    proxy_for: str = ""
    family: str = ""
    formula: str = ""
    remark: str = ""
    unverified: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Kind of instrument: share, fund, future, index, currency or crypto; empty where it is none of these."""
        return KINDS.get(self.asset_class, "")

    def open_is_stale(self, session: dt.date) -> bool:
        """Whether the daily open of `session` repeats an older price.

        Parameters
        ----------
        session : date

        Returns
        -------
        bool
        """
        return self.open_is_stale_before is not None and session < self.open_is_stale_before
