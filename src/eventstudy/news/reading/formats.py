"""Records of articles in JSON and JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...errors import InputError

_TEXT_KEYS = ("text", "body", "content", "articleBody", "description")
_TIME_KEYS = ("published", "published_at", "publishedAt", "datePublished", "pubDate", "date")
_TITLE_KEYS = ("title", "headline")
_URL_KEYS = ("url", "link", "source")


@dataclass(frozen=True, kw_only=True)
class Record:
    """One article of a file of several; `where` names its place for messages."""

    id: str
    text: str
    where: str
    title: str = ""
    published: str = ""
    source: str = ""
    url: str = ""


def read_json(text: str, name: str, stem: str) -> Iterator[Record]:
    """Read a JSON object, a list of them, an ``{"articles": [...]}``, or one object a line.

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


def _lines(text: str, name: str, stem: str) -> Iterator[Record]:
    for n, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{name}:{n}: is not JSON ({error})") from None
        yield _record(item, f"{name}:{n}", f"{stem}-{n}")


def _record(item: Any, where: str, fallback: str) -> Record:
    if not isinstance(item, dict):
        raise InputError(f"{where}: is {type(item).__name__}, not an object with a text")
    url = _field(item, _URL_KEYS[:2]) or _field(item, _URL_KEYS[2:])
    text = _field(item, _TEXT_KEYS)
    if not any(key in item for key in _TEXT_KEYS):
        raise InputError(f"{where}: has no text; give one of {', '.join(_TEXT_KEYS)}")
    return Record(
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
