"""Notes that lie beside fetched pages: where each came from, when, and with which headers."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...files import MEGABYTE, read_bytes, sha256

NOTES = "fetched"
_TEXTS = ("file", "url", "final_url", "fetched_utc", "sha256", "charset")


def note_path(page: Path) -> Path:
    """Return where the note of a fetched page lies.

    Parameters
    ----------
    page : Path

    Returns
    -------
    Path

    Examples
    --------
    >>> note_path(Path("news/example.org-20260101T000000Z-0a1b.html")).as_posix()
    'news/fetched/example.org-20260101T000000Z-0a1b.json'
    """
    return page.parent / NOTES / f"{page.stem}.json"


def saved_notes(folder: Path, urls: Collection[str]) -> list[dict[str, Any]]:
    """Return the notes of a folder about some addresses whose pages are there and unchanged, the oldest first.

    Parameters
    ----------
    folder : Path
    urls : collection of str
        As they were given when the pages were fetched; pages of others are not read.

    Returns
    -------
    list of dict
    """
    if not (folder / NOTES).is_dir():
        return []
    notes = (note for path in sorted((folder / NOTES).glob("*.json")) if (note := _note(path)) is not None)
    found = [note for note in notes if note["url"] in urls and _is_whole(folder, note)]
    return sorted(found, key=lambda note: str(note["fetched_utc"]))


def note_of(page: Path, data: bytes) -> dict[str, Any]:
    """Return the note of a page with these bytes; empty where there is none, or it is about other bytes.

    Parameters
    ----------
    page : Path
    data : bytes
        Of the page.

    Returns
    -------
    dict
    """
    note = _note(note_path(page)) if note_path(page).is_file() else None
    return note if note is not None and note["sha256"] == sha256(data) else {}


def _note(path: Path) -> dict[str, Any] | None:
    """Read a note; None where it is damaged."""
    try:
        note = json.loads(read_bytes(path, limit=MEGABYTE))
    except (InputError, ValueError, RecursionError):
        return None
    whole = isinstance(note, dict) and all(isinstance(note.get(key), str) for key in _TEXTS)
    return note if whole and isinstance(note.get("headers"), dict) and Path(note["file"]).name == note["file"] else None


def _is_whole(folder: Path, note: dict[str, Any]) -> bool:
    try:
        return sha256(read_bytes(folder / note["file"])) == str(note["sha256"])
    except InputError:
        return False
