"""The cases in which the test to read first is measured, and their simulated returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from headline_rivals import OF_BARS, OF_CHAINS, OF_DATES, OF_FIRMS, OF_MARKETS, OF_ONE_DATE, OF_ONE_MARKET, Tests
from scipy.signal import lfilter

# Rows of event time of an episode: 200 estimation days, a gap of ten, and the event with ten days after it.
BEFORE, AFTER = 210, 10
ROWS = BEFORE + 1 + AFTER + 1
BURN = 250
APART = 25
CLUSTERED = ("garch", "wild", "calm", "wild factor")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One design under a true null, or with an effect.

    Parameters
    ----------
    pairs : int
        Markets of each date; firms, where each has an event of its own.
    dates : int
        Independent dates; they lie far apart.
    firms : {"", "one date", "own dates", "one week", "consecutive days"}
        Where every pair has an event_id of its own: when the events happen.
    rho : float
        Correlation of the pairs of one day.
    shape : str
        Of the returns: normal, t4, t5 (one mixing variable a day), garch, wild, calm (GARCH with t(5) shocks; h at the
        event above 1.5 or below .7 of its mean), wild factor (only the common factor's), skew (exponential), ar (AR(1),
        .3).
    zeros : float
        Share of returns that are zero.
    variance, common : float
        Factor on the variance from tau 0 on: of everything, or of the common factor alone.
    extra : {"", "shock", "outliers", "break"}
        One day of 6 standard deviations at tau -3; four of 8, of both signs, at -15 to -12; standard deviation doubled
        from tau -5 on.
    line : bool
        Half the markets label day 0 a day later.
    effect : float
        On day 0 of every pair, in standard deviations.
    rolls : {"", "exclude", "keep"}
        Closes of a continuous future with a jump at every roll; see `headline_rolls`.
    bars : {"", "open", "midday", "close"}
        Half-hour bars in place of days, the event in that part of the day; see `headline_bars`.
    target : {"tight", "upper", "wide", "bars", "declared", "power"}
    """

    name: str
    pairs: int = 1
    dates: int = 1
    firms: Literal["", "one date", "own dates", "one week", "consecutive days"] = ""
    rho: float = 0.5
    shape: str = "normal"
    zeros: float = 0.0
    variance: float = 1.0
    common: float = 1.0
    extra: str = ""
    line: bool = False
    effect: float = 0.0
    rolls: str = ""
    bars: str = ""
    target: str = "tight"

    @property
    def by_pair(self) -> bool:
        """Whether the test to read first is that of each pair: one date of up to forty markets."""
        return self.dates == 1 and not self.firms

    @property
    def tests(self) -> Tests:
        """Tests that are made."""
        if self.bars:
            return OF_BARS
        if self.firms:
            return {"one date": OF_ONE_DATE, "own dates": OF_FIRMS}.get(self.firms, OF_CHAINS)
        if self.dates > 1:
            return OF_DATES
        return OF_ONE_MARKET if self.pairs == 1 else OF_MARKETS

    @property
    def block(self) -> int:
        """Repetitions of one block; independent dates of the same markets are studied at once where each has its p."""
        if self.bars or self.rolls:
            return 140 if self.bars else 20
        return (500 if self.pairs == 1 else 50) if self.by_pair else 20

    @property
    def enough(self) -> int:
        """Repetitions that are made by default: more where they are cheap."""
        return 20_000 if self.by_pair and self.pairs == 1 and not self.bars and not self.rolls else 2_000

    @property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """Windows that are tested."""
        if self.target == "power":
            return ((0, 10),) if self.firms == "consecutive days" else ((0, 0),)
        return ((0, 0), (0, 3)) if self.bars else ((0, 0), (-1, 1), (0, 10))


