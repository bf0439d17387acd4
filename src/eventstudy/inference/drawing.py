"""Say how long tests that draw at random will take, and how many are made, through the logger ``eventstudy.tests``."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from .significance.guard import Verdict
from .significance.protocol import Draws, Scope, SignificanceTest

LOG = logging.getLogger("eventstudy.tests")
# Below so many seconds nothing is said.
LEAST = 3.0
# Seconds of one core for all draws of a test, by pair or by cluster of shared days, as measured with 3,000 pairs.
BY_PAIR = {"skewness_t_bootstrap": 4.3e-5}
BY_CLUSTER = {
    "sign_flip": 1.8e-4,
    "wild_cluster": 3.5e-4,
    "block_bootstrap": 2.0e-4,
    "cluster_t_rank": 2.6e-4,
    "bmp_rank": 1.7e-4,
}


def seconds(name: str, pairs: int, clusters: int) -> float:
    """Estimate how long a test draws.

    Parameters
    ----------
    name : str
        Of the test; zero for one that has not been measured.
    pairs, clusters : int
        Of the sample.

    Returns
    -------
    float
        Seconds of one core.

    Examples
    --------
    >>> round(seconds("wild_cluster", pairs=21_457, clusters=1_469), 2)
    0.51
    """
    return BY_PAIR.get(name, 0.0) * pairs + BY_CLUSTER.get(name, 0.0) * clusters


@dataclass(kw_only=True)
class Drawing:
    """The tests of a run that draw: what was said of them, and how many are made.

    Parameters
    ----------
    tests : tuple of SignificanceTest
        Of the run.
    windows : int
        Each test is made for every window.
    made, due : int
        Tests made so far, and in all.
    """

    tests: tuple[SignificanceTest, ...]
    windows: int
    made: int = field(default=0, init=False)
    due: int = field(default=0, init=False)

    def begin(self, verdicts: Mapping[str, Verdict], pairs: int, clusters: int) -> None:
        """Say at the first window how long all of them will take, where that is more than a moment.

        Parameters
        ----------
        verdicts : mapping of str to Verdict
            Of the first window, by test.
        pairs, clusters : int
            Of its sample.
        """
        if self.due:
            return
        drawn = [test.name for test in self.tests if _draws(test) and not verdicts[test.name].refusal]
        self.due = len(drawn) * self.windows
        expected = self.windows * sum(seconds(name, pairs, clusters) for name in drawn)
        if expected >= LEAST:
            named = f"{', '.join(drawn)} draw at random"
            LOG.info("%s: about %.0f s for %d windows and %s pairs", named, expected, self.windows, f"{pairs:,}")

    def done(self, test: SignificanceTest) -> None:
        """Count a test that was made, and say how far the run is.

        Parameters
        ----------
        test : SignificanceTest
        """
        if _draws(test):
            self.made += 1
            LOG.debug("tests that draw: %d of %d", min(self.made, self.due), self.due)


def _draws(test: SignificanceTest) -> bool:
    """Whether a test of many events may draw."""
    return test.scope is Scope.SAMPLE and test.draws is not Draws.NEVER
