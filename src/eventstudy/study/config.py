"""Study files: ``study.toml`` to a study and back, and the run that one describes."""

from __future__ import annotations

import datetime as dt
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError, UnknownNameError, UsageError
from ..events import Event, When, parse_instant, read_events
from ..files import MEGABYTE, local_path, read_bytes, sha256
from ..markets.prices.bars import BarSet
from ..markets.prices.resample import bar_length
from ..markets.sources.files import read_bars
from ..markets.sources.store import Store
from ..news.dating.dating import date_event
from ..news.reading.article import Article
from ..news.reading.readers import read_article
from .result import EventStudyResult
from .study import EventStudy

TOP_KEYS = ("title", "article", "at", "prices", "pins", "events", "markets", "study")
STORE = "store"
STUDY_KEYS = tuple(item.name for item in fields(EventStudy) if item.name != "markets")
KINDS: Mapping[str, tuple[type, ...]] = {
    "title": (str,),
    "article": (str,),
    "at": (str, dt.datetime),
    "prices": (str,),
    "pins": (list,),
    "events": (str,),
    "markets": (list,),
    "study": (dict,),
    "model": (str, dict),
    "benchmark": (str,),
    "bars": (str,),
    "returns": (str,),
    "rolls": (str,),
    "estimation": (list,),
    "windows": (list,),
    "min_observations": (int,),
    "seed": (int,),
    "factors": (list,),
    "tests": (str, list),
    "families": (dict,),
    "weights": (dict,),
    "calendar": (str,),
    "overlap": (str,),
}
SPOKEN: Mapping[type, str] = {
    str: "text in quotes",
    list: "a list",
    dict: "a table",
    int: "a whole number",
    dt.datetime: "an instant",
}


@dataclass(frozen=True, kw_only=True)
class StudyFile:
    """A question as it stands in a ``study.toml``.

    Parameters
    ----------
    path : Path
        The file itself; other paths are taken relative to it.
    title : str
    article : Path or None
    at : str or None
        The event's instant, where the article does not settle it or there is no article.
    prices : Path or None
        A file or folder; None for the store of fetched prices.
    pins : tuple of str
        SHA-256 of the store's files to use, where the latest are not wanted; `run.json` of an earlier run has them.
    events : Path or None
        Dated events that may fall into the windows.
    study : EventStudy
    fingerprint : str
        SHA-256 of the file.
    """

    path: Path
    title: str
    prices: Path | None
    study: EventStudy
    pins: tuple[str, ...] = ()
    article: Path | None = None
    at: str | None = None
    events: Path | None = None
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True)
class StudyRun:
    """A study file with everything it names, read and run."""

    file: StudyFile
    article: Article | None
    event: Event
    others: tuple[Event, ...]
    result: EventStudyResult
    inputs: Mapping[str, str] = field(default_factory=dict)


def read_study(path: str | os.PathLike[str]) -> StudyFile:
    """Read and check a study file.

    Parameters
    ----------
    path : path
        A TOML file; see the sample under ``reports/iran-2020``.

    Returns
    -------
    StudyFile

    Raises
    ------
    UsageError
        If the file is missing, is not TOML, or a key or value is wrong.
    UnknownNameError
        If a key is unknown; the nearest known ones are named.
    """
    file = local_path(path)
    content, raw = _toml_of(file)
    top = _checked(raw, TOP_KEYS, str(file))
    options = _checked(top.get("study", {}), STUDY_KEYS, f"{file}: [study]")
    if "article" not in top and "at" not in top:
        raise UsageError(f'{file}: name an `article`, or give the instant: at = "2020-01-07T22:30:00Z"')
    if "prices" not in top:
        raise UsageError(f'{file}: no `prices`; name a CSV file or a folder of them, or "{STORE}"')
    markets, pins = _texts(top, "markets", "symbols", file), _texts(top, "pins", "SHA-256 fingerprints", file)
    stored = top["prices"] == STORE
    if stored and markets is None:
        raise UsageError(f"{file}: prices from the store need `markets`, a list of symbols")
    if pins and not stored:
        raise UsageError(f'{file}: `pins` name files of the store; they go with prices = "{STORE}"')
    try:
        named = [key for key in ("article", "prices", "events") if key in top and not (stored and key == "prices")]
        paths: dict[str, Any] = {"prices": None} | {key: file.parent / local_path(top[key]) for key in named}
        study = EventStudy(markets=markets, **options)
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from None
    return StudyFile(
        path=file,
        title=top.get("title", file.parent.name),
        at=_instant_text(top.get("at"), file),
        study=study,
        pins=pins or (),
        fingerprint=sha256(content),
        **paths,
    )


