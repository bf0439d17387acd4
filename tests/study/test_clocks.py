"""Markets of any kind in one study: clocks by rule, of the study's own, and what the page says of them."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest

import eventstudy as es
from eventstudy.errors import UnknownNameError, UsageError
from eventstudy.study.config import study_toml

STRIKE = "2020-01-07T22:30:00Z"
HOSE = {
    "timezone": "Asia/Ho_Chi_Minh",
    "open": "09:00",
    "close": "14:45",
    "breaks": [["11:30", "13:00"]],
    "holidays": [dt.date(2019, 1, 1), dt.date(2020, 1, 1), {"date": dt.date(2020, 12, 31), "close": "11:30"}],
}


def prices(days, seed=0):
    draw = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(draw.normal(0, 0.01, len(days))))
    return pd.DataFrame({"open": close, "high": close * 1.01, "low": close * 0.99, "close": close}, index=days)


def frames():
    workdays = pd.bdate_range("2019-01-02", "2020-01-31")
    symbols = ("AAPL", "7203.T", "HSBA.L", "VNM.VN")
    found = {symbol: prices(workdays, seed) for seed, symbol in enumerate(symbols)}
    return found | {"BTC-USD": prices(pd.date_range("2019-01-02", "2020-01-31"), 9)}


def run(**options):
    study = es.EventStudy(estimation=(-120, -11), windows=[(0, 1)], **options)
    return study.run(es.Event.at(STRIKE), frames())


def test_a_share_a_coin_and_a_market_of_ones_own_in_one_study():
    result = run(instruments={"VNM.VN": {"name": "Vinamilk", "clock": HOSE}})
    seen = result.alignment.set_index("market")
    assert seen["state"].to_dict() == {
        "AAPL": "closed",
        "7203.T": "closed",
        "HSBA.L": "closed",
        "VNM.VN": "closed",
        "BTC-USD": "open",
    }
    opened = seen["first_tradable_utc"].dt.strftime("%d %H:%M").to_dict()
    assert opened == {
        "AAPL": "08 14:30",
        "7203.T": "08 00:00",
        "HSBA.L": "08 08:00",
        "VNM.VN": "08 02:00",
        "BTC-USD": "07 22:30",
    }
    assert seen.loc["BTC-USD", "session"] == pd.Timestamp("2020-01-07")
    clocks = next(line for line in result.method if line.startswith("Clocks:"))
    for said in ('7203.T by XTKS (rule ".T")', "AAPL by XNYS (rule US letters)", "VNM.VN by VNM.VN (instruments=)"):
        assert said in clocks


def test_a_coin_counts_every_day_and_a_share_its_sessions():
    result = run(instruments={"VNM.VN": {"clock": HOSE}})
    sessions = {market: set(group["session"]) for market, group in result.ar.groupby("market")}
    assert result.panel.rows["market"].tolist()[-1] == "BTC-USD"
    weekend = {day for day in result.panel.sessions[-1].tolist() if day is not None and day.weekday() > 4}
    assert weekend and not any(day.weekday() > 4 for day in sessions["AAPL"])


@pytest.mark.usefixtures("without_figures")
def test_the_page_of_a_market_of_ones_own_can_be_written(tmp_path):
    result = run(instruments={"VNM.VN": {"name": "Vinamilk", "currency": "VND", "clock": HOSE}})
    page = es.write_report(result, tmp_path).read_text(encoding="utf-8")
    assert "VNM.VN by VNM.VN" in page and "AAPL by XNYS" in page


def test_an_instrument_may_stand_where_a_symbol_may():
    mine = es.Instrument(symbol="VNM.VN", name="Vinamilk", calendar="XBKK")
    study = es.EventStudy(markets=[mine, "AAPL"], benchmark=mine, windows=[(0, 1)], estimation=(-120, -11))
    assert (study.markets, study.benchmark) == (("VNM.VN", "AAPL"), "VNM.VN")
    assert study.run(es.Event.at(STRIKE), frames()).alignment["market"].tolist() == ["VNM.VN", "AAPL"]
    with pytest.raises(UsageError, match=r"VNM\.VN: two clocks for one symbol"):
        es.EventStudy(markets=[mine], instruments={"VNM.VN": {"calendar": "XHKG"}})


def test_a_calendar_serves_the_symbols_without_another_clock():
    given = {"MINE": frames()["AAPL"], "7203.T": frames()["7203.T"]}
    result = es.EventStudy(estimation=(-120, -11), calendar="XLON").run(es.Event.at(STRIKE), given)
    opened = result.alignment.set_index("market")["first_tradable_utc"].dt.strftime("%H:%M").to_dict()
    assert opened == {"MINE": "08:00", "7203.T": "00:00"}
    with pytest.raises(UnknownNameError, match=r"unknown market 'MINEOWN'.*EventStudy"):
        es.EventStudy(estimation=(-120, -11)).run(es.Event.at(STRIKE), {"MINEOWN": given["MINE"]})


def test_a_group_names_its_markets():
    assert es.EventStudy(markets="@us-equities").markets == ("^GSPC", "^DJI", "^IXIC", "^RUT")


STUDY = """at = "2020-01-07T22:30:00Z"
prices = "prices.csv"
markets = ["AAPL", "VNM.VN"]

