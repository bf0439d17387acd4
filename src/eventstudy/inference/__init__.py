"""Expected returns, abnormal returns and tests. Knows no clocks.

`MODELS` maps the name of a model to its class, `TESTS` the name of a test of many events to its function of a
`Sample`: adding either is one class or function and one line here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

from ..errors import UnknownNameError
from . import nonparametric, parametric
from .abnormal import AbnormalReturns, CumulativeReturns, abnormal_returns
from .adjust import benjamini_hochberg, holm, minimum_detectable_effect
from .calendar_time import calendar_time_alpha, calendar_time_t
from .models import ConstantMean, Fitted, MarketAdjusted, MarketModel, Model
from .resampling import placebo_p, sign_flip, skewness_t_bootstrap
from .sample import Sample
from .testing import TestResult

MODELS: dict[str, Callable[..., Model]] = {
    "constant-mean": ConstantMean,
    "market-adjusted": MarketAdjusted,
    "market": MarketModel,
}

TESTS: dict[str, Callable[[Sample], TestResult]] = {
    "cross_sectional_t": parametric.cross_sectional_t,
    "brown_warner_1980": parametric.brown_warner_1980,
    "brown_warner_1985": parametric.brown_warner_1985,
    "patell": parametric.patell,
    "patell_daily": parametric.patell_daily,
    "kp_patell": parametric.kp_patell,
    "bmp": parametric.bmp,
    "kp_bmp": parametric.kp_bmp,
    "skewness_t": parametric.skewness_t,
    "skewness_t_bootstrap": skewness_t_bootstrap,
    "two_way_clustered_t": parametric.two_way_clustered_t,
    "corrado": nonparametric.corrado,
    "corrado_zivney": nonparametric.corrado_zivney,
    "corrado_zivney_restandardised": nonparametric.corrado_zivney_restandardised,
    "corrado_cumulative": nonparametric.corrado_cumulative,
    "grank_t": nonparametric.grank_t,
    "grank_z": nonparametric.grank_z,
    "sign": nonparametric.sign,
    "corrado_zivney_sign": nonparametric.corrado_zivney_sign,
    "generalized_sign": nonparametric.generalized_sign,
    "wilcoxon": nonparametric.wilcoxon,
    "sign_flip": sign_flip,
    "calendar_time_t": calendar_time_t,
    "calendar_time_alpha": calendar_time_alpha,
    "bhar_t": parametric.bhar_t,
    "bhar_skewness_t": parametric.bhar_skewness_t,
    "variance_f": parametric.variance_f,
    "beaver_u": parametric.beaver_u,
}


def get_model(model: str | Model, benchmark: str | None = None) -> Model:
    """Return the model of a name; a model passes through.

    Parameters
    ----------
    model : str or Model
    benchmark : str, optional
        Factor to use as benchmark, for the models that take one.

    Raises
    ------
    UnknownNameError
        If there is no model of that name.

    Examples
    --------
    >>> get_model("market", benchmark="SP500")
    MarketModel(benchmark='SP500')
    """
    if not isinstance(model, str):
        return model
    if model not in MODELS:
        raise UnknownNameError("model", model, MODELS)
    kind = MODELS[model]
    return kind(benchmark=benchmark) if "benchmark" in inspect.signature(kind).parameters else kind()


__all__ = [
    "MODELS",
    "TESTS",
    "AbnormalReturns",
    "ConstantMean",
    "CumulativeReturns",
    "Fitted",
    "MarketAdjusted",
    "MarketModel",
    "Model",
    "Sample",
    "TestResult",
    "abnormal_returns",
    "benjamini_hochberg",
    "get_model",
    "holm",
    "minimum_detectable_effect",
    "placebo_p",
]
