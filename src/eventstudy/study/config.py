"""Study files: ``study.toml`` to a study, and back.

The top level is declared here as `StudyTable`; the table ``[study]`` has the fields of `EventStudy`.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Required, TypedDict

from annotated_types import Ge, Gt, Le, Len, MinLen, Predicate

from ..errors import UsageError
from ..files import local_path, read_toml, sha256
from ..instruments.catalogue import declared
from ..instruments.declarations import table_of
from ..markets.sources.layouts import Layout
from ..scale.storage import beside
from ..schema import hints, validated
from .key_checks import STORE as STORE
from .key_checks import check_places, check_together, instant_text, stamp_text
from .matching import with_matches
from .options import Symbols
from .shown import FileShown
from .study import EventStudy

PATHS = ("article", "prices", "returns_file", "factors_file", "events", "other_events", "layout")
FILES = ("prices", "returns_file", "factors_file")
Ratio = Annotated[float, Gt(0), "new shares for one old share, such as 7"]
Paths = Annotated[Sequence[str], MinLen(1), "a list of paths, each in quotes"]
Columns = Annotated[Sequence[Annotated[str, "a column in quotes"]], MinLen(1)]
STUDY_KEYS = tuple(name for name in hints(EventStudy) if name not in ("markets", "instruments"))


def _is_code(text: str) -> bool:
    """Whether a text is the code of a currency: three capital letters."""
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


class RegressionTable(TypedDict, total=False):
    """The keys of a table ``[[regressions]]``: the arguments of `EventStudyResult.regress_cars`."""

    on: Required[Annotated[Columns, 'a list of columns of the events, such as ["surprise"]']]
    window: Annotated[Sequence[int], Len(2, 2), "one of the windows of the study, such as [0, 1]"]
    weights: Annotated[str, '"precision", or a column of the events']
    errors: Annotated[str, 'a name of errors, such as "clustered"']
    clusters: Annotated[str, "a column of the events, in quotes"]
    method: Annotated[Literal["ols", "gls"], '"ols" or "gls"']


class EngineTable(TypedDict, total=False):
    """The keys of the table ``[engine]``: where a study over a pack runs."""

    address: Annotated[str, '"dask", or the address of a scheduler such as "dask://host:8786"']
    out: Annotated[str, "the folder of the rows of all pairs, in quotes"]
    memory: Annotated[str, 'an amount such as "2GB"']
    workers: Annotated[int, Ge(1), "a number of processes, 1 or more"]


class StudyTable(TypedDict, total=False):
    """The keys of a study file; the text of each completes the error message "write ..."."""

    title: Annotated[str, "text in quotes"]
    article: Annotated[str, "the path of a file, in quotes"]
    published: Annotated[str | dt.datetime | dt.date, 'a time, such as "2020-01-08T01:10:00Z"']
    at: Annotated[str | dt.datetime, 'an instant with its time zone, such as "2020-01-07T22:30:00Z"']
    prices: Annotated[str | Paths, f'the path of a file or folder, in quotes, a list of them, or "{STORE}"']
    layout: Annotated[str | Mapping[str, Any], 'the path of a file, in quotes, or a table such as {decimal = ","}']
    adjusted: Annotated[Literal["auto"] | bool, '"auto", true or false']
    splits: Annotated[Mapping[str, Mapping[str, Ratio]], 'a table such as {AAPL = {"2014-06-09" = 7}}']
    currency: Annotated[str, Predicate(_is_code), 'the three letters of a currency, such as "USD"']
    returns_file: Annotated[str | Paths, "the path of a file, in quotes, or a list of them"]
    factors_file: Annotated[str | Paths, "the path of a file, in quotes, or a list of them"]
    pins: Annotated[Sequence[Annotated[str, "a SHA-256 in quotes"]], "a list of SHA-256 fingerprints, each in quotes"]
    events: Annotated[str, "the path of a file, in quotes"]
    other_events: Annotated[str, "the path of a file, in quotes"]
    event: Annotated[int, Ge(1), "the number of one of the article's events, 1 or more"]
    min_confidence: Annotated[float, Ge(0), Le(1), "a probability, a number from 0 to 1"]
    markets: Symbols
    instruments: Annotated[Mapping[str, Any], 'a table of markets, such as ["AAPL"] with calendar = "XNYS"']
    parts: Annotated[Sequence[Annotated[str, "a path in quotes"]], "a list of paths of study files, each in quotes"]
    sensitivities: Annotated[bool, "true or false"]
    curve: Annotated[bool, "true or false"]
    volatility: Annotated[Sequence[int], Len(2, 2), "an event window such as [0, 9]"]
    groups: Annotated[Columns, 'a list of columns of the events, such as ["sector"]']
    regressions: Annotated[Sequence[RegressionTable], "tables [[regressions]], each with a list `on`"]
    pack: Annotated[str, "the folder of a pack, in quotes"]
    engine: EngineTable
    study: Annotated[Mapping[str, Any], "a table of options, [study]"]


@dataclass(frozen=True, kw_only=True, repr=False)
class StudyFile(FileShown):
    """What a ``study.toml`` says.

    Parameters
    ----------
    path : Path
        The file itself; other paths are relative to its folder.
    title : str
    article : Path or None
    published : str
        When the article was published, where its file does not say it or is wrong; empty to take the file's own.
    at : str or None
        The event's instant, where the article does not settle it or there is no article.
    prices : Path, tuple of Path or None
        A file or folder, or several; None for the store of fetched prices.
    layout : Path, Layout or None
        How the price files are laid out: a TOML file, or the table itself.
    adjusted : {"auto", True, False}
        Whether closes adjusted for dividends are taken; ``"auto"``: for shares and funds that have them.
    splits : mapping of symbol to mapping of day to float, optional
        New shares for one old share, for prices that are not adjusted for a split.
    currency : str, optional
        Currency into which prices are converted, by rates among the prices.
    returns_file : Path, tuple of Path or None
        A file of returns, or several, in place of prices; ``returns_kind`` and ``returns_unit`` of the study say what
        they are.
    factors_file : Path, tuple of Path or None
        Files of factors as they are published, see `eventstudy.read_factors`, beside the prices or returns.
    pins : tuple of str
        SHA-256 of the files of the store to use, where the latest are not wanted; `run.json` of an earlier run has
        them.
    events : Path or None
        The events that are studied, in place of `article` and `at`.
    other_events : Path or None
        Other dated events that may fall into the windows.
    event : int or None
        Which of the article's ranked events is studied, whatever its confidence; None for the first, if it is decided.
    min_confidence : float or None
        Probability from which the article's event is decided; None for the default of `date_article`.
    study : EventStudy
    fingerprint : str
        SHA-256 of the file.
    parts : tuple of Path
        Further study files whose answers stand on the same page, such as the same night by the bar.
    sensitivities, curve : bool
        Whether the report shows departures from the declared specification, and the curve of many specifications.
    volatility : pair of int or None
        Window of the volatility event study that the report shows.
    groups : tuple of str
        Columns of the events by which the report averages them.
    regressions : tuple of mapping
        Arguments of `EventStudyResult.regress_cars`: regressions that the report shows.
    pack : str or None
        The folder of a pack, in place of prices.
    engine : mapping
        The table ``[engine]``: where a study over a pack runs.
    """

    path: Path
    title: str
    prices: Path | tuple[Path, ...] | None
    study: EventStudy
    layout: Path | Layout | None = None
    adjusted: str | bool = "auto"
    splits: Mapping[str, Mapping[str, float]] | None = None
    currency: str | None = None
    returns_file: Path | tuple[Path, ...] | None = None
    factors_file: Path | tuple[Path, ...] | None = None
    pins: tuple[str, ...] = ()
    article: Path | None = None
    published: str = ""
    at: str | None = None
    events: Path | None = None
    other_events: Path | None = None
    event: int | None = None
    min_confidence: float | None = None
    fingerprint: str = ""
    parts: tuple[Path, ...] = ()
    sensitivities: bool = False
    curve: bool = False
    volatility: tuple[int, int] | None = None
    groups: tuple[str, ...] = ()
    regressions: tuple[Mapping[str, Any], ...] = ()
    pack: str | None = None
    engine: Mapping[str, Any] = field(default_factory=dict)


def read_study(path: str | os.PathLike[str], *, events: str | os.PathLike[str] | None = None) -> StudyFile:
    """Read and check a study file.

    Parameters
    ----------
    path : path
        A TOML file; see the sample under ``reports/iran-2020``.
    events : path, optional
        A file of events to study, in place of the one that the study file names; relative to the present folder.

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
    content, raw = read_toml(file)
    if isinstance(raw.get("markets"), str) and raw["markets"].startswith("@"):
        raw["markets"] = [raw["markets"]]
    if events is not None:
        raw["events"] = str(local_path(events).absolute())
    check_places(raw, hints(StudyTable), STUDY_KEYS, file)
    table = validated(StudyTable, raw, str(file))
    check_together(table, file)
    options: dict[str, Any] = {"markets": table["markets"]} if "markets" in table else {}
    if "instruments" in table:
        where = f"{file}: [instruments]"
        options["instruments"] = declared(table["instruments"], where=where, folder=file.parent)
    paths: dict[str, Any] = {key: _path(key, table, file) for key in PATHS if key in table}
    return StudyFile(
        path=file,
        title=table.get("title", file.parent.name),
        published=stamp_text(table.get("published", "")),
        at=instant_text(table["at"], file) if "at" in table else None,
        study=validated(EventStudy, with_matches(dict(table.get("study", {})), file) | options, f"{file}: [study]"),
        pins=tuple(table.get("pins", ())),
        event=table.get("event"),
        min_confidence=table.get("min_confidence"),
        fingerprint=sha256(content),
        adjusted=table.get("adjusted", "auto"),
        splits=table.get("splits"),
        currency=table.get("currency"),
        parts=_parts(table.get("parts", ()), file),
        sensitivities=table.get("sensitivities", False),
        curve=table.get("curve", False),
        volatility=_pair(table.get("volatility")),
        groups=tuple(table.get("groups", ())),
        regressions=tuple(dict(one) for one in table.get("regressions", ())),
        pack=beside(table["pack"], file) if "pack" in table else None,
        engine=dict(table.get("engine", {})),
        **{"prices": None} | paths,
    )


