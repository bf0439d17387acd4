"""Simulated studies: market-model returns of many events, or of many markets on one date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BURN = 150


@dataclass(frozen=True, kw_only=True)
class Design:
    """One column of the tables: how returns are made."""

    n: int = 50
    length: int = 250
    one_date: bool = True
    rho: float = 0.0
    variance: float = 1.0
    common_variance: float = 1.0
    shift: float = 0.0
    tails: str = "normal"
    loadings: str = "same"
    opposite: bool = False
    garch: str = ""
    sigma: tuple[float, float] = (0.01, 0.03)


MANY = {
    "a": Design(one_date=False),
    "a2": Design(),
    "b x2": Design(variance=2),
    "b4 x4": Design(variance=4),
    "c .05": Design(rho=0.05),
    "c .10": Design(rho=0.10),
    "c .30": Design(rho=0.30),
    "cb .10+x2": Design(rho=0.10, variance=2),
    "d t4": Design(tails="t4"),
    "d2 skew": Design(tails="skew"),
    "p .5%": Design(shift=0.005),
    "p1 1%": Design(shift=0.01),
    "p2 1%,x2": Design(shift=0.01, variance=2),
    "p3 1%,.1": Design(shift=0.01, rho=0.1),
    "N12 .3": Design(n=12, rho=0.3),
    "N12 .6": Design(n=12, rho=0.6),
}
INDICES = {"n": 12, "sigma": (0.008, 0.02)}
ONE_DATE = {
    "s1": Design(**INDICES, rho=0.3),
    "s2": Design(**INDICES, rho=0.6),
    "s3": Design(**INDICES, rho=0.6, length=60),
    "s4": Design(**INDICES, rho=0.6, length=120),
    "s5": Design(**INDICES, rho=0.6, tails="t4"),
    "s6": Design(**INDICES, rho=0.6, variance=2, common_variance=2),
    "s7": Design(**INDICES, rho=0.6, garch="any"),
    "s8": Design(**INDICES, rho=0.6, garch="high"),
    "w1": Design(**INDICES, rho=0.6, shift=-0.01),
    "w2": Design(**INDICES, rho=0.6, shift=-0.02),
    "w3": Design(**INDICES, rho=0.6, shift=-0.04),
    "x1": Design(**INDICES, rho=0.6, common_variance=4),
    "x2": Design(**INDICES, rho=0.3, loadings="uneven"),
    "x3": Design(**INDICES, rho=0.6, loadings="half"),
    "x4": Design(**INDICES, rho=0.6, loadings="half", shift=0.03, opposite=True),
}


def simulate(design: Design, reps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return returns (reps, n, L + 1) and the market (reps, n, L + 1), the event last."""
    shape = (reps, design.n, design.length + 1)
    own = noise(design, shape, rng)
    common, volatility = dates(design, reps, rng)
    if design.tails == "t4":
        # One mixing variable a date where the markets share it, one a firm and day where they do not.
        mixing = np.sqrt(2.0 / rng.chisquare(4, (reps, 1 if design.rho else design.n, shape[2])))
        own, common = own * mixing, common * mixing[:, :1]
    loading = loadings(design, reps, rng)
    own[..., -1] *= np.sqrt(design.variance)
    common[..., -1] *= np.sqrt(max(design.common_variance, design.variance))
    residual = (loading * common + np.sqrt(1 - loading**2) * own) * volatility
    residual *= rng.uniform(*design.sigma, (reps, design.n, 1))
    direction = np.where(np.arange(design.n) % 2 == 0, 1.0, -1.0) if design.opposite else np.ones(design.n)
    residual[..., -1] += design.shift * direction
    market = rng.normal(0, 0.01, (reps, 1 if design.one_date else design.n, shape[2]))
    market = np.broadcast_to(market, shape)
    return residual + rng.uniform(0.5, 1.5, (reps, design.n, 1)) * market, market


def dates(design: Design, reps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the common factor and the volatility of each date, both (reps, 1, L + 1).

    Under GARCH(1,1), alpha .08 and beta .90, one variance a date is driven by the common factor's squares; "high" keeps
    the events on dates with more than one and a half times the mean variance.
    """
    days = design.length + 1
    if not design.garch:
        return noise(design, (reps, 1, days), rng), np.ones((1, 1, 1))
    kept: list[tuple[np.ndarray, np.ndarray]] = []
    while sum(len(h) for _, h in kept) < reps:
        common, h = rng.standard_normal((reps, BURN + days)), np.ones((reps, BURN + days))
        for t in range(1, BURN + days):
            h[:, t] = 0.02 + (0.08 * common[:, t - 1] ** 2 + 0.90) * h[:, t - 1]
        wild = h[:, -1] > 1.5 if design.garch == "high" else np.ones(reps, dtype=bool)
        kept.append((common[wild, BURN:], h[wild, BURN:]))
    common, h = (np.concatenate(part)[:reps, None, :] for part in zip(*kept, strict=True))
    return common, np.sqrt(h)


def noise(design: Design, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return unit-variance noise."""
    if design.tails != "skew":
        return rng.standard_normal(shape)
    width = 0.607
    raw = np.exp(width * rng.standard_normal(shape))
    return (raw - np.exp(width**2 / 2)) / np.sqrt((np.exp(width**2) - 1) * np.exp(width**2))


def loadings(design: Design, reps: int, rng: np.random.Generator) -> np.ndarray:
    """Return the loadings on the common factor, shape (reps or 1, n, 1)."""
    base = np.full((1, design.n, 1), np.sqrt(design.rho))
    if design.loadings == "half":
        base[:, 1::2] *= -1
    if design.loadings == "uneven":
        base = rng.uniform(0.1, 0.9, (reps, design.n, 1))
    return base
