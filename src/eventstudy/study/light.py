"""The numbers of day 0 alone, without the frames of a result: what is repeated many times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..events import Event
from ..inference.abnormal import AbnormalReturns
from ..inference.significance.families import step_down
from ..inference.significance.placebos import placebos
from ..inference.significance.volatility import trimmed_variance
from ..markets.alignment.events import meet
from ..markets.prices.bars import BarSet
from ..panel import EventPanel
from ..windows import Window
from .inputs import Inputs, prices_given
from .pairs import Pairs
from .stamps import Stamps

DAY_ZERO = Window(0, 0)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Prices as one study needs them; read once for many repetitions.

    Parameters
    ----------
    study : EventStudy
    prices : BarSet
    inputs : Inputs
    """

    study: Any
    prices: BarSet
    inputs: Inputs

    @classmethod
    def of(cls, study: Any, bars: Any, others: Iterable[Event] = ()) -> Prepared:
        """Prepare prices for a study.

        Parameters
        ----------
        study : EventStudy
        bars : BarSet, or what `EventStudy.run` takes
        others : iterable of Event
            Listed events, for a study that leaves their days out of the estimation.

        Returns
        -------
        Prepared
        """
        prices = prices_given(study, bars, study.markets)
        assert prices is not None
        inputs = Inputs.of_prices(prices, study.returns, study.rolls, Stamps.of(None, others), study._measure)
        return cls(study=study, prices=prices, inputs=inputs)

    def meet(self, events: Event | Iterable[Event]) -> pd.DataFrame:
        """Align events with the study's markets.

        Parameters
        ----------
        events : Event or iterable of Event

        Returns
        -------
        DataFrame
        """
        study = self.study
        markets = study._markets(self.inputs.series)
        return meet(events, markets, self.prices if study.bars else None, study._known(self.prices))[1]

    def panel(self, alignment: pd.DataFrame) -> EventPanel:
        """Put returns in event time, and mark the pairs that lack them.

        Parameters
        ----------
        alignment : DataFrame

        Returns
        -------
        EventPanel
        """
        pairs: Pairs = self.study._pairs(alignment, self.inputs)
        numbers, ids = np.arange(len(alignment)), alignment["event_id"].to_numpy(dtype=object)
        return pairs.preparation.panel(pairs.unprepared(), numbers, None, ids)[0]

    def abnormal(self, alignment: pd.DataFrame) -> AbnormalReturns:
        """Estimate the study's model for every pair.

        Parameters
        ----------
        alignment : DataFrame

        Returns
        -------
        AbnormalReturns
        """
        estimated: AbnormalReturns = self.study._estimate(self.panel(alignment))
        return estimated


def outlying(abnormal: AbnormalReturns, deviations: float) -> npt.NDArray[np.bool_]:
    """Return which estimation returns lie beyond so many standard deviations of the others.

    Parameters
    ----------
    abnormal : AbnormalReturns
    deviations : float

    Returns
    -------
    ndarray of bool, shape (n, L)
    """
    residuals = abnormal.fitted.residuals
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(residuals) > deviations * np.sqrt(trimmed_variance(residuals))[:, None])


def numbers(study: Any, abnormal: AbnormalReturns) -> pd.DataFrame:
    """Return day 0 of every pair with the p-values that are read first.

    Parameters
    ----------
    study : EventStudy
    abnormal : AbnormalReturns

    Returns
    -------
    DataFrame
        ``event_id, market, ar, sigma, rows, t_p, p, step_down_p``; ``t_p`` is the p of Student's t.
    """
    found, car = placebos(abnormal, DAY_ZERO), abnormal.car(DAY_ZERO)
    joint = step_down(abnormal, DAY_ZERO, families=study.families)
    return abnormal.rows[["event_id", "market"]].assign(
        ar=car.car,
        sigma=abnormal.fitted.sigma,
        rows=abnormal.fitted.n_obs,
        t_p=car.p,
        p=found.p,
        step_down_p=[each.p for each in joint],
    )
