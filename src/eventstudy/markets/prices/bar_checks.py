"""Checks of price bars: ascending labels without duplicates, one length of intraday bars, prices that are numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...errors import InputError

DAY = pd.Timedelta(days=1)
FLOATS = frozenset(
    {"open", "high", "low", "close", "volume", "adj_close", "previous"}
)  # columns of `Bars` that hold numbers


def length_of(index: pd.DatetimeIndex, given: pd.Timedelta | None, where: str) -> pd.Timedelta | None:
    """Return how long intraday bars last; None for daily ones.

    Parameters
    ----------
    index : DatetimeIndex, shape (n,)
        Session labels (tz-naive), or the instants at which bars open.
    given : Timedelta or None
        The length, where it is declared; else the smallest step of the index.
    where : str
        Source and symbol, for messages.

    Returns
    -------
    Timedelta or None
        Shorter than a day.

    Raises
    ------
    InputError
        If times have no zone, intraday rows lie a day apart, or a single bar has no declared length.
    """
    if index.tz is None:
        labels = index.to_numpy()
        if given is not None or (labels != labels.astype("M8[D]")).any():
            raise InputError(f"{where}: instants without a time zone; localise them, for example tz_localize('UTC')")
        return None
    steps = np.diff(index.tz_localize(None).to_numpy())
    if given is None and not steps.size:
        raise InputError(f"{where}: one intraday bar; say with `length` how long it lasts")
    step = pd.Timedelta(steps.min()) if given is None else given
    if step >= DAY:
        raise InputError(f"{where}: daily rows; the index must be session dates without a time zone")
    return step


def check_order(index: pd.DatetimeIndex, where: str) -> None:
    """Raise unless the labels ascend without duplicates.

    Parameters
    ----------
    index : DatetimeIndex, shape (n,)
        Session labels or instants.
    where : str
        Source and symbol, for messages.

    Raises
    ------
    InputError
        The message names the first wrong label.
    """
    steps = np.diff(index.asi8)
    wrong = np.flatnonzero(steps <= 0)
    if not len(wrong):
        return
    at = int(wrong[0]) + 1
    what = "is a duplicate" if steps[at - 1] == 0 else f"comes after {shown_label(index[at - 1])}"
    row = "day" if index.tz is None else "bar"
    raise InputError(f"{where}: {shown_label(index[at])} {what}; sort the rows and keep one per {row}")


def shown_label(at: pd.Timestamp) -> str:
    """Return a session as YYYY-MM-DD, or an instant in ISO 8601.

    Parameters
    ----------
    at : Timestamp
        Tz-naive for a session, UTC for an instant.

    Returns
    -------
    str
    """
    return f"{at:%Y-%m-%d}" if at.tzinfo is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def check_prices(frame: pd.DataFrame, names: Sequence[str], where: str) -> None:
    """Check that prices are finite numbers, and that no close is missing.

    Parameters
    ----------
    frame : DataFrame
        With ``close``.
    names : sequence of str
        The columns of prices.
    where : str
        Source and symbol, for messages.

    Raises
    ------
    InputError
        If a column occurs twice or holds anything but real numbers; if a close is missing or a price infinite.
    """
    columns = list(frame.columns)
    for name in names:
        if (times := columns.count(name)) > 1:
            raise InputError(f"{where}: column {name!r} occurs {times} times; keep one")
    values = _numbers(frame, columns, names, where)
    bad = np.isinf(values).any(axis=1) | np.isnan(values[:, names.index("close")])
    if bad.any():
        label = shown_label(pd.DatetimeIndex(frame.index)[bad][0])
        raise InputError(f"{where}: {label}: the close is missing or a price infinite; leave the row out")


def _numbers(frame: pd.DataFrame, columns: Sequence[str], names: Sequence[str], where: str) -> npt.NDArray[np.float64]:
    """Return columns as one array; of a frame that holds nothing but numbers without a copy."""
    if FLOATS.issuperset(columns) and (whole := frame.to_numpy()).dtype.kind == "f":
        return whole[:, [columns.index(name) for name in names]]
    found = [frame[name] for name in names]
    for column in found:
        if column.dtype.kind not in "iuf":
            held = type(column.iloc[0]).__name__
            raise InputError(
                f"{where}: column {column.name!r} holds {held}, not numbers; convert it with astype(float)"
            )
    return np.column_stack([column.to_numpy(dtype=float) for column in found])
