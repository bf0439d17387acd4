"""Hours of exchanges that are kept on disk: to build them from rules of holidays takes up to a second an exchange."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import platformdirs

from ...files import sha256
from .hours import Hours

VARIABLE = "EVENTSTUDY_CACHE"
# Every file begins with the SHA-256 of the rest: one that is torn or changed is not read, and written anew.
DIGEST = 64


def kept(key: str, build: Callable[[], tuple[str, Hours]]) -> tuple[str, Hours]:
    """Return the hours that were kept under a key, or build and keep them.

    Parameters
    ----------
    key : str
        All that the hours depend on.
    build : callable
        Returns an IANA zone and local hours.

    Returns
    -------
    str
        IANA zone.
    Hours
        Local wall-clock time.

    Notes
    -----
    The folder is ``calendars`` in ``EVENTSTUDY_CACHE``, or in the system's usual place for caches. It can be deleted at
    any time; where it cannot be written, the hours are built each time.
    """
    path = _folder() / f"{sha256(key.encode())[:32]}.hours"
    with contextlib.suppress(OSError):
        content = path.read_bytes()
        if content[:DIGEST] == sha256(content[DIGEST:]).encode():
            return _read(content[DIGEST:])
    zone, hours = build()
    with contextlib.suppress(OSError):
        _write(path, zone, hours)
    return zone, hours


def _folder() -> Path:
    """Return where calendars are kept."""
    chosen = os.environ.get(VARIABLE)
    return (Path(chosen) if chosen else platformdirs.user_cache_path("eventstudy", False)) / "calendars"


def _read(content: bytes) -> tuple[str, Hours]:
    """Return a zone and hours from a file's bytes."""
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        session, start, end = (stored[name] for name in ("session", "start", "end"))
        hours = Hours(session=session.astype("M8[D]"), start=start.astype("M8[ns]"), end=end.astype("M8[ns]"))
        return str(stored["zone"]), hours


def _write(path: Path, zone: str, hours: Hours) -> None:
    """Write a file whole: writers of one key write the same bytes, so they may share the name of the part."""
    packed = io.BytesIO()
    arrays = {name: getattr(hours, name).astype(np.int64) for name in ("session", "start", "end")}
    np.savez_compressed(packed, zone=np.array(zone), **arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    content = packed.getvalue()
    part.write_bytes(sha256(content).encode() + content)
    part.replace(path)
