"""What ``eventstudy releases`` does: list the scheduled releases of a span of days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from ..errors import UsageError
from ..instruments.releases import Release, release_rules
from ..instruments.releases import releases as scheduled
from .terminal import Answer, table_text


def releases(start: str, end: str) -> Answer:
    """List the releases whose day and minute were announced in advance.

    Parameters
    ----------
    start, end : str
        First and last day, YYYY-MM-DD, local to each institution.

    Returns
    -------
    Answer
        With a note of the releases that have a known clock but no days in the table.

    Raises
    ------
    UsageError
        If a day is not one, or they run backwards.
    """
    found = [_row(each) for each in scheduled(day_of(start, "--from"), day_of(end, "--to"))]
    shown = pd.DataFrame(found, columns=["institution", "name", "instant_utc", "basis"])
    text = table_text(shown.drop(columns="basis"), {}) if found else "no scheduled release"
    return Answer(text=text, records=[found], notes=[_unlisted()])


def _row(release: Release) -> dict[str, Any]:
    return {
        "institution": release.institution,
        "name": release.name,
        "instant_utc": f"{release.instant:%Y-%m-%dT%H:%M:%SZ}",
        "basis": release.basis,
    }


def day_of(text: str, option: str) -> dt.date:
    """Return the day that an option gives.

    Parameters
    ----------
    text : str
    option : str
        For the message.

    Returns
    -------
    date

    Raises
    ------
    UsageError
        If it is not an ISO day.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is not a day; write one such as 2020-01-08") from None


def _unlisted() -> str:
    names = [rule.name for rule in release_rules().values() if not rule.days and rule.weekday is None]
    return f"not listed, because their days are not in the table: {', '.join(names)}"
