"""The volatility event study, against maximum likelihood by a plain loop over the days."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import minimize
from statsmodels.tools.numdiff import approx_hess

from eventstudy import EventStudy
from eventstudy.errors import UsageError
from eventstudy.inference import volatility

pytest.importorskip("arch", reason="the extra garch is not installed")
DAYS = pd.bdate_range("2019-01-02", periods=290)
WINDOW = slice(265, 285)


def simulated(seed, more):
    """Returns of 290 days with beta 0.8, of which 20 have a larger mean and variance, and the benchmark's."""
    rng, h, e = np.random.default_rng(seed), 1e-4, np.zeros(290)
    market, last = rng.normal(0, 0.008, 290), 0.0
    for t in range(290):
        h = 8e-6 + (0.05 + 0.1 * (last < 0)) * last**2 + 0.8 * h + more * (WINDOW.start <= t < WINDOW.stop)
        last = e[t] = np.sqrt(h) * rng.standard_normal()
    dummy = np.zeros(290)
    dummy[WINDOW] = 1
    return 0.8 * market + e + 0.004 * dummy, market


def likelihood(p, y, x, dummy, start):
    """Log-likelihood of a regression with GJR-GARCH errors, day by day (Glosten, Jagannathan & Runkle 1993)."""
    a, b, m, omega, arch, asymmetry, garch, more = p
    e = y - a - b * x - m * dummy
    h = omega + (arch + asymmetry / 2 + garch) * start + more * dummy[0]
    total = 0.0
    for t in range(len(y)):
        if t:
            h = omega + (arch + asymmetry * (e[t - 1] < 0)) * e[t - 1] ** 2 + garch * h + more * dummy[t]
        if h <= 0:
            return -np.inf
        total += -0.5 * (np.log(2 * np.pi * h) + e[t] ** 2 / h)
    return total


@pytest.fixture(scope="module")
def study():
    frame = pd.DataFrame(index=DAYS)
    for seed, name in enumerate("AB", start=17):
        frame[name], frame[f"M{name}"] = simulated(seed, 1.5e-4 * (name == "A"))
    frame["C"] = frame["A"].where((DAYS[30] > DAYS) | (DAYS[210] < DAYS))
    events = pd.DataFrame({"event_id": list("abc"), "symbol": list("ABC"), "session": DAYS[[265] * 3]})
    options = {"model": "market", "benchmark": "MA", "windows": [(0, 19)], "estimation": (-255, -6), "tests": ["t"]}
    return frame, EventStudy(**options, min_window_share=0.5).run(events, returns=frame)


def test_the_effects_are_those_of_maximum_likelihood_by_a_loop(study):
    frame, result = study
    found = result.volatility_effects((0, 19)).set_index("market").loc["A"]
    rows = slice(265 - 255, 285)
    y, x, scale = frame["A"].to_numpy()[rows], frame["MA"].to_numpy()[rows], frame["A"].iloc[rows].std(ddof=0)
    dummy = np.zeros(len(y))
    dummy[-20:] = 1
    y, x = y / scale, x / scale
    design = np.column_stack([np.ones_like(y), x, dummy])
    slopes = np.linalg.lstsq(design, y, rcond=None)[0]
    start = np.var(y - design @ slopes)

    def best(fixed):
        """The optimum from the values with which the returns were made."""
        free = [k for k in range(8) if k not in fixed]
        guess = np.array([*slopes, 0.1 * start, 0.05, 0.1, 0.8, 0.0 if fixed else 0.2])

        def loss(part):
            p = guess.copy()
            p[free] = part
            value = likelihood(p, y, x, dummy, start)
            return 1e6 if not np.isfinite(value) else -value

        return minimize(loss, guess[free], method="BFGS", options={"gtol": 1e-6})

    full, null = best(()), best((7,))
    # Two searches on a flat surface: they stop within a thousandth of each other.
    close = {"rel": 2e-3, "abs": 1e-9}
    for name, value in zip(("arch", "asymmetry", "garch"), full.x[4:7], strict=True):
        assert found[name] == pytest.approx(value, rel=5e-3, abs=2e-4), name
    assert found["mean_effect"] == pytest.approx(full.x[2] * scale, **close)
    assert found["variance_effect"] == pytest.approx(full.x[7] * scale**2, **close)
    hessian = approx_hess(full.x, lambda p: -likelihood(p, y, x, dummy, start))
    error = np.sqrt(np.linalg.inv(hessian)[2, 2]) * scale
    assert found["mean_se"] == pytest.approx(error, rel=0.01), "numerical second derivatives of two programs"
    assert found["mean_p"] == pytest.approx(2 * stats.norm.sf(abs(found["mean_effect"]) / found["mean_se"]), rel=1e-9)
    ratio = 2 * (null.fun - full.fun)
    assert found["variance_p"] == pytest.approx(stats.chi2.sf(ratio, 1), rel=5e-3)
    assert found["n"] == 275 and found["variance_p"] < 0.01 < found["variance_ratio"] - 1


