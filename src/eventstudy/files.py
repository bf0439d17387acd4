"""Local files: read with a size limit and a fingerprint, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import EventStudyError, InputError, OutputError, UsageError

MEGABYTE = 1_000_000
_URL = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*://|(?:file|data|javascript|mailto|https?|ftp):)", re.IGNORECASE)


def local_path(path: str | os.PathLike[str]) -> Path:
    """Return `path` as a `Path`, refusing anything that is not the name of a local file.

    Raises
    ------
    UsageError
        For a URL or a name with a NUL byte; nothing is opened.

    Examples
    --------
    >>> local_path("data/prices").name
    'prices'
    """
    text = os.fspath(path)
    if _URL.match(text):
        raise UsageError(f"{text!r} is a URL where a path is expected; save the page and pass the file")
    if not text or "\0" in text:
        raise UsageError(f"{text!r} is not the name of a file")
    return Path(text)


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder; a name that the system cannot even look up is none.

    Examples
    --------
    >>> is_folder(Path("x" * 1000))
    False
    """
    try:
        return path.is_dir()
    except OSError:
        return False


def read_bytes(path: str | os.PathLike[str], *, limit: int = 200 * MEGABYTE) -> bytes:
    """Read a local file of at most `limit` bytes.

    Raises
    ------
    InputError
        If the file is missing, a folder, unreadable or larger than the limit.
    """
    file = local_path(path)
    try:
        with file.open("rb") as stream:
            content = stream.read(limit + 1)
    except FileNotFoundError:
        raise InputError(f"{file}: no such file; check the path") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); check the path and its permissions") from None
    if len(content) > limit:
        raise InputError(f"{file}: larger than {limit // MEGABYTE} MB; split it or keep what the study needs")
    return content


def read_toml(path: Path, error: type[EventStudyError] = UsageError) -> tuple[bytes, dict[str, Any]]:
    """Read a TOML file of at most 1 MB.

    Parameters
    ----------
    path : Path
    error : type of EventStudyError
        What to raise.

    Returns
    -------
    tuple of bytes and dict
        The file as it is, and its tables.

    Raises
    ------
    EventStudyError
        If the file cannot be read or is not TOML; of the type `error`.
    """
    try:
        content = read_bytes(path, limit=MEGABYTE)
    except InputError as problem:
        raise error(str(problem)) from None
    return content, parse_toml(content, str(path), error)


def parse_toml(content: str | bytes, where: str, error: type[EventStudyError] = UsageError) -> dict[str, Any]:
    """Return the tables of TOML text; a byte order mark is accepted.

    Raises
    ------
    EventStudyError
        If it is not TOML, or nested so deeply that the parser gives up; of the type `error`.

    Examples
    --------
    >>> parse_toml("seed = 1", "study.toml")
    {'seed': 1}
    """
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return tomllib.loads(text)
    except RecursionError:
        raise error(f"{where}: nested too deeply; lists and tables go a few levels deep") from None
    except ValueError as problem:
        raise error(f"{where}: not TOML: {problem}") from None


def sha256(content: bytes) -> str:
    """Fingerprint of a file's bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@contextmanager
def output_errors(folder: Path) -> Iterator[None]:
    """Turn what the operating system says while writing into one clear line."""
    try:
        yield
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"{error.filename or folder}: cannot be written ({error.strerror}); choose another folder"
        ) from None


def write_all(folder: Path, contents: Mapping[str, bytes], *, force: bool = False) -> list[Path]:
    """Write several files below `folder`: all of them, or none.

    Parameters
    ----------
    folder : Path
        Made when it is missing.
    contents : mapping of str to bytes
        Relative names (with ``/``) and what goes into each.
    force : bool
        Replace files that are in the way; nothing else in the folder is touched.

    Returns
    -------
    list of Path
        The files, in the order given.

    Raises
    ------
    OutputError
        If a file is in the way, or the folder cannot be written.
    """
    targets = {name: folder / name for name in contents}
    with output_errors(folder):
        taken = [str(path) for path in targets.values() if path.exists()]
        if taken and not force:
            more = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
            raise OutputError(f"{taken[0]}{more} already there; pass --force to replace, or another --out folder")
        if folders := [str(path) for path in targets.values() if path.is_dir()]:
            raise OutputError(f"{folders[0]}: a folder is in the way of a file; move it, or choose another folder")
        # Before the first file moves into place, so that a file in the way of a folder leaves everything as it was.
        for target in targets.values():
            target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder) as staging:
            for name, content in contents.items():
                staged = Path(staging, name)
                staged.parent.mkdir(parents=True, exist_ok=True)
                staged.write_bytes(content)
            for name, target in targets.items():
                Path(staging, name).replace(target)
    return list(targets.values())