[study]
estimation = [-120, -11]

[instruments."VNM.VN"]
name = "Vinamilk"
clock = { timezone = "Asia/Ho_Chi_Minh", open = "09:00", close = "14:45", holidays = "days.csv" }

[instruments.AAPL]
name = "Apple"
"""


def test_a_study_file_declares_instruments_and_is_written_back(tmp_path):
    (tmp_path / "study.toml").write_text(STUDY)
    (tmp_path / "days.csv").write_text("date,close\n2019-01-01,\n2020-01-01,\n2020-12-31,11:30\n")
    file = es.read_study(tmp_path / "study.toml")
    own = file.study.instruments
    assert (own["AAPL"].name, own["AAPL"].calendar, str(own["VNM.VN"].calendar)) == ("Apple", "XNYS", "VNM.VN")
    (tmp_path / "again.toml").write_text(study_toml(file))
    again = es.read_study(tmp_path / "again.toml")
    assert again.study.instruments["VNM.VN"].calendar == own["VNM.VN"].calendar
    assert again.study.specification() == file.study.specification()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (STUDY.replace("clock = {", "clok = {"), r"\[instruments\]: \['VNM\.VN'\]: unknown key 'clok'"),
        (STUDY.replace('name = "Apple"', 'calendar = "XNYSE"'), "unknown calendar 'XNYSE'; did you mean"),
        (STUDY.replace("days.csv", "none.csv"), "no such file"),
    ],
)
def test_a_wrong_declaration_is_refused_with_its_place(tmp_path, changed, words):
    (tmp_path / "study.toml").write_text(changed)
    (tmp_path / "days.csv").write_text("date\n2019-01-01\n")
    with pytest.raises(ValueError, match=words) as caught:
        es.read_study(tmp_path / "study.toml").study.run(es.Event.at(STRIKE), frames())
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("without_figures")
def test_one_market_beyond_its_calendar_does_not_end_the_study(tmp_path):
    days = pd.bdate_range("2026-01-01", "2027-02-10")
    given = {"^GSPC": prices(days), "000001.SS": prices(days, 1)}
    study = es.EventStudy(estimation=(-120, -11), windows=[(0, 1)])
    result = study.run(es.Event.at("2027-02-03T22:30Z"), given)
    assert dict(zip(result.outcomes["market"], result.outcomes["outcome"], strict=True)) == {
        "^GSPC": "ok",
        "000001.SS": "outside_calendar",
    }
    assert es.write_report(result, tmp_path).exists()


@pytest.mark.usefixtures("without_figures")
def test_declared_names_are_used_in_sentences_tables_and_pictures(tmp_path):
    own = {"AAPL": {"name": "Apple"}, "VNM.VN": {"name": "Vinamilk", "clock": HOSE}}
    result = run(instruments=own, markets=["AAPL", "VNM.VN", "HSBA.L"])
    assert result.finding()[0].startswith("Apple ") and "AAPL" not in " ".join(result.finding())
    assert result.summary().table["market"].tolist() == ["Apple", "Vinamilk", "HSBA.L"]
    assert result.plot_car().get_title(loc="left").startswith("Apple: CAR")
    for axes in (result.plot_anatomy(), result.plot_sessions()):
        assert {text.get_text() for text in axes.get_yticklabels()} == {"Apple", "Vinamilk", "HSBA.L"}
    assert set(result.reaction["market"]) == {"AAPL", "VNM.VN", "HSBA.L"}
    page = es.write_report(result, tmp_path).read_text(encoding="utf-8")
    assert len(re.findall("<t[dh][^>]*>Apple</t[dh]>", page)) >= 4 and not re.search("<t[dh][^>]*>AAPL</t[dh]>", page)


def test_the_benchmark_goes_by_its_declared_name():
    own = {"HSBA.L": {"name": "HSBC"}, "7203.T": {"name": "Toyota"}, "VNM.VN": {"clock": HOSE}}
    result = run(instruments=own, markets=["7203.T"], model="market", benchmark="HSBA.L")
    sentences = [line for line in str(result).splitlines() if "benchmark affected" in line or "observed later" in line]
    assert len(sentences) == 2
    assert all("HSBC" in line and "Toyota" in line for line in sentences)


@pytest.mark.usefixtures("without_figures")
def test_two_markets_of_one_name_stay_apart(tmp_path):
    own = {"AAPL": {"name": "Apple"}, "HSBA.L": {"name": "Apple"}, "VNM.VN": {"clock": HOSE}}
    result = run(instruments=own, markets=["AAPL", "HSBA.L"])
    both = ["Apple (AAPL)", "Apple (HSBA.L)"]
    assert result.summary().table["market"].tolist() == both
    assert {text.get_text() for text in result.plot_sessions().get_yticklabels()} == set(both)
    page = es.write_report(result, tmp_path).read_text(encoding="utf-8")
    assert all(re.search(f"<t[dh][^>]*>{re.escape(name)}</t[dh]>", page) for name in both)
