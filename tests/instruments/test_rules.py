"""Clocks by rule: symbols of exchanges around the world, coins, currencies, futures, and what is never guessed."""

import datetime as dt

import pytest

from eventstudy.errors import InputError, UnknownNameError, UsageError
from eventstudy.instruments.catalogue import (
    Instruments,
    catalogue,
    declared,
    find_instrument,
    groups,
    with_groups,
)
from eventstudy.instruments.exchanges import exchanges
from eventstudy.instruments.instrument import KINDS, Instrument
from eventstudy.instruments.rules import futures, written_otherwise
from eventstudy.markets.calendars.own_calendars import own_calendars
from eventstudy.markets.calendars.schedule import known_range, schedule
from eventstudy.markets.prices.rolls import is_continuous_future

# Large listed companies and funds, by the calendar of the exchange on which Yahoo lists the symbol.
LISTED = {
    "XNYS": "AAPL MSFT AMZN NVDA GOOGL META TSLA BRK-B JPM V XOM CVX JNJ PG UNH HD MA BAC KO PEP WMT DIS INTC CSCO F T "
    "C XLE SPY QQQ IWM GLD SLV USO EEM TLT HYG VTI BF-B RDS-A",
    "XTKS": "7203.T 6758.T 9984.T 8306.T 9432.T 6861.T 1321.T",
    "XHKG": "0700.HK 9988.HK 0005.HK 1299.HK 0941.HK 2318.HK 0388.HK",
    "XLON": "HSBA.L AZN.L SHEL.L BP.L ULVR.L GSK.L RIO.L VOD.L SMSN.IL",
    "XETR": "SAP.DE SIE.DE ALV.DE BAS.DE BMW.DE DTE.DE DBK.DE",
    "XPAR": "MC.PA OR.PA TTE.PA SAN.PA AIR.PA BNP.PA",
    "XASX": "BHP.AX CBA.AX CSL.AX NAB.AX WBC.AX WDS.AX",
    "XKRX": "005930.KS 000660.KS 035420.KS 247540.KQ 091990.KQ",
    "XTAI": "2330.TW 2317.TW 2454.TW 6488.TWO 5347.TWO",
    "XSHG": "600519.SS 601398.SS 601857.SS 000858.SZ 300750.SZ",
    "XNSE": "RELIANCE.NS TCS.NS HDFCBANK.NS INFY.NS M&M.NS",
    "XBOM": "500325.BO 532540.BO RELIANCE.BO",
    "XSES": "D05.SI O39.SI U11.SI Z74.SI",
    "XTSE": "RY.TO TD.TO SHOP.TO ENB.TO CNQ.TO GWM.V",
    "BVMF": "PETR4.SA VALE3.SA ITUB4.SA BBDC4.SA",
    "XSAU": "2222.SR 1120.SR 2010.SR",
    "XIDX": "BBCA.JK BBRI.JK TLKM.JK",
    "XBKK": "PTT.BK AOT.BK CPALL.BK",
    "XKLS": "1155.KL 5347.KL 1023.KL",
    "XPHS": "SM.PS ALI.PS BDO.PS",
    "XNZE": "FPH.NZ AIR.NZ SPK.NZ",
    "XSTO": "VOLV-B.ST ERIC-B.ST HM-B.ST ATCO-A.ST",
    "XOSL": "EQNR.OL DNB.OL TEL.OL",
    "XCSE": "NOVO-B.CO MAERSK-B.CO DSV.CO",
    "XHEL": "NOKIA.HE NESTE.HE SAMPO.HE",
    "XMIL": "ENI.MI ENEL.MI ISP.MI UCG.MI",
    "XMAD": "SAN.MC ITX.MC IBE.MC REP.MC",
    "XAMS": "ASML.AS INGA.AS ADYEN.AS",
    "XBRU": "ABI.BR KBC.BR UCB.BR",
    "XLIS": "GALP.LS EDP.LS",
    "XWBO": "OMV.VI EBS.VI VOE.VI",
    "XSWX": "NESN.SW NOVN.SW ROG.SW UBSG.SW",
    "XDUB": "RYA.IR KRZ.IR",
    "XWAR": "PKN.WA PKO.WA",
    "XIST": "THYAO.IS GARAN.IS",
    "XTAE": "TEVA.TA NICE.TA",
    "XJSE": "NPN.JO AGL.JO SOL.JO",
    "XMEX": "WALMEX.MX AMXB.MX",
    "XBUE": "YPFD.BA GGAL.BA",
    "XPRA": "CEZ.PR",
    "XBUD": "OTP.BD MOL.BD",
    "XICE": "MAREL.IC",
    "XFRA": "BMW.F",
    "XSTU": "BMW.SG",
    "24/7": "BTC-USD ETH-USD SOL-USD BTC-EUR DOGE-USD",
    "FX": "EURJPY=X GBPCHF=X SEK=X MXN=X",
    "CBOT_GRAINS": "ZC=F ZW=F ZS=F",
    "CME_RATES": "ZN=F ZB=F 6E=F 6J=F",
    "COMEX": "PL=F PA=F",
    "CME_EQUITY": "RTY=F NKD=F",
    "ICE_ENDEX": "TTF=F",
}
SYMBOLS = [(symbol, calendar) for calendar, symbols in LISTED.items() for symbol in symbols.split()]


