"""Read the articles of JSON, JSON Lines, RSS and Atom files."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax import SAXException

from ...errors import InputError

_TEXT_KEYS = ("text", "body", "content", "articleBody", "description")
_TIME_KEYS = ("published", "published_at", "publishedAt", "datePublished", "pubDate", "date")
_TITLE_KEYS = ("title", "headline")
_URL_KEYS = ("url", "link", "source")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, kw_only=True)
class ArticleRecord:
    """One article of a file that holds several.

    Parameters
    ----------
    id, text : str
    where : str
        File and record number, for messages.
    title, published, source, url : str
        Empty where the record has none.
    """

    id: str
    text: str
    where: str
    title: str = ""
    published: str = ""
    source: str = ""
    url: str = ""


def read_json(text: str, name: str, stem: str) -> Iterator[ArticleRecord]:
    """Read a JSON object, a list of them, an ``{"articles": [...]}``, or one object a line.

    Parameters
    ----------
    text : str
        The decoded file.
    name : str
        Name of the file, for messages.
    stem : str
        Beginning of the id of a record that has none.

    Yields
    ------
    ArticleRecord

    Raises
    ------
    InputError
        If a line or the file is not JSON, or a record is not an object with a text.
    """
    try:
        data = json.loads(text)
    except RecursionError:
        raise InputError(f"{name}: is nested too deeply to be an article") from None
    except ValueError as error:
        if "\n" not in text.strip():
            raise InputError(f"{name}: is not JSON ({error})") from None
        yield from _lines(text, name, stem)
        return
    if isinstance(data, dict) and isinstance(data.get("articles"), list):
        data = data["articles"]
    several = isinstance(data, list)
    for n, item in enumerate(data if several else [data]):
        yield _record(item, f"{name}: record {n + 1}" if several else name, f"{stem}-{n + 1}" if several else stem)


def _lines(text: str, name: str, stem: str) -> Iterator[ArticleRecord]:
    for n, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{name}:{n}: is not JSON ({error})") from None
        yield _record(item, f"{name}:{n}", f"{stem}-{n}")


def _record(item: Any, where: str, fallback: str) -> ArticleRecord:
    if not isinstance(item, dict):
        raise InputError(f"{where}: is {type(item).__name__}, not an object with a text")
    url = _field(item, _URL_KEYS[:2]) or _field(item, _URL_KEYS[2:])
    text = _field(item, _TEXT_KEYS)
    if not any(key in item for key in _TEXT_KEYS):
        raise InputError(f"{where}: has no text; give one of {', '.join(_TEXT_KEYS)}")
    return ArticleRecord(
        id=_field(item, ("id", "guid")) or fallback,
        text=text,
        where=where,
        title=_field(item, _TITLE_KEYS),
        published=_field(item, _TIME_KEYS),
        source=_field(item, ("source", "publisher")),
        url=url if url.startswith(("http://", "https://")) else "",
    )


def _field(item: dict[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = item.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def read_feed(text: str, name: str, stem: str) -> Iterator[ArticleRecord]:
    """Read an RSS or Atom file, without opening any other file or address.

    Parameters
    ----------
    text : str
        The decoded file.
    name : str
        Name of the file, for messages.
    stem : str
        Beginning of the id of an entry that has none.

    Yields
    ------
    ArticleRecord

    Raises
    ------
    InputError
        If it is not XML, declares a document type or entities, or has no entries.
    """
    # imported here: it takes a third of a second to load and few files are feeds
    import feedparser

    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise InputError(f"{name}: declares a document type or entities, which are refused because they can be unsafe")
    # feedparser would open a string as an address and bytes as a file name, so it gets a stream. The text is decoded
    # already, so the encoding in its declaration is wrong and is removed.
    stream = io.BytesIO(_XML_DECLARATION.sub("", text, count=1).encode())
    feed = feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)
    if isinstance(error := feed.get("bozo_exception"), SAXException):
        # feedparser falls back to a loose parser, which would drop entries in silence
        raise InputError(f"{name}: is not XML ({error.getMessage()})")
    if not feed.entries:
        raise InputError(f"{name}: no RSS or Atom feed with entries")
    for n, entry in enumerate(feed.entries, 1):
        yield _feed_entry(entry, f"{name}: entry {n}", f"{stem}-{n}")


def _feed_entry(entry: Any, where: str, fallback: str) -> ArticleRecord:
    bodies = [part.value for part in entry.get("content", [])] or [entry.get("summary", "")]
    url = entry.get("link", "")
    return ArticleRecord(
        id=entry.get("id") or fallback,
        text=_without_markup(bodies[0]),
        where=where,
        title=_without_markup(entry.get("title", "")),
        published=entry.get("published") or entry.get("updated") or "",
        url=url if url.startswith(("http://", "https://")) else "",
    )


def _without_markup(text: str) -> str:
    if "<" not in text and "&" not in text:
        return text
    # imported here: lxml is needed by few files and slow to load
    from lxml import etree
    from lxml import html as lxml_html

    try:
        return "\n\n".join(
            " ".join(part.split()) for part in lxml_html.fromstring(f"<div>{text}</div>").itertext() if part.strip()
        )
    except (etree.LxmlError, ValueError, AssertionError):
        return text
