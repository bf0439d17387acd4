"""What ``eventstudy events`` does: makes one list of events of many articles, and prints or writes it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError, UsageError
from ..files import refuse_existing, write_all
from ..news.clusters.evidence import read_evidence
from ..news.clusters.listing import events_from
from ..news.clusters.news_event import NewsEvent
from ..news.clusters.output import check_table_name, event_table, evidence_lines, news_event_record
from ..news.reading.article import Article
from ..news.reading.readers import read_articles
from ..scale.dask_engine import engine_of
from .date import files_of
from .progress import working
from .terminal import Answer

EVIDENCE = ".evidence.jsonl"
# Below this number the start of further processes takes longer than they save.
ENOUGH_FOR_PROCESSES = 300


def events(
    paths: Sequence[str],
    published: str,
    output: Path | None,
    review: Path | None,
    *,
    add: bool,
    workers: int | None,
    force: bool,
    engine: str = "",
) -> Answer:
    """Gather the articles of files and folders into events, and write the table or page asked for.

    A file that cannot be read is a note, and the rest goes on.

    Parameters
    ----------
    paths : sequence of str
        Files or folders; ``-`` for standard input.
    published : str
        Publication time, ISO 8601, of articles that state none; empty for none.
    output, review : Path or None
        The table, beside which the evidence file is written, and the page.
    add : bool
        Whether the articles join the events of the evidence file that is there.
    workers : int or None
        Processes that date articles; by default as many as there are processors, for long lists.
    force : bool
        Whether files may be replaced; those of `output` may be with `add`.
    engine : str
        ``dask`` or ``dask://host:port``: where articles are dated, in place of processes.

    Returns
    -------
    Answer

    Raises
    ------
    UsageError
        If `add` is given without `output`, or the ending of `output` is unknown.
    InputError
        If no article can be read, or the evidence file cannot.
    OutputError
        If a file is in the way; nothing is read then.
    """
    if add and output is None:
        raise UsageError("--add needs -o: the list to which the articles are added")
    if output is not None:
        check_table_name(output.name)
    if targets := [path for path in (_evidence(output), output, review) if path is not None]:
        refuse_existing(targets, force=force or add)
    known = read_evidence(_evidence(output) or "") if add else ()
    articles, notes = _articles(paths, published)
    count = workers or _workers(len(articles))
    with working("gathering events"), engine_of(engine or None, count, 0) as chosen:
        found = events_from(articles, known=known, workers=count, engine=chosen if engine else None)
    written = _write(found, output, review, force=force or add)
    return Answer(
        text="" if targets else "\n".join(map(_as_text, found)),
        records=[news_event_record(one) for one in found],
        notes=[*notes, _summary(found, articles, known), *(f"written: {path}" for path in written)],
    )


def _evidence(output: Path | None) -> Path | None:
    """Name of the evidence file of a table."""
    return None if output is None else output.with_name(output.stem + EVIDENCE)


def _workers(articles: int) -> int:
    return 1 if articles < ENOUGH_FOR_PROCESSES else os.cpu_count() or 1


def _articles(paths: Sequence[str], published: str) -> tuple[list[Article], list[str]]:
    """Read all articles; a file of several that cannot be read, or an article without text, is a note."""
    files = [file for path in paths for file in files_of(path)]
    articles: list[Article] = []
    notes: list[str] = []
    for file in files:
        try:
            for article in read_articles([file], published=published):
                articles.append(article)
        except InputError as error:
            if len(files) == 1:
                raise
            notes.append(f"left out: {error}")
    empty = [article for article in articles if not article.text.strip()]
    notes += [f"left out: {article.id}: no text" for article in empty]
    articles = [article for article in articles if article.text.strip()]
    if not articles:
        raise InputError(f"{', '.join(paths)}: no article that can be read{f' ({notes[0]})' if notes else ''}")
    return articles, notes


def _write(found: Sequence[NewsEvent], output: Path | None, review: Path | None, *, force: bool) -> list[Path]:
    """Write the files that were asked for; those of one folder together."""
    contents: dict[Path, dict[str, bytes]] = defaultdict(dict)
    evidence = _evidence(output)
    if output is not None and evidence is not None:
        contents[output.parent] |= {evidence.name: evidence_lines(found), output.name: event_table(found, output.name)}
    if review is not None:
        # imported here: jinja2 is only needed for the page
        from ..report.review import events_page

        contents[review.parent][review.name] = events_page([news_event_record(one) for one in found])
    return [path for folder, files in contents.items() for path in write_all(folder, files, force=force)]


def _summary(found: Sequence[NewsEvent], articles: Sequence[Article], known: Sequence[NewsEvent]) -> str:
    """Count what came in and what came out."""
    members = sum(len(one.members) for one in found)
    added = members - sum(len(one.members) for one in known)
    twice = f", {len(articles) - added} of them counted already" if added < len(articles) else ""
    new = f", {len(found) - len(known)} of them new" if known else ""
    undated = sum(one.occurred is None for one in found)
    return f"{len(articles)} articles{twice}; {len(found)} events{new}, {undated} without a time in their texts"


def _as_text(found: NewsEvent) -> str:
    """Return one event for people."""
    count = f"{len(found.members)} article{'' if len(found.members) == 1 else 's'}"
    read = f"{found.occurred} ({found.confidence:.0%})" if found.occurred else "not dated"
    lines = [f"{found.id}: {read}, {count}"]
    if found.public_text:
        lines.append(f"  public {found.public_text} ({found.public_source})")
    if found.evidence:
        lines.append(f'  evidence: "{found.evidence}" ({found.evidence_id})')
    return "\n".join([*lines, *(f"  contradicts: {line}" for line in found.contradictions)])