def one_date() -> tuple[Case, ...]:
    """Return the cases of one date."""
    shapes = {"normal": "normal", "t(4)": "t4", "GARCH-t(5)": "garch"}
    sizes = {1: "1 market", 12: "12 markets"}
    tight = [Case(name=f"{sizes[n]}, {s}", pairs=n, shape=shapes[s]) for n in sizes for s in shapes]
    one = dict.fromkeys(("pairs", "dates"), 1)
    return (
        *tight,
        Case(name="12 markets over the date line", pairs=12, line=True, shape="t5"),
        Case(name="1 market, 50 % zeros", zeros=0.5, **one),
        Case(name="1 market, 60 % zeros", zeros=0.6, **one),
        Case(name="1 market, 6 sd at tau -3", extra="shock", **one),
        Case(name="12 markets, 6 sd at tau -3", extra="shock", pairs=12),
        Case(name="1 market, four outliers of 8 sd", extra="outliers", target="upper", **one),
        Case(name="1 future, rolls left out", rolls="exclude", target="upper"),
        Case(name="1 future, rolls kept", rolls="keep", target="upper"),
        *(Case(name=f"1 market, {s}", shape=s, target="wide", **one) for s in ("wild", "calm", "skew", "ar")),
        *(Case(name=f"12 markets, {s}", shape=s, target="wide", pairs=12) for s in ("wild", "calm")),
        Case(name="1 market, sd doubled since tau -5", extra="break", target="declared", **one),
        Case(name="12 markets, sd doubled since tau -5", extra="break", target="declared", pairs=12),
        Case(name="1 market, variance x2", variance=2.0, target="declared", **one),
        Case(name="12 markets, variance x2", variance=2.0, target="declared", pairs=12),
        Case(name="1 market, effect 3 sd", effect=3.0, target="power", **one),
        Case(name="1 market, effect 3 sd, 6 sd at tau -3", effect=3.0, extra="shock", target="power", **one),
        Case(name="1 market, effect 3 sd, four outliers", effect=3.0, extra="outliers", target="power", **one),
        Case(name="1 future, effect 3 sd, rolls left out", effect=3.0, rolls="exclude", target="power"),
        Case(name="1 future, effect 3 sd, rolls kept", effect=3.0, rolls="keep", target="power"),
        Case(name="1 market, effect 3 sd, GARCH-t(5)", effect=3.0, shape="garch", target="power", **one),
        Case(name="12 markets, effect 3 sd", effect=3.0, target="power", pairs=12),
        Case(name="12 markets, effect 3 sd, GARCH-t(5)", effect=3.0, shape="garch", target="power", pairs=12),
    )


def few_dates() -> tuple[Case, ...]:
    """Return the cases of several dates with several markets each."""
    found = []
    for dates, pairs in ((5, 12), (10, 6)):
        common = {"dates": dates, "pairs": pairs, "shape": "t5"}
        name = f"{dates} dates x {pairs} markets"
        found += [
            Case(name=name, **common),
            Case(name=f"{name}, variance x2", variance=2.0, **common),
            Case(name=f"{name}, common factor's variance x2", common=2.0, **common),
            Case(name=f"{name}, effect .5 sd", effect=0.5, target="power", **common),
        ]
    three = {"dates": 3, "pairs": 12, "shape": "t5"}
    found += [
        Case(name="3 dates x 12 markets", **three),
        Case(name="3 dates x 12 markets, variance x2", variance=2.0, **three),
        Case(name="3 dates x 12 markets, common factor's variance x2", common=2.0, target="declared", **three),
        Case(name="3 dates x 12 markets, effect 1 sd", effect=1.0, target="power", **three),
    ]
    return tuple(found)


def firms() -> tuple[Case, ...]:
    """Return the cases of firms with an event of their own each."""
    return (*_firms_of_one_date(), *_firms_of_many_dates())


