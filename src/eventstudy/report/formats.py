"""The files beside a page; all results in other formats: JSON, Excel, LaTeX, Markdown, Stata; PNG."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from ..errors import UsageError
from ..render import tables
from ..study.result import EventStudyResult
from ..study.workbook import workbook
from ..text import shortened, visible
from .export import csv_bytes, iso, json_bytes
from .figures import Picture, figure_files

Frames = Mapping[str, pd.DataFrame]
Record = Mapping[str, Any]
VERSION = 1
PNG = "png"  # of the figures, beside their SVG
# Bytes of the longest text that Stata keeps in a column of fixed width.
LONGEST_STR = 2_045
# Words of Stata, and of Mata within it, that name no variable.
RESERVED = re.compile(
    "_all|_b|_coef|_cons|_n|_N|_pi|_pred|_rc|_se|_skip|aggregate|array|boolean|break|byte|case|catch|class|colvector|"
    "complex|const|continue|default|delegate|delete|do|double|else|eltypedef|end|enum|explicit|export|external|float|"
    "for|friend|function|global|goto|if|in|inline|int|local|long|NULL|pragma|protected|quad|return|rowvector|short|"
    "str[0-9L]+|typedef|typename|using|virtual|with"
)
# Larger whole numbers become text: a number of Stata has 53 bits.
LARGEST = 2**53
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
    """Six significant digits for every column of numbers, all of those that are whole."""
    forms = {"f": "{:.6g}", "i": "{}", "u": "{}"}
    kinds = {str(name): forms.get(dtype.kind) for name, dtype in frame.dtypes.items()}
    return {name: partial(_number, form) for name, form in kinds.items() if form}


def _number(form: str, value: Any) -> str:
    """Write a number with a minus sign."""
    return form.format(value).replace("-", tables.MINUS)


def _dta(_: EventStudyResult, frames: Frames, __: Record) -> dict[str, bytes]:
    """Return every table as a file of Stata 14 and later."""
    return {f"tables/{name}.dta": _stata(frame) for name, frame in frames.items() if len(frame)}


def _stata(frame: pd.DataFrame) -> bytes:
    """Instants become text, since Stata's times have no zone; a name that Stata refuses becomes a variable's label."""
    names = stata_names(list(map(str, frame.columns)))
    pairs = zip(names, map(str, frame.columns), strict=True)
    labels = {name: shortened(visible(old, keep=""), 80) for name, old in pairs if name != old}
    plain = iso(frame).set_axis(names, axis=1)
    large = [name for name in plain.select_dtypes("integer") if plain[name].abs().max() > LARGEST]
    plain = plain.astype(dict.fromkeys(large, str))
    long = []
    for name in plain.select_dtypes(exclude=["number", "bool"]):
        plain[name] = plain[name].map(lambda value: "" if pd.isna(value) else visible(str(value))).astype(object)
        if max(len(text.encode()) for text in plain[name]) > LONGEST_STR:
            long.append(name)
    buffer = io.BytesIO()
    plain.to_stata(
        buffer, write_index=False, version=118, time_stamp=STAMP, variable_labels=labels, convert_strl=long or None
    )
    return buffer.getvalue()


def stata_names(names: Sequence[str]) -> list[str]:
    """Return names of variables that Stata takes: letters, digits and underscores, at most 32, each once.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    list of str

    Examples
    --------
    >>> stata_names(["car", "return", "market cap", "market-cap", "1st"])
    ['car', 'return_', 'market_cap', 'market_cap_2', '_1st']
    """
    found: list[str] = []
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_\u00c0-\U0010ffff]|[\u00d7\u00f7]", "_", name) or "_"
        plain = f"_{plain}" if plain[0].isdigit() else f"{plain}_" if RESERVED.fullmatch(plain) else plain
        tries = (
            f"{plain[: 32 - len(end)]}{end}" for end in ("", *(f"_{number}" for number in range(2, len(names) + 2)))
        )
        found.append(next(one for one in tries if one not in found))
    return found


Writer = Callable[[EventStudyResult, Frames, Record], dict[str, bytes]]
WRITERS: dict[str, Writer] = {"json": _json, "xlsx": _xlsx, "latex": _latex, "dta": _dta, "md": _markdown}
FORMATS = (*WRITERS, PNG)
