"""The commands about prices, from the words typed to the files kept, against a server on this machine."""

import json
import subprocess
import sys

import pandas as pd
import pytest

pytest.importorskip("yfinance", reason="the extra `prices` is not installed")
pytest.importorskip("pyarrow", reason="the extra `prices` is not installed")
pytest.importorskip("requests", reason="requests is not installed")

import chart_server as loopback

from eventstudy.cli import price_actions as prices
from eventstudy.errors import NetworkError
from eventstudy.markets.sources.pacing import Pace
from eventstudy.markets.sources.store import Store
from eventstudy.markets.sources.yahoo import YahooSource

DAYS = [int(pd.Timestamp(f"2020-01-0{day}", tz="America/New_York").timestamp()) for day in (6, 7, 8)]
ROWS = [(62.0, 63.0, 61.0, 62.5), (62.5, 63.1, 62.0, 62.7), (62.7, 65.65, 59.15, 59.61)]
WORDS = ["--from", "2020-01-06", "--to", "2020-01-08"]


@pytest.fixture
def server():
    with loopback.ChartServer().running() as running:
        running.script["CL=F"] = [loopback.Reply(loopback.chart(DAYS, loopback.quotes(ROWS)))]
        running.script["BZ=F"] = [loopback.Reply(b"", 429)]
        yield running


@pytest.fixture
def typed(server, main, monkeypatch, tmp_path):
    """Type `eventstudy prices ...` with a store of its own."""

    def source():
        pace = Pace(per_minute=60_000, sleep=lambda seconds: None)
        return YahooSource(session=server.session(), pace=pace, attempts=2)

    monkeypatch.setattr(prices.fetch, "__kwdefaults__", {"source": source})
    monkeypatch.setenv("EVENTSTUDY_DATA", str(tmp_path / "data"))
    return lambda *words: main("prices", *words)


def test_fetch_keeps_what_arrives_and_says_what_does_not(typed, tmp_path):
    code, out, err = typed("fetch", "CL=F", "NOPE", *WORDS, "--json")
    rows = json.loads(out)
    assert code == 0
    assert [(row["symbol"], row["outcome"], row["rows"]) for row in rows] == [
        ("CL=F", "ok", 3),
        ("NOPE", "delisted", 0),
    ]
    assert (rows[0]["first"], rows[0]["last"]) == ("2020-01-06", "2020-01-08")
    assert "may be delisted" in rows[1]["detail"] and str(tmp_path / "data") in err
    store = Store.of()
    assert store.read(store.pinned(rows[0]["sha256"])).frame["close"].tolist() == [62.5, 62.7, 59.61]


def test_when_nothing_arrives_the_network_failed(typed):
    code, out, err = typed("fetch", "BZ=F", "NOPE", *WORDS)
    assert (code, out) == (NetworkError.exit_code, "")
    assert err.startswith("eventstudy: BZ=F: rate_limited: HTTP 429") and err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fetch", "CL=F", "--from", "01/02/2020"], "--from '01/02/2020' is not a day; write it YYYY-MM-DD"),
        (["fetch", "CL=F", *WORDS, "--interval", "1w"], "unknown interval '1w'"),
        (["fetch", "https://example.com", *WORDS], "is not a symbol of Yahoo's"),
        (["fetch", "CL=F"], "Missing option '--from'"),
        (["check", "--files", "http://127.0.0.1/x.csv"], "is a URL"),
    ],
)
def test_misuse_is_one_line_and_asks_nobody(typed, server, words, said):
    code, out, err = typed(*words)
    assert (code, out) == (2, "") and said in err and err.count("\n") == 1
    assert not server.paths


def test_list_shows_what_is_there_and_names_what_is_damaged(typed):
    typed("fetch", "CL=F", *WORDS)
    typed("fetch", "CL=F", *WORDS)
    code, out, _ = typed("list", "--json")
    rows = json.loads(out)
    assert code == 0 and len(rows) == 2 and rows[0]["as_of"] <= rows[1]["as_of"]
    assert (rows[0]["prices"], rows[0]["interval"], rows[0]["rows"]) == ("split", "1d", 3)
    path = Store.of().pinned(rows[1]["sha256"]).path
    path.write_bytes(path.read_bytes()[:-1])
    code, out, err = typed("list")
    lines = out.splitlines()
    assert code == 0 and len(lines) == 2 and lines[0].startswith("symbol") and rows[0]["sha256"][:12] in lines[1]
    assert f"{path}: truncated or changed" in err


def test_check_names_oddities_and_what_changed_between_two_fetches(typed, server):
    typed("fetch", "CL=F", *WORDS)
    halves = [tuple(price / 2 for price in row) for row in ROWS[:2]]
    flat = (59.61,) * 4
    server.script["CL=F"] = [loopback.Reply(loopback.chart(DAYS, loopback.quotes([*halves, flat])))]
    server.asked.clear()
    typed("fetch", "CL=F", *WORDS)
    code, out, err = typed("check", "CL=F", "--json")
    kinds = {(row["session"], row["kind"]) for row in json.loads(out)}
    assert code == 0 and {("2020-01-08", "flat_row"), ("2020-01-07", "adjustment_drift")} <= kinds
    assert "in 1 series; nothing was changed" in err


def test_check_of_an_empty_store_has_not_enough_data(typed):
    code, _, err = typed("check")
    assert code == 4 and "prices fetch" in err


def test_check_of_files_with_a_layout(typed, tmp_path):
    (tmp_path / "x.csv").write_text("Date;Close\n01/02/2020;1,0\n02/02/2020;100,0\n")
    (tmp_path / "layout.toml").write_text('date_format = "%d/%m/%Y"\ndecimal = ","\n')
    code, out, _ = typed("check", "--files", tmp_path / "x.csv", "--layout", tmp_path / "layout.toml")
    assert code == 0 and "unit_jump" in out


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom eventstudy.cli import main as cli\ntry: cli.main(['prices', 'fetch', '--help'])\n"
        "except SystemExit: pass\nassert not {'pandas', 'pyarrow', 'yfinance', 'numpy'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_without_the_extra_the_command_says_what_to_install(typed, monkeypatch):
    monkeypatch.setitem(sys.modules, "yfinance", None)
    monkeypatch.setattr(prices.fetch, "__kwdefaults__", {"source": YahooSource})
    monkeypatch.setitem(sys.modules, "curl_cffi.requests", None)
    code, _, err = typed("fetch", "CL=F", *WORDS)
    assert code == 2 and "pip install 'market-eventstudy[prices]'" in err
