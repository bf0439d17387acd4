"""Records of articles in RSS and Atom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from ...errors import InputError
from .formats import Record


def read_feed(data: bytes, name: str, stem: str) -> Iterator[Record]:
    """Read an RSS or Atom file. Entities of its own are refused and no other file is opened.

    Raises
    ------
    InputError
        If it is not XML, declares entities, or is no feed.
    """
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        raise InputError(f"{name}: declares a document type or entities, which a feed has no use for; it is not read")
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"{name}: is not XML ({error})") from None
    entries = [e for e in root.iter() if _tag(e) in {"item", "entry"}]
    if not entries:
        raise InputError(f"{name}: is XML but no RSS or Atom feed with entries")
    for n, entry in enumerate(entries, 1):
        yield _entry(entry, f"{name}: entry {n}", f"{stem}-{n}")


def _tag(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _entry(entry: Any, where: str, fallback: str) -> Record:
    fields: dict[str, str] = {}
    for child in entry:
        tag, text = _tag(child), "".join(child.itertext()).strip()
        if tag == "link" and child.get("href") and child.get("rel", "alternate") == "alternate":
            text = child.get("href")
        if tag and text:
            fields.setdefault(tag, text)
    body = fields.get("encoded") or fields.get("content") or fields.get("description") or fields.get("summary") or ""
    url = fields.get("link", "")
    return Record(
        id=fields.get("guid") or fields.get("id") or fallback,
        text=_without_markup(body),
        where=where,
        title=_without_markup(fields.get("title", "")),
        published=fields.get("published") or fields.get("pubDate") or fields.get("date") or fields.get("updated") or "",
        url=url if url.startswith(("http://", "https://")) else "",
    )


def _without_markup(text: str) -> str:
    if "<" not in text and "&" not in text:
        return text
    try:
        return "\n\n".join(
            " ".join(part.split()) for part in lxml_html.fromstring(f"<div>{text}</div>").itertext() if part.strip()
        )
    except (etree.LxmlError, ValueError, AssertionError):
        return text
