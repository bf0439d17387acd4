"""What ``eventstudy new`` does: writes the folder of a study, and says what was read and what comes next."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from ..errors import InputError, UsageError
from ..events import parse_instant
from ..files import local_path, package_text, read_bytes, refuse_existing, write_all
from ..instruments.catalogue import Instruments, with_groups
from ..markets.prices.bars import BarSet
from ..markets.sources.files import read_bars
from ..news.dating.dating import date_article
from ..news.reading.readers import read_article
from ..study.config import STORE
from ..text import first_few
from .date import dating_text
from .terminal import Answer

FILES = ("study.toml", "study.ipynb", ".gitignore")
IGNORED = "report.html\ntables/\nfigures/\n.ipynb_checkpoints/\n"


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What one part of a study says: lines of study.toml, what was read, and what to do next."""

    values: dict[str, object]
    read: tuple[str, ...] = ()
    following: tuple[str, ...] = ()


def new(
    folder: Path,
    *,
    article: Path | None,
    published: str,
    at: str,
    markets: Sequence[str],
    prices: Path | None,
    force: bool = False,
) -> Answer:
    """Write the folder of a study.

    Parameters
    ----------
    folder : Path
        Made where it is missing; its name is the title.
    article : Path or None
        Copied into the folder; the event is dated by its text.
    published : str
        When the article was published, where it does not say it; empty for none.
    at : str
        The instant, ISO 8601 with a time zone, in place of an article or of what it says; empty for none.
    markets : sequence of str
        Symbols and groups, also several in one text with commas between; none for all that have prices.
    prices : Path or None
        A file or folder of prices; None for the store.
    force : bool
        Whether the files of an earlier call may be replaced.

    Returns
    -------
    Answer

    Raises
    ------
    UsageError
        If there is neither an article nor an instant, or neither prices nor markets.
    InputError
        If the article cannot be read.
    OutputError
        If a file is in the way.
    """
    folder = local_path(folder, output=True)
    symbols = [name for text in markets for name in text.split(",") if name]
    if article is None and not at:
        raise UsageError("say when it happened: --article FILE, or --at with an instant such as 2020-01-07T22:30:00Z")
    if prices is None and not symbols:
        raise UsageError("name the --markets, such as CL=F or @oil, or a folder of --prices")
    refuse_existing([folder / name for name in FILES], force=force)
    event, priced = _event(folder, article, published, at), _prices(folder, prices, symbols)
    write_all(folder, {**_contents(folder, event, priced), **_copied(folder, article)}, force=force)
    following = [*event.following, *priced.following]
    return Answer(
        text="\n".join(
            (
                f"written: {folder / 'study.toml'}, with every key and what it means; study.ipynb; .gitignore",
                *event.read,
                *priced.read,
                "next:",
                *(f"  {number}. {line}" for number, line in enumerate(following, start=1)),
            )
        ),
        records=[{"study": str(folder / "study.toml"), "read": [*event.read, *priced.read], "next": following}],
    )


def _copied(folder: Path, article: Path | None) -> dict[str, bytes]:
    """Return the article, unless it is in the folder already."""
    if article is None or (folder / article.name).resolve() == article.resolve():
        return {}
    if article.name in FILES:
        raise UsageError(f"{article}: the folder has a file of its own with this name; rename the article")
    return {article.name: read_bytes(article)}


def _contents(folder: Path, event: _Part, priced: _Part) -> dict[str, bytes]:
    """Return the files of the folder, without the article."""
    import tomli_w

    title = folder.resolve().name
    lines = {
        "title": tomli_w.dumps({"title": title}).strip(),
        "event": tomli_w.dumps(event.values).strip(),
        "prices": tomli_w.dumps(priced.values).strip(),
    }
    for key, shown in (("article", '"article.txt"'), ("at", '"2020-01-07T22:30:00Z"')):
        if key not in event.values:
            lines["event"] += f"\n# {key} = {shown}"
    if "published" not in event.values:
        lines["event"] += '\n# published = "2020-01-08T01:10:00Z"   # where the article does not say it'
    if "markets" not in priced.values:
        lines["prices"] += '\n# markets = ["CL=F", "^N225"]   # all that have prices by default'
    texts = {name: package_text("eventstudy.cli", f"templates/{name}") for name in FILES[:2]}
    filled = {
        FILES[0]: Template(texts[FILES[0]]).substitute(lines),
        FILES[1]: Template(texts[FILES[1]]).substitute(heading=json.dumps(title)[1:-1]),
        FILES[2]: IGNORED,
    }
    return {name: text.encode() for name, text in filled.items()}


def _event(folder: Path, article: Path | None, published: str, at: str) -> _Part:
    """Date the article, or take the instant."""
    values: dict[str, object] = {} if article is None else {"article": article.name}
    if published:
        values["published"] = published
    if at:
        parse_instant(at)
        return _Part(values={**values, "at": at}, read=(f"event: {at}, as given",))
    assert article is not None
    read = read_article(article, published=published)
    dating = date_article(read)
    following = []
    if read.stamp is None:
        following.append('say when the article was published: published = "2020-01-08T01:10:00Z" in study.toml')
    if not (dating.events and dating.decided):
        chosen = "event = N, as `eventstudy date` lists them, or " if dating.events else ""
        following.append(f"settle the time in study.toml: {chosen}at = with the instant and its time zone")
    return _Part(values=values, read=(f"article: {dating_text(dating)}",), following=tuple(following))


def _prices(folder: Path, prices: Path | None, symbols: list[str]) -> _Part:
    """Look at the prices, and at the clocks of the markets."""
    values: dict[str, object] = {"markets": symbols} if symbols else {}
    run = f"eventstudy run {folder / 'study.toml'}"
    names = tuple(map(str, with_groups(symbols)))
    if prices is None:
        following = (
            *_clocks(names),
            f"{run} --fetch   (gets the prices from Yahoo; this uses the network)",
            f'or put your own price files into {folder / "prices"}, write prices = "prices" in study.toml, and: {run}',
        )
        return _Part(values={"prices": STORE, **values}, following=following)
    values = {"prices": _relative(local_path(prices), folder), **values}
    try:
        bars = read_bars(prices)
    except InputError as error:
        check = f"see how the files are laid out: eventstudy prices check --files {prices}"
        return _Part(values=values, read=(f"prices: {error}",), following=(check, run))
    missing = [f"add prices of {name} to {prices}, or take it out of `markets`" for name in names if name not in bars]
    return _Part(values=values, read=(_said(bars),), following=(*missing, *_clocks(names or tuple(bars)), run))


def _relative(path: Path, folder: Path) -> str:
    """Return a path as the study file in a folder names it."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return path.resolve().as_posix()


def _said(bars: BarSet) -> str:
    """Say which prices there are."""
    table = bars.overview()
    markets = f"{len(table)} market{'' if len(table) == 1 else 's'}"
    return f"prices: {markets}, {table['first'].min():%Y-%m-%d} to {table['last'].max():%Y-%m-%d}: {', '.join(bars)}"


def _clocks(names: Sequence[str]) -> tuple[str, ...]:
    """Ask for the clock of each market that has none."""
    unknown = [name for name in names if Instruments().get(name) is None]
    if not unknown:
        return ()
    which = first_few(unknown, 5)
    return (f'say whose sessions {which} follow: calendar = "XNYS", or another exchange, in [study] of study.toml',)