def test_two_hundred_symbols_of_thirty_exchanges_get_their_clock():
    assert len(SYMBOLS) >= 200
    assert len(LISTED.keys() & {each.calendar for each in exchanges().values()}) >= 30
    assert [(symbol, str(find_instrument(symbol).calendar)) for symbol, _ in SYMBOLS] == SYMBOLS


def test_a_rule_says_why_and_in_what_money():
    facts = {
        symbol: (each.clock_basis, each.kind, each.currency, each.unit)
        for symbol in (
            "7203.T",
            "HSBA.L",
            "NPN.JO",
            "TEVA.TA",
            "AAPL",
            "BTC-EUR",
            "SEK=X",
            "ZC=F",
            "^N225",
            "000016.SS",
        )
        for each in [find_instrument(symbol)]
    }
    assert facts == {
        "7203.T": ('rule ".T"', "share", "JPY", "JPY"),
        "HSBA.L": ('rule ".L"', "share", "GBP", "GBp"),
        "NPN.JO": ('rule ".JO"', "share", "ZAR", "ZAc"),
        "TEVA.TA": ('rule ".TA"', "share", "ILS", "ILA"),
        "AAPL": ("rule US letters", "share", "USD", "USD"),
        "BTC-EUR": ('rule "-EUR"', "crypto", "EUR", "EUR"),
        "SEK=X": ('rule "=X"', "currency", "SEK", "SEK per USD"),
        "ZC=F": ('rule "=F"', "future", "USX", "USc/bu"),
        "^N225": ("catalogue", "index", "JPY", "points"),
        "000016.SS": ('rule ".SS"', "index", "CNY", "points"),
    }


@pytest.mark.parametrize("symbol", ["^XYZ", "^GSPC2", "nonsense", "CL1!", "TOOLONG", "XX=F", "AB.QQ", "", "7203"])
def test_what_no_rule_fits_is_refused_with_the_cures(symbol):
    with pytest.raises(UnknownNameError) as caught:
        find_instrument(symbol)
    for cure in (
        "[instruments] in study.toml",
        "EventStudy(instruments=...)",
        "es.Instrument",
        "EVENTSTUDY_INSTRUMENTS",
    ):
        assert cure in str(caught.value)
    assert "\n" not in str(caught.value)


def test_only_near_names_are_offered():
    with pytest.raises(UnknownNameError, match=r"unknown market 'CL=G'; did you mean 'CL=F'\?"):
        find_instrument("CL=G")
    with pytest.raises(UnknownNameError) as caught:
        find_instrument("^ABCDEF")
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "offered"), [("btc-usd", "BTC-USD"), ("aapl", "AAPL"), ("BRK.B", "BRK-B"), ("eurusd=x", "EURUSD=X")]
)
def test_a_symbol_written_otherwise_is_offered(given, offered):
    with pytest.raises(UnknownNameError, match=f"did you mean '{offered}'"):
        find_instrument(given)
    with pytest.raises(UnknownNameError, match="unknown market 'apple'; declare"):
        find_instrument("apple")


def test_a_single_contract_has_the_clock_of_its_root():
    crude, december = find_instrument("CL=F"), find_instrument("CLZ25.NYM")
    assert (december.calendar, december.observed_at, december.unit) == ("NYMEX", crude.observed_at, "USD/bbl")
    assert (december.clock_basis, december.kind) == ('rule ".NYM"', "future")
    assert find_instrument("ZCH26.CBT").calendar == "CBOT_GRAINS"
    assert is_continuous_future("CL=F") and not is_continuous_future("CLZ25.NYM")
    for wrong in ("CLA25.NYM", "QQQZ25.NYM", "CLZ5.NYM"):
        with pytest.raises(UnknownNameError):
            find_instrument(wrong)


@pytest.mark.parametrize(
    ("symbol", "remark"),
    [("EWX", "one letter away from 'EWY'"), ("WTI", "also a name of 'CL=F'"), ("AAPL", ""), ("XLE", "")],
)
def test_letters_that_may_mean_another_market_carry_a_remark(symbol, remark):
    assert find_instrument(symbol).remark.startswith(remark) and bool(find_instrument(symbol).remark) == bool(remark)


@pytest.mark.parametrize("symbol", ["OTE.AT", "VNM.VN", "SNP.RO", "QNBK.QA"])
def test_an_exchange_without_sessions_is_one_line(symbol):
    with pytest.raises(UsageError, match=f"{symbol}: no calendar of the .* declare a clock") as caught:
        find_instrument(symbol)
    assert "\n" not in str(caught.value)


def test_every_future_has_a_clock_and_a_kind():
    for root in futures():
        each = find_instrument(f"{root}=F")
        assert str(each.calendar) in own_calendars() and each.observed_at and each.kind == "future", root
    assert {each.asset_class for each in catalogue().values()} - KINDS.keys() == {"cfd", "spread"}


