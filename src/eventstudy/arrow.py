"""Tables of other libraries, such as polars, by the Arrow interface that they share."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .optional import need


def as_pandas(given: Any) -> Any:
    """Return a table that offers the Arrow interface (``__arrow_c_stream__``) as a DataFrame; anything else as it is.

    Parameters
    ----------
    given : object
        A polars DataFrame, an Arrow table ..., or what pandas has.

    Returns
    -------
    DataFrame or object

    Raises
    ------
    UsageError
        If pyarrow is not installed.

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
    return arrow.table(given).to_pandas(date_as_object=False)
