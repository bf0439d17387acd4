"""Returns over several days beside returns over one: trade-to-trade estimation (Maynes & Rumsey 1993)."""

from __future__ import annotations

from .least_squares import FloatArray, IntArray
from .protocol import Fitted, Model


def fit_over_spans(model: Model, returns: FloatArray, factors: FloatArray, spans: FloatArray | None) -> Fitted:
    """Estimate a model where some returns, and the factors beside them, span several days.

    A return over s days is ``R = s a + b'X + e`` with variance ``s sigma²``: the model is fitted to ``R / s`` and
    ``X / s`` with weight s. The residuals are those of R over the root of s, so that all have variance ``sigma²``.

    Parameters
    ----------
    model : Model
        One that is not ``weighted`` is fitted to the daily means as they are.
    returns, spans : ndarray, shape (n, L)
        `spans` is None where every return spans one day.
    factors : ndarray, shape (n, L, f)

    Returns
    -------
    Fitted
        Of returns and factors per day.
    """
    if spans is None or (spans == 1.0).all():
        return model.fit(returns, factors)
    return model.fit(returns / spans, factors / spans[..., None], **({"weights": spans} if model.weighted else {}))


def expected_over_spans(fitted: Fitted, factors: FloatArray, spans: FloatArray | None) -> FloatArray:
    """Return the expected returns, shape (n, W); one over s days is s times its mean per day."""
    return fitted.predict(factors) if spans is None else spans * fitted.predict(factors / spans[..., None])


def error_over_spans(
    fitted: Fitted, factors: FloatArray, ahead: IntArray, spans: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return variances and loadings of the forecast errors, as `Fitted.forecast_error`.

    The variance of a return over s days is s times that of one, and its loading s times that of its mean per day.
    """
    if spans is None:
        return fitted.forecast_error(factors, ahead)
    noise, loading = fitted.forecast_error(factors / spans[..., None], ahead)
    return noise * spans, loading * spans[..., None]
