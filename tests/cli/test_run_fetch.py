"""``eventstudy run --fetch``: what is missing comes from a server on this machine, the rest from the store."""

import datetime as dt
import functools
import json
import sys

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("yfinance", reason="the extra `prices` is not installed")
pytest.importorskip("pyarrow", reason="the extra `prices` is not installed")
pytest.importorskip("requests", reason="requests is not installed")

import chart_server as loopback

from eventstudy.cli import run as run_command
from eventstudy.cli import study_fetch
from eventstudy.instruments.catalogue import find_instrument
from eventstudy.markets.calendars.schedule import schedule
from eventstudy.markets.sources.pacing import Pace
from eventstudy.markets.sources.store import Store
from eventstudy.markets.sources.yahoo import YahooSource

pytestmark = pytest.mark.usefixtures("without_figures")
EARNINGS = "2024-05-02T20:30:00Z"
ZONES = {"AAPL": "America/New_York", "7203.T": "Asia/Tokyo"}
STUDY = """at = "{at}"
prices = "store"
markets = ["AAPL", "7203.T"]
{key}
[study]
estimation = [-60, -11]
windows = [[0, 1]]
{study}
"""


def closes(symbol):
    """Closes by session, the same at every call."""
    days = pd.DatetimeIndex(schedule(find_instrument(symbol), dt.date(2023, 12, 1), dt.date(2024, 6, 14)).sessions)
    steps = np.random.default_rng(len(symbol)).normal(0, 0.01, len(days))
    return pd.Series(np.round(100 * np.exp(np.cumsum(steps)), 2), index=days)


@pytest.fixture
def server():
    with loopback.ChartServer().running() as running:
        running.zones = dict(ZONES)
        for symbol, zone in ZONES.items():
            prices = closes(symbol)
            stamps = [int(day.timestamp()) for day in prices.index.tz_localize(zone)]
            rows = [(price, price + 1, price - 1, price) for price in prices]
            answer = loopback.chart(stamps, loopback.quotes(rows), zone=zone)
            running.script[symbol] = [loopback.Reply(answer)]
        yield running


@pytest.fixture
def typed(server, main, monkeypatch, tmp_path):
    """Type `eventstudy run STUDY ...`, with a store of its own and Yahoo on this machine."""

    def source():
        return YahooSource(
            session=server.session(), pace=Pace(per_minute=60_000, sleep=lambda seconds: None), attempts=2
        )

    monkeypatch.setattr(run_command, "fetch_missing", functools.partial(study_fetch.fetch_missing, source=source))
    monkeypatch.setenv("EVENTSTUDY_DATA", str(tmp_path / "data"))

    def run(*words, out="out", **lines):
        text = STUDY.format_map({"at": EARNINGS, "key": "", "study": "", **lines})
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return main("run", tmp_path / "study.toml", "--out", tmp_path / out, *words)

    return run


def test_what_is_missing_is_fetched_told_and_then_read_from_pinned_files(typed, server, tmp_path):
    code, _, err = typed("--fetch")
    lines = err.splitlines()
    assert code == 0 and lines[0].startswith("fetching 2 symbols from Yahoo, 2024-01-17 to 2024-05-19")
    assert lines[1].startswith("fetched AAPL: ok; ") and lines[2].startswith("fetched 7203.T: ok; ")
    entries = {symbol: Store.of(None).latest(symbol) for symbol in ZONES}
    inputs = json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))["inputs"]
    assert {name: digest for name, digest in inputs.items() if name.startswith("store/")} == {
        f"store/{entry.name}": entry.sha256 for entry in entries.values()
    }
    moves = pd.read_csv(tmp_path / "out/tables/reaction.csv").set_index("market")["return"]
    apple, toyota = closes("AAPL"), closes("7203.T")
    assert moves["AAPL"] == pytest.approx(np.log(apple["2024-05-03"] / apple["2024-05-02"]), rel=1e-12)
    assert moves["7203.T"] == pytest.approx(np.log(toyota["2024-05-07"] / toyota["2024-05-02"]), rel=1e-12)


