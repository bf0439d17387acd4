"""Local files: read with a size limit and a fingerprint, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from .errors import EventStudyError, InputError, OutputError, UsageError

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        """Lock a file, or say that another process has it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


MEGABYTE = 1_000_000
LOCK = ".eventstudy-lock"
JOURNAL = ".eventstudy-journal"
PART = ".eventstudy-part"
_DOTTED = re.compile(r"""(?<![\w-])(?:["']?[\w-]+["']?[ \t]*\.[ \t]*){40}""")  # for these tomllib takes quadratic time
# One slash is enough: `Path` has made one of two. A single letter is a drive.
_URL = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]+:/|(?:file|data|javascript|mailto|https?|ftp):)", re.IGNORECASE)


def local_path(path: str | os.PathLike[str], *, output: bool = False) -> Path:
    """Return `path` as a `Path`, refusing anything that is not the name of a local file; `output` for one to write.

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
        cure = "results go to files of this machine; name a folder" if output else "save the page and pass the file"
        raise UsageError(f"{text!r} is a URL where a path is expected; {cure}")
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
    """Read a TOML file of at most 1 MB; what is raised is of the type `error`.

    Parameters
    ----------
    path : Path
    error : type of EventStudyError

    Returns
    -------
    tuple of bytes and dict
        The file as it is, and its tables.

    Raises
    ------
    EventStudyError
        If the file cannot be read or is not TOML.
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
        If it is not TOML, or nested too deeply; of the type `error`.

    Examples
    --------
    >>> parse_toml("seed = 1", "study.toml")
    {'seed': 1}
    """
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        if not _DOTTED.search(text):
            return tomllib.loads(text)
        raise RecursionError
    except RecursionError:
        raise error(f"{where}: nested too deeply; lists and tables go a few levels deep") from None
    except ValueError as problem:
        raise error(f"{where}: not TOML: {problem}") from None


def package_text(package: str, name: str) -> str:
    """Return the text of a file that comes with a package of the project, read as UTF-8."""
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


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

    Each file is staged beside its target and synced. Then a journal with the hashes of all is written, and the files
    are moved into place in the order given. A process that is killed leaves the old files, or a journal from which
    `repair` completes the new ones; every call of this function repairs first. One process at a time writes.

    Parameters
    ----------
    folder : Path
        Made when it is missing; it is never replaced itself.
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
        If a file is in the way, another process is writing there, or the folder cannot be written.
    """
    targets = [folder / name for name in contents]
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with exclusive(folder):
            _repaired(folder)
            refuse_existing(targets, force=force)
            # Before the first file moves into place, so that a file in the way of a folder leaves everything as it was.
            for target in targets:
                target.parent.mkdir(parents=True, exist_ok=True)
            _stage(folder, contents)
            try:
                _complete(folder, targets)
            except KeyboardInterrupt:  # the moves that are left take no time
                _complete(folder, targets)
                raise
    return targets


def refuse_existing(targets: Sequence[Path], *, force: bool = False) -> None:
    """Raise `OutputError` if a file is in the way and may not be replaced, or a folder is in the way of a file."""
    for path in targets:
        local_path(path, output=True)
    with output_errors(targets[0].parent):
        taken = [str(path) for path in targets if path.exists()]
        if taken and not force:
            more = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
            raise OutputError(f"{taken[0]}{more} already there; pass --force to replace, or choose another folder")
        if folders := [str(path) for path in targets if path.is_dir()]:
            raise OutputError(f"{folders[0]}: a folder is in the way of a file; move it, or choose another folder")


def repair(folder: Path) -> list[str]:
    """Complete or remove what a killed process left in a folder and in the folders directly in it.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of str
        One line for each leftover, or nothing.

    Raises
    ------
    OutputError
        If another process is writing there, or the folder cannot be written.
    """
    if not (is_folder(folder) and any(_leftovers(folder))):
        return []
    with output_errors(folder), exclusive(folder):
        return _repaired(folder)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; it goes with the process, however that ends.

    Raises
    ------
    OutputError
        If another process has it.
    """
    path = folder / LOCK
    descriptor = _locked(path)
    if descriptor is None:
        raise OutputError(f"{folder}: another process is writing there; wait until it is done, or choose another --out")
    try:
        yield
    finally:
        if sys.platform != "win32":  # there an open file cannot be removed; an unlocked one does no harm
            path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    """Return the descriptor of a locked file, or None where another process has the lock."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _lock(descriptor):
            os.close(descriptor)
            return None
        # The file may have been removed between opening and locking; then another process has a lock on a new one.
        if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
            return descriptor
        os.close(descriptor)


def _part(target: Path) -> Path:
    """Name under which a file waits beside its target."""
    return target.with_name(f".{target.name}{PART}")


def _leftovers(folder: Path) -> list[Path]:
    """Staged files and the journal in a folder and in the folders directly in it."""
    journal = [folder / JOURNAL] if (folder / JOURNAL).exists() else []
    return [*journal, *sorted(folder.glob(f".*{PART}")), *sorted(folder.glob(f"*/.*{PART}"))]


def _stage(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write every file beside its target, and then the journal; on an error nothing of it stays."""
    journal = json.dumps({name: sha256(content) for name, content in contents.items()})
    try:
        for name, content in {**contents, JOURNAL: journal.encode()}.items():
            with _part(folder / name).open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        _part(folder / JOURNAL).replace(folder / JOURNAL)
    except BaseException:
        for name in (*contents, JOURNAL):
            _part(folder / name).unlink(missing_ok=True)
        raise


def _complete(folder: Path, targets: Iterable[Path]) -> None:
    """Move staged files into place, and remove the journal."""
    for target in targets:
        if _part(target).exists():
            _part(target).replace(target)
    (folder / JOURNAL).unlink(missing_ok=True)


def _repaired(folder: Path) -> list[str]:
    """Complete the files that the journal names, and remove all others that were staged."""
    left = _leftovers(folder)
    hashes = _journal(folder)
    found: list[str] = []
    for name, digest in hashes.items():  # in the order in which the killed process would have gone on
        if (part := _part(folder / name)) in left and sha256(part.read_bytes()) == digest:
            part.replace(folder / name)
            found.append(f"{folder / name}: completed; an earlier run was interrupted while it was writing")
    for part in left:
        if part.name != JOURNAL and part.exists():
            part.unlink()
            found.append(f"{part}: removed; an earlier run was interrupted before it had staged its files")
    (folder / JOURNAL).unlink(missing_ok=True)
    return found


def _journal(folder: Path) -> dict[str, Any]:
    """Return the hashes of the files that were staged, by name; nothing where there is no whole journal."""
    try:
        hashes = json.loads(read_bytes(folder / JOURNAL, limit=MEGABYTE))
    except (ValueError, RecursionError):
        return {}
    return hashes if isinstance(hashes, dict) else {}
