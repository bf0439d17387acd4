"""Compare the files of a written report with those that the same study gives now: which numbers differ, and where."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import read_bytes
from ..text import shortened
from .named import PAGE, differing

RECORD = "run.json"
LONGEST = 60
ABSENT = "nothing"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place at which a report is not what its study gives.

    Parameters
    ----------
    file : str
        Name of the file in the report's folder, or of an input.
    where : str
        Row and column of a table, key of JSON, line of text, or byte of another file.
    stored, recomputed : str
    """

    file: str
    where: str
    stored: str
    recomputed: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.where}" if self.where else self.file
        return f"{place}: stored {shortened(self.stored, LONGEST)}, recomputed {shortened(self.recomputed, LONGEST)}"


def stored_record(folder: Path) -> dict[str, Any]:
    """Read the provenance of a report.

    Parameters
    ----------
    folder : Path
        Of the report.

    Returns
    -------
    dict
        As ``run.json`` has it; ``inputs`` and ``versions`` are texts by name.

    Raises
    ------
    InputError
        If there is no report, or its provenance is not one.
    """
    for name in (PAGE, RECORD):
        if not (folder / name).is_file():
            raise InputError(f"{folder / name}: no such file; name the folder of a report")
    try:
        record = json.loads(read_bytes(folder / RECORD))
        texts = [text for part in ("inputs", "versions") for pair in record[part].items() for text in pair]
        dating = record.get("dating", {})
        number, least = dating.get("event"), dating.get("min_confidence")
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise InputError(f"{folder / RECORD}: not the provenance of a report; it was changed, or not whole") from None
    known = (number is None or type(number) is int) and (least is None or type(least) in (int, float))
    if not (known and all(isinstance(text, str) for text in texts)):
        raise InputError(f"{folder / RECORD}: inputs, versions or dating are not as they were written")
    return dict(record)


def differences(folder: Path, contents: Mapping[str, bytes]) -> list[Difference]:
    """Compare the files of a report with the contents that were computed again.

    Parameters
    ----------
    folder : Path
        Of the report.
    contents : mapping of str to bytes
        As `eventstudy.report.write.report_files` returns them.

    Returns
    -------
    list of Difference
        File by file; empty where every byte is the same.
    """
    torn = [
        Difference(file=name, where="", stored="another file than the page names", recomputed="the file that it names")
        for name in differing(folder)
    ]
    return [*torn, *(found for name, content in contents.items() for found in _of_file(folder / name, name, content))]


def _of_file(path: Path, name: str, content: bytes) -> list[Difference]:
    """Compare one file."""
    if not path.is_file():
        return [Difference(file=name, where="", stored=ABSENT, recomputed=f"{len(content):,} bytes")]
    stored = read_bytes(path)
    if stored == content:
        return []
    found = [
        Difference(file=name, where=where, stored=before, recomputed=now)
        for where, before, now in _places(path.suffix, stored, content)
    ]
    return found or [_first_byte(name, stored, content)]


def _places(suffix: str, stored: bytes, content: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield where two files differ, by their kind; nothing where only the writing differs."""
    try:
        before, now = stored.decode(), content.decode()
        if suffix == ".csv":
            yield from _cells(before, now)
        elif suffix == ".json":
            yield from _leaves(json.loads(before), json.loads(now))
        else:
            yield from _lines(before, now)
    except (ValueError, RecursionError, csv.Error):
        return


def _cells(stored: str, recomputed: str) -> Iterator[tuple[str, str, str]]:
    """Yield the cells of two tables that differ; rows are counted from 1, below the header."""
    before, now = (list(csv.reader(io.StringIO(text))) for text in (stored, recomputed))
    heading = now[0] if now else []
    nothing: list[str] = []
    for row, (old, new) in enumerate(zip_longest(before, now, fillvalue=nothing)):
        if old != new:
            for at, (left, right) in enumerate(zip_longest(old, new, fillvalue=ABSENT)):
                if left != right:
                    column = heading[at] if at < len(heading) else f"column {at + 1}"
                    yield (f"row {row}, {column}" if row else "header"), left, right


def _leaves(stored: Any, recomputed: Any, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield the values of two JSON texts that differ, with their keys."""
    if isinstance(stored, dict) and isinstance(recomputed, dict):
        for name in dict.fromkeys([*recomputed, *stored]):
            yield from _leaves(stored.get(name, ABSENT), recomputed.get(name, ABSENT), f"{key}.{name}".lstrip("."))
    elif isinstance(stored, list) and isinstance(recomputed, list):
        for at, pair in enumerate(zip_longest(stored, recomputed, fillvalue=ABSENT)):
            yield from _leaves(*pair, f"{key}[{at}]")
    elif stored != recomputed or type(stored) is not type(recomputed):
        yield key, str(stored), str(recomputed)


def _lines(stored: str, recomputed: str) -> Iterator[tuple[str, str, str]]:
    """Yield the lines of two texts that differ, from the first character that does."""
    for number, (old, new) in enumerate(zip_longest(stored.split("\n"), recomputed.split("\n"), fillvalue=""), 1):
        if old != new:
            at = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
            begin = max(at - 10, 0)
            yield f"line {number}", old[begin : begin + LONGEST], new[begin : begin + LONGEST]


def _first_byte(name: str, stored: bytes, recomputed: bytes) -> Difference:
    """Return the first byte at which two files differ."""
    pairs = zip(stored, recomputed, strict=False)
    at = next((i for i, (old, new) in enumerate(pairs) if old != new), min(len(stored), len(recomputed)))
    shown = [repr(one[at : at + 8])[2:-1] or ABSENT for one in (stored, recomputed)]
    return Difference(file=name, where=f"byte {at}", stored=shown[0], recomputed=shown[1])
