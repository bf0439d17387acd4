"""Files of the price store: written completely or not at all, and checked against the hash in their names."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from ...files import read_bytes, sha256
from .parquet import NAME, Unusable

UNFINISHED = ".writing-"
# Age in seconds from which an unfinished file is taken to be abandoned: no write takes a day.
ABANDONED = 86_400.0


def verified(path: Path) -> bytes:
    """Return the bytes of a file whose hash matches its name.

    Parameters
    ----------
    path : Path
        A file of the store.

    Returns
    -------
    bytes
        Its whole contents.

    Raises
    ------
    Unusable
        If the name is not one of the store's, or the bytes do not match the hash in it.
    """
    name = NAME.fullmatch(path.name)
    if name is None:
        left = path.name.startswith(UNFINISHED)
        raise Unusable("left by an interrupted fetch" if left else "not a price file of this program")
    content = read_bytes(path)
    if sha256(content) != name["hash"]:
        raise Unusable("truncated or changed: its bytes do not match the SHA-256 in its name; fetch it again")
    return content


def place(path: Path, content: bytes) -> None:
    """Write a file completely or not at all.

    Parameters
    ----------
    path : Path
        Where the file goes; one that is there is replaced.
    content : bytes
        What goes into it.
    """
    staged = path.with_name(f"{UNFINISHED}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        with staged.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        staged.replace(path)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise


def sweep(folder: Path) -> None:
    """Remove unfinished files that killed writers left at least a day ago.

    Parameters
    ----------
    folder : Path
        A folder of the store; its subfolders are left alone.
    """
    for path in folder.glob(f"{UNFINISHED}*"):
        try:
            if time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink()
        except FileNotFoundError:  # another writer was quicker
            continue
