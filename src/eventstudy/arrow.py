"""Tables of other libraries, such as polars, by the Arrow interface that they share."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .errors import UsageError
from .optional import need


def as_pandas(given: Any, *, dated: bool = False) -> Any:
    """Return a table that offers the Arrow interface (``__arrow_c_stream__``) as a DataFrame; anything else as it is.

    Parameters
    ----------
    given : object
        A polars DataFrame, an Arrow table ..., or what pandas has.
    dated : bool
        Whether the first column of dates becomes the index, which tables of Arrow do not have.

    Returns
    -------
    DataFrame or object

    Raises
    ------
    UsageError
        If pyarrow is not installed, or there is no column of dates where one is needed.

    Examples
    --------
    >>> import pyarrow
    >>> as_pandas(pyarrow.table({"AAPL": [0.01, 0.02]}))["AAPL"].tolist()
    [0.01, 0.02]
    >>> as_pandas("events.csv")
    'events.csv'
    """
    if isinstance(given, pd.DataFrame | pd.Series) or not hasattr(given, "__arrow_c_stream__"):
        return given
    arrow = need("pyarrow", "prices")
    frame = arrow.table(given).to_pandas(date_as_object=False)
    if not dated:
        return frame
    days = [name for name in frame if pd.api.types.is_datetime64_any_dtype(frame[name])]
    if not days:
        raise UsageError("returns: a table of Arrow or polars needs a column of dates, such as date")
    return frame.set_index(days[0])
