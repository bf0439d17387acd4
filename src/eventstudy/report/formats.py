"""The files beside a page; all results in other formats: JSON, Excel, LaTeX, Markdown, Stata; PNG."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from ..errors import UsageError
from ..render import tables
from ..study.result import EventStudyResult
from ..study.workbook import workbook
from ..text import visible
from .export import csv_bytes, iso, json_bytes
from .figures import Picture, figure_files

Frames = Mapping[str, pd.DataFrame]
Record = Mapping[str, Any]
VERSION = 1
PNG = "png"  # of the figures, beside their SVG
# Stata's own time stamp would make every file differ.
STAMP = dt.datetime(1980, 1, 1)  # noqa: DTZ001


def beside_the_page(
    result: EventStudyResult,
    *,
    frames: Frames,
    pictures: Mapping[str, Picture],
    record: Record,
    formats: Collection[str],
) -> dict[str, bytes]:
    """Return the files of a report but for the page: tables, figures, provenance, and the formats asked for.

    Parameters
    ----------
    result : EventStudyResult
    frames : mapping of str to DataFrame
        The exported tables, by name.
    pictures : mapping of str to Picture
        By name.
    record : mapping
        Provenance.
    formats : iterable of {"json", "xlsx", "latex", "dta", "md", "png"}

    Returns
    -------
    dict of str to bytes
        By path relative to the report's folder.
    """
    contents = {f"tables/{name}.csv": csv_bytes(frame) for name, frame in frames.items()}
    drawn = figure_files(pictures, png=PNG in formats)
    contents |= {f"figures/{name}": content for name, content in drawn.items()}
    contents["run.json"] = json_bytes(record)
    return contents | in_formats(formats, result, frames, record)


def in_formats(formats: Iterable[str], result: EventStudyResult, frames: Frames, record: Record) -> dict[str, bytes]:
    """Return the files of the formats asked for.

    Parameters
    ----------
    formats : iterable of {"json", "xlsx", "latex", "dta", "md", "png"}
    result : EventStudyResult
    frames : mapping of str to DataFrame
        The exported tables, by name.
    record : mapping
        Provenance, as in ``run.json``.

    Returns
    -------
    dict of str to bytes
        ``results.json``, ``results.xlsx``, ``results.tex``, ``results.md``, and ``tables/NAME.dta``.

    Raises
    ------
    UsageError
        If a format is not known, or the package that writes it is not installed.
    """
    files: dict[str, bytes] = {}
    for name in (each for each in known_formats(formats) if each != PNG):
        files |= WRITERS[name](result, frames, record)
    return files


def known_formats(formats: Iterable[str]) -> tuple[str, ...]:
    """Return the formats, or raise `UsageError` for one that is not known."""
    names = tuple(formats)
    for name in names:
        if name not in FORMATS:
            raise UsageError(f"unknown format {name!r}; choose from {', '.join(FORMATS)}")
    return names


def _json(result: EventStudyResult, frames: Frames, record: Record) -> dict[str, bytes]:
    """One JSON of all results; its schema is docs/results.schema.json."""
    rows = {name: _rows(frame) for name, frame in frames.items()}
    said = {"finding": list(result.finding()), "careful": list(result.careful()), "method": list(result.method)}
    return {"results.json": json_bytes({"schema": VERSION, **said, "provenance": dict(record), "tables": rows})}


def _rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return rows of plain values; what is missing, or not finite, is null."""
    plain = iso(frame).replace([float("inf"), float("-inf")], float("nan")).astype(object)
    return plain.where(plain.notna(), None).to_dict("records")


def _xlsx(_: EventStudyResult, frames: Frames, __: Record) -> dict[str, bytes]:
    """One sheet a table."""
    return {"results.xlsx": workbook(frames)}


def _latex(_: EventStudyResult, frames: Frames, __: Record) -> dict[str, bytes]:
    """One tabular with booktabs rules a table."""
    parts = [f"% {name}\n{tables.to_latex(iso(frame), _numbers(frame))}\n" for name, frame in frames.items()]
    return {"results.tex": visible("\n".join(parts)).encode()}


def _markdown(result: EventStudyResult, frames: Frames, record: Record) -> dict[str, bytes]:
    """Write the finding and every table."""
    parts = [f"# {_cell(record['title'])}", *map(_cell, result.careful() or result.finding())]
    for name, frame in frames.items():
        lines = [list(map(str, frame.columns)), *tables.cells(iso(frame), _numbers(frame))]
        lines.insert(1, ["---:" if column in _numbers(frame) else "---" for column in frame])
        parts += [f"## {name}", "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)]
    return {"results.md": (visible("\n\n".join(parts)) + "\n").encode()}


def _cell(text: str) -> str:
    """Escape text that Markdown, or HTML within it, would take for markup."""
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{letter}" if letter in "\\`*_[]|#!$" else letter for letter in line)


def _numbers(frame: pd.DataFrame) -> dict[str, tables.Formatter]:
    """Six significant digits for every column of numbers."""
    return {
        str(name): lambda value: f"{value:.6g}".replace("-", tables.MINUS)
        for name in frame
        if pd.api.types.is_float_dtype(frame[name])
    }


def _dta(_: EventStudyResult, frames: Frames, __: Record) -> dict[str, bytes]:
    """Return every table as a file of Stata 14 and later."""
    return {f"tables/{name}.dta": _stata(frame) for name, frame in frames.items() if len(frame)}


def _stata(frame: pd.DataFrame) -> bytes:
    """Instants become text, since Stata's times have no zone."""
    plain = iso(frame).rename(columns=lambda name: "return_" if name == "return" else str(name)[:32])
    for name in plain.select_dtypes(exclude=["number", "bool"]):
        plain[name] = (
            plain[name].map(lambda value: "" if pd.isna(value) else visible(str(value))[:2_000]).astype(object)
        )
    buffer = io.BytesIO()
    plain.to_stata(buffer, write_index=False, version=118, time_stamp=STAMP)
    return buffer.getvalue()


Writer = Callable[[EventStudyResult, Frames, Record], dict[str, bytes]]
WRITERS: dict[str, Writer] = {"json": _json, "xlsx": _xlsx, "latex": _latex, "dta": _dta, "md": _markdown}
FORMATS = (*WRITERS, PNG)