def _path(key: str, table: Mapping[str, Any], file: Path) -> Path | tuple[Path, ...] | Layout | None:
    """Return what a key names, relative to the study file; None for the store."""
    value = table[key]
    if key == "layout" and not isinstance(value, str):
        return validated(Layout, value, f"{file}: [layout]")
    if key == "prices" and value == STORE:
        return None
    try:
        if key in FILES and not isinstance(value, str):
            return tuple(file.parent / local_path(one) for one in value)
        return file.parent / local_path(value)
    except UsageError as error:
        raise UsageError(f"{file}: {key}: {error}") from None


def _parts(given: Sequence[str], file: Path) -> tuple[Path, ...]:
    """Return the paths of the parts, none of which may be the file itself."""
    found = tuple(file.parent / local_path(one) for one in given)
    if any(one.resolve() == file.resolve() for one in found):
        raise UsageError(f"{file}: parts: a study is not a part of itself; leave it out")
    return found


def _pair(given: Sequence[int] | None) -> tuple[int, int] | None:
    """Return the two bounds of a window."""
    return None if given is None else (given[0], given[1])


def study_toml(file: StudyFile) -> str:
    r"""Write a study file as TOML; `read_study` reads it back as the same study.

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    str
        Keys that are not set are left out.

    Examples
    --------
    >>> study = EventStudy(markets=["CL=F"], windows=[(0, 1)])
    >>> text = study_toml(StudyFile(path=Path("s.toml"), title="T", at="2020-01-07T22:30:00Z", prices=Path("p"),
    ...                             study=study))
    >>> print("\n".join(text.splitlines()[:3]))
    title = "T"
    at = "2020-01-07T22:30:00Z"
    prices = "p"
    """
    import tomli_w

    options = file.study.specification() | {"instruments": None}
    own = file.study.instruments or {}
    top = {
        "title": file.title,
        "article": file.article,
        "published": file.published or None,
        "at": file.at,
        "prices": None if file.returns_file or file.pack else file.prices or STORE,
        "pack": file.pack,
        "returns_file": file.returns_file,
        "factors_file": file.factors_file,
        "adjusted": None if file.adjusted == "auto" else file.adjusted,
        "currency": file.currency,
        "pins": list(file.pins) or None,
        "events": file.events,
        "other_events": file.other_events,
        "event": file.event,
        "min_confidence": file.min_confidence,
        "markets": options.pop("markets"),
        "layout": file.layout,
        "splits": file.splits,
        "parts": [one.as_posix() for one in file.parts] or None,
        "sensitivities": file.sensitivities or None,
        "curve": file.curve or None,
        "volatility": None if file.volatility is None else list(file.volatility),
        "groups": list(file.groups) or None,
        "regressions": list(map(dict, file.regressions)) or None,
        "instruments": {symbol: table_of(each) for symbol, each in own.items()} or None,
        "engine": dict(file.engine) or None,
        "study": options,
    }
    return tomli_w.dumps(_written(top))


def _written(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table as TOML has it: paths as text, a layout as a table, without what is not set."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Layout):
            default = asdict(Layout())
            found[key] = {name: one for name, one in asdict(value).items() if one != default[name]}
        elif isinstance(value, Mapping):
            found[key] = _written(value)
        elif isinstance(value, tuple) and all(isinstance(one, Path) for one in value):
            found[key] = [one.as_posix() for one in value]
        elif value is not None:
            found[key] = value.as_posix() if isinstance(value, Path) else value
    return found