def _firms_of_one_date() -> list[Case]:
    """Return the cases of a law or a ban that hits many firms at once."""
    found, common = [], {"firms": "one date", "rho": 0.1, "shape": "t5"}
    for n in (50, 300):
        found += [
            Case(name=f"{n} firms on one date", pairs=n, **common),
            Case(name=f"{n} firms on one date, variance x2", pairs=n, variance=2.0, **common),
        ]
    shapes = {"GARCH-t(5)": ("garch", "tight"), "wild": ("wild", "wide"), "common factor wild": ("wild factor", "wide")}
    for name, (shape, target) in shapes.items():
        found.append(Case(name=f"50 firms on one date, {name}", pairs=50, **common | {"shape": shape}, target=target))
    return [*found, Case(name="50 firms on one date, effect .5 sd", pairs=50, effect=0.5, target="power", **common)]


def _firms_of_many_dates() -> list[Case]:
    """Return the cases of dates that lie apart, in a row, or in one week."""
    found = []
    for n in (15, 60, 200):
        found += [
            Case(name=f"{n} firms on own dates", pairs=n, firms="own dates", rho=0.0),
            Case(name=f"{n} firms on consecutive days", pairs=n, firms="consecutive days", rho=0.3),
            Case(name=f"{n} firms in one week", pairs=n, firms="one week", rho=0.3),
        ]
    for firms in ("own dates", "consecutive days", "one week"):
        rho = 0.0 if firms == "own dates" else 0.3
        where = f"60 firms {'in' if firms == 'one week' else 'on'} {firms}"
        common = {"pairs": 60, "firms": firms, "rho": rho}
        effect = {"own dates": 0.3, "consecutive days": 2.0, "one week": 1.0}[firms]
        found += [
            Case(name=f"{where}, variance x2", variance=2.0, **common),
            Case(name=f"{where}, skew", shape="skew", target="wide", **common),
            Case(name=f"{where}, effect {effect:g} sd".replace("0.", "."), effect=effect, target="power", **common),
        ]
    return found


def intraday() -> tuple[Case, ...]:
    """Return the cases in bars."""
    sizes = (Case(name=f"half-hour bars, {at}", bars=at, target="bars") for at in ("open", "midday", "close"))
    name = "half-hour bars, open, effect 4 sd"
    return (*sizes, Case(name=name, bars="open", effect=4.0, target="power"))


CASES = {case.name: case for case in (*one_date(), *intraday(), *few_dates(), *firms())}


