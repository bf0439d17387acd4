"""The frames of a result that are written to files, and a workbook of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

WHERE_THERE = ("path", "course", "anatomy_tests", "episodes", "first_to_trade")
TABLES = ("alignment", "reaction", "car", "anatomy", "outcomes", "oddities")


def exported(result: Any) -> dict[str, pd.DataFrame]:
    """Return the frames that are exported; the column ``event_id`` is left out where there is only one event.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    mapping of str to DataFrame
        By the name of the file, without its ending.
    """
    single = len(set(result.outcomes["event_id"])) == 1
    further = [name for name in WHERE_THERE if not getattr(result, name).empty]
    names = (*TABLES, "ar", "tests", *further)
    frames = {name: getattr(result, name) for name in names} | asked_for(result)
    return {
        name: frame.drop(columns="event_id", errors="ignore") if single else frame for name, frame in frames.items()
    }


def asked_for(result: Any) -> dict[str, pd.DataFrame]:
    """Return the frames that are exported where the study asks for them.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    dict of str to DataFrame
        By the name of the file, without its ending.
    """
    lags, weights = (result.specification[name] for name in ("diagnostics", "event_weights"))
    found = {} if lags is None else {"diagnostics": result.diagnostics(lags)}
    if weights is not None:
        found["weighted"] = result.average_cars(weights=weights)
        found["weighted_days"] = result.average_returns(weights=weights)
    return found
