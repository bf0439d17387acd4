"""Listed events and scheduled releases: days to leave out of the estimation, and what else happened by rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import UsageError
from ..events import Event, When
from ..instruments.catalogue import CATALOGUE, Instruments
from ..instruments.releases import releases
from ..panel import EventPanel, each_row
from ..windows import Window
from .reaction import what_else


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Listed events whose days are left out of the estimation.

    Parameters
    ----------
    events : tuple of Event
        Empty where none are left out.
    instruments : Instruments
        Where symbols are looked up.
    """

    events: tuple[Event, ...] = ()
    instruments: Instruments = field(default_factory=lambda: CATALOGUE)

    @classmethod
    def of(cls, exclude: str | None, events: Iterable[Event], instruments: Instruments) -> Listed:
        """Return the events that a study leaves out.

        Parameters
        ----------
        exclude : {"listed"}, optional
        events : iterable of Event
        instruments : Instruments

        Returns
        -------
        Listed

        Raises
        ------
        UsageError
            If events are to be left out and none are listed.
        """
        if exclude is None:
            return cls(instruments=instruments)
        found = tuple(events)
        if not found:
            raise UsageError('exclude = "listed" needs prices and other events: `other_events`, or `others` in Python')
        return cls(events=found, instruments=instruments)

    def out_of(self, panel: EventPanel, estimation: Window) -> EventPanel:
        """Return a panel whose estimation rows lack the days of these events.

        Parameters
        ----------
        panel : EventPanel
        estimation : Window

        Returns
        -------
        EventPanel
        """
        if not self.events:
            return panel
        placed = what_else(panel, self.events, self.instruments)
        rows = {(row.event_id, row.market): at for at, row in enumerate(each_row(panel.rows))}
        out = np.zeros((len(panel.rows), estimation.length), dtype=bool)
        place = {int(tau): at for at, tau in enumerate(panel.tau[panel.columns(estimation)])}
        inside = placed[placed["tau"].isin(list(place))]
        for event_id, market, tau in zip(inside["event_id"], inside["market"], inside["tau"], strict=True):
            out[rows[event_id, market], place[int(tau)]] = True
        return without_rows(panel, estimation, out)


def without_rows(panel: EventPanel, estimation: Window, out: npt.NDArray[np.bool_]) -> EventPanel:
    """Return a panel whose estimation window lacks some returns.

    Parameters
    ----------
    panel : EventPanel
    estimation : Window
    out : ndarray of bool, shape (n, L)
        Returns to leave out.

    Returns
    -------
    EventPanel
    """
    returns = panel.returns.copy()
    at = panel.columns(estimation)
    returns[:, at] = np.where(out, np.nan, returns[:, at])
    return replace(panel, returns=returns)


def scheduled(first: pd.Timestamp, last: pd.Timestamp, known: Iterable[Event] = ()) -> tuple[Event, ...]:
    """Return the scheduled releases of a span of time as events; the evidence of each is its rule.

    Parameters
    ----------
    first, last : Timestamp
        UTC.
    known : iterable of Event
        Listed events; a release at the instant at which one of them starts is taken to be that one.

    Returns
    -------
    tuple of Event
        In order of time.

    Examples
    --------
    >>> day = pd.Timestamp("2020-01-10", tz="UTC")
    >>> [(each.title, str(each.when)) for each in scheduled(day, day + pd.Timedelta(days=1))]
    [('US employment situation', '2020-01-10 13:30 UTC')]
    """
    taken, day = {event.when.start for event in known}, dt.timedelta(days=1)
    return tuple(
        Event(
            id=f"{each.key}-{each.instant:%Y-%m-%d}",
            title=each.name,
            public=When.instant(each.instant),
            evidence=each.basis,
        )
        for each in releases(first.date() - day, last.date() + day)
        if first <= each.instant <= last and each.instant not in taken
    )
