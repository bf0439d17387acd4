"""The record of a significance test: its function, null hypothesis, assumptions and measured error rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal


class Scope(StrEnum):
    """What one result of a test refers to."""

    PAIR = "pair"
    EVENT = "event"
    SAMPLE = "sample"


class Assumption(StrEnum):
    """What must hold for a test to keep its level."""

    INDEPENDENT_EVENTS = "events are independent of each other, also on a common date"
    INDEPENDENT_DATES = "events without a common date are independent; those of one date may move together"
    SAME_DATES = "each day of event time is the same calendar date for all events"
    ONE_CLUSTER = "all events happen at one time, and may move together"
    USUAL_COMMON_SHOCK = "the common shock of the event dates is no more volatile than on other days"
    ONE_DATE = "all markets meet one event at the same time, and may move together"
    MANY_DATES = "there are many event dates"
    NORMAL = "abnormal returns are normal, or the events are many"
    SYMMETRIC = "abnormal returns are symmetric"
    NO_INDUCED_VARIANCE = "the event does not change the variance"
    ESTIMATED_BEFORE = "the estimation window lies before the event windows"
    EXCHANGEABLE_DAYS = "without the event its days are like any other days"


# The guard refuses a test that declares none of these where events share dates.
DEPENDENCE = frozenset(
    {
        Assumption.INDEPENDENT_EVENTS,
        Assumption.INDEPENDENT_DATES,
        Assumption.SAME_DATES,
        Assumption.ONE_DATE,
        Assumption.ONE_CLUSTER,
    }
)


class Draws(StrEnum):
    """Whether a test draws at random; one that does takes a ``seed``."""

    NEVER = "never"
    IF_MANY = "only where counting all cases would take too long"
    ALWAYS = "always"


@dataclass(frozen=True, kw_only=True)
class SignificanceTest:
    """One significance test, with all that the guard, the tables, studies and the documentation need.

    Parameters
    ----------
    name : str
        Name in tables and study files.
    function : callable
        By scope: ``f(abnormal, window)`` returns one `TestResult` per pair, in order; ``f(abnormal, window, event_id=,
        ...)`` and ``f(sample)`` return one. It also takes ``seed=`` if it draws, and what must be declared:
        ``markets=`` (of one family) or ``weights=``.
    scope : Scope
        One event-market pair, all markets of one event, or a sample of many events.
    null : str
        The null hypothesis in words.
    assumes : frozenset of Assumption
        A test without any of `DEPENDENCE` is refused where events share dates.
    sides : {1, 2}
    draws : Draws
    declares : {"", "families", "weights"}
        What a study must declare beforehand: a test with families is made once per family, one with weights only where
        there are any.
    measured : mapping of str to float
        Rejections of a true null hypothesis at the 5 % level, in per cent, by case of ``docs/validity.md``.

    Examples
    --------
    >>> from eventstudy.inference.significance.parametric import bmp
    >>> test = SignificanceTest(name="bmp", function=bmp, scope=Scope.SAMPLE, null="the mean SCAR is zero",
    ...                         assumes=frozenset({Assumption.INDEPENDENT_EVENTS}))
    >>> test.declares_dependence
    True
    """

    name: str
    function: Callable[..., Any]
    scope: Scope
    null: str
    assumes: frozenset[Assumption] = frozenset()
    sides: Literal[1, 2] = 2
    draws: Draws = Draws.NEVER
    declares: Literal["", "families", "weights"] = ""
    measured: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function."""
        return self.function(*arguments, **options)

    @property
    def declares_dependence(self) -> bool:
        """Whether it declares what it assumes of events that share dates."""
        return bool(self.assumes & DEPENDENCE)
