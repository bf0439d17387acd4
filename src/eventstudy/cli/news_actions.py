"""What ``eventstudy news fetch`` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import NetworkError
from ..files import local_path
from ..markets.sources.store import data_folder
from ..news.reading.fetch import FetchedPage, fetch_pages
from .progress import followed
from .terminal import Answer


def fetch(urls: Sequence[str], folder: Path | None, *, allow_private: bool) -> Answer:
    """Fetch addresses into a folder, with one line for each.

    Parameters
    ----------
    urls : sequence of str
    folder : Path or None
        The folder ``news`` of the user's data where it is None.
    allow_private : bool
        Whether hosts in private networks may be asked.

    Returns
    -------
    Answer
        Exit code 6 where nothing could be fetched.
    """
    folder = data_folder() / "news" if folder is None else local_path(folder, output=True)
    asked = list(dict.fromkeys(urls))
    pages = list(followed(fetch_pages(asked, folder, allow_private=allow_private), "fetching", len(asked)))
    failed = [page for page in pages if page.outcome == "failed"]
    return Answer(
        text="\n".join(f"{page.outcome}: {page.path}" for page in pages if page.path is not None),
        records=[_record(page) for page in pages],
        notes=[
            *(f"failed: {page.url}: {page.detail}" for page in failed),
            f"{len(pages) - len(failed)} of {len(pages)} in {folder}",
        ],
        exit_code=NetworkError.exit_code if len(failed) == len(pages) else 0,
    )


def _record(page: FetchedPage) -> dict[str, Any]:
    """Return one line for programs."""
    return {
        "url": page.url,
        "outcome": page.outcome,
        "path": None if page.path is None else str(page.path),
        "detail": page.detail,
        **{key: page.note.get(key) for key in ("final_url", "fetched_utc", "status", "sha256", "bytes")},
    }
