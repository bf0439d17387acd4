"""Write frames as one Excel workbook: text is never a formula, and the same frames give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..optional import need
from ..text import visible

LONGEST_NAME, LONGEST_TEXT = 31, 32_000
EPOCH = dt.datetime(1980, 1, 1)  # noqa: DTZ001  # Excel has no time zones
SAVED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def workbook(frames: Mapping[str, pd.DataFrame]) -> bytes:
    """Return a workbook with one sheet a frame.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        By the name of the sheet, of which Excel shows 31 letters. Instants are in UTC.

    Returns
    -------
    bytes
        Excel has no time zones: instants are written without one. Control characters of text are written as escapes.

    Raises
    ------
    UsageError
        If openpyxl is not installed.
    """
    book = need("openpyxl", "excel").Workbook()
    book.remove(book.active)
    book.properties.created = EPOCH
    for name, frame in frames.items():
        sheet = book.create_sheet(name[:LONGEST_NAME])
        sheet.freeze_panes = "A2"
        for number, row in enumerate([frame.columns.tolist(), *frame.astype(object).to_numpy().tolist()], start=1):
            for at, value in enumerate(row, start=1):
                _fill(sheet.cell(number, at), value)
    buffer = io.BytesIO()
    book.save(buffer)
    return _undated(buffer.getvalue())


def _fill(cell: Any, value: Any) -> None:
    """Write a value; text stays text, whatever it begins with."""
    if isinstance(value, pd.Timestamp):
        cell.value = value.tz_localize(None).to_pydatetime() if value is not pd.NaT else None
    elif isinstance(value, str):
        cell.value = visible(value)[:LONGEST_TEXT]
        cell.data_type = "s"
    elif not pd.api.types.is_scalar(value):
        cell.value = visible(str(value))[:LONGEST_TEXT]
    elif not pd.isna(value):
        cell.value = value.item() if hasattr(value, "item") else value


def _undated(content: bytes) -> bytes:
    """Write the parts of the workbook again, without the time of writing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = SAVED.sub(rb"\g<1>1980-01-01T00:00:00Z", part)
            new.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
