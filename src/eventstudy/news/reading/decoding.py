"""Decode files: by byte-order mark, by declared encoding, as UTF-8, or by a guess with a warning."""

from __future__ import annotations

import codecs
import re

from ...errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"(?:charset\s*=\s*[\"']?|<\?xml[^>]{0,80}encoding\s*=\s*[\"'])([\w.:-]{2,30})", re.IGNORECASE)
_FORMATS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "compressed",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
}
_WESTERN = frozenset(
    {"cp1250", "cp1254", "cp1257", "cp1258", "latin_1", "iso8859_2", "iso8859_9", "iso8859_15", "mac_roman"}
)


def decode(data: bytes, name: str, stated: str = "") -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and a warning where its encoding had to be guessed.

    Parameters
    ----------
    data : bytes
    name : str
        Of the file, for messages.
    stated : str
        The encoding that the server of a fetched page stated; empty for none. It is used where the file itself declares
        none and is not UTF-8.

    Returns
    -------
    (str, tuple of str)
        The text and the warnings.

    Raises
    ------
    InputError
        If the bytes are not text, or do not fit the encoding they declare.

    Examples
    --------
    >>> decode("Ölpreis".encode("utf-16"), "page.html")
    ('Ölpreis', ())
    """
    for magic, kind in _FORMATS.items():
        if data.startswith(magic):
            raise InputError(f"{name}: is {kind}, not text; save the article as text or HTML")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, name), ()
    declared = _DECLARED.search(data[:4096])
    if declared is not None and b"\0" not in data[:4096]:
        return _as_declared(data, declared.group(1).decode("ascii"), name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _as_stated(data, stated) or _guess(data, name)
    if "\0" in text:
        return _guess(data, name)
    return text, ()


def _as_declared(data: bytes, encoding: str, name: str) -> tuple[str, tuple[str, ...]]:
    try:
        codec = codecs.lookup(
            {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}.get(encoding.lower(), encoding)
        )
    except LookupError:
        raise InputError(f"{name}: declares the encoding {encoding!r}, which is not known; save it as UTF-8") from None
    try:
        return data.decode(codec.name), ()
    except UnicodeDecodeError:
        try:
            return data.decode("utf-8"), (f"the file declares {encoding} but is UTF-8",)
        except UnicodeDecodeError:
            raise InputError(f"{name}: declares {encoding} but does not fit it; save it as UTF-8") from None


def _as_stated(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]] | None:
    """Decode as the server stated; None where that is wrong."""
    try:
        return (data.decode(encoding), ()) if encoding else None
    except (LookupError, UnicodeDecodeError):
        return None


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(f"{name}: starts as {encoding} but does not fit it; save it as UTF-8") from None


def _guess(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    # imported here: it takes a second, and most files never need it
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    encoding = best.encoding if best is not None else ""
    if encoding in _WESTERN:
        encoding = "cp1252"
    try:
        text = data.decode(encoding) if encoding else "\0"
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise InputError(f"{name}: is not text in a known encoding; save it as UTF-8")
    return text, (f"no encoding is declared; the file was read as {encoding}",)
