"""List the reasons for and against a time expression as the time of the event, each with its weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...events import Precision
from .context import Resolved, Setting
from .roles import MentionRole
from .weights import weights

_LAST_SENTENCE = 5
_COARSER = tuple(Precision)


class Reason(NamedTuple):
    """One reason for or against an expression.

    Parameters
    ----------
    text : str
        For the reader.
    weight : float
        Contribution to the sum: the weight of `name` times `value`.
    name : str
        Key of the table ``event`` in ``weights.toml``.
    value : float
        Multiple of that weight.
    """

    text: str
    weight: float
    name: str
    value: float


def because(text: str, name: str, value: float = 1.0) -> Reason:
    """Return a reason with its weight from ``weights.toml``.

    Parameters
    ----------
    text : str
        For the reader.
    name : str
        Key of the table ``event``.
    value : float
        Multiple of the weight.

    Returns
    -------
    Reason
    """
    return Reason(text, weights().event[name] * value, name, value)


def reasons_of(r: Resolved, setting: Setting, others: Sequence[Resolved]) -> tuple[Reason, ...]:
    """Return the reasons for and against an expression as the time of the event.

    Parameters
    ----------
    r : Resolved
    setting : Setting
    others : sequence of Resolved
        The expressions around it.

    Returns
    -------
    tuple of Reason
    """
    found = [*_of_role(r, setting, others), *_of_place_in_text(r, setting), *_of_words(r), *_of_day(r, setting)]
    return (*found, *_of_others(r, others))


def _of_role(r: Resolved, setting: Setting, others: Sequence[Resolved]) -> Iterator[Reason]:
    role = r.cues.role
    yield because(f"role: {role}", f"role {role}")
    if role is MentionRole.FORECAST and r.when is not None and not setting.is_later(r.when):
        yield because("a plan whose time has passed", "plan, passed")
        if r.cues.before:
            yield because("a plan that was not kept", "plan, not kept")
    if role is MentionRole.STATEMENT and not any(
        o.cues.role is MentionRole.EVENT and o.cues.happenings for o in others
    ):
        yield because("no event is dated directly", "statement, no happening dated")
    if r.cues.relative and r.when is not None and r.when.precision is Precision.DAY:
        yield because("the day of a price move that follows the event", "day of a market's move")
    if r.cues.talks:
        yield because("the beginning of talks or of trading", "beginning of talks")


def _of_place_in_text(r: Resolved, setting: Setting) -> Iterator[Reason]:
    if r.when is not None:
        # "at noon" is as coarse as "at 10 am": an hour, not a minute
        round_ = r.when.precision is Precision.MINUTE and r.expression.phrase.lower().endswith(("noon", "midday"))
        precision = Precision.HOUR if round_ else r.when.precision
        if "before" in r.expression.lead and not r.expression.lead & {"just", "shortly"}:
            precision = max(precision, Precision.PART_OF_DAY, key=_COARSER.index)
        yield because(f"precision: {precision}", f"precision {precision}")
    number = max(1, r.cues.sentence - setting.body + 1)
    yield because(f"sentence {number} of the story", f"sentence {min(number, _LAST_SENTENCE)}")


def _of_words(r: Resolved) -> Iterator[Reason]:
    cues, lead = r.cues, r.expression.lead
    if cues.happenings:
        words = f"event words: {_listed(cues.happenings)}"
        yield because(words, "one event word", min(2, len(cues.happenings)))
    if cues.announces:
        yield because(f"announcement words: {_listed(cues.announces)}", "announcement words")
    if cues.says and cues.after_says:
        yield because(f"follows a verb of saying: {cues.says[0]}", "follows a verb of saying")
    if cues.before:
        yield because("past perfect: an earlier event", "past perfect")
    if cues.legal:
        yield because(f"aftermath words: {_listed(cues.legal)}", "aftermath words")
    if cues.period:
        yield because("the end of a reporting period", "end of a period")
    if r.expression.shift is not None:
        yield because("relative to another time", "counted from another time")
    if lead & {"after", "before"} and not r.expression.approximate:
        yield because("only a bound", "only a bound")
    if lead & {"until", "till"} and r.cues.role is not MentionRole.EVENT:
        yield because("the end of a span", "end of a span")
    if lead & {"since", "from"}:
        yield because("the beginning of a span", "edge of a span")
    if r.expression.phrase.endswith(("'s", "’s")):
        yield because("possessive", "possessive")


def _of_day(r: Resolved, setting: Setting) -> Iterator[Reason]:
    today = setting.today
    if r.anchored:
        yield because("names its own day", "own day")
    if today is None or r.day is None or r.when is None:
        return
    days = (today - r.day).days
    if setting.is_later(r.when):
        yield because("after publication: a plan, not an event", "after publication")
    elif days > 60:
        minute = r.when.precision is Precision.MINUTE
        yield because(f"{days} days old", f"over 60 days old{', to the minute' if minute else ''}")
    elif days > 10:
        yield because(f"{days} days old", "over 10 days old")
    elif days > 3:
        yield because(f"{days} days old", "over 3 days old")
    elif days >= 0:
        yield because(f"{days} days before publication", "of the last days")


def _of_others(r: Resolved, others: Sequence[Resolved]) -> Iterator[Reason]:
    if r.when is None:
        return
    start, end = r.when.start, r.when.end
    told = sum(o is not r and o.when is not None and o.when.start <= end and start <= o.when.end for o in others)
    if told:
        yield because("the same time is given elsewhere", "told elsewhere too", min(told, 2))


def _listed(found: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(found))
