"""Episodes: the time after an event split at further news, each stretch measured from stamp to stamp."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..events import Event
from ..inference.abnormal import AbnormalReturns
from ..inference.models.least_squares import FloatArray
from ..inference.significance.multiplicity import holm
from ..inference.significance.stepdown import raised_in_order, step_down
from ..instruments.catalogue import Instruments
from ..markets.alignment.sessions import align
from ..markets.alignment.stamped import StampedPrices, stamped_bars, stamped_days
from ..markets.prices.bars import Bars, BarSet
from ..panel import EventPanel, each_row
from .reach import followed
from .stamps import Stamps
from .stretches import NO_PRICE, TOO_OLD, Measured, OrdinaryBars, OrdinaryDays

EPISODE, HORIZON = "episode", "horizon"
HORIZONS: tuple[tuple[str, pd.Timedelta], ...] = tuple(
    (name, pd.Timedelta(length)) for name, length in {"+5 min": "5min", "+30 min": "30min", "+2 h": "2h"}.items()
)
# The studied event itself, whatever its id: a study under another name has the same table.
STUDIED = "event"
NEXT, ONE_DAY = "next observation", "+1 day"
DAY = pd.Timedelta(days=1)
LEAST_JOINT = 19
EPISODE_COLUMNS = [
    "event_id",
    "market",
    "kind",
    "after",
    "until",
    "from_utc",
    "to_utc",
    "start_utc",
    "end_utc",
    "start_price",
    "end_price",
    "return",
    "cumulative",
    "ar",
    "larger",
    "stretches",
    "p",
    "step_down_p",
    "resolved",
    "holds",
    "note",
]


@dataclass(frozen=True, kw_only=True)
class _Stretch:
    """A stretch of time: what begins and ends it, and when."""

    kind: str
    after: str
    until: str
    start: pd.Timestamp
    stop: pd.Timestamp


@dataclass(frozen=True, kw_only=True)
class _Market:
    """One pair: its prices by stamp, and what measures a stretch of them."""

    event: Event
    market: str
    instant: pd.Timestamp
    tradable: pd.Timestamp
    observation: pd.Timestamp
    prices: StampedPrices
    null: OrdinaryBars | OrdinaryDays
    change: bool

    def measure(self, stretch: _Stretch) -> Measured:
        """Measure one stretch."""
        first, last = self.prices.last(stretch.start), self.prices.last(stretch.stop)
        if first < 0 or last <= first:
            return Measured(first=first, last=last, note=NO_PRICE)
        if stretch.kind == HORIZON and self._old(last, stretch.stop):
            return Measured(first=first, last=first, note=TOO_OLD)
        return self.null.measure(first, last)

    def _old(self, last: int, stop: pd.Timestamp) -> bool:
        """Whether the last price is older than half the horizon, so that it says nothing about it."""
        return stop - self.prices.time(last) > (stop - self.tradable) / 2


def episodes(
    abnormal: AbnormalReturns,
    panel: EventPanel,
    alignment: pd.DataFrame,
    bars: BarSet,
    events: Sequence[Event],
    stamps: Stamps,
    instruments: Instruments,
    *,
    families: Mapping[str, Sequence[str]] | None = None,
    change: bool = False,
) -> pd.DataFrame:
    """Measure every stretch between an event, further news and fixed horizons, in every market.

    Parameters
    ----------
    abnormal : AbnormalReturns
    panel : EventPanel
        The same pairs.
    alignment : DataFrame
    bars : BarSet
    events : sequence of Event
        The studied events.
    stamps : Stamps
        What else happened, and where episodes end.
    instruments : Instruments
        Where symbols are looked up.
    families : mapping of str to sequence of str, optional
        Markets that are compared jointly; all markets of an event where none is declared.
    change : bool
        Whether returns are differences of prices.

    Returns
    -------
    DataFrame
        ``kind`` is ``"episode"`` (from one stamp to the next, the last to the next observation) or ``"horizon"`` (from
        the first tradable moment, cumulated); ``after`` and ``until`` name what begins and ends it, ``from_utc`` and
        ``to_utc`` are these stamps, ``start_utc`` and ``end_utc`` when its two prices were known: the last at or before
        each stamp. ``return`` and ``cumulative`` (since the last price before the event) are simple, or changes; ``ar``
        is abnormal. ``larger`` of ``stretches`` ordinary stretches had at least as large an abnormal return, ``p`` is
        the rank in units of the volatility known before each, ``step_down_p`` the same among all stretches of the kind
        and the markets of the family. ``holds`` names the other listed events between the two prices. Not ``resolved``:
        no price was known between the stamps. The studied event is called ``"event"``.
    """
    lines: list[dict[str, Any]] = []
    cells: list[Measured] = []
    for one in _markets(abnormal, panel, alignment, bars, events, instruments, change=change):
        for stretch in _stretches(one, stamps):
            measured = one.measure(stretch)
            lines.append(_line(one, stretch, measured, stamps))
            cells.append(measured)
    table = pd.DataFrame(lines, columns=EPISODE_COLUMNS)
    return _with_joint(table, cells, families)


def _markets(
    abnormal: AbnormalReturns,
    panel: EventPanel,
    alignment: pd.DataFrame,
    bars: BarSet,
    events: Sequence[Event],
    instruments: Instruments,
    *,
    change: bool,
) -> Iterator[_Market]:
    """Prepare every pair of a dated event whose market has a clock."""
    dated = {event.id: event for event in events}
    place = alignment.set_index(["event_id", "market"])
    for pair, row in enumerate(each_row(abnormal.rows)):
        clock, own = instruments.get(row.market), bars[row.market]
        if row.event_id not in dated or clock is None:
            continue
        event = dated[row.event_id]
        instant = pd.Timestamp(event.when.start)
        null: OrdinaryBars | OrdinaryDays
        if own.intraday:
            prices, only = stamped_bars(own), np.arange(len(panel.rows)) == pair
            null = OrdinaryBars(bars=own, abnormal=followed(abnormal, panel.only(only)))
        else:
            prices = stamped_days(own, clock, *_rows(own, abnormal, pair))
            null = OrdinaryDays.of(prices, own, abnormal, pair, change=change)
        yield _Market(
            event=event,
            market=row.market,
            instant=instant,
            tradable=place.loc[(row.event_id, row.market), "first_tradable_utc"],
            observation=align([event.when.start], [clock])["observation"].iloc[0],
            prices=prices,
            null=null,
            change=change,
        )


def _rows(bars: Bars, abnormal: AbnormalReturns, pair: int) -> tuple[int, int]:
    """Return the rows from just before the estimation window to some days after day 0."""
    labels = pd.DatetimeIndex(abnormal.estimation_sessions[pair])
    first = int(bars.index.searchsorted(labels.min()))
    zero = int(bars.index.get_indexer(pd.DatetimeIndex([abnormal.rows["session"].iloc[pair]]))[0])
    return first - 5, zero + 5


def _stretches(one: _Market, stamps: Stamps) -> Iterator[_Stretch]:
    """Split the time after the event at its stamps, then give the fixed horizons."""
    start, name = one.instant, STUDIED
    for end in stamps.after(one.instant, max(one.observation, one.tradable + DAY)):
        stop = pd.Timestamp(end.when.start)
        yield _Stretch(kind=EPISODE, after=name, until=end.id, start=start, stop=stop)
        start, name = stop, end.id
    if one.observation > start:
        yield _Stretch(kind=EPISODE, after=name, until=NEXT, start=start, stop=one.observation)
    lengths = [(label, one.tradable + length) for label, length in HORIZONS]
    for label, stop in [*lengths, (NEXT, one.observation), (ONE_DAY, one.tradable + DAY)]:
        yield _Stretch(kind=HORIZON, after=STUDIED, until=label, start=one.instant, stop=stop)


def _line(one: _Market, stretch: _Stretch, measured: Measured, stamps: Stamps) -> dict[str, Any]:
    """Return one row of the table, without the joint p."""
    prices, reference = one.prices, one.prices.last(one.instant)
    line: dict[str, Any] = {
        "event_id": one.event.id,
        "market": one.market,
        "kind": stretch.kind,
        "after": stretch.after,
        "until": stretch.until,
        "from_utc": stretch.start,
        "to_utc": stretch.stop,
        "resolved": measured.resolved,
        "holds": "",
        "note": measured.note,
    }
    if not measured.resolved:
        return line
    known = [prices.time(measured.first), prices.time(measured.last)]
    values = [float(prices.prices[at]) for at in (reference, measured.first, measured.last)]
    moves = [values[2] - base if one.change else values[2] / base - 1.0 for base in values[:2]]
    return line | {
        "start_utc": known[0],
        "end_utc": known[1],
        "start_price": values[1],
        "end_price": values[2],
        "return": moves[1],
        "cumulative": moves[0],
        "ar": measured.ar,
        "larger": measured.larger if measured.stretches else pd.NA,
        "stretches": measured.stretches,
        "p": measured.p,
        "holds": ", ".join(_between(one, stretch, known, stamps)),
    }


def _between(one: _Market, stretch: _Stretch, known: Sequence[pd.Timestamp], stamps: Stamps) -> list[str]:
    """Return the ids of the listed events between two prices, without the one that begins the stretch."""
    begin = one.instant if stretch.kind == HORIZON else stretch.start
    return [
        other.id
        for other in stamps.others
        if known[0] < pd.Timestamp(other.when.start) < known[1]
        and pd.Timestamp(other.when.start) != begin
        and other.when.start > one.event.when.start
    ]


def _with_joint(
    table: pd.DataFrame, cells: Sequence[Measured], families: Mapping[str, Sequence[str]] | None
) -> pd.DataFrame:
    """Add the p-values adjusted for the number of stretches, and of markets in the family."""
    family = {market: name for name, markets in (families or {}).items() for market in markets}
    p = table["p"].to_numpy(dtype=float)
    joint, notes = np.full(len(table), np.nan), table["note"].tolist()
    groups = table.groupby([table["event_id"], table["kind"], table["market"].map(lambda one: family.get(one, ""))])
    for at in groups.indices.values():
        there = at[np.isfinite(p[at])]
        if not there.size:
            continue
        adjusted = joint_p([cells[k] for k in there])
        if adjusted is None:
            joint[there] = holm(p[there])
            for k in there:
                notes[k] = "; ".join(filter(None, [notes[k], "family p by Holm: too few stretches in common"]))
        else:
            joint[there] = np.fmax(adjusted, p[there])
    return table.assign(step_down_p=joint, note=notes)


def joint_p(cells: Sequence[Measured]) -> FloatArray | None:
    """Return step-down max-T p-values of several stretches; the whole pattern of them is shifted at once.

    Shifted patterns overlap like ordinary stretches of the pattern's length, so that their rank alone rejects too
    often: each p is raised by as much as the overlap of such stretches raises its own.

    Parameters
    ----------
    cells : sequence of Measured
        Each with a p.

    Returns
    -------
    ndarray, shape (m,), or None
        None where fewer than 19 shifts of the pattern lie within the estimation window.
    """
    offsets: npt.NDArray[np.int64] = np.array([cell.offset for cell in cells])
    shift = offsets - offsets.min()
    count = min(cell.ordinary.size - int(by) for cell, by in zip(cells, shift, strict=True))
    if count < LEAST_JOINT:
        return None
    rows = np.array([cell.ordinary[by : by + count] for cell, by in zip(cells, shift, strict=True)])
    z = np.array([cell.z for cell in cells])
    span = max(int(by) + cell.days for cell, by in zip(cells, shift, strict=True))
    return raised_in_order(z, step_down(z, rows), np.array([cell.overlap(span) for cell in cells]))
