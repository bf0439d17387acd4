"""What is kept of every pair: its estimates, and its cumulative abnormal return over each window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..windows import Window
from .abnormal import AbnormalReturns
from .cumulative import CumulativeReturns
from .models.least_squares import FloatArray, IntArray

DAY_ZERO = Window(0, 0)


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """Numbers of n usable pairs, without the days behind them.

    Parameters
    ----------
    outcomes : DataFrame
        The rows of all pairs, with the outcome of each; the usable ones are those that are ``ok``.
    estimation : Window
    param_names : tuple of str, length k
    params : ndarray, shape (n, k)
    sigma : ndarray, shape (n,)
    n_obs, df : ndarray of int, shape (n,)
    day_zero : ndarray, shape (n,)
        Return of day 0; NaN where no window holds it.
    cars : mapping of Window to CumulativeReturns
    """

    outcomes: pd.DataFrame
    estimation: Window
    param_names: tuple[str, ...]
    params: FloatArray
    sigma: FloatArray
    n_obs: IntArray
    df: IntArray
    day_zero: FloatArray
    cars: Mapping[Window, CumulativeReturns]

    def __len__(self) -> int:
        return len(self.sigma)

    @property
    def rows(self) -> pd.DataFrame:
        """Rows of the usable pairs."""
        return self.outcomes[self.usable].reset_index(drop=True)

    @property
    def usable(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which of all pairs are usable."""
        return np.asarray(self.outcomes["outcome"] == "ok", dtype=bool)

    def car(self, window: Window) -> CumulativeReturns:
        """Return the cumulative abnormal returns of a window.

        Parameters
        ----------
        window : Window
            One of those that were asked for.

        Returns
        -------
        CumulativeReturns
        """
        return self.cars[window]

    @classmethod
    def of(cls, abnormal: AbnormalReturns, windows: Sequence[Window]) -> Estimates:
        """Take the numbers of abnormal returns.

        Parameters
        ----------
        abnormal : AbnormalReturns
        windows : sequence of Window

        Returns
        -------
        Estimates
        """
        fitted, inside = abnormal.fitted, abnormal.span.first <= 0 <= abnormal.span.last
        return cls(
            outcomes=abnormal.outcomes,
            estimation=abnormal.estimation,
            param_names=fitted.param_names,
            params=fitted.params,
            sigma=fitted.sigma,
            n_obs=fitted.n_obs,
            df=fitted.df,
            day_zero=abnormal.returns[:, -abnormal.span.first].copy() if inside else np.full(len(abnormal), np.nan),
            cars={window: abnormal.car(window) for window in windows},
        )

    def and_cars(self, abnormal: AbnormalReturns, windows: Sequence[Window]) -> Estimates:
        """Return the numbers with the cumulative abnormal returns of further windows.

        Parameters
        ----------
        abnormal : AbnormalReturns
            Of the same pairs.
        windows : sequence of Window

        Returns
        -------
        Estimates
        """
        return replace(self, cars={**self.cars, **{window: abnormal.car(window) for window in windows}})

    @classmethod
    def joined(cls, parts: Sequence[Estimates], pairs: IntArray, rows: pd.DataFrame) -> Estimates:
        """Join the numbers of several blocks, and put the pairs in the order of their numbers.

        Parameters
        ----------
        parts : sequence of Estimates
        pairs : ndarray of int
            Numbers of the pairs of the blocks, one block after the other.
        rows : DataFrame
            Labels of all pairs, in the order of their numbers.

        Returns
        -------
        Estimates
        """
        back = np.argsort(pairs)
        usable = np.concatenate([part.usable for part in parts])
        order = np.argsort(pairs[usable])
        columns = {
            name: np.concatenate([getattr(part, name) for part in parts])[order]
            for name in ("params", "sigma", "n_obs", "df", "day_zero")
        }
        outcomes = {
            name: np.concatenate([part.outcomes[name].to_numpy(dtype=object) for part in parts])[back]
            for name in ("outcome", "detail")
        }
        return cls(
            outcomes=rows.assign(**outcomes),
            estimation=parts[0].estimation,
            param_names=parts[0].param_names,
            cars={
                window: CumulativeReturns.joined([part.cars[window] for part in parts], order)
                for window in parts[0].cars
            },
            **columns,
        )


def events_frame(estimates: Estimates, windows: Sequence[Window]) -> pd.DataFrame:
    """Return one row per event-market pair and window, including the pairs that could not be used.

    Parameters
    ----------
    estimates : Estimates
    windows : sequence of Window

    Returns
    -------
    DataFrame
        ``event_id, symbol, window, alpha, beta, sigma, L, car, se, scar, outcome, detail, df, n_days, t, p``, and the
        model's other parameters (returns in fractions); NaN where the pair has none.
    """
    own: dict[str, FloatArray] = {name: np.full(len(estimates), np.nan) for name in ("alpha", "beta")}
    own |= {name: estimates.params[:, j] for j, name in enumerate(estimates.param_names)}
    own |= {"sigma": estimates.sigma, "L": estimates.n_obs.astype(np.float64)}
    usable = estimates.usable
    rows = estimates.outcomes.reset_index(drop=True)
    labels = {"event_id": rows["event_id"], "symbol": rows["market"]}
    frames = []
    for window in windows:
        car = estimates.car(window)
        numbers = {
            "car": car.car,
            "se": car.se,
            "scar": car.t,
            "df": car.df.astype(np.float64),
            "n_days": car.n_days.astype(np.float64),
            "t": car.t,
            "p": car.p,
        }
        values = {
            name: _spread(np.asarray(column, dtype=np.float64), usable) for name, column in {**own, **numbers}.items()
        }
        first = {name: values.pop(name) for name in ("alpha", "beta", "sigma", "L", "car", "se", "scar")}
        known = {"window": pd.Series(window.label, index=rows.index), **first}
        frames.append(pd.DataFrame(labels | known | {name: rows[name] for name in ("outcome", "detail")} | values))
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _spread(values: FloatArray, usable: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the values of the usable pairs among all pairs; NaN for the others."""
    if usable.all():
        return values
    spread = np.full(len(usable), np.nan)
    spread[usable] = values
    return spread
