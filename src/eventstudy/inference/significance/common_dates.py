"""Returns of one event's markets on the dates common to all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import UnknownNameError
from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray
from ..models.protocol import Model
from .joined import joined_sessions
from .result import TestResult

MIN_COMMON = 20


@dataclass(frozen=True, kw_only=True)
class CommonDates:
    """Returns of m markets on D + W common dates; the last W are the days of the event window.

    Parameters
    ----------
    markets : tuple of str, length m
    returns : ndarray, shape (m, D + W)
    factors : ndarray, shape (m, D + W, f)
    days : int
        W.
    model : Model
    """

    markets: tuple[str, ...]
    returns: FloatArray
    factors: FloatArray
    days: int
    model: Model

    @classmethod
    def of(cls, abnormal: AbnormalReturns, window: Window, *, event_id: str, markets: Sequence[str]) -> CommonDates:
        """Select the dates, joined by event time, on which every market has a return and its regressors.

        Parameters
        ----------
        abnormal : AbnormalReturns
        window : Window
        event_id : str
        markets : sequence of str

        Returns
        -------
        CommonDates

        Raises
        ------
        UnknownNameError
            If a market has no usable row for the event.
        """
        of_event = abnormal.rows.index[abnormal.rows["event_id"] == event_id]
        row = {str(abnormal.rows["market"][i]): int(i) for i in of_event}
        for market in markets:
            if market not in row:
                raise UnknownNameError("market", market, row, where=f"event {event_id}")
        at, rows = abnormal.columns(window), [row[market] for market in markets]
        estimation, span = joined_sessions(abnormal)
        before = _common(estimation[rows], abnormal.estimation_returns[rows], abnormal.estimation_factors[rows])
        inside = _common(span[rows][:, at], abnormal.returns[rows][:, at], abnormal.factors[rows][:, at])
        return cls(
            markets=tuple(markets),
            returns=np.concatenate([before[0], inside[0]], axis=1),
            factors=np.concatenate([before[1], inside[1]], axis=1),
            days=inside[0].shape[1],
            model=abnormal.model,
        )

    @property
    def n_dates(self) -> int:
        """D, the number of common estimation dates."""
        return int(self.returns.shape[1] - self.days)

    @property
    def note(self) -> str:
        """Numbers of markets and common dates in words."""
        return f"{len(self.markets)} markets, {self.n_dates} common dates, {self.days} in the window"

    @property
    def figures(self) -> dict[str, float]:
        """Number of common dates, for the table of tests."""
        return {"common_taus": float(self.n_dates)}

    def refuse(self, name: str, least: int = MIN_COMMON) -> TestResult | None:
        """Return why a test cannot be made, or None where it can.

        Parameters
        ----------
        name : str
            Of the test.
        least : int
            Common estimation dates needed.

        Returns
        -------
        TestResult or None
        """
        if self.days == 0:
            return TestResult.not_applicable(name, "the markets have no date of the window in common")
        if self.n_dates < least:
            return TestResult.not_applicable(name, f"{self.n_dates} common estimation dates; {least} needed")
        return None

    def forecast(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Estimate the model on the common estimation dates and forecast the window.

        Returns
        -------
        tuple of ndarray
            Residuals (m, D), CARs (m,), their variance over sigma squared (m,) and degrees of freedom (m,).
        """
        before, at = slice(0, self.n_dates), slice(self.n_dates, None)
        fitted = self.model.fit(self.returns[:, before], self.factors[:, before])
        ar = self.returns[:, at] - fitted.predict(self.factors[:, at])
        variance = fitted.forecast_cov(self.factors[:, at]).sum(axis=(1, 2))
        return fitted.residuals, ar.sum(axis=1), variance / fitted.sigma**2, fitted.df.astype(np.float64)

    def residuals(self) -> FloatArray:
        """Return the residuals of a fit that includes the event's dates.

        Returns
        -------
        ndarray, shape (m, D + W)
        """
        return self.model.fit(self.returns, self.factors).residuals


def _common(
    sessions: npt.NDArray[np.datetime64], returns: FloatArray, factors: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return returns (m, D) and factors (m, D, f) of the dates on which every market is complete."""
    complete = np.isfinite(returns) & np.isfinite(factors).all(axis=-1) & ~np.isnat(sessions)
    rows = range(len(sessions))
    shared = sessions[0, complete[0]]
    for i in rows[1:]:
        shared = np.intersect1d(shared, sessions[i, complete[i]])
    places = [np.flatnonzero(complete[i, :] & np.isin(sessions[i, :], shared)) for i in rows]
    return np.stack([returns[i, places[i]] for i in rows]), np.stack([factors[i, places[i]] for i in rows])
