"""Expected returns, abnormal returns and tests. Knows no clocks.

`MODELS` maps the name of a model to its class: adding a model is one class and one line here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

from ..errors import UnknownNameError
from .abnormal import AbnormalReturns, CumulativeReturns, abnormal_returns
from .adjust import benjamini_hochberg, holm, minimum_detectable_effect
from .models import ConstantMean, Fitted, MarketAdjusted, MarketModel, Model
from .resampling import placebo_p
from .testing import TestResult

MODELS: dict[str, Callable[..., Model]] = {
    "constant-mean": ConstantMean,
    "market-adjusted": MarketAdjusted,
    "market": MarketModel,
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
    "AbnormalReturns",
    "ConstantMean",
    "CumulativeReturns",
    "Fitted",
    "MarketAdjusted",
    "MarketModel",
    "Model",
    "TestResult",
    "abnormal_returns",
    "benjamini_hochberg",
    "get_model",
    "holm",
    "minimum_detectable_effect",
    "placebo_p",
]
