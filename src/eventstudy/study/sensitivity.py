"""How firm day 0 is: the declared specification beside others that could have been declared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

import pandas as pd

from ..errors import EventStudyError
from ..events import Event, When
from ..panel import EventPanel
from ..windows import Window
from .light import Prepared, numbers, outlying
from .listed import Listed, without_rows
from .wording import in_percent

DECLARED = "declared"
LENGTHS = (60, 120, 200, 250)
BUFFERS = (1, 5, 10, 20)
OUTLIERS = 4.0
SHIFTS = {
    "1 hour earlier": dt.timedelta(hours=-1),
    "1 hour later": dt.timedelta(hours=1),
    "1 day earlier": dt.timedelta(days=-1),
    "1 day later": dt.timedelta(days=1),
}
SENSITIVITY_COLUMNS = [
    "variant",
    "kind",
    "event_id",
    "market",
    "ar",
    "sigma",
    "rows",
    "t_p",
    "p",
    "step_down_p",
    "note",
]
Change = Callable[[Prepared, EventPanel], EventPanel]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One departure from the declared specification.

    Parameters
    ----------
    name, kind : str
        What it is called, and what it changes.
    study : EventStudy
    event : Event
    change : callable, optional
        Changes the panel before the model is estimated.
    """

    name: str
    kind: str
    study: Any
    event: Event
    change: Change = field(default=lambda prepared, panel: panel)


def sensitivities(
    study: Any, event: Event, bars: Any, *, others: Iterable[Event] = (), readings: Iterable[Event] = ()
) -> pd.DataFrame:
    """Estimate day 0 again under each departure from the declared specification.

    Parameters
    ----------
    study : EventStudy
    event : Event
    bars : BarSet, or what `EventStudy.run` takes
    others : iterable of Event
        Listed events, whose days are left out of the estimation in one variant.
    readings : iterable of Event
        Other times at which the article can be read.

    Returns
    -------
    DataFrame
        ``variant``, ``kind`` (estimation, buffer, outliers, returns, rolls, model, instant, reading, markets),
        ``event_id``, ``market``, ``ar``, ``sigma``, ``rows`` (of the estimation window), ``t_p``, ``p`` (standardised
        placebo), ``step_down_p`` and ``note`` (why a variant has no numbers). The declared specification comes first.
    """
    day, others = replace(study, windows=[(0, 0)], tests="standard", episodes=None), tuple(others)
    parts: list[pd.DataFrame] = []
    prepared: dict[tuple[str, str], Prepared] = {}
    panel = cache(lambda: _panel(prepared[day.returns, day.rolls], event))
    for variant in _variants(day, event, others, readings):
        key = variant.study.returns, variant.study.rolls
        if key not in prepared:
            prepared[key] = Prepared.of(variant.study, bars, others)
        ready = replace(prepared[key], study=variant.study)
        # Variants that only change the declared panel share it.
        same = variant.study is day and variant.event is event
        parts.append(_computed(variant, ready, panel if same else partial(_panel, ready, variant.event)))
    return pd.concat(parts, ignore_index=True)[SENSITIVITY_COLUMNS]


def _panel(prepared: Prepared, event: Event) -> EventPanel:
    """Put the returns around an event in event time."""
    return prepared.panel(prepared.meet(event))


def _computed(variant: Variant, prepared: Prepared, panel: Callable[[], EventPanel]) -> pd.DataFrame:
    """Return the rows of one variant; one row with the reason where it has no numbers."""
    said = {"variant": variant.name, "kind": variant.kind}
    try:
        abnormal = variant.study._estimate(variant.change(prepared, panel()))
    except EventStudyError as error:
        return pd.DataFrame([{**said, "event_id": variant.event.id, "note": str(error)}], columns=SENSITIVITY_COLUMNS)
    if not len(abnormal):
        detail = "; ".join(dict.fromkeys(abnormal.outcomes["detail"].head(3)))
        return pd.DataFrame([{**said, "event_id": variant.event.id, "note": detail}], columns=SENSITIVITY_COLUMNS)
    return numbers(variant.study, abnormal).assign(**said, note="")


