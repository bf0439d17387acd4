"""Files to articles. A file is read whole, once, and never larger than the limit; nothing is opened over a network."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import InputError, UsageError
from .article import Article
from .stamps import Stamp, read_stamp
from .textfiles import clean, front_matter

LARGEST = 10_000_000
_ADDRESS = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|data:|mailto:|www\.)", re.IGNORECASE)


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
    text = str(path)
    if text == "-":
        yield "stdin", _limited(sys.stdin.buffer.read(LARGEST + 1), "standard input")
        return
    if _ADDRESS.match(text):
        raise UsageError(f"{text[:80]}: an address is not opened; save the page and pass the file")
    file = Path(path)
    if file.is_dir():
        for entry in sorted(p for p in file.iterdir() if p.is_file() and not p.name.startswith(".")):
            yield str(entry), _read(entry)
        return
    yield str(file), _read(file)


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST:
            raise InputError(f"{file}: is larger than {LARGEST // 1_000_000} MB; pass the article alone")
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror or error})") from None


def _limited(data: bytes, name: str) -> bytes:
    if len(data) > LARGEST:
        raise InputError(f"{name}: is larger than {LARGEST // 1_000_000} MB; pass the article alone")
    return data


def _articles(name: str, data: bytes, published: str) -> Iterator[Article]:
    text = data.decode("utf-8-sig", errors="strict")
    yield _from_text(name, text, hashlib.sha256(data).hexdigest(), published)


def _from_text(name: str, text: str, sha256: str, published: str) -> Article:
    values, body = front_matter(text)
    title, body = clean(body, values.get("title", ""))
    if not body.strip():
        raise InputError(f"{name}: no text")
    return Article(
        id=Path(name).stem,
        text=body,
        title=title,
        stamp=_stamp(published or values.get("published", "") or values.get("date", ""), f"{name}: published"),
        source=values.get("source", ""),
        url=values.get("url", ""),
        sha256=sha256,
    )


def _stamp(text: str, source: str) -> Stamp | None:
    return read_stamp(text, source) if text else None
