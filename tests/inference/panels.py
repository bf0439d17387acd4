"""Panels of simulated returns for the tests."""

import numpy as np
import pandas as pd

from eventstudy.inference.abnormal import abnormal_returns
from eventstudy.inference.models.market import ConstantMean, MarketModel
from eventstudy.inference.significance.protocol import Scope
from eventstudy.inference.significance.registry import TESTS
from eventstudy.panel import EventPanel
from eventstudy.windows import Window

SAMPLE_TESTS = {name: test for name, test in TESTS.items() if test.scope is Scope.SAMPLE}
ESTIMATION = 80
GAP = 5
EVENT = (-3, 6)


def make_panel(n=7, *, seed=1, factors=1, missing=0.0, estimation=ESTIMATION, dates=None, skew=False):
    """Market-model returns of n pairs at tau -(estimation + GAP + 3) .. 6; `dates` gives each event's day offset."""
    rng = np.random.default_rng(seed)
    first = EVENT[0] - GAP - estimation
    tau = np.arange(first, EVENT[1] + 1)
    dates = np.zeros(n, dtype=int) if dates is None else np.asarray(dates)
    days = len(tau) + dates.max()
    calendar = np.datetime64("2019-01-01", "D") + np.arange(days)
    common = rng.normal(0, 0.01, (days, max(factors, 1)))
    shock = rng.exponential(1, (n, len(tau))) - 1 if skew else rng.standard_normal((n, len(tau)))
    at = dates[:, None] + np.arange(len(tau))
    x = common[at][..., :factors]
    beta = rng.uniform(0.5, 1.5, (n, factors))
    y = 0.0005 + np.einsum("ntf,nf->nt", x, beta) + rng.uniform(0.01, 0.03, (n, 1)) * shock
    if missing:
        y[rng.random(y.shape) < missing] = np.nan
        x = np.where(rng.random(x.shape) < missing / 4, np.nan, x)
    rows = pd.DataFrame(
        {
            "event_id": [f"e{i}" for i in range(n)],
            "market": [f"m{i}" for i in range(n)],
            "session": calendar[dates - first],
            "outcome": "ok",
            "detail": "",
        }
    )
    return EventPanel(
        rows=rows,
        tau=tau,
        returns=y,
        sessions=calendar[at],
        factors=x,
        factor_names=tuple(f"f{j}" for j in range(factors)),
    )


SPAN = Window(*EVENT)


def estimation_of(panel):
    return Window(int(panel.tau[0]), EVENT[0] - GAP - 1)


def study(panel, model=None, windows=(SPAN,), **options):
    return abnormal_returns(
        model or MarketModel(), panel, estimation=estimation_of(panel), windows=list(windows), **options
    )


def null_bars(n, estimation, length, seed, markets=1):
    """Abnormal returns of n pairs of independent bars, all null; so many in a row share half of their variance."""
    rng = np.random.default_rng(seed)
    shape = n // markets, markets, estimation + length
    drawn = np.sqrt(0.5) * (rng.standard_normal(shape) + rng.standard_normal((shape[0], 1, shape[2])))
    ids, day = [f"e{k}" for k in range(n)], np.datetime64("2020-01-01")
    rows = {"event_id": ids, "market": "m", "session": day, "outcome": "ok"}
    panel = EventPanel(
        rows=pd.DataFrame(rows).assign(detail=""),
        tau=np.arange(-estimation, length),
        returns=0.01 * drawn.reshape(n, -1),
        sessions=np.tile(day + np.arange(estimation + length), (n, 1)),
        factors=np.empty((n, estimation + length, 0)),
        factor_names=(),
    )
    windows = [Window(0, length - 1)]
    return abnormal_returns(ConstantMean(), panel, estimation=Window(-estimation, -1), windows=windows)
