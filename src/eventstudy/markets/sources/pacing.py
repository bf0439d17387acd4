"""Rate limit of requests to a source: a token bucket, and waits that double after each refusal."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LONGEST_WAIT = 60.0


@dataclass(kw_only=True)
class Pace:
    """Limit requests to `per_minute` on average and `burst` at once; wait between attempts, with jitter.

    Parameters
    ----------
    per_minute : float
        Average number of requests a minute.
    burst : int
        Requests that may be made at once.
    first_wait : float
        Seconds before the second attempt; each further wait is twice as long, up to a minute.
    patience : float
        Seconds within which the first answer must arrive; without a network nobody waits longer. After an answer there
        is no such limit.
    seed : int, optional
        Seed of the jitter: every wait is multiplied by a number between 0.5 and 1.5, so that clients do not retry at
        the same moment.
    clock, sleep : callable
        A monotonic clock in seconds, and a function that waits some seconds.

    Examples
    --------
    >>> waits = []
    >>> pace = Pace(per_minute=60, burst=1, clock=lambda: sum(waits), sleep=waits.append)
    >>> for _ in range(3):
    ...     pace.take()
    >>> waits
    [1.0, 1.0]
    """

    per_minute: float = 60.0
    burst: int = 10
    first_wait: float = 2.0
    patience: float = 7.0
    seed: int | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _tokens: float = field(init=False, repr=False)
    _since: float = field(init=False, repr=False)
    _random: random.Random = field(init=False, repr=False)
    _began: float | None = field(init=False, repr=False, default=None)
    _answered: bool = field(init=False, repr=False, default=False)

    def __post_init__(self) -> None:
        self._tokens, self._since = float(self.burst), self.clock()
        self._random = random.Random(self.seed)

    def take(self) -> None:
        """Wait until one more request is allowed."""
        rate = self.per_minute / 60
        now = self.clock()
        self._tokens = min(self.burst, self._tokens + (now - self._since) * rate)
        self._since = now
        if self._tokens < 1:
            self.sleep((1 - self._tokens) / rate)
            self._tokens, self._since = 1.0, self.clock()
        self._tokens -= 1

    def back_off(self, attempt: int, asked: float = 0.0) -> None:
        """Wait after a failed attempt.

        Parameters
        ----------
        attempt : int
            Number of the failed attempt, from 1.
        asked : float
            Seconds of a Retry-After header, the shortest wait.
        """
        usual = min(LONGEST_WAIT, self.first_wait * 2.0 ** (attempt - 1))
        self.sleep(max(usual * self._random.uniform(0.5, 1.5), asked))

    def answered(self) -> None:
        """Record that a server answered, so that there is a network."""
        self._answered = True

    def left(self) -> float:
        """Return how much time is left for the first answer.

        Returns
        -------
        float
            Seconds; infinity after an answer.
        """
        if self._answered:
            return math.inf
        if self._began is None:
            self._began = self.clock()
        return self.patience - (self.clock() - self._began)

    def allows(self, attempt: int) -> bool:
        """Return whether the longest wait after a failed attempt ends before the time for the first answer runs out.

        Parameters
        ----------
        attempt : int
            Number of the failed attempt, from 1.

        Returns
        -------
        bool
        """
        return self.first_wait * 2.0 ** (attempt - 1) * 1.5 < self.left()
