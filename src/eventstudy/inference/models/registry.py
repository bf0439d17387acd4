"""The table of models by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Sequence
from functools import partial

from ...errors import UnknownNameError
from .factors import FactorModel, LaggedMarket, PeerPortfolio, ScholesWilliams
from .iterative import GarchMarketModel, RobustMarketModel
from .market import ConstantMean, MarketAdjusted, MarketModel, OvernightSpillover
from .protocol import Model
from .time_of_day import TimeOfDay

FF3 = ("Mkt-RF", "SMB", "HML")

MODELS: dict[str, Callable[..., Model]] = {
    "constant-mean": ConstantMean,
    "comparison-period-mean": ConstantMean,
    "market-adjusted": MarketAdjusted,
    "market": MarketModel,
    "spillover": OvernightSpillover,
    "dimson": LaggedMarket,
    "scholes-williams": ScholesWilliams,
    "capm": partial(FactorModel, factors=("Mkt-RF",), riskfree="RF", name="capm"),
    "fama-french-3": partial(FactorModel, factors=FF3, riskfree="RF", name="fama-french-3"),
    "carhart": partial(FactorModel, factors=(*FF3, "Mom"), riskfree="RF", name="carhart"),
    "fama-french-5": partial(FactorModel, factors=(*FF3, "RMW", "CMA"), riskfree="RF", name="fama-french-5"),
    "factors": FactorModel,
    "peers": PeerPortfolio,
    "robust": RobustMarketModel,
    "garch": GarchMarketModel,
    "time-of-day": TimeOfDay,
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


def factor_columns(model: Model, benchmark: str | None, factors: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the columns that a model takes beside the returns: its benchmark, factors, peers and riskless rate.

    Parameters
    ----------
    model : Model
    benchmark : str, optional
    factors : sequence of str
        Those that the model names itself where there are none.
    known : collection of str
        The columns there are.

    Raises
    ------
    UnknownNameError
        If one of them is not there.

    Examples
    --------
    >>> factor_columns(get_model("capm"), None, (), ["Mkt-RF", "RF", "IBM"])
    ['Mkt-RF', 'RF']
    """
    named = tuple(factors) or tuple(getattr(model, "factors", ())) + tuple(getattr(model, "peers", ()))
    wanted = dict.fromkeys(name for name in (benchmark, *named, getattr(model, "riskfree", None)) if name)
    for name in wanted:
        if name not in known:
            raise UnknownNameError("benchmark" if name == benchmark else "factor", name, known, "prices")
    return list(wanted)
