"""What else happened, and the stamps that split the time after an event into episodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import UnknownNameError, UsageError
from ..events import Event, parse_instant

KEYS = ("at", "title")


@dataclass(frozen=True, kw_only=True)
class Stamps:
    """Listed events, and those of them (or further instants) at which one episode ends and the next begins.

    Parameters
    ----------
    others : tuple of Event
        Everything that is listed, in the order given.
    declared : tuple of Event or None
        The episodes' ends in order of time; None where the study declares none, so that all listed events split.
    """

    others: tuple[Event, ...] = ()
    declared: tuple[Event, ...] | None = None

    @classmethod
    def of(cls, episodes: Sequence[Any] | None, others: Iterable[Event] | None = None) -> Stamps:
        """Read the declared episodes.

        Parameters
        ----------
        episodes : sequence of str or mapping, optional
            Ids of listed events, instants with a time zone, or tables of ``at`` and ``title``.
        others : iterable of Event, optional
            The listed events; where it is None they are not known yet, and an id is taken on trust.

        Returns
        -------
        Stamps

        Raises
        ------
        UsageError, UnknownNameError
            If an entry is neither; or an id is not listed.

        Examples
        --------
        >>> found = Stamps.of([{"at": "2020-01-08T15:30Z", "title": "stocks report"}])
        >>> [(each.title, str(each.when)) for each in found.declared]
        [('stocks report', '2020-01-08 15:30 UTC')]
        """
        listed = {event.id: event for event in others or ()}
        if episodes is None:
            return cls(others=tuple(listed.values()))
        ends = [_end(each, listed, known=others is not None) for each in episodes]
        ordered = sorted((end for end in ends if end is not None), key=lambda end: end.when.start)
        return cls(others=tuple(listed.values()), declared=tuple(ordered))

    @property
    def last(self) -> pd.Timestamp | None:
        """Last declared stamp (UTC)."""
        return pd.Timestamp(self.declared[-1].when.start) if self.declared else None

    def after(self, start: pd.Timestamp, until: pd.Timestamp) -> tuple[Event, ...]:
        """Return the ends of the episodes after a start: the declared ones, else the listed events up to `until`.

        Parameters
        ----------
        start, until : Timestamp
            UTC.

        Returns
        -------
        tuple of Event
            In order of time; of several at one instant the first.
        """
        chosen = self.declared
        if chosen is None:
            chosen = tuple(sorted(self.others, key=lambda event: event.when.start))
        last = until if self.declared is None else pd.Timestamp.max.tz_localize("UTC")
        inside = {event.when.start: event for event in reversed(chosen) if start < event.when.start <= last}
        return tuple(reversed(inside.values()))


def _end(given: str | Mapping[str, Any], listed: Mapping[str, Event], *, known: bool) -> Event | None:
    """Return one declared stamp as an event; None for an id that cannot be looked up yet."""
    if not isinstance(given, str):
        for key in given:
            if key not in KEYS:
                raise UnknownNameError("key", key, KEYS, "episodes")
        if "at" not in given:
            raise UsageError(
                'episodes: a table needs `at`, such as {at = "2020-01-08T15:30Z", title = "stocks report"}'
            )
        return Event.at(given["at"], id=given.get("title") or given["at"], title=given.get("title", ""))
    if given in listed:
        return listed[given]
    try:
        instant = parse_instant(given)
        there = [event for event in listed.values() if event.when.start == instant]
        return there[0] if there else Event.at(instant, id=given)
    except UsageError:
        if known:
            raise UnknownNameError("event", given, listed, "episodes") from None
        return None
