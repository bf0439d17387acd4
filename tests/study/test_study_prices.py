"""The prices of a study file: which are taken, against arithmetic by hand; ordinary files of Yahoo's; returns."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from eventstudy import read_study, run_study, study_toml
from eventstudy.errors import UsageError
from eventstudy.instruments.catalogue import find_instrument
from eventstudy.markets.calendars.schedule import schedule
from eventstudy.study.config import STUDY_KEYS, StudyTable
from places_of_tests import ROOT

FIRST, LAST = dt.date(2023, 11, 1), dt.date(2024, 5, 14)
EXACT = {"rel": 1e-12, "abs": 1e-15}  # sums and logarithms of a few numbers of the size of 1


def sessions(symbol):
    return pd.DatetimeIndex(schedule(find_instrument(symbol), FIRST, LAST).sessions)


def walk(symbol, seed):
    """Closes of a random walk by the sessions of a market."""
    days = sessions(symbol)
    steps = np.random.default_rng(seed).normal(0, 0.01, len(days))
    return pd.Series(np.round(100 * np.exp(np.cumsum(steps)), 4), index=days)


def run(folder, lines, study="windows = [[0, 0]]"):
    """Run a study file of these lines, and return what was run."""
    path = folder / "study.toml"
    path.write_text("\n".join([*lines, "[study]", "estimation = [-60, -11]", study]), encoding="utf-8")
    return run_study(read_study(path))


def day_zero(done):
    return done.result.reaction.set_index("market")["return"]


# -- Yahoo's own file, in six lines -----------------------------------------------------------------------------------

SIX_LINES = """at = "2024-05-02T20:30:00Z"
prices = "yahoo.csv"
markets = ["AAPL", "7203.T", "XLE", "BTC-USD"]
[study]
estimation = [-100, -11]
windows = [[0, 0], [0, 1]]
"""


@pytest.fixture(scope="module")
def yahoo():
    """Closes of four markets, and the table as `yfinance.download(...).to_csv()` writes it."""
    closes = pd.DataFrame({name: walk(name, at) for at, name in enumerate(["7203.T", "AAPL", "BTC-USD", "XLE"])})
    prices = {"Close": closes, "High": closes + 1, "Low": closes - 1, "Open": closes, "Volume": closes * 0 + 1e6}
    table = pd.concat(prices, axis=1)
    return closes, table.rename_axis(columns=["Price", "Ticker"], index="Date")


def test_apple_toyota_a_fund_and_bitcoin_from_the_file_of_yahoo(tmp_path, yahoo):
    closes, table = yahoo
    table.to_csv(tmp_path / "yahoo.csv")
    assert (tmp_path / "yahoo.csv").read_text().splitlines()[1].startswith("Ticker,7203.T,AAPL,BTC-USD,XLE,7203.T")
    (tmp_path / "study.toml").write_text(SIX_LINES, encoding="utf-8")
    result = run_study(read_study(tmp_path / "study.toml")).result
    # Apple's results came after the close of New York on 2 May; Tokyo was shut from 3 to 6 May; the coin's day ends at
    # 24:00 UTC.
    days = {"AAPL": "2024-05-03", "7203.T": "2024-05-07", "XLE": "2024-05-03", "BTC-USD": "2024-05-02"}
    assert result.alignment.set_index("market")["session"].dt.strftime("%Y-%m-%d").to_dict() == days
    for symbol, day in days.items():
        last = closes[symbol].dropna()[:day]
        expected = np.log(last.iloc[-1] / last.iloc[-2])
        assert result.reaction.set_index("market")["return"][symbol] == pytest.approx(expected, **EXACT)
    assert any(f"7203.T by {find_instrument('7203.T').calendar}" in sentence for sentence in result.method)


# -- splits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [2, 0.1, 7])
def test_a_split_is_no_return(tmp_path, ratio):
    """Two new shares for one old (or one for ten) halve the price: the return is that of the halves."""
    close = walk("AAPL", 3)
    traded = close.where(close.index < "2024-05-03", close / ratio)
    traded.rename_axis("date").to_csv(tmp_path / "p.csv", header=["AAPL"])
    lines = ['at = "2024-05-02T20:30:00Z"', 'prices = "p.csv"', 'markets = ["AAPL"]']
    unadjusted = run(tmp_path, lines)
    held = close["2024-05-03"] / close["2024-05-02"]
    assert day_zero(unadjusted)["AAPL"] == pytest.approx(np.log(held / ratio), rel=1e-12)
    assert "possible_split" in unadjusted.result.oddities["kind"].tolist()
    done = run(tmp_path, [*lines, f'splits = {{AAPL = {{"2024-05-03" = {ratio}}}}}'])
    assert day_zero(done)["AAPL"] == pytest.approx(np.log(held), rel=1e-10)
    assert "possible_split" not in done.result.oddities["kind"].tolist()
    assert done.notes == ("AAPL: adjusted for the declared split of 2024-05-03",)
    assert f"Prices: {done.notes[0]}." in done.result.method


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ('{MSFT = {"2024-05-03" = 2}}', "unknown symbol 'MSFT'"),
        ('{AAPL = {"2024-05-04" = 2}}', "has no row on that day"),
        ('{AAPL = {"tomorrow" = 2}}', "write the day YYYY-MM-DD"),
        ('{AAPL = {"2024-05-03" = 0}}', "splits.AAPL.2024-05-03 is 0; write new shares for one old share"),
        ('{AAPL = {"2024-05-03" = inf}}', "splits.AAPL.2024-05-03 is inf; write new shares"),
    ],
)
def test_a_wrong_split_is_refused_in_one_line(tmp_path, value, words):
    walk("AAPL", 3).rename_axis("date").to_csv(tmp_path / "p.csv", header=["AAPL"])
    with pytest.raises(UsageError, match=r"study\.toml: splits") as caught:
        run(tmp_path, ['at = "2024-05-02T20:30:00Z"', 'prices = "p.csv"', 'markets = ["AAPL"]', f"splits = {value}"])
    assert words in str(caught.value) and "\n" not in str(caught.value)


# -- dividends --------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_dividend(tmp_path):
    """A share that pays 2 of its last price of 100 and opens at 98.5, beside a future with the same columns."""
    rows = []
    for symbol in ("AAPL", "CL=F"):
        close = walk(symbol, 4)
        close["2024-05-02"], close["2024-05-03"] = 100.0, 98.5
        adjusted = close.where(close.index >= "2024-05-03", close * (1 - 2 / 100))
        rows.append(pd.DataFrame({"symbol": symbol, "date": close.index, "close": close, "adj_close": adjusted}))
    pd.concat(rows).to_csv(tmp_path / "p.csv", index=False)
    return tmp_path


@pytest.mark.parametrize(
    ("key", "share", "future"),
    [("", 98.5 / 98, 0.985), ("adjusted = true", 98.5 / 98, 98.5 / 98), ("adjusted = false", 0.985, 0.985)],
)
def test_a_dividend_belongs_to_the_return_of_a_share(with_dividend, key, share, future):
    lines = ['at = "2024-05-02T20:30:00Z"', 'prices = "p.csv"', 'markets = ["AAPL", "CL=F"]', key]
    done = run(with_dividend, lines, 'rolls = "keep"\nwindows = [[0, 0]]')
    assert day_zero(done)["AAPL"] == pytest.approx(np.log(share), rel=1e-12)
    assert day_zero(done)["CL=F"] == pytest.approx(np.log(future), rel=1e-12)
    assert ["AAPL: adjusted close of p.csv" in note for note in done.notes] == [True, False][: len(done.notes)]


# -- currencies -------------------------------------------------------------------------------------------------------


@pytest.fixture
def abroad(tmp_path):
    """A share in pence, one in yen, one in dollars, and two rates: dollars for a pound, yen for a dollar."""
    names = ["SHEL.L", "7203.T", "AAPL", "GBPUSD=X", "JPY=X"]
    found = {name: walk(name, at) for at, name in enumerate(names)}
    found["SHEL.L"]["2024-05-02"], found["SHEL.L"]["2024-05-03"] = 2800.0, 2856.0
    found["GBPUSD=X"]["2024-05-02"], found["GBPUSD=X"]["2024-05-03"] = 1.25, 1.24
    found["7203.T"]["2024-05-02"], found["7203.T"]["2024-05-07"] = 3500.0, 3430.0
    found["JPY=X"]["2024-05-02"], found["JPY=X"]["2024-05-07"] = 156.0, 154.0
    pd.DataFrame(found).rename_axis("date").to_csv(tmp_path / "p.csv")
    return tmp_path


ABROAD = ['at = "2024-05-02T20:30:00Z"', 'prices = "p.csv"', 'markets = ["SHEL.L", "7203.T", "AAPL"]']


def test_a_london_and_a_tokyo_share_in_dollars(abroad):
    local, done = run(abroad, ABROAD), run(abroad, [*ABROAD, 'currency = "USD"'])
    assert day_zero(local)["SHEL.L"] == pytest.approx(np.log(2856 / 2800), rel=1e-12)
    # 28.00 pounds at 1.25 are 35.00 dollars, 28.56 at 1.24 are 35.4144; 3500 yen at 156 and 3430 at 154.
    assert day_zero(done)["SHEL.L"] == pytest.approx(np.log(35.4144 / 35.0), rel=1e-10)
    assert day_zero(done)["7203.T"] == pytest.approx(np.log((3430 / 154) / (3500 / 156)), rel=1e-10)
    assert day_zero(done)["AAPL"] == day_zero(local)["AAPL"]
    change = done.result.reaction.set_index("market")["change"]
    assert change["SHEL.L"] == pytest.approx(0.4144, rel=1e-10)  # in dollars, not in pence
    said = " ".join(done.result.method)
    assert "SHEL.L: GBP to USD by GBPUSD=X" in said and "7203.T: JPY to USD by JPY=X" in said


def test_without_the_rate_it_is_one_line_that_names_it(abroad):
    frame = pd.read_csv(abroad / "p.csv").drop(columns="JPY=X")
    frame.to_csv(abroad / "p.csv", index=False)
    with pytest.raises(
        UsageError, match=r"study\.toml: currency = 'USD': 7203\.T is in JPY; give the prices of"
    ) as error:
        run(abroad, [*ABROAD, 'currency = "USD"'])
    assert "JPY=X" in str(error.value) and "\n" not in str(error.value)


def test_what_is_not_studied_needs_no_rate(abroad):
    markets = ['at = "2024-05-02T20:30:00Z"', 'prices = "p.csv"', 'markets = ["SHEL.L"]', 'currency = "USD"']
    frame = pd.read_csv(abroad / "p.csv").drop(columns="JPY=X")
    frame.to_csv(abroad / "p.csv", index=False)
    assert day_zero(run(abroad, markets))["SHEL.L"] == pytest.approx(np.log(35.4144 / 35.0), rel=1e-10)


# -- returns ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def returns():
    days = pd.bdate_range("2023-11-01", "2024-05-14", name="date")
    return pd.DataFrame(np.random.default_rng(9).normal(0, 0.01, (len(days), 2)), days, columns=["AAA", "BBB"])


def written(folder, frame, form):
    """Write returns as a wide or a long table, and name the file."""
    if form.startswith("long"):
        frame = frame.reset_index().melt("date", var_name="symbol", value_name=form.split()[1])
        frame.to_csv(folder / "r.csv", index=False)
    else:
        frame.to_csv(folder / "r.csv")


@pytest.mark.parametrize("form", ["wide", "long return", "long Returns"])
@pytest.mark.parametrize(("unit", "factor"), [("fraction", 1), ("percent", 100)])
def test_returns_of_a_file_are_those_of_a_frame(tmp_path, returns, form, unit, factor):
    written(tmp_path, returns * factor, form)
    lines = ['at = "2024-05-03T12:00:00Z"', 'returns_file = "r.csv"']
    study = f'windows = [[0, 1]]\nreturns_kind = "simple"\nreturns_unit = "{unit}"'
    if form == "wide":
        lines.append('markets = ["BBB", "AAA"]')
    done = run(tmp_path, lines, study)
    assert day_zero(done)["AAA"] == pytest.approx(returns["AAA"]["2024-05-03"], rel=1e-12)
    # The constant-mean model by hand: what is above the average of the rows -60 to -11.
    at = returns.index.get_loc(pd.Timestamp("2024-05-03"))
    usual = returns["BBB"].iloc[at - 60 : at - 10].mean()
    car = done.result.car.set_index("market")["car"]["BBB"]
    assert car == pytest.approx(returns["BBB"].iloc[at : at + 2].sum() - 2 * usual, abs=1e-14)
    assert "r.csv/r.csv" in done.inputs and len(done.inputs) == 2


@pytest.mark.parametrize("form", ["PRC and RET", "ret", "DlyRet", "wide"])
def test_letters_of_crsp_are_missing_returns_and_are_listed(tmp_path, returns, form):
    cells = returns.map(repr)
    cells.loc["2023-11-01", "AAA"], cells.loc["2024-01-10", "AAA"] = "C", "B"
    if form == "wide":
        cells.to_csv(tmp_path / "r.csv")
    else:
        long = cells.reset_index().melt("date", var_name="TICKER", value_name=form.split()[-1])
        long.insert(0, "PERMNO", 10001)
        if "PRC" in form:  # a minus marks a midpoint in the prices, and a fall in the returns
            long["PRC"] = -20.5
        long.to_csv(tmp_path / "r.csv", index=False)
    study = 'returns_kind = "simple"\nreturns_unit = "fraction"'
    done = run(tmp_path, ['at = "2024-05-03T12:00:00Z"', 'returns_file = "r.csv"', 'markets = ["AAA", "BBB"]'], study)
    assert day_zero(done)["AAA"] == returns["AAA"]["2024-05-03"]
    assert (returns[returns.columns] < 0).any().all()
    assert any("AAA: no return on 2023-11-01, 2024-01-10; left out" in note for note in done.notes)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (['returns_file = "r.csv"', 'prices = "p"'], "`prices` and `returns_file` are both there; give one"),
        (['returns_file = "r.csv"', "adjusted = true"], "`adjusted` concerns prices"),
        (['returns_file = "r.csv"', 'splits = {A = {"2024-05-03" = 2}}'], "`splits` concerns prices"),
        (['returns_file = "r.csv"', 'currency = "USD"'], "`currency` concerns prices"),
        (['returns_file = "https://example.org/r.csv"'], "is a URL where a path is expected"),
        (['prices = "p"', 'currency = "dollars"'], "currency is 'dollars'; write the three letters of a currency"),
        (['prices = "p"', 'currency = "us1"'], "currency is 'us1'; write the three letters of a currency"),
        (['prices = "p"', 'adjusted = "yes"'], "adjusted"),
    ],
)
def test_keys_that_do_not_go_together_are_refused(tmp_path, lines, words):
    with pytest.raises(UsageError) as error:
        run(tmp_path, ['at = "2024-05-03T12:00:00Z"', *lines])
    assert words in str(error.value) and "study.toml" in str(error.value) and "\n" not in str(error.value)


# -- there and back ---------------------------------------------------------------------------------------------------

EVERY_KEY = """title = "All keys"
at = "2024-05-02T20:30:00Z"
prices = "p.csv"
layout = {date_format = "%d/%m/%Y", columns = {close = "Settle"}}
adjusted = false
currency = "USD"
splits = {AAPL = {"2024-05-03" = 2, "2020-08-31" = 4}}
markets = ["AAPL", "MINE"]

