"""Give a release the minute of its publisher's rule where the text gives only its day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ...events import Precision
from ...instruments.releases import Release, ReleaseRule, release_rules
from .context import Resolved, Setting
from .roles import MentionRole

_FINE = frozenset({Precision.MINUTE, Precision.HOUR})
_COARSE = frozenset({Precision.DAY, Precision.PART_OF_DAY})
_TOLD = frozenset({MentionRole.EVENT, MentionRole.ANNOUNCEMENT, MentionRole.STATEMENT})
# A person of the institution may speak on the day of its release, at another minute.
_PERSON = (
    r"(?!(?:['’]s)? (?:[Cc]hair|[Pp]resident|[Gg]overnor|[Vv]ice|[Oo]fficial|[Mm]ember|[Pp]olicy-?maker|[Bb]oard m))"
)
_VERBS = {
    "decision": r"raise[ds]?|lift(?:s|ed)?|hike[ds]?|increase[ds]?|cut(?:s)?|lower(?:s|ed)?|slash(?:es|ed)?|reduced?"
    r"|h[eo]ld(?:s)?|ke(?:eps?|pt)|left|leaves?|maintain(?:s|ed)?|decided|voted|announced|unchanged|statement|decision",
    "conference": r"told|said|held|speaking|spoke",
    "data": r"said|says|showed|shows?|reported|released|published|rose|fell|jumped|dropped|grew|shrank|added|data"
    r"|report|unchanged|according",
}


def release_of(r: Resolved, sentence: str, around: Sequence[Resolved], setting: Setting) -> Release | None:
    """Return the scheduled release that a sentence tells of, where the text gives only its day.

    Parameters
    ----------
    r : Resolved
        The expression that dates it.
    sentence : str
    around : sequence of Resolved
        All expressions of the text: a clock time that it states for the same day goes before any rule.
    setting : Setting

    Returns
    -------
    Release or None
        None where no rule covers the institution and the day, or the text states a clock.
    """
    when = r.when
    if when is None or r.day is None or when.precision not in _COARSE or r.cues.role not in _TOLD or r.cues.future:
        return None
    found = {each.instant: each for each in _candidates(r, sentence)}
    if len(found) != 1 or _states_clock(r, around):
        return None
    release = next(iter(found.values()))
    published = setting.stamp is None or release.instant <= setting.stamp.when.end
    inside = when.precision is Precision.DAY or when.start <= release.instant < when.end
    return release if published and inside else None


def _candidates(r: Resolved, sentence: str) -> Iterator[Release]:
    assert r.day is not None
    for rule in release_rules().values():
        if rule.kind == "decision" and r.cues.role is MentionRole.STATEMENT:
            continue
        if all(pattern.search(sentence) for pattern in _patterns(rule.key)) and (found := rule.on(r.day, told=True)):
            yield found


@cache
def _patterns(key: str) -> tuple[re.Pattern[str], ...]:
    """Return what a sentence about a release must contain: its institution, its words, a verb."""
    rule: ReleaseRule = release_rules()[key]
    return (
        re.compile(rf"\b(?:{'|'.join(rule.institutions)})(?!\w){_PERSON}"),
        re.compile(rf"\b(?:{'|'.join(rule.words)})\b", re.IGNORECASE),
        re.compile(rf"\b(?:{_VERBS[rule.kind]})\b", re.IGNORECASE),
    )


def _states_clock(r: Resolved, around: Sequence[Resolved]) -> bool:
    """Return whether the text gives a clock time for the same day, or in the same sentence."""
    return any(
        o.when is not None
        and o.when.precision in _FINE
        and o.cues.role in _TOLD
        and (o.day == r.day or o.cues.sentence == r.cues.sentence)
        for o in around
    )
