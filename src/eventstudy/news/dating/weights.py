"""Load the weights of dating from `weights.toml`, once, and check them."""

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
    """The tables of `weights.toml`, each from the name of a reason to its weight.

    Parameters
    ----------
    event : mapping of str to float
        Reasons for and against an expression as the time of the event.
    limits : mapping of str to float
        Sums at which a choice changes or is called doubtful.
    zone : mapping of str to float
        Reasons for a place as the one whose clock a local time is on.
    day : mapping of str to float
        Reasons for an expression as the one whose day governs a clock time without a day.
    confidence : mapping of str to float
        How sure each step is by itself, from 0 to 1.
    probability : mapping of str to float
        The model of the probability that the chosen time is right.
    """

    event: Mapping[str, float]
    limits: Mapping[str, float]
    zone: Mapping[str, float]
    day: Mapping[str, float]
    confidence: Mapping[str, float]
    probability: Mapping[str, float]


@cache
def weights() -> Weights:
    """Return the weights that come with the package."""
    return parse_weights((files(__package__) / "weights.toml").read_text(encoding="utf-8"))


def sure(step: str) -> float:
    """Return how sure a step of dating is by itself."""
    return weights().confidence[step]


def limit(name: str) -> float:
    """Return a sum at which a choice changes or is called doubtful."""
    return weights().limits[name]


def parse_weights(text: str) -> Weights:
    """Read and check the tables.

    Raises
    ------
    ValueError
        If a table is missing or unknown, or a weight is no finite number.

    Examples
    --------
    >>> parse_weights("[event]")
    Traceback (most recent call last):
        ...
    ValueError: weights.toml: expected the tables event, limits, zone, day, confidence, probability
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