def simulate(case: Case, reps: int, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frames of returns and events of one run: many repetitions of `by_pair` cases, one of others."""
    if case.firms:
        return _of_firms(case, rng)
    episodes = _episodes(case, reps * case.dates, case.pairs, ROWS, rng)
    _event(case, episodes, np.full(case.pairs, BEFORE), rng)
    table = episodes.transpose(0, 2, 1).reshape(-1, case.pairs)
    later = np.zeros(case.pairs, dtype=np.int64)
    if case.line:
        later[1::2] = 1
        table[:, 1::2] = np.roll(table[:, 1::2], 1, axis=0)
    frame = _frame(table)
    rows = np.arange(len(episodes))[:, None] * ROWS + BEFORE + later
    ids = np.repeat([f"e{k}" for k in range(len(episodes))], case.pairs)
    return frame, pd.DataFrame(
        {"event_id": ids, "symbol": np.tile(frame.columns, len(episodes)), "session": frame.index[rows.ravel()]}
    )


def _of_firms(case: Case, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frames of one repetition of firms with an event each."""
    n = case.pairs
    shift = {
        "one date": lambda: np.zeros(n, dtype=np.int64),
        "own dates": lambda: APART * np.arange(n),
        "one week": lambda: rng.integers(0, 5, n),
        "consecutive days": lambda: np.arange(n),
    }[case.firms]()
    returns = _episodes(case, 1, n, ROWS + int(shift.max()), rng)
    _event(case, returns, BEFORE + shift, rng)
    frame = _frame(returns[0].T)
    day = frame.index[BEFORE + shift]
    return frame, pd.DataFrame({"event_id": [f"e{i}" for i in range(n)], "symbol": frame.columns, "session": day})


def _frame(table: np.ndarray) -> pd.DataFrame:
    """Return returns of 1 % a day by day and symbol."""
    days = pd.date_range("1900-01-01", periods=len(table), freq="D", unit="s")
    return pd.DataFrame(0.01 * table, index=days, columns=[f"M{i}" for i in range(table.shape[1])])


def _episodes(case: Case, count: int, n: int, rows: int, rng: np.random.Generator) -> np.ndarray:
    """Return unit-variance returns, shape (count, n, rows); the event's changes of variance are in them."""
    rho = 1.0 if n == 1 else case.rho
    factor, volatility = _factor(case, count, rows, rng)
    own = _noise(case.shape, (count, n, rows), rng) if rho < 1 else np.zeros((1, 1, 1))
    if case.shape in ("t4", "t5") and n > 1:
        df = int(case.shape[1])
        mixing = np.sqrt((df - 2) / rng.chisquare(df, (count, 1, rows)))
        factor, own = factor * mixing, own * mixing
    if case.common != 1.0:
        factor[..., BEFORE:] *= np.sqrt(case.common)
    if case.shape == "wild factor":
        factor, volatility = factor * volatility, np.ones(1)
    x = np.array((np.sqrt(rho) * factor + np.sqrt(1 - rho) * own) * volatility)
    if case.zeros:
        x *= rng.random(x.shape) >= case.zeros
    return x


def _factor(case: Case, count: int, rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the common factor and the volatility of each day, both (count, 1, rows)."""
    if case.shape not in CLUSTERED:
        shape = (count, 1, rows)
        alone = case.pairs == 1 and case.shape in ("t4", "t5")
        return (_student(int(case.shape[1]), shape, rng) if alone else _noise(case.shape, shape, rng)), np.ones(
            (1, 1, 1)
        )
    kept: list[np.ndarray] = []
    while sum(map(len, kept)) < count:
        z, h = _student(5, (2 * count, BURN + rows), rng), np.ones((2 * count, BURN + rows))
        for t in range(1, BURN + rows):
            h[:, t] = 0.02 + (0.08 * z[:, t - 1] ** 2 + 0.90) * h[:, t - 1]
        at = h[:, BURN + BEFORE]
        chosen = {"garch": at > 0, "wild": at > 1.5, "calm": at < 0.7}[case.shape.split()[0]]
        kept.append(np.stack([z, np.sqrt(h)], axis=1)[chosen][..., BURN:])
    both = np.concatenate(kept)[:count]
    return both[:, :1], both[:, 1:]


def _student(df: int, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return Student's t of unit variance."""
    return rng.standard_t(df, shape) * np.sqrt((df - 2) / df)


def _noise(shape: str, size: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return independent noise of unit variance; serially correlated for "ar"."""
    if shape == "skew":
        return rng.exponential(1.0, size) - 1.0
    if shape in CLUSTERED:
        return _student(5, size, rng)
    if shape == "ar":
        wide = rng.standard_normal((*size[:-1], size[-1] + 50)) * np.sqrt(1 - 0.3**2)
        return np.asarray(lfilter([1.0], [1.0, -0.3], wide, axis=-1)[..., 50:])
    return rng.standard_normal(size)


def _event(case: Case, x: np.ndarray, at: np.ndarray, rng: np.random.Generator) -> None:
    """Put the variance of the event days, the effect and what happened before them into returns, in place."""
    for i, row in enumerate(at):
        x[:, i, row:] *= np.sqrt(case.variance)
        x[:, i, row] += case.effect
        if case.extra == "break":
            x[:, i, row - 5 :] *= 2.0
        if case.extra == "shock":
            x[:, i, row - 3] = rng.choice([-6.0, 6.0], len(x))
        if case.extra == "outliers":
            x[:, i, row - 15 : row - 11] = rng.permuted(np.tile([-8.0, 8.0, -8.0, 8.0], (len(x), 1)), axis=1)
