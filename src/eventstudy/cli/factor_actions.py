"""What ``eventstudy factors fetch`` does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from ..errors import NetworkError, UnknownNameError, UsageError
from ..files import local_path, refuse_existing, sha256, write_all
from ..inference.models.french import factor_table, unpacked
from ..news.reading.connection import get
from .progress import followed
from .terminal import Answer, rows_answer

LIBRARY = "https://mba.tuck.dartmouth.edu/pages/faculty/ken.french/ftp"
THREE, FIVE, MOMENTUM = "F-F_Research_Data_Factors", "F-F_Research_Data_5_Factors_2x3", "F-F_Momentum_Factor"
# What the factor models of the library read, by their names.
FILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"capm": (THREE,), "fama-french-3": (THREE,), "carhart": (THREE, MOMENTUM), "fama-french-5": (FIVE,)}
)
ENDINGS: Mapping[str, str] = MappingProxyType({"daily": "_daily", "weekly": "_weekly", "monthly": ""})
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*_[A-Za-z0-9_-]+")
FETCHED = ("file", "rows", "first", "last", "factors", "sha256")
AGENT = {"User-Agent": "eventstudy (market-eventstudy)"}


def fetch(
    names: Sequence[str], folder: Path, frequency: str, server: str, *, allow_private: bool, force: bool
) -> Answer:
    """Fetch factor files into a folder, all or none.

    Parameters
    ----------
    names : sequence of str
        Models, or files of the library without ``_CSV.zip``.
    folder : Path
    frequency : {"daily", "weekly", "monthly"}
        Of the files of models.
    server : str
        Address of the folder of the files; the library where it is empty.
    allow_private : bool
        Whether the server may lie in a private network.
    force : bool
        Whether files that are there are replaced.

    Returns
    -------
    Answer

    Raises
    ------
    UnknownNameError
        If a name or the frequency is unknown.
    NetworkError
        If a file does not arrive.
    InputError
        If what arrives is no factor file.
    """
    target = local_path(folder, output=True)
    files = _files(names, frequency)
    refuse_existing([target / f"{name}.csv" for name in files], force=force)
    asked = (_fetched(name, server or LIBRARY, allow_private) for name in files)
    contents = dict(followed(asked, "fetching", len(files)))
    tables = {name: factor_table(content, name) for name, content in contents.items()}
    write_all(target, contents, force=force)
    rows = [_row(name, tables[name], contents[name]) for name in contents]
    key = ", ".join(f'"{(folder / name).as_posix()}"' for name in contents)
    cited = "cite Kenneth R. French's data library as their source"
    return rows_answer(FETCHED, rows, [f"kept in {target}; {cited}", f"read_factors([{key}])"])


def _files(names: Sequence[str], frequency: str) -> list[str]:
    """Return the files of the library, each once."""
    if frequency not in ENDINGS:
        raise UnknownNameError("frequency", frequency, ENDINGS)
    found: dict[str, None] = {}
    for name in names:
        if name in FILES:
            found |= dict.fromkeys(f"{file}{ENDINGS[frequency]}" for file in FILES[name])
        elif FILE.fullmatch(name):
            found[name.removesuffix("_CSV")] = None
        else:
            raise UnknownNameError("factors", name, FILES)
    return list(found)


def _fetched(name: str, server: str, allow_private: bool) -> tuple[str, bytes]:
    """Return a file of the library, unpacked."""
    if not server.startswith(("http://", "https://")):
        raise UsageError(f"--server {server!r} is no address; write it with http:// or https://")
    address = f"{server.rstrip('/')}/{name}_CSV.zip"
    reply = get(address, AGENT, allow_private=allow_private)
    if reply.status != 200:
        cure = "; check the name in the data library" if reply.status == 404 else ""
        raise NetworkError(f"{address}: HTTP {reply.status}{cure}")
    return f"{name}.csv", unpacked(reply.body, address)


def _row(name: str, table: pd.DataFrame, content: bytes) -> dict[str, Any]:
    """Return one line for programs."""
    return {
        "file": name,
        "rows": len(table),
        "first": f"{table.index[0]:%Y-%m-%d}",
        "last": f"{table.index[-1]:%Y-%m-%d}",
        "factors": ", ".join(table.columns),
        "sha256": sha256(content),
    }
