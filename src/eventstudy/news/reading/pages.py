"""Read saved web pages: the text with trafilatura, the publication times from the page's metadata."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml import html as lxml_html
from trafilatura import extract

from ...errors import InputError
from .stamps import Stamp, read_stamp

_ARTICLE_TYPES = ("NewsArticle", "ReportageNewsArticle", "Article", "BlogPosting", "LiveBlogPosting", "WebPage")
_META = {
    "article:published_time": "Open Graph article:published_time",
    "og:published_time": "Open Graph og:published_time",
    "datepublished": "meta datePublished",
    "dc.date": "meta DC.date",
    "dcterms.created": "meta DCTERMS.created",
    "parsely-pub-date": "meta parsely-pub-date",
    "sailthru.date": "meta sailthru.date",
    "pubdate": "meta pubdate",
    "date": "meta date",
}
_DEEPEST = 200


@dataclass(frozen=True, kw_only=True)
class Page:
    """The content of a saved page.

    Parameters
    ----------
    text, title : str
    url : str
        Canonical address; empty where none is stated.
    source : str
        Name of the site.
    stamps : tuple of Stamp
        Every publication time, the most trusted first.
    modified : Stamp or None
    warnings : tuple of str
    """

    text: str
    title: str
    url: str
    source: str
    stamps: tuple[Stamp, ...]
    modified: Stamp | None
    warnings: tuple[str, ...]


def read_page(text: str, name: str) -> Page:
    """Read a saved web page.

    Parameters
    ----------
    text : str
        The HTML, decoded.
    name : str
        Of the file, for messages.

    Returns
    -------
    Page

    Raises
    ------
    InputError
        If it is not HTML, or has no article text.
    """
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8"), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError, AssertionError):
        raise InputError(f"{name}: is not HTML that can be read") from None
    body = extract(text, include_comments=False, include_tables=False, deduplicate=False) or ""
    if not body.strip():
        raise InputError(f"{name}: no text")
    data = list(_linked_data(tree))
    stamps, warnings = _stamps(_published(tree, data))
    modified, _ = _stamps((v, s) for v, s in _values(data, "dateModified"))
    return Page(
        text=body,
        title=_title(tree, data),
        url=_address(tree),
        source=_first(tree, "//meta[@property='og:site_name']/@content"),
        stamps=stamps,
        modified=modified[0] if modified else None,
        warnings=warnings,
    )


def _first(tree: Any, path: str) -> str:
    found = tree.xpath(path)
    return " ".join(str(found[0]).split()) if found else ""


def _title(tree: Any, data: list[dict[str, Any]]) -> str:
    for item in data:
        if isinstance(item.get("headline"), str):
            return " ".join(str(item["headline"]).split())
    return (
        _first(tree, "//meta[@property='og:title']/@content")
        or _first(tree, "//h1//text()")
        or _first(tree, "//title/text()")
    )


def _address(tree: Any) -> str:
    url = _first(tree, "//link[@rel='canonical']/@href") or _first(tree, "//meta[@property='og:url']/@content")
    return url if url.lower().startswith(("http://", "https://")) else ""


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the JSON-LD objects that describe the article."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text_content())
        except (ValueError, RecursionError):
            continue
        yield from _articles_in(data, 0)


def _articles_in(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for item in data:
            yield from _articles_in(item, depth + 1)
    elif isinstance(data, dict):
        kinds = data.get("@type", "")
        if any(kind in _ARTICLE_TYPES for kind in (kinds if isinstance(kinds, list) else [kinds])):
            yield data
        yield from _articles_in(data.get("@graph", []), depth + 1)


def _published(tree: Any, data: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    yield from _values(data, "datePublished")
    for meta in tree.xpath("//meta[@content][@property or @name or @itemprop]"):
        key = str(meta.get("property") or meta.get("name") or meta.get("itemprop")).lower()
        if key in _META:
            yield str(meta.get("content")), _META[key]
    # <time> in asides, lists of links and footers dates other articles, not this one.
    outside = "ancestor::aside or ancestor::footer or ancestor::nav or ancestor::li"
    for time in tree.xpath(f"//time[@datetime][not({outside})]")[:1]:
        yield str(time.get("datetime")), "<time datetime>"


def _values(data: list[dict[str, Any]], key: str) -> Iterator[tuple[str, str]]:
    for item in data:
        if isinstance(item.get(key), str):
            yield str(item[key]), f"JSON-LD {key}"


def _stamps(values: Iterator[tuple[str, str]]) -> tuple[tuple[Stamp, ...], tuple[str, ...]]:
    stamps: list[Stamp] = []
    warnings = []
    for text, source in values:
        try:
            stamps.append(read_stamp(text, source))
        except InputError as error:
            warnings.append(str(error))
    return tuple(stamps), tuple(dict.fromkeys(warnings))
