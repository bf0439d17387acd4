"""The two tables: every model and every test of many events by its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Sequence
from functools import partial

from ..errors import UnknownNameError
from .models.factors import FactorModel, LaggedMarket, PeerPortfolio, ScholesWilliams
from .models.iterative import GarchMarketModel, RobustMarketModel
from .models.market import ConstantMean, MarketAdjusted, MarketModel, OvernightSpillover
from .models.protocol import Model
from .models.time_of_day import TimeOfDay
from .significance import nonparametric, parametric
from .significance.calendar_time import calendar_time_alpha, calendar_time_t
from .significance.resampling import sign_flip, skewness_t_bootstrap
from .significance.result import TestResult

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

TESTS: dict[str, Callable[..., TestResult]] = {
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
