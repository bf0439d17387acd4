"""Factor files that a study names, beside prices and beside returns, against a regression by statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from eventstudy import read_study, run_study
from eventstudy.errors import InputError, UsageError
from eventstudy.study.config import study_toml

DAYS = pd.bdate_range("2018-01-02", "2018-08-31").difference(
    pd.DatetimeIndex(["2018-01-15", "2018-02-19", "2018-03-30", "2018-05-28", "2018-07-04"])
)
RNG = np.random.default_rng(2)
PER_CENT = pd.DataFrame(RNG.normal(0, 0.6, (len(DAYS), 4)), index=DAYS, columns=["Mkt-RF", "SMB", "HML", "RF"])
PER_CENT = PER_CENT.assign(RF=0.006).round(3)
FIRM = 0.9 * PER_CENT["Mkt-RF"] / 100 + RNG.normal(0, 0.01, len(DAYS))
EVENT = 140


@pytest.fixture
def folder(tmp_path):
    published = PER_CENT.set_axis(DAYS.strftime("%Y%m%d")).to_csv(index_label="")
    (tmp_path / "three.csv").write_text(f"Made of CRSP\n\n{published}\nCopyright\n", encoding="utf-8")
    close = pd.Series(50 * np.cumprod(1 + FIRM.to_numpy()), index=DAYS, name="XYZ")
    close.rename_axis("date").to_csv(tmp_path / "prices.csv")
    FIRM.rename("XYZ").rename_axis("date").to_csv(tmp_path / "returns.csv")
    (tmp_path / "events.csv").write_text(f"event_id,symbol,session\ne,XYZ,{DAYS[EVENT]:%Y-%m-%d}\n", encoding="utf-8")
    return tmp_path


def study(folder, source='prices = "prices.csv"', options='returns = "simple"', factors='"three.csv"'):
    path = folder / "study.toml"
    path.write_text(
        f'events = "events.csv"\n{source}\nfactors_file = {factors}\n[study]\nmodel = "fama-french-3"\n'
        f"estimation = [-120, -11]\nwindows = [[0, 1]]\n{options}\n",
        encoding="utf-8",
    )
    return read_study(path)


SOURCES = [
    ('prices = "prices.csv"', 'returns = "simple"'),
    ('returns_file = "returns.csv"', 'returns_kind = "simple"'),
]


@pytest.mark.parametrize(("source", "options"), SOURCES, ids=["prices", "returns"])
def test_the_factors_stand_beside_the_market(folder, source, options):
    done = run_study(study(folder, source, options))
    fraction = PER_CENT / 100
    excess = (FIRM - fraction["RF"]).to_numpy()
    X = sm.add_constant(fraction[["Mkt-RF", "SMB", "HML"]].to_numpy())
    before, at = slice(EVENT - 120, EVENT - 10), slice(EVENT, EVENT + 2)
    fit = sm.OLS(excess[before], X[before]).fit()
    (found,) = done.result.car["car"]
    # Returns of index levels and of prices with sixteen digits: sums of two of size .01.
    assert found == pytest.approx((excess[at] - fit.predict(X[at])).sum(), rel=1e-9, abs=1e-14)
    assert done.result.markets == ["XYZ"] and "three.csv" in done.inputs


def test_the_key_is_written_and_read_back(folder):
    first = study(folder, factors='["three.csv"]')
    (folder / "study.toml").write_text(study_toml(first), encoding="utf-8")
    again = read_study(folder / "study.toml")
    assert again.factors_file == first.factors_file and again.study == first.study


def test_log_returns_do_not_go_with_factors(folder):
    with pytest.raises(UsageError, match='write returns = "simple"'):
        run_study(study(folder, options='returns = "log"'))


def test_files_that_do_not_fit_are_refused(folder):
    (folder / "other.csv").write_text(",Mom\n20180102,0.1\n20180103,0.2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="reads none of Mom"):
        run_study(study(folder, factors='"other.csv"'))
    monthly = PER_CENT.head(3).set_axis(["201801", "201802", "201803"]).to_csv(index_label="")
    (folder / "monthly.csv").write_text(monthly, encoding="utf-8")
    with pytest.raises(InputError, match="not daily"):
        run_study(study(folder, factors='"monthly.csv"'))
    table = pd.DataFrame({"XYZ": FIRM, "SMB": 0.0}).rename_axis("date")
    table.to_csv(folder / "returns.csv")
    with pytest.raises(InputError, match="SMB is in factors_file and among"):
        run_study(study(folder, 'returns_file = "returns.csv"', 'returns_kind = "simple"'))
