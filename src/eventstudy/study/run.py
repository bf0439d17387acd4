"""Run a study file: read what it names, date the event or read the events, and meet them with the prices."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ..claims import Verdict
from ..errors import UsageError
from ..events import Event, When
from ..files import read_bytes, sha256
from ..instruments.catalogue import Instrument, Instruments
from ..markets.prices.bars import Bars, BarSet
from ..news.claims.extraction import read_claims
from ..news.dating.dating import date_article, date_event
from ..news.reading.article import Article
from ..news.reading.readers import read_article
from ..render.card import marked
from ..render.shown import Shown
from ..scale.storage import beside, file_sha256
from ..text import visible
from .config import STORE, StudyFile, read_study
from .event_list import EventList, read_events
from .prices import study_prices, study_returns
from .result import EventStudyResult
from .verdicts.check import check_claims


@dataclass(frozen=True, kw_only=True, repr=False)
class StudyRun(Shown):
    """A study file, what was read for it, and its result.

    Parameters
    ----------
    file : StudyFile
    article : Article or None
    event : Event or None
        The event of the article, or that of ``at``; None where a list of events was studied.
    others : tuple of Event
        What else happened, from the file's ``other_events``.
    result : EventStudyResult
    inputs : mapping of str to str
        SHA-256 of every file that was read, by the name under which the study knows it.
    prices : BarSet or None
        Prices as they were read; None where the study has returns.
    notes : tuple of str
        Which prices were taken: adjusted, split, converted, read in a special way.
    events : EventList or None
        The list of events that was studied, from the file's ``events``.
    """

    file: StudyFile
    article: Article | None
    event: Event | None
    others: tuple[Event, ...]
    result: EventStudyResult
    inputs: Mapping[str, str] = field(default_factory=dict)
    prices: BarSet | None = None
    notes: tuple[str, ...] = ()
    events: EventList | None = None

    def _facts(self) -> dict[str, object]:
        """Return the study, its event and where its prices come from."""
        listed = "" if self.events is None else f"{len(self.events):,} of {self.events.name}"
        return {
            "": self.file.title,
            "event": self.event.when if self.event is not None else listed,
            "evidence": "" if self.event is None else self.event.evidence,
            "pairs": f"{len(self.result.reaction):,} of {len(self.result.outcomes):,}",
            "files read": len(self.inputs),
            "notes": "; ".join(self.notes),
        }

    def _text(self) -> str:
        """Return the article with its time expressions and its statements about markets marked."""
        if self.article is None or self.event is None:
            return ""
        dating = date_article(self.article)
        chosen = {one.span for one in self.event.mentions if one.is_event}
        times = [(*one.span, "event" if one.span in chosen else "time") for one in dating.mentions]
        claims = [(*one.span, "claim") for one in read_claims(self.article, dating=dating)]
        return visible(marked(self.article.text, [*times, *claims]))

    def _repr_html_(self) -> str:
        return super()._repr_html_() + self.result._repr_html_()


def run_study(file: StudyFile | str | os.PathLike[str], packed: Mapping[str, Any] | None = None) -> StudyRun:
    """Read what a study file names, date the event, and run the study.

    Parameters
    ----------
    file : StudyFile or path
        A path is read by `read_study`.
    packed : mapping, optional
        Of a study over a pack: arguments of `eventstudy.scale.options.Options` that go before the table ``[engine]``.

    Returns
    -------
    StudyRun

    Raises
    ------
    DatingError
        If neither the article nor the study file settles the time of the event, or it is read with less than
        `min_confidence`.
    EventStudyError
        Whatever reading or running raises.
    """
    file = read_study(file) if isinstance(file, str | os.PathLike) else file
    if file.pack is not None:
        return _run_packed(file, {} if packed is None else packed)
    if packed is not None:
        raise UsageError(
            f"{file.path}: --engine, --memory, --workers and --resume go with a `pack`; the study has none"
        )
    listed = None if file.events is None else read_events(file.events)
    article, event = read_event(file) if listed is None else (None, None)
    others = () if file.other_events is None else tuple(read_events(file.other_events))
    studied = event if listed is None else listed
    assert studied is not None
    if file.returns_file is None:
        bars = study_prices(file, () if listed is None else listed.symbols)
        result = file.study.run(studied, bars, others=others)
    else:
        returns, bars = study_returns(file)
        result = file.study.run(studied, returns=returns)
    return StudyRun(
        file=file,
        article=article,
        event=event,
        others=others,
        result=result,
        inputs=_inputs(file, bars),
        prices=bars if file.returns_file is None else None,
        notes=bars.notes,
        events=listed,
    )


def _run_packed(file: StudyFile, packed: Mapping[str, Any]) -> StudyRun:
    """Run a study over a pack; a list of events in Parquet is read in batches."""
    named = {("engine" if key == "address" else key): value for key, value in file.engine.items()}
    if "out" in named:
        named["out"] = beside(named["out"], file.path)
    article, event = read_event(file) if file.events is None else (None, None)
    studied = event if file.events is None else file.events
    assert studied is not None and file.pack is not None
    result = file.study.run(studied, returns=file.pack, **{**named, **packed})
    inputs = {file.path.name: file.fingerprint, **result.files}
    if file.events is not None and file.events.is_file():
        inputs[file.events.name] = file_sha256(file.events)
    return StudyRun(
        file=file,
        article=article,
        event=event,
        others=(),
        result=result,
        inputs=inputs,
        prices=None,
        notes=getattr(result, "remarks", ()),
    )


def read_event(file: StudyFile) -> tuple[Article | None, Event]:
    """Return the article of a study, if it has one, and its event: at the instant given, else as the article dates it.

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    tuple of Article (None where the study names none) and Event

    Raises
    ------
    DatingError
        If neither the article nor the study file settles the time of the event.
    """
    article = None if file.article is None else read_article(file.article, published=file.published)
    if file.at is not None:
        event = Event(
            id=file.path.parent.name or "event",
            title=file.title if article is None else article.title,
            occurred=When.instant(file.at),
            evidence="The study file gives the instant; it was not read from a text.",
        )
        return article, event
    assert article is not None
    return article, date_event(article, number=file.event, min_confidence=file.min_confidence, markets=_steering(file))


def _steering(file: StudyFile) -> tuple[Instrument, ...]:
    """Return the study's markets as far as they are known; they steer the choice among the events of its article."""
    study = file.study
    known = Instruments(own=study.instruments or {}, calendar=study.calendar)
    found = (known.get(symbol) for symbol in study.markets or ())
    return tuple(each for each in found if each is not None)


