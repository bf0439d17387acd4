"""Least squares for many event-market pairs at once, with the covariance of their forecast errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# A regressor is collinear if the share that the others do not explain is this small.
COLLINEAR = 1e-12
# Residuals this small relative to the returns are rounding error, not variance.
NO_VARIANCE = 1e-10


@dataclass(frozen=True, kw_only=True)
class LinearFit:
    """A linear model estimated for n pairs; what `Model.fit` of every linear model returns.

    The covariance of the forecast errors of W days is ``diag(noise) + loading loading'``: each day's own variance, and
    the error of the parameters, which all days share. For least squares that is
    ``s² (I + Z (X'X)⁻¹ Z')`` (Salinger 1992; Campbell, Lo & MacKinlay 1997, ch. 4).

    Parameters
    ----------
    param_names : tuple of str, length k
    params : ndarray, shape (n, k)
    sigma : ndarray, shape (n,)
        Residual standard deviation, with ``n_obs - k`` degrees of freedom.
    n_obs, df : ndarray of int, shape (n,)
        Observations used and degrees of freedom.
    residuals : ndarray, shape (n, L)
        NaN where a return or a regressor is missing.
    center : ndarray, shape (n, f)
        Means of the regressors over the rows used.
    root : ndarray, shape (n, k, k)
        Upper triangular; ``sigma² root root'`` is the covariance of the parameters of the centred regression.
    intercept, offset : bool
        Whether there is a constant; whether the first regressor enters with the fixed coefficient one.
    """

    param_names: tuple[str, ...]
    params: FloatArray
    sigma: FloatArray
    n_obs: IntArray
    df: IntArray
    residuals: FloatArray
    center: FloatArray
    root: FloatArray
    intercept: bool = True
    offset: bool = False

    def predict(self, factors: FloatArray) -> FloatArray:
        """Return the expected returns.

        Parameters
        ----------
        factors : ndarray, shape (n, W, f)
            Regressors, as in the fit.

        Returns
        -------
        ndarray, shape (n, W)
        """
        slopes = self.params[:, 1:] if self.intercept else self.params
        first = factors.shape[-1] - slopes.shape[1]
        expected = factors[..., 0].copy() if self.offset else np.zeros(factors.shape[:2])
        if self.intercept:
            expected += self.params[:, :1]
        for j in range(slopes.shape[1]):
            expected += factors[..., first + j] * slopes[:, [j]]
        return expected

    def forecast_error(self, factors: FloatArray, ahead: IntArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Return each day's own variance, and its loading on the error of the parameters.

        Parameters
        ----------
        factors : ndarray, shape (n, W, f)
            Regressors, as in the fit.
        ahead : ndarray of int, shape (W,), optional
            Rows since the last estimation row; not used, since the variance is constant.

        Returns
        -------
        tuple of ndarray, shapes (n, W) and (n, W, k)
        """
        n, days = factors.shape[:2]
        noise = np.broadcast_to(self.sigma[:, None] ** 2, (n, days))
        slopes, root = self.center.shape[1], self.root * self.sigma[:, None, None]
        columns = [factors[..., factors.shape[-1] - slopes + j] - self.center[:, [j]] for j in range(slopes)]
        # The parameters come first in memory, so that sums over the days read contiguous values.
        loading = np.zeros((root.shape[1], n, days))
        for k, part in enumerate(loading):
            if self.intercept:
                part += root[:, [0], k]
            for j, column in enumerate(columns[: k + 1 - self.intercept]):
                part += column * root[:, [j + self.intercept], k]
        return noise, np.moveaxis(loading, 0, -1)

    def forecast_cov(self, factors: FloatArray, ahead: IntArray | None = None) -> FloatArray:
        """Return the covariance of the forecast errors, ``s² (I + Z (X'X)⁻¹ Z')`` for least squares.

        Parameters
        ----------
        factors : ndarray, shape (n, W, f)
            Regressors, as in the fit.
        ahead : ndarray of int, shape (W,), optional
            Rows since the last estimation row; not used.

        Returns
        -------
        ndarray, shape (n, W, W)
        """
        return assemble(*self.forecast_error(factors, ahead))


def assemble(noise: FloatArray, loading: FloatArray) -> FloatArray:
    """Return the covariance ``diag(noise) + loading loading'``.

    Parameters
    ----------
    noise : ndarray, shape (n, W)
    loading : ndarray, shape (n, W, k)

    Returns
    -------
    ndarray, shape (n, W, W)
    """
    cov: FloatArray = np.einsum("nwk,nvk->nwv", loading, loading)
    days = np.arange(noise.shape[1])
    cov[:, days, days] += noise
    return cov


def least_squares(
    returns: FloatArray,
    regressors: FloatArray,
    *,
    param_names: tuple[str, ...],
    intercept: bool = True,
    offset: bool = False,
    weights: FloatArray | None = None,
) -> LinearFit:
    """Regress each row of `returns` on its own regressors over the days on which all are present.

    Modified Gram-Schmidt on the centred columns with the returns as last column, which is backward stable
    (Björck 1967) and vectorises over the rows. Missing days are zeros in every centred column, so that they do not
    count.

    Parameters
    ----------
    returns : ndarray, shape (n, L)
    regressors : ndarray, shape (n, L, f)
    param_names : tuple of str, length k
    intercept : bool
    offset : bool
        Subtract the first regressor (coefficient one, not estimated) from the returns first.
    weights : ndarray, shape (n, L), optional
        ``sigma²`` over the variance of each observation; the residuals are then multiplied by the root of the weight.

    Returns
    -------
    LinearFit
        A row that cannot be estimated (too few days, collinear regressors) has NaN parameters and sigma; one
        that fits exactly has NaN sigma.
    """
    if offset:
        returns, regressors = returns - regressors[..., 0], regressors[..., 1:]
    columns = [regressors[..., j] for j in range(regressors.shape[-1])] + [returns]
    centred, means, (n_obs, mass), absent = _centre(columns, weights, intercept=intercept)
    upper, projections, squares, sound = _orthogonalise(centred, [mass * mean**2 for mean in means[:-1]])
    residuals, slopes = centred[-1], len(centred) - 1
    df = n_obs - slopes - intercept
    sound &= df > 0
    size = squares + np.vecdot(projections, projections) + mass * means[-1] ** 2
    varies = sound & (squares > NO_VARIANCE**2 * size)
    residuals[absent] = np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        sigma = np.sqrt(squares / df)
    root = _invert_upper(upper, sound)
    params = np.einsum("nij,nj->ni", root, projections)
    center = np.stack(means[:-1], axis=-1) if slopes else np.empty((len(returns), 0))
    if intercept:
        params, root = _with_constant(params, root, means[-1] - np.vecdot(center, params), mass)
    return LinearFit(
        param_names=param_names,
        params=np.where(sound[:, None], params, np.nan),
        sigma=np.where(varies, sigma, np.nan),
        n_obs=n_obs,
        df=df,
        residuals=residuals,
        center=center,
        root=root,
        intercept=intercept,
        offset=offset,
    )


def _with_constant(
    slopes: FloatArray, inverse: FloatArray, constant: FloatArray, mass: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Put the constant before the slopes; its error is independent of theirs since the regressors are centred."""
    n, count = slopes.shape
    root = np.zeros((n, count + 1, count + 1))
    root[:, 0, 0] = 1.0 / np.sqrt(np.where(mass > 0, mass, 1.0))
    root[:, 1:, 1:] = inverse
    return np.concatenate([constant[:, None], slopes], axis=1), root


def _centre(
    columns: list[FloatArray], weights: FloatArray | None, *, intercept: bool
) -> tuple[list[FloatArray], list[FloatArray], tuple[IntArray, FloatArray], tuple[IntArray, IntArray]]:
    """Return the columns less their means over the complete days, the means, those days' number and weight, the others.

    A missing day is zero in every column. A sum that is not finite marks a row with gaps, so that only such rows are
    searched for them.
    """
    rows, days = columns[-1].shape
    heavy = np.ones(days) if weights is None else weights
    with np.errstate(invalid="ignore", over="ignore"):
        sums = [np.vecdot(column, heavy) for column in columns]
        gaps = np.flatnonzero(~np.isfinite(sum(sums)))
    torn = [column[gaps] for column in columns]
    missing = ~np.logical_and.reduce([np.isfinite(part) for part in torn])
    row, day = np.nonzero(missing)
    absent = gaps[row], day
    n_obs = np.full(rows, days)
    n_obs[gaps] -= missing.sum(axis=1)
    kept = np.broadcast_to(heavy, (rows, days))[gaps]
    mass = np.broadcast_to(heavy.sum(axis=-1), rows).astype(np.float64)
    mass[gaps] = np.where(missing, 0.0, kept).sum(axis=1)
    centred, means = [], []
    for column, total, part in zip(columns, sums, torn, strict=True):
        part[missing] = 0.0
        total[gaps] = np.vecdot(part, kept)
        mean = total / np.where(mass > 0, mass, 1.0) if intercept else np.zeros(rows)
        deviation = column - mean[:, None]
        deviation[absent] = 0.0
        centred.append(deviation if weights is None else deviation * np.sqrt(weights))
        means.append(mean)
    return centred, means, (n_obs, mass), absent


def _orthogonalise(
    columns: list[FloatArray], sizes: list[FloatArray]
) -> tuple[FloatArray, FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """Replace the last column by its residual, in place; the other columns are overwritten.

    Return R, the projections, the residual's sum of squares and which rows have full rank; `sizes` are the squares
    that centring removed from the columns.
    """
    n, slopes = len(columns[0]), len(columns) - 1
    upper = np.zeros((n, slopes, slopes))
    projections = np.zeros((n, slopes))
    sound = np.ones(n, dtype=bool)
    for j in range(slopes):
        left = np.vecdot(columns[j], columns[j])
        lost = sizes[j] + np.vecdot(upper[:, :, j], upper[:, :, j])
        sound &= left > COLLINEAR**2 * (left + lost)
        safe, length = np.where(left > 0, left, 1.0), np.sqrt(left)
        upper[:, j, j] = length
        for i in range(j + 1, slopes + 1):
            share = np.vecdot(columns[j], columns[i]) / safe
            columns[i] -= np.multiply(columns[j], share[:, None], out=columns[j] if i == slopes else None)
            if i < slopes:
                upper[:, j, i] = share * length
            else:
                projections[:, j] = share * length
    return upper, projections, np.vecdot(columns[-1], columns[-1]), sound


def _invert_upper(upper: FloatArray, sound: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the inverses of upper triangular matrices, shape (n, f, f); NaN for rows without full rank."""
    slopes = upper.shape[-1]
    safe = np.where(sound[:, None, None], upper, np.eye(slopes))
    inverse = np.zeros_like(safe)
    for j in range(slopes):
        inverse[:, j, j] = 1.0 / safe[:, j, j]
        for i in range(j - 1, -1, -1):
            tail = np.einsum("nm,nm->n", safe[:, i, i + 1 : j + 1], inverse[:, i + 1 : j + 1, j])
            inverse[:, i, j] = -tail / safe[:, i, i]
    inverse[~sound] = np.nan
    return inverse


def deviation_of(n: FloatArray, center: FloatArray, squares: FloatArray) -> FloatArray:
    """Return the standard deviation, with n - 1, from moments; zero where it is rounding alone.

    Parameters
    ----------
    n, center, squares : ndarray, shape (...)
        Number of events, their mean, and the sum of squared deviations from it.

    Returns
    -------
    ndarray, shape (...)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.asarray(np.sqrt(squares / (n - 1)))
    return np.where(found <= NO_VARIANCE * np.abs(center), 0.0, found)
