"""Estimation with returns that cover different numbers of days: trade-to-trade returns (Maynes & Rumsey 1993)."""

from __future__ import annotations

from .least_squares import FloatArray, IntArray
from .protocol import Fitted, Model


def fit_over_spans(model: Model, returns: FloatArray, factors: FloatArray, spans: FloatArray | None) -> Fitted:
    """Estimate a model where some returns, and the factors beside them, cover several days.

    A return over s days is ``R = s a + b'X + e`` with variance ``s sigma²``: the model is fitted to ``R / s`` and
    ``X / s`` with weight s. The residuals are those of R over the root of s, so that all have variance ``sigma²``.

    Parameters
    ----------
    model : Model
        One that is not ``weighted`` is fitted to the daily means without weights.
    returns, spans : ndarray, shape (n, L)
        Returns and the days that they cover; `spans` is None where every return covers one day.
    factors : ndarray, shape (n, L, f)

    Returns
    -------
    Fitted
        For returns and factors per day.
    """
    if spans is None or (spans == 1.0).all():
        return model.fit(returns, factors)
    return model.fit(returns / spans, factors / spans[..., None], **({"weights": spans} if model.weighted else {}))


def expected_over_spans(fitted: Fitted, factors: FloatArray, spans: FloatArray | None) -> FloatArray:
    """Return the expected returns; one over s days is s times its mean per day.

    Parameters
    ----------
    fitted : Fitted
    factors : ndarray, shape (n, W, f)
    spans : ndarray, shape (n, W), or None
        Days; None where every return covers one.

    Returns
    -------
    ndarray, shape (n, W)
    """
    return fitted.predict(factors) if spans is None else spans * fitted.predict(factors / spans[..., None])


def error_over_spans(
    fitted: Fitted, factors: FloatArray, ahead: IntArray, spans: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return variances and loadings of the forecast errors, as `Fitted.forecast_error`.

    The variance of a return over s days is s times that of one day; its loading is s times that of its daily mean.

    Parameters
    ----------
    fitted : Fitted
    factors : ndarray, shape (n, W, f)
    ahead : ndarray of int, shape (W,)
        Rows since the last estimation row.
    spans : ndarray, shape (n, W), or None
        Days; None where every return covers one.

    Returns
    -------
    tuple of ndarray, shapes (n, W) and (n, W, k)
    """
    if spans is None:
        return fitted.forecast_error(factors, ahead)
    noise, loading = fitted.forecast_error(factors / spans[..., None], ahead)
    return noise * spans, loading * spans[..., None]
