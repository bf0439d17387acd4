"""The files that a page names with their SHA-256, and whether they are still the same; loads no package."""

from __future__ import annotations

import re
from pathlib import Path

from ..files import read_bytes, sha256

PAGE = "report.html"
NAMED = re.compile(r'<meta name="eventstudy-file" content="((?:tables/|figures/)?[a-z0-9_.-]+) sha256:([0-9a-f]{64})">')


def differing(folder: Path) -> list[str]:
    """Return the names of a report's files whose SHA-256 is not the one in its page.

    Parameters
    ----------
    folder : Path
        The folder of a report.

    Returns
    -------
    list of str
        Missing and changed files; empty where there is no page.

    Raises
    ------
    InputError
        If the page cannot be read.
    """
    return [name for name, digest in named_files(folder).items() if not _is(folder / name, digest)]


def named_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 that a page states for each file beside it, by name; nothing where there is no page."""
    if not (folder / PAGE).is_file():
        return {}
    return dict(NAMED.findall(read_bytes(folder / PAGE).decode(errors="replace")))


def _is(path: Path, digest: str) -> bool:
    """Whether a file exists and has this SHA-256."""
    return path.is_file() and sha256(read_bytes(path)) == digest
