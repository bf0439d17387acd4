"""Factor files in the layout of Kenneth French's data library."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd

from ...errors import InputError

ROW = re.compile(r"^\s*(\d{8}|\d{6})\s*,")
MISSING = (-99.99, -999.0)


def read_french(path: str | Path) -> pd.DataFrame:
    r"""Read the first table of a factor file (CSV): daily or monthly factors in per cent, converted to fractions.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    DataFrame
        Index ``session`` (tz-naive), one column per factor, such as ``Mkt-RF, SMB, HML, RF``, in fractions; -99.99 and
        -999 become NaN.

    Raises
    ------
    InputError
        If the file is missing or has no table of that layout.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "factors.csv"
    >>> _ = file.write_text("Made of CRSP\n\n,Mkt-RF,RF\n20200107,-0.19,0.006\n20200108,0.47,0.006\n")
    >>> read_french(file).loc["2020-01-08"].round(6).to_dict()
    {'Mkt-RF': 0.0047, 'RF': 6e-05}
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give a factor file (CSV)") from None
    first = next((i for i, line in enumerate(lines) if ROW.match(line)), None)
    if not first:
        raise InputError(f"{path}: no rows such as 20200108, 0.10, ...; give a CSV of Kenneth French's data library")
    last = next((i for i in range(first, len(lines)) if not ROW.match(lines[i])), len(lines))
    header = [name.strip() for name in lines[first - 1].split(",")][1:]
    table = pd.read_csv(io.StringIO("\n".join(lines[first:last])), header=None, index_col=0, dtype={0: str})
    if len(header) != table.shape[1] or not all(header):
        raise InputError(f"{path}, line {first}: {len(header)} names for {table.shape[1]} columns")
    written = table.index.str.strip()
    sessions = pd.to_datetime(written, format="%Y%m%d" if len(written[0]) == 8 else "%Y%m", errors="coerce")
    if sessions.hasnans:
        raise InputError(f"{path}, line {first + 1 + int(sessions.isna().argmax())}: not a date")
    table.columns = pd.Index(header)
    table.index = pd.DatetimeIndex(sessions, name="session")
    try:
        values = table.astype(float)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    return values.mask(values.isin(MISSING)) / 100.0