def test_what_is_there_is_not_asked_for_again(typed, server, tmp_path):
    typed("--fetch")
    asked = dict(server.paths)
    code, _, err = typed("--fetch", out="again")
    assert code == 0 and "fetch" not in err and dict(server.paths) == asked
    assert (tmp_path / "again/run.json").read_bytes() == (tmp_path / "out/run.json").read_bytes()
    assert typed(out="offline")[0] == 0 and dict(server.paths) == asked


def test_an_answer_for_fewer_days_is_not_enough(typed, server, tmp_path):
    source = YahooSource(session=server.session(), pace=Pace(per_minute=60_000), attempts=2)
    store = Store.of(None)
    store.put(source.fetch("AAPL", "1d", dt.date(2024, 4, 1), dt.date(2024, 6, 14)))
    code, _, err = typed("--fetch")
    assert code == 0 and err.startswith("fetching 2 symbols")


def test_an_older_answer_stands_in_where_nothing_arrives(typed, server):
    source = YahooSource(session=server.session(), pace=Pace(per_minute=60_000), attempts=2)
    Store.of(None).put(source.fetch("AAPL", "1d", dt.date(2024, 1, 20), dt.date(2024, 6, 14)))
    server.script["AAPL"] = [loopback.Reply(b"", 503)]
    code, _, err = typed("--fetch")
    assert code == 0 and "AAPL: unreachable: HTTP 503; the answer of " in err


def test_a_symbol_that_does_not_arrive_is_6_and_writes_nothing(typed, server, tmp_path):
    server.script["7203.T"] = [loopback.Reply(b"", 503)]
    code, out, err = typed("--fetch")
    assert (code, out) == (6, "") and err.splitlines()[-1] == "eventstudy: 7203.T: unreachable: HTTP 503"
    assert not (tmp_path / "out").exists()


def test_a_benchmark_that_does_not_exist_is_asked_for_alone_and_is_6(typed, server):
    typed("--fetch")
    asked = dict(server.asked)
    code, _, err = typed("--fetch", study='model = "market"\nbenchmark = "NOPE"', out="more")
    assert code == 6 and "fetching 1 symbols" in err and err.splitlines()[-1].startswith("eventstudy: NOPE: delisted: ")
    assert dict(server.asked) == asked | {"NOPE": server.asked["NOPE"]}


def test_pins_and_fetching_do_not_go_together(typed, server):
    code, out, err = typed("--fetch", key='pins = ["0123456789"]')
    assert (code, out) == (2, "") and "`pins` settle which prices are used" in err and err.count("\n") == 1
    assert not server.paths


def test_a_study_of_days_to_come_has_no_prices(typed, server):
    code, _, err = typed("--fetch", at="2999-05-02T20:30:00Z")
    assert code == 4 and "there are no prices yet" in err and not server.paths


def test_files_of_ones_own_are_never_fetched(main, study_file, server):
    code, out, err = main("run", study_file(), "--fetch")
    assert (code, out) == (2, "") and '--fetch gets prices into the store; write prices = "store"' in err
    assert err.count("\n") == 1


def test_a_study_never_fetches_by_itself(typed, server):
    code, _, err = typed()
    assert code == 4 and "prices fetch" in err and not server.paths


@pytest.mark.parametrize("words", [["run"], ["prices", "fetch", "AAPL", "--from", "2024-01-02"]])
def test_without_pyarrow_it_is_said_before_any_request(main, monkeypatch, server, tmp_path, words):
    monkeypatch.setenv("EVENTSTUDY_DATA", str(tmp_path / "data"))
    made = []
    monkeypatch.setattr(run_command, "fetch_missing", functools.partial(study_fetch.fetch_missing, source=made.append))
    (tmp_path / "study.toml").write_text(STUDY.format(at=EARNINGS, key="", study=""), encoding="utf-8")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, out, err = main(*words, *([tmp_path / "study.toml", "--fetch"] if words == ["run"] else []))
    assert (code, out) == (2, "") and err.splitlines()[-1].startswith("eventstudy: pyarrow is not installed")
    assert "pip install 'market-eventstudy[prices]'" in err and not made and not server.paths
