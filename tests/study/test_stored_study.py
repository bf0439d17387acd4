"""A study on the store's prices: the latest by default, pinned ones reproduce an earlier run byte for byte."""

import json

import pandas as pd
import pytest

from eventstudy import read_bars
from eventstudy.cli.main import main
from eventstudy.markets.sources.protocol import Fetched, FetchOutcome, Request
from eventstudy.markets.sources.store import Store
from places_of_tests import DATA

pytest.importorskip("pyarrow", reason="the extra prices is not installed")
STUDY = """at = "2020-01-07T22:30:00Z"
prices = "store"
markets = ["CL=F", "^N225"]
{pins}
[study]
rolls = "keep"
windows = [[0, 0], [0, 5]]
"""


def keep(store, factor, as_of):
    for symbol in ("CL=F", "^N225"):
        frame = read_bars(DATA / "prices")[symbol].frame * factor
        first, last = frame.index[0].date(), frame.index[-1].date()
        request = Request(symbol=symbol, interval="1d", start=first, end=last)
        store.put(Fetched(request=request, outcome=FetchOutcome.OK, source="test", as_of=as_of, frame=frame))


def run(folder, pins=""):
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY.format(pins=pins), encoding="utf-8")
    with pytest.raises(SystemExit) as done:
        main(["run", str(folder / "study.toml")])
    assert done.value.code == 0
    return {path.name: path.read_bytes() for path in (folder / "tables").iterdir()}


@pytest.mark.usefixtures("without_figures")
def test_pins_reproduce_an_earlier_run(tmp_path, monkeypatch):
    monkeypatch.setenv("EVENTSTUDY_DATA", str(tmp_path / "data"))
    store = Store.of(None)
    keep(store, 1.0, pd.Timestamp("2026-01-01", tz="UTC"))
    first = run(tmp_path / "first")
    used = json.loads((tmp_path / "first/run.json").read_text(encoding="utf-8"))["inputs"]
    hashes = [digest for name, digest in used.items() if name.startswith("store/")]
    assert len(hashes) == 2

    keep(store, 1.01, pd.Timestamp("2026-02-01", tz="UTC"))  # prices adjusted since
    assert run(tmp_path / "later")["anatomy.csv"] != first["anatomy.csv"]
    assert run(tmp_path / "pinned", f"pins = {json.dumps(hashes)}") == first


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('at = "2020-01-07T22:30:00Z"\nprices = "store"\n', "need `markets`"),
        ('at = "2020-01-07T22:30:00Z"\nprices = "p"\npins = ["a"]\n', "go with prices"),
    ],
)
def test_what_does_not_fit_is_2(tmp_path, capsys, text, words):
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as done:
        main(["run", str(tmp_path / "study.toml")])
    assert done.value.code == 2 and words in capsys.readouterr().err
