"""NIST Statistical Reference Datasets for linear regression: certified coefficients and standard errors."""

import numpy as np
import statsmodels.api as sm

from eventstudy.inference.models.least_squares import least_squares

# https://www.itl.nist.gov/div898/strd/lls/lls.shtml
NORRIS = """0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6
778.9 777.0 559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6 557.7 556.0
228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5 999.0 
778.9 779.0 10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5"""


def digits(found, certified):
    """Return the number of correct decimal digits, as NIST counts them."""
    error = np.abs(found - certified) / np.abs(certified)
    return -np.log10(np.maximum(error, 1e-16)).min()


def regress(y, x):
    fit = least_squares(np.asarray(y, float)[None, :], np.asarray(x, float)[None, :, :], param_names=())
    centre = fit.center[0]
    slopes = fit.root[0, 1:, 1:] @ fit.root[0, 1:, 1:].T
    constant = fit.root[0, 0, 0] ** 2 + centre @ slopes @ centre
    errors = fit.sigma[0] * np.sqrt(np.r_[constant, np.diag(slopes)])
    return fit.params[0], errors, fit.sigma[0]


def test_longley():
    data = sm.datasets.longley.load_pandas()
    params, errors, sigma = regress(data.endog, data.exog[["GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR"]])
    certified = [
        (-3482258.63459582, 890420.383607373),
        (15.0618722713733, 84.9149257747669),
        (-0.0358191792925910, 0.0334910077722432),
        (-2.02022980381683, 0.488399681651699),
        (-1.03322686717359, 0.214274163161675),
        (-0.0511041056535807, 0.226073200069370),
        (1829.15146461355, 455.478499142212),
    ]
    assert digits(params, [b for b, _ in certified]) >= 10
    assert digits(errors, [se for _, se in certified]) >= 10
    assert digits(sigma, 304.854073561965) >= 10


def test_norris():
    pairs = np.array(NORRIS.split(), float).reshape(-1, 2)
    params, errors, sigma = regress(pairs[:, 0], pairs[:, 1:])
    assert digits(params, [-0.262323073774029, 1.00211681802045]) >= 12
    assert digits(errors, [0.232818234301152, 0.000429796848199937]) >= 12
    assert digits(sigma, 0.884796396144373) >= 12


def test_wampler_1():
    x = np.arange(21.0)
    powers = np.column_stack([x**k for k in range(1, 6)])
    params, _, sigma = regress(1 + powers.sum(axis=1), powers)
    assert digits(params, np.ones(6)) >= 9
    assert np.isnan(sigma), "the fit is exact: there is no variance to speak of"
