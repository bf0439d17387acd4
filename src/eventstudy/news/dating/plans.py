"""Recognise plans: a time expression that tells of something to come when the text was written."""

from __future__ import annotations

from itertools import pairwise

from ..grammar.expressions import Expression
from ..text.lexicon import words

_HAPPENINGS = words("happenings")
_ANNOUNCES = words("announcements")
_SAYS = words("sayings")
_AWAITED = frozenset(["awaited", "due", "expected", "scheduled", "slated"])
_AWAITS = frozenset(["await", "awaiting", "awaits"])
_DETERMINERS = frozenset(["a", "an", "the", "its", "their", "his", "her", "this", "that", "technical", "bad", "heavy"])
_PAST_ENDINGS = ("ed", "struck", "hit", "fell", "broke", "burst", "sank", "shot", "tore")
REPORTS = frozenset(["announcement", "decision", "filing", "release", "report", "results", "statement", "vote"])
_FORECASTS = words("forecasts")
_PLANS = words("plans")
PASSIVE = frozenset(["was", "were", "been", "be", "first"])
_BE = frozenset(["is", "are", "was", "were"])
_PLAN_WORDS = _PLANS | _BE | {"agreed"}
_TALKS = frozenset(["begin", "gather", "hold", "meet", "restart", "resume", "return", "speak", "start", "vote"])
_MAY = frozenset(["may", "might"])
_DONE = frozenset(["be", "have", "not"])
_AHEAD = (("ahead", "of"), ("stage", "for"))


def is_to_come(e: Expression, before: list[str], after: list[str]) -> bool:
    """Return whether the words of its clause make an expression a plan.

    Parameters
    ----------
    e : Expression
    before, after : list of str
        The words of the clause on either side, in lower case.

    Returns
    -------
    bool
    """
    return _leads_up(e, before) or _is_future(before, after)


def _leads_up(e: Expression, before: list[str]) -> bool:
    """Return whether something waits for the day: "setting the stage for a vote on Saturday"."""
    return e.reading.day is not None and any(pair in _AHEAD for pair in pairwise(before[-8:]))


def _is_future(before: list[str], after: list[str]) -> bool:
    if any(w in _AWAITS for w in before[-8:]):
        return True  # "markets await the bank's decision at 1200 GMT on Thursday"
    told = [n for n in range(max(0, len(before) - 3), len(before)) if before[n] in _SAYS or before[n] in _ANNOUNCES]
    if told:
        reach = 7 if before[told[-1]] in REPORTS else 3
        near_told = before[max(0, told[-1] - reach) : told[-1]]
        planned = any(w in _FORECASTS for w in near_told) or near_told[-2:] == ["to", "be"]
        if not planned and not any(w in _AWAITED for w in before[told[-1] :]):
            return False
    if after[:1] and after[0].endswith("ed") and after[0] in _ANNOUNCES | _SAYS:
        return False  # "today announced that it will recall"
    if after[:1] == ["that"] and any(w in _SAYS for w in before):
        return False  # "said at 1000 GMT that he would form a government"
    if before[-1:] and before[-1] in _AWAITED:
        return True  # "results are expected on Monday"
    if any(one in _MAY and other not in _DONE for one, other in pairwise(before[-8:])):
        return True  # "it may take until 7"
    told_before = before[-18:]
    near = told_before + after[:4]
    if any(w in _PLAN_WORDS and _is_plan(near, n) and not _is_past(told_before, n) for n, w in enumerate(near)):
        return True
    return any(w in _FORECASTS and not _is_cause(near, n) for n, w in enumerate(near))


def _is_cause(near: list[str], n: int) -> bool:
    """Return whether "due" gives a cause: "closed due to a leak", but not "due to open" or "due at 9"."""
    return near[n : n + 2] == ["due", "to"] and (n + 2 == len(near) or near[n + 2] in _DETERMINERS)


def _is_past(before: list[str], n: int) -> bool:
    """Return whether an event after a plan has its own past verb: "a jet that was to land in Lima crashed at 9"."""
    past = [k for k in range(n + 3, len(before)) if before[k] in _HAPPENINGS and before[k].endswith(_PAST_ENDINGS)]
    return "to" in before[n : n + 3] and any(before[k - 1] not in PASSIVE and before[k - 1] != "to" for k in past)


def _is_plan(near: list[str], n: int) -> bool:
    """Return whether a word opens a plan: "expects to", "was to", "agreed to meet", but not "agreed to buy"."""
    to = "to" in near[n + 1 : n + 2] if near[n] in {"set", "ready"} else "to" in near[n + 1 :]
    if near[n] == "agreed":
        return to and any(w in _TALKS for w in near[n + 2 : n + 5])
    return (near[n] in _PLANS and to) or (near[n] in _BE and near[n + 1 : n + 2] == ["to"])
