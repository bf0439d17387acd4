"""Every market against answers that were worked out by hand and zoneinfo alone (see golden/README.md)."""

from pathlib import Path

import pandas as pd
import pytest

from eventstudy.markets.alignment.sessions import align

GOLDEN = Path(__file__).parent / "golden"
MARKETS = {
    "wti": "CL=F",
    "gold": "GC=F",
    "sp500-futures": "ES=F",
    "brent": "LCOc1",
    "dollar-yen": "JPY=X",
    "nikkei": "^N225",
    "hang-seng": "^HSI",
    "kospi": "^KS11",
    "shanghai": "000001.SS",
    "asx200": "^AXJO",
    "taiex": "^TWII",
    "straits-times": "^STI",
    "sensex": "^BSESN",
    "klci": "^KLSE",
    "jakarta": "^JKSE",
    "set": "^SET.BK",
    "psei": "PSEI.PS",
    "nzx50": "^NZ50",
    "tadawul": "^TASI.SR",
    "ftse100": "^FTSE",
    "dax": "^GDAXI",
    "cac40": "^FCHI",
    "smi": "^SSMI",
    "sp500": "^GSPC",
    "tsx": "^GSPTSE",
}


def test_every_market_has_its_answers():
    files = {path.stem: len(pd.read_csv(path)) for path in GOLDEN.glob("*.csv")}
    assert files.keys() == MARKETS.keys()
    assert min(files.values()) >= 20


@pytest.mark.parametrize("name", MARKETS)
def test_the_clock_gives_the_golden_answer(name):
    golden = pd.read_csv(GOLDEN / f"{name}.csv", dtype=str)
    found = align(golden["instant"].tolist(), MARKETS[name])
    said = pd.DataFrame(
        {
            "instant": golden["instant"],
            "kind": golden["kind"],
            "state": found["state"].astype(str),
            "session": found["session"].dt.strftime("%Y-%m-%d"),
        }
        | {
            column: found[column].dt.strftime("%Y-%m-%dT%H:%MZ")
            for column in ("first_tradable", "reference", "observation")
        }
    )
    wrong = (said != golden).any(axis=1)
    pairs = pd.concat({"found": said[wrong], "golden": golden[wrong]}, axis=1).swaplevel(axis=1).sort_index(axis=1)
    assert not wrong.any(), f"\n{pairs.head(12).T.to_string()}"