def event_days(file: StudyFile) -> tuple[dt.date, dt.date]:
    """Return the days (UTC, or sessions) of the first and the last event of a study.

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    tuple of date
    """
    if file.events is None:
        when = read_event(file)[1].when
        return when.start.date(), when.end.date()
    first, last = read_events(file.events).span
    return first.date(), last.date()


def _inputs(file: StudyFile, bars: BarSet) -> dict[str, str]:
    """Return the SHA-256 of every file that the study read."""
    inputs = {file.path.name: file.fingerprint}
    factors = file.factors_file if isinstance(file.factors_file, tuple) else (file.factors_file,)
    for path in (file.article, file.events, file.other_events, file.layout, *factors):
        if isinstance(path, Path):
            inputs[path.name] = sha256(read_bytes(path))
    named = file.prices or file.returns_file
    if isinstance(named, tuple):
        return {**inputs, **bars.files}
    folder = STORE if named is None else named.name
    return inputs | {f"{folder}/{name}": digest for name, digest in bars.files.items()}


def run_parts(file: StudyFile) -> tuple[StudyRun, ...]:
    """Run the further studies whose answers stand on the same page; parts of parts are not followed.

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    tuple of StudyRun
        In the order of the file.
    """
    return tuple(run_study(read_study(path)) for path in file.parts)


def run_claims(done: StudyRun, parts: Sequence[StudyRun] = ()) -> tuple[Verdict, ...] | None:
    """Check the statements about markets of a study's article against its own prices and those of its parts.

    Parameters
    ----------
    done : StudyRun
        A study that was run.
    parts : sequence of StudyRun
        Their prices are used for markets that the study itself has not.

    Returns
    -------
    tuple of Verdict or None
        None where the study has no article.
    """
    if done.article is None:
        return None
    bars: dict[str, Bars] = {}
    for each in (done, *parts):
        bars = {**(each.prices or {}), **bars}
    return check_claims(read_claims(done.article), bars or None)


def run_sensitivities(done: StudyRun) -> pd.DataFrame | None:
    """Return day 0 under departures from the specification, also at the best of the article's other times.

    Parameters
    ----------
    done : StudyRun
        A study that was run.

    Returns
    -------
    DataFrame or None
        None where the study file does not ask for it, or has a list of events, returns in place of prices, or bars
        within the day.
    """
    file = done.file
    if not file.sensitivities or done.event is None or not _can_repeat(done):
        return None
    return file.study.sensitivities(done.event, done.prices, others=done.others, readings=_other_readings(done))


def run_curve(done: StudyRun) -> pd.DataFrame | None:
    """Return day 0 under many specifications at once.

    Parameters
    ----------
    done : StudyRun
        A study that was run.

    Returns
    -------
    DataFrame or None
        Of `EventStudy.specification_curve`; None where `run_sensitivities` would give None.
    """
    file = done.file
    if not file.curve or done.event is None or not _can_repeat(done):
        return None
    return file.study.specification_curve(done.event, done.prices, others=done.others)


def run_volatility(done: StudyRun) -> pd.DataFrame | None:
    """Return what an event window did to mean and variance, market by market.

    Parameters
    ----------
    done : StudyRun
        A study that was run.

    Returns
    -------
    DataFrame or None
        Of `EventStudyResult.volatility_effects`; None where the study file does not ask for it.
    """
    window = done.file.volatility
    return None if window is None or done.event is None else done.result.volatility_effects(window)


def _can_repeat(done: StudyRun) -> bool:
    """Whether a study is one of daily prices."""
    return done.prices is not None and done.file.study.bars is None


def _other_readings(done: StudyRun) -> tuple[Event, ...]:
    """Return the best reading of the article that is not the studied one; none where the study file gives the time."""
    if done.article is None or done.file.at is not None:
        return ()
    return date_article(done.article, number=done.file.event, markets=_steering(done.file)).events[1:2]
