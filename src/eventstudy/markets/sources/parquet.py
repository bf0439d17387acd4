"""Convert answers of a source to the bytes of Parquet files and back, and name these files."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...errors import UsageError
from ...optional import need
from .protocol import INSTANT, SESSION, Fetched

FORMAT = 1
KEY = b"eventstudy"
EXTRA = "prices"
# Keys of the provenance that must be present with text values.
WORDS = ("symbol", "interval", "source", "adjustment", "first", "last")
NAME = re.compile(r"(?P<as_of>\d{8}T\d{6}\.\d{6}Z)-(?P<hash>[0-9a-f]{64})\.parquet")
PLAIN = re.compile(r"[A-Z0-9^=_.-]")
RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?")
LONGEST = 200


class Unusable(Exception):
    """A file of the store that cannot be used; the message says why."""


def folder_name(symbol: str) -> str:
    """Return the folder name of a symbol: valid on every file system, unique and reversible.

    Capital letters, digits and ``^ = _ . -`` are kept; everything else is written as percent signs and the bytes of
    UTF-8. Small letters are encoded too, since some file systems do not distinguish them from capitals.

    Parameters
    ----------
    symbol : str
        As the source writes it.

    Returns
    -------
    str
        At most 200 characters.

    Raises
    ------
    UsageError
        If the symbol is empty or too long for a folder's name.

    Examples
    --------
    >>> folder_name("CL=F"), folder_name("LCOc1"), folder_name("CON")
    ('CL=F', 'LCO%631', '%43ON')
    """
    name = "".join(letter if PLAIN.fullmatch(letter) else _escaped(letter) for letter in symbol)
    if name.startswith(".") or RESERVED.fullmatch(name):
        name = _escaped(name[0]) + name[1:]
    if name.endswith("."):
        name = name[:-1] + _escaped(".")
    if not 0 < len(name) <= LONGEST:
        raise UsageError(f"{symbol[:40]!r} cannot be the name of a folder; shorten the symbol")
    return name


def _escaped(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))


def symbol_of(name: str) -> str:
    """Return the symbol of a folder name; the inverse of `folder_name`.

    Parameters
    ----------
    name : str
        Name of a folder.

    Returns
    -------
    str
        The symbol.

    Raises
    ------
    Unusable
        If the name is not one that `folder_name` gives.

    Examples
    --------
    >>> symbol_of("LCO%631")
    'LCOc1'
    """
    try:
        symbol = urllib.parse.unquote_to_bytes(name).decode("utf-8", "surrogatepass")
        known = folder_name(symbol) == name
    except (UnicodeDecodeError, UsageError):
        known = False
    if not known:
        raise Unusable("not a symbol's folder")
    return symbol


def file_name(fetched: Fetched, digest: str) -> str:
    """Return the file name of an answer: when it was given, and the hash of its bytes.

    Parameters
    ----------
    fetched : Fetched
        The answer.
    digest : str
        SHA-256 of the file's bytes, hexadecimal.

    Returns
    -------
    str
        As ``20200108T120000.000000Z-HASH.parquet``, in UTC.
    """
    return f"{fetched.as_of.tz_convert('UTC'):%Y%m%dT%H%M%S.%fZ}-{digest}.parquet"


def encode(fetched: Fetched) -> bytes:
    """Return an answer as the bytes of a Parquet file, with its provenance in the file's metadata.

    Parameters
    ----------
    fetched : Fetched
        An answer with prices.

    Returns
    -------
    bytes
        A whole Parquet file.
    """
    assert fetched.frame is not None
    arrow, parquet = need("pyarrow", EXTRA), need("pyarrow.parquet", EXTRA)
    table = arrow.Table.from_pandas(fetched.frame.reset_index(), preserve_index=False)
    note = json.dumps(_provenance(fetched), ensure_ascii=False, sort_keys=True).encode()
    sink = arrow.BufferOutputStream()
    parquet.write_table(table.replace_schema_metadata({KEY: note}), sink, compression="zstd")
    return bytes(sink.getvalue())


def _provenance(fetched: Fetched) -> dict[str, Any]:
    """Everything about an answer but its prices."""
    request, frame = fetched.request, fetched.frame
    assert frame is not None
    return {
        "format": FORMAT,
        "symbol": request.symbol,
        "interval": request.interval,
        "request": {"from": str(request.start), "to": str(request.end)},
        "source": fetched.source,
        "as_of": fetched.as_of.isoformat(),
        "outcome": str(fetched.outcome),
        "detail": fetched.detail,
        "adjustment": fetched.adjustment,
        "facts": dict(fetched.facts),
        "rows": len(frame),
        "first": frame.index[0].isoformat(),
        "last": frame.index[-1].isoformat(),
    }


def decode_note(content: bytes) -> Mapping[str, Any]:
    """Return the provenance in a file's metadata.

    Parameters
    ----------
    content : bytes
        A whole Parquet file.

    Returns
    -------
    mapping of str to value
        As `encode` wrote it.

    Raises
    ------
    Unusable
        If another program or a newer version wrote the file, or it lacks required entries or columns.
    """
    arrow, parquet = need("pyarrow", EXTRA), need("pyarrow.parquet", EXTRA)
    try:
        schema = parquet.read_schema(arrow.BufferReader(content))
        note = json.loads(schema.metadata[KEY])
        version = int(note["format"])
    except (arrow.ArrowException, OSError, ValueError, LookupError, TypeError):
        raise Unusable("not a price file of this program") from None
    if version > FORMAT:
        raise Unusable(f"written by a newer version (format {version}, this one reads {FORMAT}); upgrade to use it")
    if lacking := [key for key in WORDS if not isinstance(note.get(key), str)]:
        raise Unusable(f"its note lacks {', '.join(lacking)}; fetch it again")
    if "close" not in schema.names or not {SESSION, INSTANT} & set(schema.names):
        raise Unusable("it has no dates or no closes; fetch it again")
    return {"rows": 0, **note}


def decode_frame(content: bytes) -> pd.DataFrame:
    """Return the prices of a file whose provenance has been checked.

    Parameters
    ----------
    content : bytes
        A whole Parquet file.

    Returns
    -------
    DataFrame
        Indexed by session (tz-naive) or instant (UTC).

    Raises
    ------
    Unusable
        If the columns cannot be read, though the note can.
    """
    arrow, parquet = need("pyarrow", EXTRA), need("pyarrow.parquet", EXTRA)
    try:
        frame: pd.DataFrame = parquet.read_table(arrow.BufferReader(content)).to_pandas(ignore_metadata=True)
    except Exception as error:  # pyarrow passes on what damaged pages lead to
        raise Unusable(f"its prices cannot be read ({type(error).__name__})") from None
    return frame.set_index(SESSION if SESSION in frame else INSTANT)
