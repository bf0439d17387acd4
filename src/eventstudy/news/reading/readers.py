"""Read articles from files. A file is read whole and at most up to a limit; nothing is opened over a network."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from ...files import MEGABYTE, local_path, read_bytes, sha256
from .article import Article
from .decoding import decode
from .formats import ArticleRecord, read_feed, read_json
from .saved import note_of
from .stamps import read_stamp, settle_stamps, stamp_lines
from .textfiles import clean, front_matter

LARGEST, LARGEST_LIST = 10 * MEGABYTE, 500 * MEGABYTE
_PLAIN, _HTML = frozenset({".txt", ".md", ".markdown", ".text"}), frozenset({".html", ".htm", ".xhtml"})
_LINES = frozenset({".jsonl", ".ndjson"})
_JSON, _FEED = frozenset({".json", ".jsonl", ".ndjson"}), frozenset({".xml", ".rss", ".atom"})
_LOOKS_HTML = re.compile(r"<!doctype html|<html|<head|<body|<article|<div|<p[ >]", re.IGNORECASE)


def read_article(path: str | Path, *, published: str = "") -> Article:
    r"""Read one article from a file.

    Parameters
    ----------
    path : str or Path
        Text, Markdown, HTML, JSON or a feed with a single record.
    published : str, optional
        Publication time (ISO 8601), where the file has none or a wrong one.

    Returns
    -------
    Article

    Raises
    ------
    UsageError
        If a web address is given: save the page and pass the file.
    InputError
        If the file is missing, empty, too large, not text, or holds several articles.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "strike.md"
    >>> _ = file.write_text("---\ntitle: Strike\npublished: 2020-01-08T01:10:00Z\n---\nIt struck at 2230 GMT.")
    >>> article = read_article(file)
    >>> article.id, article.title, str(article.published)
    ('strike', 'Strike', '2020-01-08 01:10 UTC')
    """
    articles = list(read_articles([path], published=published))
    if len(articles) == 1 and not articles[0].text.strip():
        raise InputError(f"{path}: no text")
    if len(articles) != 1:
        raise InputError(f"{path}: holds {len(articles)} articles where one is expected")
    return articles[0]


def read_articles(paths: Iterable[str | Path], *, published: str = "") -> Iterator[Article]:
    """Read articles from files and folders, in the order given; ``-`` is standard input.

    Parameters
    ----------
    paths : iterable of str or Path
    published : str, optional
        Publication time for all of them.

    Yields
    ------
    Article

    Raises
    ------
    UsageError, InputError
        As `read_article`.
    """
    for path in paths:
        for name, data in _contents(path):
            yield from _articles(name, data, published)


def _contents(path: str | Path) -> Iterator[tuple[str, bytes]]:
    if str(path) == "-":
        data = sys.stdin.buffer.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise InputError(f"standard input: larger than {LARGEST // MEGABYTE} MB; pass the article alone")
        yield "stdin", data
        return
    file = local_path(path)
    if not file.is_dir():
        yield str(file), _read(file)
        return
    for entry in sorted(p for p in file.iterdir() if p.is_file() and not p.name.startswith(".")):
        yield str(entry), _read(entry)


def _read(file: Path) -> bytes:
    """Read a file; one with an article a line may be longer than a single article."""
    return read_bytes(file, limit=LARGEST_LIST if file.suffix.lower() in _LINES else LARGEST)


def _articles(name: str, data: bytes, published: str) -> Iterator[Article]:
    if not data.strip():
        raise InputError(f"{name}: no text")
    note = note_of(Path(name), data)
    text, warnings = decode(data, name, note.get("charset", ""))
    url = note.get("final_url", "")
    file = _File(name=name, stem=Path(name).stem, sha256=sha256(data), warnings=warnings, url=url)
    start, suffix = text.lstrip()[:1000], Path(name).suffix.lower()
    if suffix in _JSON or (suffix not in _PLAIN and start[:1] in {"{", "["}):
        yield from _from_records(file, read_json(text, name, file.stem), published)
    elif suffix in _FEED or (start.startswith("<?xml") and "<html" not in start.lower()):
        yield from _from_records(file, read_feed(text, file.name, file.stem), published)
    elif suffix in _HTML or (suffix not in _PLAIN and _LOOKS_HTML.match(start)):
        yield _from_page(file, text, published)
    else:
        yield _from_text(file, text, published)


@dataclass(frozen=True, kw_only=True)
class _File:
    """What all articles of one file share; the address is that of a fetched page."""

    name: str
    stem: str
    sha256: str
    warnings: tuple[str, ...]
    url: str


def _from_text(file: _File, text: str, published: str) -> Article:
    values, body = front_matter(text)
    stated = published or values.get("published", "") or values.get("date", "")
    lines, body = ((), body) if stated else stamp_lines(body)
    stamp, doubts = settle_stamps(lines)
    title, body = clean(body, values.get("title", ""))
    if not body.strip():
        raise InputError(f"{file.name}: no text")
    return Article(
        id=file.stem,
        text=body,
        title=title,
        stamp=read_stamp(stated, f"{file.name}: published") if stated else stamp,
        stamps=lines,
        source=values.get("source", ""),
        url=values.get("url", "") or file.url,
        warnings=(*file.warnings, *doubts),
        sha256=file.sha256,
    )


def _from_page(file: _File, text: str, published: str) -> Article:
    # imported here: trafilatura takes half a second to load
    from .pages import read_page

    page = read_page(text, file.name)
    title, body = clean(page.text.replace("\n", "\n\n"), page.title)
    stamps = (read_stamp(published, "--published"), *page.stamps) if published else page.stamps
    stamp, doubts = settle_stamps(stamps, page.modified)
    return Article(
        id=file.stem,
        text=body,
        title=title,
        stamp=stamp,
        stamps=stamps,
        source=page.source,
        url=page.url or file.url,
        warnings=(*file.warnings, *page.warnings, *doubts),
        sha256=file.sha256,
    )


def _from_records(file: _File, records: Iterable[ArticleRecord], published: str) -> Iterator[Article]:
    for record in records:
        stated = published or record.published
        title, body = clean(record.text, record.title)
        yield Article(
            id=record.id,
            text=body,
            title=title,
            stamp=read_stamp(stated, f"{record.where}: published") if stated else None,
            source=record.source,
            url=record.url,
            warnings=file.warnings if body.strip() else (*file.warnings, "no text"),
            sha256=file.sha256,
        )