def test_a_market_without_an_effect_or_without_days_says_so(study):
    lines = study[1].volatility_effects((0, 19)).set_index("market")
    assert lines.loc["B", "variance_p"] > 0.05
    assert lines.loc["C", "detail"].startswith("94 rows, 20 of them in the window; 100 and 5 with returns")
    assert np.isnan(lines.loc["C", "variance_p"])


def test_a_surface_that_is_no_hill_gives_no_standard_error(monkeypatch):
    """As seen in 3 of 600 simulated series, whose parameters end at their bounds."""
    real = volatility._fitted

    def flat(*words):
        fit = real(*words)
        known = {name: getattr(fit, name) for name in ("params", "conditional_volatility", "loglikelihood")}
        return SimpleNamespace(**known, param_cov=-np.asarray(fit.param_cov))

    monkeypatch.setattr(volatility, "_fitted", flat)
    y, x = simulated(17, 0.0)
    inside = np.arange(290) >= 280
    found = volatility.event_volatility(y, x[:, None], inside)
    assert np.isnan([found.mean_se, found.mean_p]).all() and np.isfinite([found.mean_effect, found.variance_p]).all()


def test_what_cannot_be_estimated_is_refused(study):
    frame, result = study
    with pytest.raises(UsageError, match="a variance needs 5"):
        result.volatility_effects((0, 1))
    with pytest.raises(UsageError, match="beyond the panel"):
        result.volatility_effects((10, 30))
    events = pd.DataFrame({"event_id": ["a"], "symbol": ["A"], "session": [DAYS[265]]})
    options = {"model": "scholes-williams", "benchmark": "MA", "windows": [(0, 19)], "estimation": (-255, -6)}
    other = EventStudy(**options, tests=["t"]).run(events, returns=frame)
    with pytest.raises(UsageError, match="no regression on its columns"):
        other.volatility_effects((0, 9))


def test_a_risk_free_rate_comes_off_the_return(study):
    frame, result = study
    shifted = frame.assign(RF=0.0001, A=frame["A"] + 0.0001)
    events = pd.DataFrame({"event_id": ["a"], "symbol": ["A"], "session": [DAYS[265]]})
    model = {"name": "factors", "parameters": {"factors": ["MA"], "riskfree": "RF"}}
    options = {"windows": [(0, 19)], "estimation": (-255, -6), "tests": ["t"]}
    found = EventStudy(model=model, **options).run(events, returns=shifted).volatility_effects((0, 19)).iloc[0]
    plain = result.volatility_effects((0, 19)).iloc[0]
    # The same returns up to rounding; the searches stop within 1e-12 of the likelihood.
    assert found["mean_effect"] == pytest.approx(plain["mean_effect"], rel=1e-4)
    assert found["variance_p"] == pytest.approx(plain["variance_p"], rel=1e-3)
