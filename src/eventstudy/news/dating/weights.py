"""Load and check the weights of dating from ``weights.toml``."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The tables of ``weights.toml``, each from the name of a reason to its weight.

    Parameters
    ----------
    event : mapping of str to float
        Reasons for and against an expression as the time of the event.
    limits : mapping of str to float
        Thresholds of the choices and of the warnings.
    market : mapping of str to float
        Reasons for an event that belongs to the markets that are asked about.
    zone : mapping of str to float
        Reasons for a place as the one whose zone a local time is in.
    day : mapping of str to float
        Reasons for an expression as the one that gives a clock time without a day its day.
    confidence : mapping of str to float
        Confidence of each step by itself, from 0 to 1.
    probability : mapping of str to float
        Coefficients of the logistic regression for the probability that the chosen time is right.
    """

    event: Mapping[str, float]
    limits: Mapping[str, float]
    market: Mapping[str, float]
    zone: Mapping[str, float]
    day: Mapping[str, float]
    confidence: Mapping[str, float]
    probability: Mapping[str, float]


@cache
def weights() -> Weights:
    """Return the weights that come with the package.

    Returns
    -------
    Weights
        Read once per process.
    """
    return parse_weights((files(__package__) / "weights.toml").read_text(encoding="utf-8"))


def sure(step: str) -> float:
    """Return the confidence of one step of dating by itself.

    Parameters
    ----------
    step : str
        Key of the table ``confidence``.

    Returns
    -------
    float
        From 0 to 1.
    """
    return weights().confidence[step]


def limit(name: str) -> float:
    """Return a threshold at which a choice changes or a warning is given.

    Parameters
    ----------
    name : str
        Key of the table ``limits``.

    Returns
    -------
    float
        A sum of weights, or a probability.
    """
    return weights().limits[name]


def probability(table: Mapping[str, float], features: Mapping[str, float]) -> float:
    """Return the probability that a logistic regression gives.

    Parameters
    ----------
    table : mapping of str to float
        Fitted weights.
    features : mapping of str to float
        By the names of that table.

    Returns
    -------
    float
        1 / (1 + exp(-w'x)) with the weights w; the sum is cut at 50 either way.
    """
    z = sum(table[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, z))))


def parse_weights(text: str) -> Weights:
    """Read and check the tables of weights.

    Parameters
    ----------
    text : str
        TOML.

    Returns
    -------
    Weights

    Raises
    ------
    ValueError
        If a table is missing or unknown, or a weight is not a finite number.

    Examples
    --------
    >>> parse_weights("[event]")
    Traceback (most recent call last):
        ...
    ValueError: weights.toml: expected the tables event, limits, market, zone, day, confidence, probability
    """
    data = tomllib.loads(text)
    names = [field.name for field in fields(Weights)]
    if set(data) != set(names):
        raise ValueError(f"weights.toml: expected the tables {', '.join(names)}")
    for table in names:
        for name, value in data[table].items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise ValueError(f"weights.toml: [{table}] {name!r} is {value!r}, not a finite number")
    return Weights(**{name: MappingProxyType(data[name]) for name in names})
