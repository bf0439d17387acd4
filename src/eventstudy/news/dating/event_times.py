"""When an event occurred and when it became public: nothing told as past is later than the article."""

from __future__ import annotations

import datetime as dt
import re

from ...events import Precision, When
from ...instruments.releases import Release
from .calendar_days import local
from .context import Setting
from .roles import MentionRole
from .scoring import Scored

# Minutes of a meeting become public weeks after it, so their publication is the event for prices.
_MINUTES = re.compile(r"\b[Mm]inutes of (?:the|its|a)\b[^.]{0,120}\bmeeting\b|\bMinutes of the\b")
_LEAD = 400


def times_of(
    text: str, setting: Setting, s: Scored, release: Release | None
) -> tuple[When | None, When | None, tuple[str, ...]]:
    """Return when an event occurred and when it became public.

    Parameters
    ----------
    text : str
        Of the article.
    setting : Setting
    s : Scored
        The expression that dates it; it must be resolved.
    release : Release or None
        The scheduled release that it is, which gives the minute.

    Returns
    -------
    (When or None, When or None, tuple of str)
        Either time is None where the text does not give it, not both. What is past ends no later than publication;
        the warnings say where that changed a clock time.
    """
    if release is not None:
        return None, When.instant(release.instant, tz=release.zone), ()
    resolved = s.resolved
    assert resolved.when is not None
    when = _page_day(s, resolved.when)
    if resolved.cues.future or resolved.cues.role is MentionRole.FORECAST:
        warnings: tuple[str, ...] = ()
    else:
        when, warnings = _ended(setting, when)
    if s.basis == "public":
        return None, when, warnings
    return when, _published_minutes(text, setting, when), warnings


def _page_day(s: Scored, when: When) -> When:
    """Widen a page's stamp to its day: the page's minute is not the event's, unless it heads the report itself."""
    day, cues = s.resolved.day, s.resolved.cues
    if cues.role is not MentionRole.STAMP or cues.entry or when.start < when.end or day is None:
        return when
    return _local_day(day, when.tz)


def _local_day(day: dt.date, tz: str) -> When:
    return When(start=local(day, 0, tz), end=local(day, 24, tz), precision=Precision.DAY, tz=tz)


def _ended(setting: Setting, when: When) -> tuple[When, tuple[str, ...]]:
    """End a past time at publication; a clock time a few minutes after it becomes that of publication."""
    capped = setting.capped(when)
    if setting.instant is None or capped.start <= setting.instant:
        return capped, ()
    note = f"{when.start:%H:%M} UTC is after the publication time {setting.instant:%H:%M} UTC, which is used"
    return When.instant(setting.instant, tz=when.tz, approximate=True), (note,)


def _published_minutes(text: str, setting: Setting, occurred: When) -> When | None:
    """Return the publication time of the minutes of a past meeting; of a bare date its day where the meeting was."""
    stamp = setting.stamp
    if stamp is None or occurred.start >= stamp.when.end or not _MINUTES.search(text[:_LEAD]):
        return None
    if stamp.instant is None and occurred.tz != "unknown" and stamp.when.precision is Precision.DAY:
        return _local_day(stamp.day, occurred.tz)
    return stamp.when