def _toml_of(file: Path) -> tuple[bytes, dict[str, Any]]:
    """Bytes and tables of a study file."""
    try:
        content = read_bytes(file, limit=MEGABYTE)
        return content, tomllib.loads(content.decode("utf-8-sig"))
    except InputError as error:
        raise UsageError(str(error)) from None
    except RecursionError:
        raise UsageError(f"{file}: nested too deeply for a study file") from None
    except ValueError as error:
        raise UsageError(f"{file}: not TOML: {error}") from None


def _texts(top: Mapping[str, Any], key: str, what: str, file: Path) -> tuple[str, ...] | None:
    """Return a list of texts, or None where the key is not there."""
    values = top.get(key)
    if values is not None and not (values and all(isinstance(value, str) for value in values)):
        raise UsageError(f"{file}: {key} is a list of {what}, each in quotes")
    return None if values is None else tuple(values)


def run_study(file: StudyFile) -> StudyRun:
    """Read what a study file names, date the event, and run the study.

    Raises
    ------
    DatingError
        If neither the article nor the study file settles the time of the event.
    EventStudyError
        Whatever reading or running says.
    """
    article = None if file.article is None else read_article(file.article)
    event = _event(file, article)
    others = () if file.events is None else read_events(file.events)
    bars = _bars(file)
    result = file.study.run(event, bars)
    return StudyRun(file=file, article=article, event=event, others=others, result=result, inputs=_inputs(file, bars))


def study_toml(file: StudyFile) -> str:
    """Write a study file as TOML; `read_study` reads it back to the same study.

    Examples
    --------
    >>> print(study_toml(StudyFile(path=Path("s.toml"), title="T", at="2020-01-07T22:30:00Z", prices=Path("p"),
    ...                            study=EventStudy(windows=[(0, 1)]))).splitlines()[0])
    title = "T"
    """
    top: dict[str, Any] = {
        "title": file.title,
        "article": file.article,
        "at": file.at,
        "prices": file.prices or STORE,
        "pins": list(file.pins) or None,
        "events": file.events,
    }
    options = file.study.specification()
    top["markets"] = options.pop("markets")
    lines = [f"{key} = {_toml(value)}" for key, value in top.items() if value is not None]
    lines += ["", "[study]"]
    return "\n".join(lines + [f"{key} = {_toml(value)}" for key, value in options.items() if value is not None]) + "\n"


def _toml(value: Any) -> str:
    """One TOML value; JSON's texts, numbers and lists are TOML's as well, but for a bare DEL."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    text = json.dumps(value.as_posix() if isinstance(value, Path) else value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")


def _checked(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> Mapping[str, Any]:
    """Return `table` if every key is known and has a value of its kind."""
    for key, value in table.items():
        if key not in known:
            raise UnknownNameError("key", key, known, where)
        kinds = KINDS[key]
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise UsageError(f"{where}: {key} is {value!r}; write {' or '.join(SPOKEN[kind] for kind in kinds)}")
    return table


def _instant_text(value: str | dt.datetime | None, file: Path) -> str | None:
    """Return the instant as text; it must have a time zone."""
    if value is None:
        return None
    text = value.isoformat() if isinstance(value, dt.datetime) else value
    try:
        parse_instant(text)
    except UsageError as error:
        raise UsageError(f"{file}: at = {error}") from None
    return text


def _event(file: StudyFile, article: Article | None) -> Event:
    """Return the event of the study: at the instant given, else as the article dates it."""
    if file.at is not None:
        title = file.title if article is None else article.title
        return Event(
            id=file.path.parent.name or "event",
            title=title,
            occurred=When.instant(file.at),
            evidence="The study file gives the instant; it was not read from a text.",
        )
    assert article is not None
    return date_event(article)


def _bars(file: StudyFile) -> BarSet:
    """Prices of the study: its files, or what the store has."""
    if file.prices is not None:
        return read_bars(file.prices)
    length = file.study.bars
    interval = "1d" if length is None else f"{int(bar_length(length) / pd.Timedelta(minutes=1))}m"
    return Store.of(None).bars(file.study.markets or (), interval, file.pins)


def _inputs(file: StudyFile, bars: BarSet) -> dict[str, str]:
    """SHA-256 of every file the study read, by the name under which the study knows it."""
    inputs = {file.path.name: file.fingerprint}
    for path in (file.article, file.events):
        if path is not None:
            inputs[path.name] = sha256(read_bytes(path))
    folder = STORE if file.prices is None else file.prices.name
    return inputs | {f"{folder}/{name}": digest for name, digest in bars.files.items()}
