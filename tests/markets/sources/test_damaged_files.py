"""Workbooks and Parquet files that lost or changed bytes: refused in one line, or read with the right prices."""

import datetime as dt
import hashlib
import io

import pandas as pd
import pytest

pytest.importorskip("pyarrow", reason="the extra `prices` is not installed")

from eventstudy import read_bars
from eventstudy.errors import InputError
from eventstudy.markets.sources.protocol import Fetched, FetchOutcome, Request
from eventstudy.markets.sources.store import Store

DAYS = pd.DatetimeIndex(["2020-01-06", "2020-01-07", "2020-01-08"], name="session")
FRAME = pd.DataFrame({"close": [1.5, 1.6, 1.7]}, index=DAYS)


def test_a_workbook_without_some_of_its_first_bytes_is_refused(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in (("date", "close"), (dt.date(2020, 1, 6), 1.5)):
        book.active.append(row)
    book.save(target)
    content, path = target.getvalue(), tmp_path / "X.xlsx"
    for lost in (1, 40):  # zipfile then looks for the first part before the beginning of the file
        path.write_bytes(content[:100] + content[100 + lost :])
        with pytest.raises(InputError, match=r"X\.xlsx: not an Excel file"):
            read_bars(path)


def test_damaged_notes_of_pandas_do_not_matter(tmp_path):
    content, path = FRAME.reset_index().to_parquet(index=False), tmp_path / "X.parquet"
    for old, new in ((b'"pandas_version"', b"\xc9" * 16), (b'"columns": [', b'"columns": x')):
        assert content.count(old) == 1
        path.write_bytes(content.replace(old, new))
        assert read_bars(path)["X"].frame["close"].tolist() == [1.5, 1.6, 1.7]


def test_stored_prices_that_cannot_be_decoded_are_refused(tmp_path):
    request = Request(symbol="X", interval="1d", start=dt.date(2020, 1, 6), end=dt.date(2020, 1, 8))
    now, store = pd.Timestamp("2020-02-01", tz="UTC"), Store(folder=tmp_path)
    path = store.put(Fetched(request=request, outcome=FetchOutcome.OK, frame=FRAME, source="test", as_of=now)).path
    content = path.read_bytes()
    damaged = content[:4] + bytes(60) + content[64:]
    path.unlink()
    stamp = path.name.split("-")[0]
    (path.parent / f"{stamp}-{hashlib.sha256(damaged).hexdigest()}.parquet").write_bytes(damaged)
    with pytest.raises(InputError, match=r"\.parquet: its prices cannot be read \(\w+\); fetch it again"):
        store.read(store.latest("X"))
