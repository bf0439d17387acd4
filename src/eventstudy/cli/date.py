"""What ``eventstudy date`` does: dates every article, and prints or writes what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from ..errors import DatingError, InputError
from ..files import local_path, refuse_existing, write_all
from ..news.dating.dating import Dating, date_article, open_choice
from ..news.dating.output import dating_record, review_record, table_bytes
from ..news.reading.article import Article
from ..news.reading.readers import read_articles
from .progress import followed
from .terminal import Answer


def date(
    paths: Sequence[str],
    published: str,
    output: Path | None,
    review: Path | None,
    *,
    number: int | None,
    min_confidence: float | None,
    markets: Sequence[str] = (),
    in_full: bool,
    force: bool,
) -> Answer:
    """Date every article of the given files and folders, in order, and write the table or page asked for.

    In a batch a file that cannot be read is a dating without an event, and the rest goes on.

    Parameters
    ----------
    paths : sequence of str
        Files or folders; ``-`` for standard input.
    published : str
        Publication time, ISO 8601, of articles that state none; empty for none.
    output, review : Path or None
        The table and the page to write.
    markets : sequence of str
        Symbols or groups whose events are preferred.
    in_full : bool
        Whether every time expression is shown with its score.
    force : bool
        Whether these files may be replaced.

    Returns
    -------
    Answer

    Raises
    ------
    InputError
        If the only file given cannot be read.
    OutputError
        If a file is in the way; nothing is dated then.
    """
    if targets := [path for path in (output, review) if path is not None]:
        refuse_existing(targets, force=force)
    files = [file for path in paths for file in files_of(path)]
    dated = partial(date_article, number=number, min_confidence=min_confidence, markets=tuple(markets))
    datings = list(followed(_datings(files, published, dated), "dating", len(files)))
    notes = [f"written: {path}" for path in _write(datings, output, review, force=force)]
    undecided = len(datings) == 1 and not datings[0].events
    return Answer(
        text="" if targets else "\n".join(dating_text(dating, in_full=in_full) for dating in datings),
        records=[dating_record(dating) for dating in datings],
        notes=[*notes, *([_undecided(datings[0])] if undecided else [])],
        exit_code=DatingError.exit_code if undecided else 0,
    )


def files_of(path: str) -> list[str]:
    """Return the files of a folder, or the path itself.

    Parameters
    ----------
    path : str
        ``-`` for standard input.

    Returns
    -------
    list of str
        Sorted by name; hidden files are left out.
    """
    if path == "-" or not local_path(path).is_dir():
        return [path]
    return [str(entry) for entry in sorted(Path(path).iterdir()) if entry.is_file() and entry.name[0] != "."]


def dating_text(dating: Dating, *, in_full: bool = False) -> str:
    """Return the event of one article for people.

    Parameters
    ----------
    dating : Dating
    in_full : bool
        Whether it is shown how every mention was judged.

    Returns
    -------
    str
    """
    if in_full:
        return dating.explain()
    if not dating.events:
        return f"{dating.article_id}: undecided ({'; '.join(dating.warnings) or 'no time found'})"
    event = dating.events[0]
    lines = [f"{dating.article_id}: {event.when} ({event.basis}, to the {event.when.precision}, clock {event.when.tz})"]
    lines.append(f'  evidence: "{event.evidence}"')
    lines += [f"  the minute: {event.by_rule}"] if event.by_rule else []
    lines.append(f"  read with {dating.confidence:.0%} confidence")
    if not dating.decided:
        lines += [f"  {open_choice(dating)}", *(f'  event 2: "{second.evidence}"' for second in dating.events[1:2])]
    lines += [f"  warning: {warning}" for warning in (*event.warnings, *dating.warnings)]
    others = [mention for mention in dating.mentions if not mention.is_event]
    lines += [f"  not the event: {mention.phrase!r} = {mention.when or 'unresolved'}" for mention in others]
    return "\n".join(lines)


def _datings(files: Sequence[str], published: str, dated: Callable[[Article], Dating]) -> Iterator[Dating]:
    """Yield a dating for every article, or for a file of a batch that cannot be read."""
    for file in files:
        try:
            articles: list[Article] = list(read_articles([file], published=published))
        except InputError as error:
            if len(files) == 1:
                raise
            yield Dating(article_id=Path(file).stem, events=(), mentions=(), warnings=(str(error),))
            continue
        yield from map(dated, articles)


def _write(datings: Sequence[Dating], output: Path | None, review: Path | None, *, force: bool) -> list[Path]:
    """Write the table and the review page that were asked for."""
    from ..report.review import review_page

    written: list[Path] = []
    if output is not None:
        written += write_all(output.parent, {output.name: table_bytes(datings, output.name)}, force=force)
    if review is not None:
        page = review_page([review_record(dating) for dating in datings])
        written += write_all(review.parent, {review.name: page}, force=force)
    return written


def _undecided(dating: Dating) -> str:
    """Say why an article's event has no time, and what to pass."""
    reason = dating.warnings[-1] if dating.warnings else "no time found"
    return f"eventstudy: {dating.article_id}: {reason}; pass --published, or give `at` in a study file"
