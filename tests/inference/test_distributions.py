"""Tails and quantiles, beside those of scipy.stats."""

import subprocess
import sys

import numpy as np
from scipy import stats

from eventstudy.inference.distributions import f_sf, normal_sf, t_ppf, t_sf

X = np.array([-40.0, -2.5, 0.0, 1e-9, 0.7, 3.0, 9.0, 35.0, np.inf, np.nan])
DF = np.array([1.0, 2.0, 7.5, 198.0, 1e6, np.inf])[:, None]


def test_tails_and_quantiles_are_those_of_scipy():
    # A tail of exp(-x²/2) loses x²/2 roundings.
    np.testing.assert_allclose(t_sf(X, DF), stats.t.sf(X, DF), rtol=1e-12)
    np.testing.assert_allclose(normal_sf(X), stats.norm.sf(X), rtol=1e-12)
    q = np.array([1e-8, 0.025, 0.5, 0.9, 0.975])
    np.testing.assert_allclose(t_ppf(q, DF), stats.t.ppf(q, DF), rtol=1e-12)
    f = X[X >= 0]
    np.testing.assert_allclose(f_sf(f, 3, DF[:-1]), stats.f.sf(f, 3, DF[:-1]), rtol=1e-12)


def test_a_study_of_one_event_does_not_import_scipy_stats():
    code = (
        "import sys, numpy as np, pandas as pd; from eventstudy import EventStudy\n"
        "days = pd.bdate_range('2019-01-01', '2020-01-08')\n"
        "returns = pd.DataFrame({'M': np.resize([0.01, -0.01], len(days))}, index=days)\n"
        "events = pd.DataFrame({'event_id': ['e'], 'symbol': ['M'], 'session': days[-1:]})\n"
        "result = EventStudy(windows=[(0, 0)]).run(events, returns=returns)\n"
        "assert len(result.car) == 1 and len(result.ar)\n"
        "sys.exit('scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
