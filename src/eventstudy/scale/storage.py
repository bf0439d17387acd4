"""Folders of packs and of the output of an engine run, on this machine or in a remote store."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError, NetworkError, OutputError, UsageError
from ..files import local_path, sha256
from ..optional import need

EXTRA = "scale"
# The file that says what the run in a folder is of.
RUN = "run-state.json"
PART = ".eventstudy-part"
# Stores of objects that fsspec opens; files of the web and of other programs are not among them.
STORES = ("memory", "s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "hdfs")
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*)://", re.IGNORECASE)


def beside(name: str, file: Path) -> str:
    """Return the folder that a study file names: relative to the file, unless it is in a remote store.

    Parameters
    ----------
    name : str
    file : Path
        The study file.

    Returns
    -------
    str
    """
    folder = Folder.of(name)
    return folder.root if folder.remote else str(file.parent / folder.root)


def file_sha256(path: Path) -> str:
    """Return the fingerprint of a local file of any size, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder in which files are read and written whole.

    Parameters
    ----------
    root : str
        A local path, or the address of a remote store such as ``s3://bucket/run``.
    """

    root: str

    @classmethod
    def of(cls, root: str | os.PathLike[str]) -> Folder:
        """Check the name of a folder.

        Parameters
        ----------
        root : path
            Local, or of a store in `STORES`.

        Returns
        -------
        Folder

        Raises
        ------
        UsageError
            For any other address; nothing is opened.

        Examples
        --------
        >>> Folder.of("memory://pack").remote, Folder.of("pack/").remote
        (True, False)
        """
        text = os.fspath(root)
        scheme = _SCHEME.match(text)
        if scheme and scheme[1].lower() in STORES and "::" not in text and "\0" not in text:
            return cls(root=text.rstrip("/"))
        if "::" in text:
            raise UsageError(f"{text!r} is a chain of addresses; give one folder, local or of a store such as s3://")
        return cls(root=str(local_path(text)))

    @property
    def remote(self) -> bool:
        """Whether the folder is not on this machine's own file system."""
        return _SCHEME.match(self.root) is not None

    @property
    def shared(self) -> bool:
        """Whether other processes see the folder."""
        return not self.root.lower().startswith("memory:")

    def _files(self) -> Any:
        """Return the file system of the remote store."""
        fsspec = need("fsspec", EXTRA)
        try:
            return fsspec.core.url_to_fs(self.root)[0]
        except ImportError as error:
            raise UsageError(f"{self.root}: fsspec cannot open this store ({error})") from None

    def name(self, name: str) -> str:
        """Return the full name of a file, for messages."""
        return f"{self.root}/{name}" if self.remote else str(Path(self.root) / name)

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        """Turn what a file system says into one clear line."""
        try:
            yield
        except FileNotFoundError:
            raise InputError(f"{self.name(name)}: no such file; check the folder") from None
        except OSError as error:
            kind = NetworkError if self.remote else InputError
            raise kind(f"{self.name(name)}: cannot be read ({error.strerror or error}); try again") from None

    def read(self, name: str, digest: str = "") -> bytes:
        """Return the bytes of a file.

        Parameters
        ----------
        name : str
            Relative, with ``/``.
        digest : str
            SHA-256 that the bytes must have; any where it is empty.

        Returns
        -------
        bytes

        Raises
        ------
        InputError
            If the file is missing, unreadable or not the one that was written.
        NetworkError
            If a remote store fails.
        """
        with self._reading(name):
            content = bytes(self._files().cat_file(self.name(name))) if self.remote else self._path(name).read_bytes()
        if digest and sha256(content) != digest:
            raise InputError(f"{self.name(name)}: not the bytes that were written (SHA-256 differs); write it again")
        return content

    @contextmanager
    def opened(self, name: str) -> Iterator[Any]:
        """Open a file for reading at any position."""
        with self._reading(name):
            stream = self._files().open(self.name(name), "rb") if self.remote else self._path(name).open("rb")
            with stream:
                yield stream

    def holds(self, name: str) -> bool:
        """Whether there is a file of this name."""
        with self._reading(name):
            return bool(self._files().isfile(self.name(name))) if self.remote else self._path(name).is_file()

    def names(self, part: str = "") -> list[str]:
        """Return the files below the folder, or below a part of it, in order of their names.

        Parameters
        ----------
        part : str
            A folder relative to this one.

        Returns
        -------
        list of str
            Relative to this folder, with ``/``.
        """
        with self._reading(part):
            if not self.remote:
                root = Path(self.root)
                found = (root / part).rglob("*") if part else root.rglob("*")
                return sorted(path.relative_to(root).as_posix() for path in found if path.is_file())
            files = self._files()
            root_name = files._strip_protocol(self.root).rstrip("/") + "/"
            found = files.find(self.name(part) if part else self.root)
            return sorted(str(name).removeprefix(root_name) for name in found)

    def write(self, name: str, content: bytes) -> str:
        """Write a file whole or not at all; one of this name is replaced.

        Parameters
        ----------
        name : str
            Relative, with ``/``.
        content : bytes

        Returns
        -------
        str
            SHA-256 of the bytes.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        try:
            if self.remote:
                self._files().pipe_file(self.name(name), content)
            else:
                self._write_local(self._path(name), content)
        except OSError as error:
            raise OutputError(
                f"{self.name(name)}: cannot be written ({error.strerror or error}); choose another folder"
            ) from None
        return sha256(content)

    def _path(self, name: str) -> Path:
        return Path(self.root) / name

    def _write_local(self, target: Path, content: bytes) -> None:
        """Stage the file beside its target under a name of this process, and move it into place."""
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}{PART}")
        try:
            part.write_bytes(content)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def dataset(self, names: list[str]) -> Any:
        """Open Parquet files as one `pyarrow.dataset.Dataset`; nothing is read yet.

        Parameters
        ----------
        names : list of str
            Relative to this folder.

        Returns
        -------
        pyarrow.dataset.Dataset
        """
        arrow = need("pyarrow.dataset", EXTRA)
        if not self.remote:
            return arrow.dataset([str(self._path(name)) for name in names], format="parquet")
        files = self._files()
        paths = [files._strip_protocol(self.name(name)) for name in names]
        return arrow.dataset(paths, filesystem=files, format="parquet")