def _variants(study: Any, event: Event, others: Sequence[Event], readings: Iterable[Event]) -> Iterator[Variant]:
    """List the departures; one that is the declared specification itself is left out."""
    yield Variant(name=DECLARED, kind=DECLARED, study=study, event=event)
    window = study.estimation_window
    for length in LENGTHS:
        if length != window.length:
            yield _other(study, event, f"{length} rows", "estimation", estimation=_window(window.last, length))
    for buffer in BUFFERS:
        if -buffer - 1 != window.last:
            other = _window(-buffer - 1, window.length)
            yield _other(study, event, f"{buffer} rows before day 0 left out", "buffer", estimation=other)
    yield Variant(name="without outliers", kind="outliers", study=study, event=event, change=_without_outliers)
    if study.exclude:
        yield _other(study, event, "with days of listed events", "outliers", exclude=None)
    elif others:
        listed = _without_listed(others)
        yield Variant(name="without days of listed events", kind="outliers", study=study, event=event, change=listed)
    for kind in ("log", "simple"):
        if kind != study.kind and in_percent(study.kind):
            yield _other(study, event, f"{kind} returns", "returns", returns=kind)
    rolls = "exclude" if study.rolls == "keep" else "keep"
    yield _other(study, event, f"rolls {'excluded' if rolls == 'exclude' else 'kept'}", "rolls", rolls=rolls)
    if study.benchmark is not None:
        yield _other(study, event, "constant mean", "model", model="constant-mean", benchmark=None, factors=())
    for name, by in SHIFTS.items():
        yield Variant(name=name, kind="instant", study=study, event=shifted(event, by))
    for reading in readings:
        yield Variant(name=f"read as {reading.when}", kind="reading", study=study, event=replace(reading, id=event.id))
    for market in study.markets or ():
        if len(study.markets) > 1:
            change = _without_market(market)
            yield Variant(name=f"without {market}", kind="markets", study=study, event=event, change=change)


def _other(study: Any, event: Event, name: str, kind: str, **options: Any) -> Variant:
    """Return a variant with other options of the study."""
    return Variant(name=name, kind=kind, study=replace(study, **options), event=event)


def _window(last: int, length: int) -> Window:
    """Return the rows of an estimation window of some length."""
    return Window(last - length + 1, last)


def shifted(event: Event, by: dt.timedelta) -> Event:
    """Return an event as if it had happened earlier or later.

    Parameters
    ----------
    event : Event
    by : timedelta

    Returns
    -------
    Event
        With the same id.
    """

    def moved(when: When | None) -> When | None:
        return None if when is None else replace(when, start=when.start + by, end=when.end + by)

    return replace(event, occurred=moved(event.occurred), public=moved(event.public))


def _without_outliers(prepared: Prepared, panel: EventPanel) -> EventPanel:
    """Leave out estimation days beyond four standard deviations of the others."""
    abnormal = prepared.study._estimate(panel)
    kept = panel.only(abnormal.outcomes["outcome"].eq("ok").to_numpy())
    return without_rows(kept, abnormal.estimation, outlying(abnormal, OUTLIERS))


def _without_listed(others: Sequence[Event]) -> Change:
    """Leave out the estimation days on which a listed event falls."""

    def change(prepared: Prepared, panel: EventPanel) -> EventPanel:
        study = prepared.study
        left = Listed(events=tuple(others), instruments=study._known(prepared.prices))
        return left.out_of(panel, study.estimation_window)

    return change


def _without_market(market: str) -> Change:
    """Leave out one market: the others' joint p-values change."""

    def change(prepared: Prepared, panel: EventPanel) -> EventPanel:
        return panel.only((panel.rows["market"] != market).to_numpy())

    return change
