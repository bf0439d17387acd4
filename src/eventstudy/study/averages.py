"""Many events: averages by event day and by group, and what explains the reactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import UnknownNameError, UsageError
from ..inference.averages import average_cars, average_returns
from ..inference.cross_section import Errors, compare_groups, compare_groups_clustered, regress_cars
from ..inference.past_slopes import Method, slopes_on_one_date
from ..inference.portfolio_slopes import portfolio_slopes
from ..inference.significance.clusters import Clusters
from ..inference.significance.protocol import SignificanceTest
from ..inference.significance.result import TestResult
from ..inference.stream import EventStream
from ..inference.weighted import weighted_cars, weighted_returns
from ..windows import OwnWindow, Window
from .computed import Computed

By = str | Mapping[str, object] | pd.Series
Pair = tuple[int, int]
Positions = npt.NDArray[np.int64]
ONE_DATE = "one-date"
ERRORS = ("auto", "clustered", "portfolio", "HC3", "HC2", "HC1", "HC0", "nonrobust")
TOGETHER = "events of one date move together; regress_cars ranks the difference among those of the days before"
MOST_GROUPS = 50


class Averages(Computed):
    """Averages over events, which `eventstudy.study.result.EventStudyResult` computes when they are asked for."""

    @cached_property
    def aar(self) -> pd.DataFrame:
        """Average and cumulative average abnormal return of every event day; see `average_returns`."""
        return average_returns(self.pairs.blocks)

    def average_returns(
        self,
        by: By | None = None,
        *,
        tests: Sequence[str | SignificanceTest] | None = None,
        weights: By | None = None,
    ) -> pd.DataFrame:
        """Average the abnormal returns of each event day, with errors, interval and tests.

        Parameters
        ----------
        by : str, mapping or Series, optional
            Groups of events: a column of `events`, or the group of every ``event_id``. Each group is a sample of its
            own.
        tests : sequence of str or SignificanceTest, optional
            See `eventstudy.inference.averages.average_returns`.
        weights : str, mapping or Series, optional
            Of the events, by value or as a portfolio: a column of `events` such as ``"weight"``, or the weight of every
            ``event_id``; zero or more. See `eventstudy.inference.weighted.weighted_returns`.

        Returns
        -------
        DataFrame
            One row a day, and group, ``group`` first: ``tau, n, aar, median, positive, se, low, high, test, statistic,
            p, errors``, the same of the sums from the first row on as ``caar, caar_se`` ..., and ``p_NAME`` of every
            test. With weights ``n_effective``, and no median, share or further tests.

        Raises
        ------
        UsageError
            If `tests` are named beside `weights`, or a pair has no weight or one below zero.
        """
        if weights is not None:
            if tests is not None:
                raise UsageError("tests by day are of equal weights; leave `tests` or `weights` out")
            return self._of_groups(by, lambda at: weighted_returns(self.pairs.only(at), self._in_blocks(weights, at)))
        if by is None:
            return self.aar if tests is None else average_returns(self.pairs.blocks, tests)
        return _stacked({name: average_returns(self.pairs.only(at), tests) for name, at in self._grouped(by)})

    def _of_groups(self, by: By | None, made: Callable[[Positions | None], pd.DataFrame]) -> pd.DataFrame:
        """Make a table of all pairs, or of each group."""
        return made(None) if by is None else _stacked({name: made(at) for name, at in self._grouped(by)})

    def _in_blocks(self, weights: By, pairs: Positions | None) -> npt.NDArray[np.float64]:
        """Return the weight of every usable pair, of some of the pairs or of all, in the order of their blocks."""
        usable, blocks = self.estimates.usable, self.pairs.only(pairs)
        found = np.full(len(usable), np.nan)
        found[usable] = self._weight(weights)
        chosen = np.arange(len(usable)) if pairs is None else pairs
        if isinstance(blocks, EventStream):
            chosen = chosen[np.concatenate(blocks.blocks)]
        return np.asarray(found[chosen][usable[chosen]])

    def _weight(self, weights: By) -> npt.NDArray[np.float64]:
        """Return the weight of every usable pair."""
        name = f"column {weights}" if isinstance(weights, str) else "weights"
        numbers = pd.to_numeric(self._labels(weights), errors="coerce").to_numpy(dtype=np.float64)
        bad = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
        if len(bad):
            first = self.estimates.rows.iloc[int(bad[0])]
            raise UsageError(
                f"{name}: {len(bad)} pairs without a weight of zero or more, the first event {first['event_id']} in "
                f"{first['market']}; give each a number, 0 to leave one out"
            )
        if not (numbers > 0).any():
            raise UsageError(f"{name}: all weights are zero; give one that is not")
        return numbers

    def aar_by(self, by: By) -> pd.DataFrame:
        """Average the abnormal returns of each event day and group.

        Parameters
        ----------
        by : str, mapping or Series
            Groups of events: a column of `events`, or the group of every ``event_id``.

        Returns
        -------
        DataFrame
            As `average_returns`.
        """
        return self.average_returns(by)

    def average_cars(self, by: By | None = None, *, weights: By | None = None) -> pd.DataFrame:
        """Average the cumulative abnormal returns of each window.

        Parameters
        ----------
        by : str, mapping or Series, optional
            Groups of events: a column of `events`, or the group of every ``event_id``.
        weights : str, mapping or Series, optional
            Of the events, by value or as a portfolio: a column of `events` such as ``"weight"``, or the weight of every
            ``event_id``; zero or more. See `eventstudy.inference.weighted.weighted_cars`.

        Returns
        -------
        DataFrame
            One row a window, and group: ``window, n, mean_car, median_car, positive, se, low, high, test, statistic, p,
            errors``; with weights also ``n_effective``, and the calendar-time portfolio: ``calendar_days, calendar_t,
            calendar_p, alpha, alpha_t, alpha_p``.

        Raises
        ------
        UsageError
            If a pair has no weight, or one below zero.
        """
        return self._of_groups(by, lambda at: self._average_cars(at, weights))

    def _average_cars(self, pairs: Positions | None, weights: By | None = None) -> pd.DataFrame:
        """Average the CARs of some of the pairs, or of all: first those of their own windows, then of the study's."""
        own: list[Window] = [window for window in self.windows if isinstance(window, OwnWindow)]
        plain = [window for window in self.windows if window not in own]
        parts = [(self.pairs.only(pairs, own=True), own)] if own else []
        parts.append((self.pairs.only(pairs), plain))
        if weights is None:
            made = [average_cars(blocks, windows) for blocks, windows in parts]
        else:
            weight = self._in_blocks(weights, pairs)
            made = [weighted_cars(blocks, windows, weight) for blocks, windows in parts]
        return pd.concat(made, ignore_index=True)

    def compare_groups(self, by: By) -> pd.DataFrame:
        """Test for each window whether the mean CAR is the same in all groups.

        Parameters
        ----------
        by : str, mapping or Series
            Groups of events: a column of `events`, or the group of every ``event_id``.

        Returns
        -------
        DataFrame
            Two rows a window: ``window, test, statistic, distribution, p, n, note``. ``compare_groups`` counts the
            events as independent (Welch 1951); ``compare_groups_clustered`` lets those of one date move together.
        """
        labels, rows = self._labels(by), []
        dates = self.estimates.rows["session"].to_numpy()
        for window in self.windows:
            car, there = self.estimates.car(window).car, labels.notna().to_numpy()
            car, group, day = car[there], labels.to_numpy(dtype=object)[there], dates[there]
            made = [compare_groups(car, group), compare_groups_clustered(car, group, day)]
            if self._clusters(window).count == 1:
                made = [TestResult.not_applicable(one.name, TOGETHER) for one in made]
            for result in made:
                found = {name: getattr(result, name) for name in ("statistic", "distribution", "p", "n", "note")}
                rows.append({"window": window.label, "test": result.name, **found})
        return pd.DataFrame(rows)

    def regress_cars(
        self,
        on: Sequence[str] | pd.DataFrame,
        window: Pair | None = None,
        *,
        weights: Literal["precision"] | str | None = None,
        errors: Errors | Literal["auto", "clustered", "portfolio"] = "auto",
        clusters: str | None = None,
        method: Method = "ols",
    ) -> pd.DataFrame:
        """Regress the CARs of a window on characteristics of the events.

        Parameters
        ----------
        on : sequence of str or DataFrame
            Columns of `events`, or a frame indexed by ``event_id``. Text becomes a dummy for each value but the first.
        window : pair of int, optional
            One of the study's windows; by default the events' own, or the first.
        weights : "precision" or str, optional
            Weighted least squares: ``1 / se²``, or a column of `events`.
        errors : {"auto", "clustered", "portfolio", "HC3", "HC2", "HC1", "HC0", "nonrobust"}
            ``"auto"``: for events of one date the slopes are ranked among those of the days before (see
            `slopes_on_one_date`); where events share dates the errors are clustered by date; else HC3.
            ``"portfolio"``, for events of one date: from the covariance of the estimation window, with Student's t (see
            `portfolio_slopes`).
        clusters : str, optional
            A column of `events` to cluster by, in place of the date.
        method : {"ols", "gls"}
            For events of one date, with errors ``"auto"`` or ``"portfolio"``: ordinary or generalised least squares.

        Returns
        -------
        DataFrame
            One row a term: ``term, coefficient, se, t, p, df, n, errors``.

        Raises
        ------
        UsageError
            If there are too few events, weights do not go with events of one date, or errors or a method for one date
            are asked for where there are several.
        """
        if errors not in ERRORS:
            raise UnknownNameError("errors", str(errors), ERRORS)
        chosen = self._window(window)
        table = self._design(on)
        sharing = self._clusters(chosen)
        one_date = sharing.count == 1 and not sharing.chained
        if one_date and errors in ("auto", "portfolio"):
            if clusters is not None:
                raise UsageError('`clusters` do not go with events of one date; errors="clustered" takes them')
            return self._on_one_date(chosen, table, weights, method, errors)
        if errors == "portfolio" or method == "gls":
            asked = f'errors="{errors}"' if errors == "portfolio" else f'method="{method}"'
            cure = 'with it go errors="auto" or "portfolio"' if one_date else "leave it out"
            raise UsageError(f"{asked} is for events of one date; {cure}")
        if errors == "auto":
            errors = "clustered" if clusters is not None or sharing.largest > 1 else "HC3"
        labels = None
        if errors == "clustered":
            labels = self.estimates.rows["session"].astype(str) if clusters is None else self._labels(clusters)
        car, kind = self.estimates.car(chosen), "HC3" if errors == "clustered" else errors
        found = regress_cars(car.car, table, weights=self._weights(chosen, weights), errors=kind, clusters=labels)
        return found.assign(errors=errors)

    def _window(self, window: Pair | None) -> Window:
        """Return one of the study's windows; the first by default."""
        chosen = self.windows[0] if window is None else Window.of(window)
        if chosen not in self.estimates.cars:
            raise UnknownNameError("window", chosen.label, [one.label for one in self.estimates.cars], "this study")
        return chosen

    def _on_one_date(
        self, window: Window, table: pd.DataFrame, weights: str | None, method: Method, errors: str
    ) -> pd.DataFrame:
        """Rank the slopes of one date among those of the days before, or take the covariance of these days."""
        if isinstance(window, OwnWindow):
            raise UsageError("the windows of events differ; choose a window of the study for events of one date")
        if weights is not None:
            raise UsageError('weights do not go with events of one date; method="gls" weights by their covariance')
        named = table.set_axis(self.estimates.rows["market"].astype(str))
        if named.index.has_duplicates:
            raise UsageError("a market meets several events of one date; regress_cars takes one line a market")
        if errors == "portfolio":
            found = portfolio_slopes(self.abnormal, window, named, method=method)
            return found.assign(errors=f"{errors} {method}")
        found = slopes_on_one_date(self.abnormal, window, named, method=method)
        return found.rename(columns={"statistic": "t"}).assign(df=np.nan, errors=f"{ONE_DATE} {method}")

    def _clusters(self, window: Window) -> Clusters:
        """Return the pairs of a window that share days."""
        rows = self.estimates.rows
        there = np.isfinite(self.estimates.car(window).car)
        day = rows["session"].to_numpy().astype("datetime64[D]")
        which = np.where(there, np.arange(len(there)), -1)
        return Clusters.of(rows["event_id"].to_numpy(dtype=object), day, which, day.astype(np.int64)[:, None])

    def _weights(self, window: Window, weights: str | None) -> npt.NDArray[np.float64] | None:
        """Return the weight of every pair."""
        if weights is None:
            return None
        if weights == "precision":
            return np.asarray(1.0 / self.estimates.car(window).se ** 2)
        return self._weight(weights)

    def _design(self, on: Sequence[str] | pd.DataFrame) -> pd.DataFrame:
        """Return the regressors of every pair; text as dummies."""
        if isinstance(on, str):
            raise UsageError(f"regress_cars takes a list of columns, such as [{on!r}]")
        columns = {str(name): self._labels(on[name] if isinstance(on, pd.DataFrame) else str(name)) for name in on}
        parts: list[pd.Series | pd.DataFrame] = []
        for name, values in columns.items():
            numbers = pd.to_numeric(values, errors="coerce")
            if numbers.notna().sum() == values.notna().sum():
                parts.append(numbers.astype(float).rename(name))
            else:
                dummies = pd.get_dummies(values, prefix=name, prefix_sep="=", drop_first=True, dtype=float)
                parts.append(dummies.where(values.notna(), np.nan, axis=0))
        return pd.concat(parts, axis=1)

    def _labels(self, by: By) -> pd.Series:
        """Return the group, or another fact, of every usable pair."""
        rows = self.estimates.rows
        if isinstance(by, str):
            known = self.events
            if by not in known:
                raise UnknownNameError("column of events", by, map(str, known.columns), "this study")
            first = known.drop_duplicates(["event_id", "symbol"]).set_index(["event_id", "symbol"], drop=False)[by]
            keys = pd.MultiIndex.from_arrays([rows["event_id"], rows["market"]])
            return pd.Series(first.reindex(keys).to_numpy(), index=rows.index)
        return rows["event_id"].map(by)

    def _grouped(self, by: By) -> Iterator[tuple[object, npt.NDArray[np.int64]]]:
        """Return the groups with the positions of their usable pairs among all pairs."""
        labels, usable = self._labels(by), np.flatnonzero(self.estimates.usable)
        groups = {key: usable[at] for key, at in labels.groupby(labels, sort=True).indices.items()}
        if not groups:
            raise UsageError("no event that was studied has a group; give a group for every event_id")
        if len(groups) > MOST_GROUPS:
            raise UsageError(f"{len(groups)} groups; give a column with at most {MOST_GROUPS} values")
        yield from groups.items()


def _stacked(parts: Mapping[Any, pd.DataFrame]) -> pd.DataFrame:
    """Put the tables of groups below each other."""
    tables = []
    for name, table in parts.items():
        table.insert(0, "group", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