def test_groups_name_markets_with_a_clock():
    assert {"oil", "metals", "asia-equities", "europe-equities", "us-equities"} <= groups().keys()
    assert {"currencies", "rates", "crypto", "energy-shares"} <= groups().keys()
    for symbols in groups().values():
        assert all(known_range(find_instrument(symbol).calendar) for symbol in symbols)
    assert with_groups("@oil") == groups()["oil"]
    with pytest.raises(UnknownNameError, match="unknown group '@oli'; did you mean '@oil'"):
        with_groups(["@oli"])


WEEK = {"since": dt.date(2020, 1, 1), "open": "09:00", "close": "10:00"}
HOSE = {
    "timezone": "Asia/Ho_Chi_Minh",
    "open": "09:00",
    "close": "14:45",
    "breaks": [["11:30", "13:00"]],
    "holidays": [dt.date(2020, 1, 1), dt.date(2020, 1, 23), dt.date(2020, 1, 24)],
}


def test_a_clock_of_ones_own_in_one_table():
    own = declared({"VNM.VN": {"name": "Vinamilk", "currency": "VND", "clock": HOSE}, "VIC.VN": {"calendar": "VNM.VN"}})
    for symbol in own:
        found = schedule(own[symbol], dt.date(2020, 1, 22), dt.date(2020, 1, 27))
        assert found.sessions.astype(str).tolist() == ["2020-01-22", "2020-01-27"]
        assert [f"{at:%H:%M}" for at in found.stretches()["start"]] == ["02:00", "06:00"] * 2
    assert known_range(own["VIC.VN"].calendar) == (dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    assert own["VNM.VN"].clock_basis == "study file"


def test_holidays_from_a_file_with_a_short_day(tmp_path):
    (tmp_path / "days.csv").write_text("# notes\ndate,close\n2020-01-01,\n2020-12-24,12:00\n")
    own = declared({"X.Y": {"clock": {**HOSE, "holidays": "days.csv"}}}, folder=tmp_path)
    found = schedule(own["X.Y"], dt.date(2020, 12, 24), dt.date(2020, 12, 24))
    assert [f"{at:%H:%M}" for at in found.stretches()["end"]] == ["04:30"]


def test_a_table_only_changes_what_it_gives():
    own = declared({"AAPL": {"name": "Apple"}, "CL=F": {"calendar": "XNYS"}})
    assert (own["AAPL"].calendar, own["AAPL"].clock_basis, own["AAPL"].name) == ("XNYS", "rule US letters", "Apple")
    assert (own["CL=F"].unit, own["CL=F"].calendar, own["CL=F"].clock_basis) == ("USD/bbl", "XNYS", "study file")


def test_a_study_looks_its_own_symbols_up_first():
    mine = Instrument(symbol="AAPL", name="mine", calendar="XTKS")
    known = Instruments(own=declared({"AAPL": mine}), calendar="XLON")
    assert known.find("AAPL") == mine and known.find("MSFT").calendar == "XLON"
    assert known.find("7203.T").calendar == "XTKS" and known.find("MSFT").clock_basis == 'calendar = "XLON"'
    assert Instruments().get("no such") is None


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        ({"clock": HOSE, "calendar": "XTKS"}, InputError, "two clocks for one symbol"),
        ({"clock": {**HOSE, "timezone": "Asia"}}, InputError, "timezone is 'Asia'; write the name of a time zone"),
        ({"clock": {**HOSE, "timezone": "../../etc/passwd"}}, InputError, "write the name of a time zone"),
        ({"clock": {**HOSE, "open": "9"}}, InputError, "write a local time"),
        ({"clock": {**HOSE, "days": "Mon Tus"}}, InputError, "write weekdays such as"),
        ({"clock": {**HOSE, "holidays": "none.csv"}}, InputError, "no such file"),
        ({"clock": {**HOSE, "holliday": []}}, UnknownNameError, "did you mean 'holidays'"),
        ({"clock": {"timezone": "Asia/Tokyo", "open": "09:00"}}, InputError, "give both open"),
        ({"clock": {**HOSE, "open": "15:00"}}, InputError, "15:00, 11:30, 13:00, 14:45 do not run forward"),
        ({"clock": {**HOSE, "breaks": [["13:00", "11:30"]]}}, InputError, "09:00, 13:00, 11:30, 14:45 do not run"),
        ({"clock": {**HOSE, "weeks": [WEEK]}}, InputError, "not both"),
        ({"clock": {**HOSE, "first": dt.date(2030, 1, 1)}}, InputError, "forward in time"),
        ({"aliases": [1], "calendar": "XTKS"}, InputError, "aliases"),
        ({"name": "x"}, InputError, "calendar must be given"),
        (3, InputError, "expected a table of facts"),
    ],
)
def test_a_wrong_declaration_is_one_line(table, error, words):
    with pytest.raises(error, match=words) as caught:
        declared({"^MINE": table}, where="study.toml")
    assert "\n" not in str(caught.value) and ("study.toml" in str(caught.value) or "none.csv" in str(caught.value))


def test_an_unknown_suffix_is_not_taken_for_a_class_of_shares():
    assert written_otherwise("BRK.B") == "BRK-B"
    assert written_otherwise("FOO.XX") is None
