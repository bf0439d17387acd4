"""What ``eventstudy claims`` does: reads the statements of every article and checks them against prices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..claims import Verdict
from ..errors import InputError, UsageError
from ..markets.prices.bars import BarSet
from ..markets.sources.files import read_bars
from ..news.claims.extraction import read_claims
from ..news.reading.readers import read_articles
from ..study.prices import joined
from ..study.verdicts.check import check_claims
from ..study.verdicts.output import claim_record, claim_words
from .date import files_of
from .terminal import Answer


def claims(paths: Sequence[str], published: str, prices: Sequence[Path], layout: Path | None) -> Answer:
    """Read the statements about markets of the given files and folders, in order, and check them.

    In a batch a file that cannot be read is a note, and the rest goes on.

    Parameters
    ----------
    paths : sequence of str
        Files or folders; ``-`` for standard input.
    published : str
        Publication time, ISO 8601, of articles that state none; empty for none.
    prices : sequence of Path
        Folders or files of prices; nothing can be checked without.
    layout : Path or None
        How these files are laid out, a TOML file.

    Returns
    -------
    Answer
        One record an article.

    Raises
    ------
    InputError
        If the only file given cannot be read, or the prices cannot.
    UsageError
        If a layout is given without prices.
    """
    if layout is not None and not prices:
        raise UsageError("--layout says how the files of --prices are laid out; give --prices too")
    bars = joined([read_bars(path, layout=layout, adjusted=False) for path in prices]) if prices else None
    files = [file for path in paths for file in files_of(path)]
    records: list[dict[str, Any]] = []
    texts: list[str] = []
    notes: list[str] = []
    for file in files:
        try:
            found = [(article, read_claims(article)) for article in read_articles([file], published=published)]
        except InputError as error:
            if len(files) == 1:
                raise
            notes.append(str(error))
            continue
        for article, stated in found:
            verdicts = check_claims(stated, bars)
            records.append({"id": article.id, "claims": [claim_record(each.claim, each) for each in verdicts]})
            texts.append(_as_text(article.id, verdicts))
    return Answer(text="\n".join(texts), records=records, notes=[*notes, *_read(bars)])


def _read(bars: BarSet | None) -> tuple[str, ...]:
    return () if bars is None else bars.notes


def _as_text(name: str, verdicts: Sequence[Verdict]) -> str:
    """Return the statements of one article for people."""
    if not verdicts:
        return f"{name}: no statement about a market"
    lines = []
    for each in verdicts:
        said = claim_words(each.claim)
        lines.append(f"{name}: {said}: {each.verdict}")
        lines += [f"  {words}" for words in (each.data, each.reason) if words]
    return "\n".join(lines)
