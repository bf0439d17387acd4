"""What a study can be asked beside its result: how firm it is, and how its tests behave on its own prices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ..errors import UsageError
from ..events import Event
from ..windows import Window
from .curve import specification_curve
from .sensitivity import sensitivities
from .shown import StudyShown
from .sizes import Progress, sizes


class Repeats(StudyShown):
    """The same specification many times: under departures from it, and on placebo dates."""

    @property
    def estimation_window(self) -> Window:
        """The estimation window."""
        raise NotImplementedError

    def sensitivities(
        self, event: Event, bars: Any, *, others: Iterable[Event] = (), readings: Iterable[Event] = ()
    ) -> pd.DataFrame:
        """Estimate day 0 again under departures from the specification; see `eventstudy.study.sensitivity`.

        Parameters
        ----------
        event : Event
        bars : BarSet, or what `run` takes
        others : iterable of Event
            Listed events, whose days one variant leaves out of the estimation.
        readings : iterable of Event
            Other times at which the article can be read.

        Returns
        -------
        DataFrame
            ``variant, kind, event_id, market, ar, sigma, rows, t_p, p, step_down_p, note``; the declared one first.
        """
        self._needs_rows_before()
        return sensitivities(self, event, bars, others=others, readings=readings)

    def specification_curve(self, event: Event, bars: Any, *, others: Iterable[Event] = ()) -> pd.DataFrame:
        """Estimate day 0 under 60 or more specifications, with their joint p; see `eventstudy.study.curve`.

        Parameters
        ----------
        event : Event
        bars : BarSet, or what `run` takes
        others : iterable of Event
            Listed events, for a study that leaves their days out of the estimation.

        Returns
        -------
        DataFrame
            ``event_id, market, first, last, returns, outliers, ar, z, p, joint_p``.
        """
        self._needs_rows_before()
        return specification_curve(self, event, bars, others=others)

    def sizes(
        self,
        bars: Any,
        *,
        events: Event | Iterable[Event] = (),
        others: Iterable[Event] = (),
        repetitions: int | None = None,
        effect: float = 0.02,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> pd.DataFrame:
        """Measure how often each test rejects on placebo dates of one's own prices; see `eventstudy.study.sizes`.

        Parameters
        ----------
        bars : BarSet, or what `run` takes
        events : Event or iterable of Event
            The study's own events, whose windows no placebo window touches.
        others : iterable of Event
            Listed events, for a study that leaves their days out of the estimation.
        repetitions : int, optional
            How many of the placebo dates are drawn; all by default.
        effect : float
            Added to day 0 for the power: a fraction, or a change.
        seed : int
            Of the draw.
        progress : callable, optional
            Called with the number of dates done and the number of all.

        Returns
        -------
        DataFrame
            ``test, over, dates, rate, low, high, effect, power``.
        """
        self._needs_rows_before()
        return sizes(
            self,
            bars,
            events=events,
            others=others,
            repetitions=repetitions,
            effect=effect,
            seed=seed,
            progress=progress,
        )

    def _needs_rows_before(self) -> None:
        """Raise where the estimation window holds rows after the event."""
        if self.estimation_window.last > 0:
            raise UsageError(
                f"estimation window {self.estimation_window.label}: sensitivities, curve and sizes shift a window "
                "before the event; choose rows before day 0"
            )