[instruments.MINE]
calendar = "XTKS"
currency = "JPY"

[study]
model = {name = "dimson", parameters = {lags = 2, leads = 0}}
benchmark = "^GSPC"
min_window_share = 0.5
"""
OF_RETURNS = """at = "2024-05-02T20:30:00Z"
returns_file = "r.csv"

[study]
returns_kind = "simple"
returns_unit = "percent"
"""


@pytest.mark.parametrize("text", [EVERY_KEY, OF_RETURNS], ids=["prices", "returns"])
def test_every_key_goes_there_and_back(tmp_path, text):
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    first = read_study(tmp_path / "study.toml")
    (tmp_path / "study.toml").write_text(study_toml(first), encoding="utf-8")
    second = read_study(tmp_path / "study.toml")
    keys = ("title", "at", "prices", "returns_file", "layout", "adjusted", "currency", "splits", "study")
    assert {key: getattr(first, key) for key in keys} == {key: getattr(second, key) for key in keys}
    assert study_toml(second) == study_toml(first)


def test_every_key_has_its_line_in_the_documentation():
    lines = (ROOT / "docs/study-file.md").read_text(encoding="utf-8").splitlines()
    described = {line.split("`")[1].strip("[]") for line in lines if line.startswith("| `")}
    assert described == set(StudyTable.__annotations__) | set(STUDY_KEYS)
