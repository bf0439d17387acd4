"""Fetch pages and feeds into a folder: the bytes as they came, and beside them what the server said about them."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from ...errors import NetworkError, UsageError
from ...files import sha256, write_all
from .connection import Reply, checked_url, get
from .saved import NOTES, note_path, saved_notes

MOST_REDIRECTS = 5
PATIENCE = 8.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KINDS = (
    (re.compile(r"text/html|application/xhtml\+xml"), ".html"),
    (re.compile(r"(?:application|text)/(?:rss\+|atom\+|rdf\+)?xml"), ".xml"),
    (re.compile(r"application/(?:feed\+|ld\+)?json"), ".json"),
    (re.compile(r"text/(?:plain|markdown)"), ".txt"),
)
_AGENT = {"User-Agent": "eventstudy (market-reaction event studies)", "Accept": "text/html, application/xml, */*;q=0.5"}
_KEPT_HEADERS = (
    "content-type",
    "date",
    "last-modified",
    "etag",
    "expires",
    "cache-control",
    "content-language",
    "server",
)


@dataclass(frozen=True, kw_only=True)
class FetchedPage:
    """What became of one address.

    Parameters
    ----------
    url : str
        As given.
    outcome : str
        ``"saved"``, ``"unchanged"`` (the server, or the bytes, say that the file in the folder is still right) or
        ``"failed"``.
    path : Path or None
        The file; None for a failure.
    detail : str
        The reason of a failure.
    note : mapping of str to object
        What is written beside the file: ``url``, ``final_url``, ``fetched_utc``, ``status``, ``sha256``, ``bytes``,
        ``charset``, ``headers``.
    """

    url: str
    outcome: str
    path: Path | None = None
    detail: str = ""
    note: Mapping[str, Any] = field(default_factory=dict)


def fetch_pages(urls: Iterable[str], folder: Path, *, allow_private: bool = False) -> Iterator[FetchedPage]:
    """Fetch addresses one after the other, and save what arrives.

    Parameters
    ----------
    urls : iterable of str
        Pages or feeds, http or https.
    folder : Path
        Made when it is missing. The bytes go into ``HOST-TIME-HASH.html`` (``.xml``, ``.json``, ``.txt``), what is
        known of them into ``fetched/HOST-TIME-HASH.json`` below; both or none.
    allow_private : bool
        Whether hosts in private networks may be asked.

    Yields
    ------
    FetchedPage
        In the order of the addresses. Where no server answers within 8 seconds from the start, the rest is not tried.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    began, answered = time.monotonic(), False
    wanted = list(urls)
    known: dict[str, Mapping[str, Any]] = {note["url"]: note for note in saved_notes(folder, set(wanted))}
    for url in wanted:
        if not answered and time.monotonic() - began > PATIENCE:
            yield FetchedPage(url=url, outcome="failed", detail="not tried, since nothing answered; check the network")
            continue
        try:
            page = _fetched(url, folder, known.get(url), allow_private)
            known[url], answered = page.note, True
        except (UsageError, NetworkError) as error:
            page = FetchedPage(url=url, outcome="failed", detail=str(error))
        yield page


def _fetched(url: str, folder: Path, before: Mapping[str, Any] | None, allow_private: bool) -> FetchedPage:
    """Fetch one address, or learn that the file in the folder is still right."""
    reply, final = _followed(url, _conditions(before), allow_private)
    if reply.status != 304 or before is None:
        _judge(reply)
    if before is not None and (reply.status == 304 or before["sha256"] == sha256(reply.body)):
        return FetchedPage(url=url, outcome="unchanged", path=folder / str(before["file"]), note=before)
    return _saved(url, final, reply, folder)


def _conditions(before: Mapping[str, Any] | None) -> dict[str, str]:
    """Headers that ask for an answer only where it differs from the last one."""
    said = before["headers"] if before else {}
    found = {"If-None-Match": said.get("etag"), "If-Modified-Since": said.get("last-modified")}
    return {name: value for name, value in found.items() if value}


def _followed(url: str, conditions: Mapping[str, str], allow_private: bool) -> tuple[Reply, str]:
    """Follow redirects; every address on the way is checked like the first."""
    at = url
    for _ in range(MOST_REDIRECTS + 1):
        reply = get(at, {**_AGENT, **conditions}, allow_private=allow_private)
        target = reply.headers.get("location", "")
        if reply.status not in _REDIRECTS or not target:
            return reply, at
        at = urljoin(at, target)
        checked_url(at)
    raise NetworkError(f"more than {MOST_REDIRECTS} redirects")


def _judge(reply: Reply) -> None:
    """Raise `NetworkError` unless an answer is a page or feed."""
    if reply.status == 429:
        wait = reply.headers.get("retry-after", "")[:40]
        raise NetworkError(f"HTTP 429, too many requests{f'; the server says to retry after {wait}' if wait else ''}")
    if reply.status != 200:
        raise NetworkError(f"HTTP {reply.status}")
    if not reply.body.strip():
        raise NetworkError("an empty answer")
    _ending(reply)


def _ending(reply: Reply) -> str:
    """Return the ending of the file's name, by the type that the server states, else by the first bytes."""
    stated = reply.headers.get("content-type", "").split(";")[0].strip().lower()
    start = reply.body.lstrip()[:200].lower()
    if not stated or stated == "application/octet-stream":
        return ".xml" if start.startswith(b"<?xml") and b"<html" not in start else ".html"
    ending = next((ending for kind, ending in _KINDS if kind.fullmatch(stated)), "")
    if not ending:
        raise NetworkError(f"is {stated[:60]}, not a page or feed")
    return ending


def _saved(url: str, final: str, reply: Reply, folder: Path) -> FetchedPage:
    """Write the bytes and the note about them."""
    now, digest = dt.datetime.now(dt.UTC), sha256(reply.body)
    host = re.sub(r"[^a-z0-9.-]", "_", str(checked_url(final).hostname))[:60]
    name = f"{host}-{now:%Y%m%dT%H%M%SZ}-{digest[:12]}{_ending(reply)}"
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", reply.headers.get("content-type", ""), re.IGNORECASE)
    note = {
        "file": name,
        "url": url,
        "final_url": final,
        "fetched_utc": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "status": reply.status,
        "sha256": digest,
        "bytes": len(reply.body),
        "charset": charset[1] if charset else "",
        "headers": {key: reply.headers[key] for key in _KEPT_HEADERS if key in reply.headers},
    }
    told = json.dumps(note, ensure_ascii=False, indent=1).encode()
    write_all(folder, {name: reply.body, f"{NOTES}/{note_path(folder / name).name}": told}, force=True)
    return FetchedPage(url=url, outcome="saved", path=folder / name, note=note)
