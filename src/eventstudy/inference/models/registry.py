"""The table of models by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from ...errors import UnknownNameError, UsageError
from .factors import FactorModel, LaggedMarket, ScholesWilliams
from .iterative import GarchMarketModel, RobustMarketModel
from .market import ConstantMean, MarketAdjusted, MarketModel, OvernightSpillover
from .matched import MatchedPeers
from .peers import PeerPortfolio
from .penalised import PenalisedPeers
from .protocol import Column, Model
from .rolling import RollingMarketModel
from .synthetic import SyntheticControl
from .time_of_day import TimeOfDay

FF3 = ("Mkt-RF", "SMB", "HML")

MODELS: dict[str, Callable[..., Model]] = {
    "constant-mean": ConstantMean,
    "comparison-period-mean": ConstantMean,
    "mean-adjusted": ConstantMean,
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
    "penalised-peers": PenalisedPeers,
    "matched-peers": MatchedPeers,
    "synthetic-control": SyntheticControl,
    "robust": RobustMarketModel,
    "garch": GarchMarketModel,
    "rolling-market": RollingMarketModel,
    "time-of-day": TimeOfDay,
}


def get_model(model: str | Model | Mapping[str, Any], benchmark: str | None = None) -> Model:
    """Return the model of a name or of a table ``{name, parameters}``; a model is returned as it is.

    Parameters
    ----------
    model : str, Model or mapping
    benchmark : str, optional
        Column of the benchmark, for a named model that reads one.

    Returns
    -------
    Model

    Raises
    ------
    UnknownNameError
        If there is no model of that name, or no such parameter.
    UsageError
        If a value has the wrong type, or two benchmarks are named.

    Examples
    --------
    >>> get_model("market", benchmark="SP500")
    MarketModel(benchmark='SP500')
    >>> get_model({"name": "dimson", "parameters": {"lags": 5, "leads": 0}})
    LaggedMarket(benchmark=None, lags=5, leads=0)
    """
    if isinstance(model, Mapping):
        return _from_table(model)
    if not isinstance(model, str):
        if isinstance(model, type) or not isinstance(model, Model):
            raise UsageError(f"model is {model!r}; give a name, or an object with all parts of `Model` (see ModelBase)")
        named = model.reads.get(Column.BENCHMARK, ())
        if benchmark is not None and named and benchmark not in named:
            raise UsageError(f"the model's benchmark is {named[0]!r} and the study's {benchmark!r}; name only one")
        return model
    found = _kind(model)()
    if benchmark is None or Column.BENCHMARK not in found.reads:
        return found
    return _kind(model)(benchmark=benchmark)


def model_table(model: Model) -> dict[str, Any]:
    """Return a model as a table ``{name, parameters}``, the inverse of `get_model`.

    Parameters
    ----------
    model : Model

    Returns
    -------
    dict
        Parameters that are None are left out.

    Examples
    --------
    >>> from eventstudy.inference.models.factors import LaggedMarket
    >>> model_table(LaggedMarket(lags=5, leads=0))
    {'name': 'dimson', 'parameters': {'lags': 5, 'leads': 0}}
    """
    usual = _kind(model.name)().parameters if model.name in MODELS else {}
    # A None in place of a usual value is written as an empty text, since TOML has no null.
    options = {
        key: "" if value is None else value
        for key, value in model.parameters.items()
        if value is not None or usual.get(key) is not None
    }
    return {"name": model.name, "parameters": options}


def _kind(name: str) -> Callable[..., Model]:
    """Return the constructor of a named model."""
    if name not in MODELS:
        raise UnknownNameError("model", name, MODELS)
    return MODELS[name]


def _from_table(table: Mapping[str, Any]) -> Model:
    """Make the model of a table; keys and types of values are checked against the defaults."""
    for key in table:
        if key not in ("name", "parameters"):
            raise UnknownNameError("key", str(key), ("name", "parameters"), "model")
    name, options = table.get("name"), table.get("parameters", {})
    if not isinstance(name, str) or not isinstance(options, Mapping):
        raise UsageError(f"model is {dict(table)!r}; write a name, or {{name = ..., parameters = {{...}}}}")
    kind = _kind(name)
    known = kind().parameters
    for key in options:
        if key not in known:
            raise UnknownNameError("parameter", str(key), known, f"model {name!r}")
    return kind(**{key: _like(known[key], value, f"model {name!r}: {key}") for key, value in options.items()})


def _like(default: Any, value: Any, where: str) -> Any:
    """Return a value of the type of a default: a whole number, table, tuple of names, or (also for None) a name."""
    if isinstance(default, int):
        fits, kind = isinstance(value, int) and not isinstance(value, bool), "a whole number"
    elif isinstance(default, Mapping):
        fits, kind = isinstance(value, Mapping), "a table"
    elif isinstance(default, tuple):
        fits, kind = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value), "a list of names"
        value = tuple(value) if fits else value
    else:
        fits, kind = isinstance(value, str), "text in quotes"
    if not fits:
        raise UsageError(f"{where} is {value!r}; write {kind}")
    return value


def factor_columns(model: Model, benchmark: str | None, factors: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the columns that a model reads beside the returns: its benchmark, factors, peers and risk-free rate.

    Parameters
    ----------
    model : Model
    benchmark : str, optional
        The study's benchmark, where the model names none.
    factors : sequence of str
        The study's factors; where it is empty, those that the model names.
    known : collection of str
        The columns that exist.

    Returns
    -------
    list of str
        Without duplicates, benchmark first and risk-free rate last.

    Raises
    ------
    UnknownNameError
        If one of them does not exist.

    Examples
    --------
    >>> factor_columns(get_model("capm"), None, (), ["Mkt-RF", "RF", "IBM"])
    ['Mkt-RF', 'RF']
    """
    reads = model.reads
    first = [*([benchmark] if benchmark else []), *reads.get(Column.BENCHMARK, ())]
    own = (*reads.get(Column.FACTORS, ()), *reads.get(Column.PEERS, ()))
    wanted = dict.fromkeys([*first, *(tuple(factors) or own), *reads.get(Column.RISKFREE, ())])
    for name in wanted:
        if name not in known:
            raise UnknownNameError("benchmark" if name in first else "factor", name, known, "prices")
    return list(wanted)
