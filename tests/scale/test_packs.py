"""Packs: what they hold comes back, and what is wrong with one is said in one line."""

import io
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eventstudy import BarSet, EventStudy
from eventstudy.errors import InputError, NotEnoughDataError, OutputError, UsageError
from eventstudy.files import sha256
from eventstudy.scale.pack import Pack
from eventstudy.scale.packing import write_pack
from eventstudy.scale.records import read_record, record_bytes


@pytest.fixture
def small(frame, tmp_path):
    write_pack(frame[["S00", "S01", "S02", "S03", "M"]], str(tmp_path / "pack"), returns="log", securities=2)
    return tmp_path / "pack"


def rewritten(folder, name, change, *, known=True):
    """Change the rows of one file; the manifest has its new hash, unless it is to be damage."""
    path = folder / name
    table = change(pq.read_table(path))
    pq.write_table(table, path)
    if known:
        edited(folder, lambda note: note["buckets"][name[7:12]]["files"].update({name: sha256(path.read_bytes())}))


def edited(folder, change):
    note = json.loads((folder / "pack.json").read_text())
    change(note)
    (folder / "pack.json").write_text(json.dumps(note))


def test_returns_come_back_as_they_were(frame, small):
    pack = Pack.open(f"{small}/bucket=*/*.parquet")
    found = pd.concat([pack.returns(pack.rows(bucket)) for bucket in pack.buckets], axis="columns", sort=True)
    assert found.columns.tolist() == ["S00", "S01", "S02", "S03", "M"]
    np.testing.assert_array_equal(found.to_numpy(), frame[list(found)].to_numpy())
    assert (found.index == frame.index).all() and pack.kind == "log"


def test_prices_come_back_with_what_is_known_of_them(tmp_path):
    days = pd.bdate_range("2020-01-01", periods=5)
    bars = BarSet.from_frames({"A": pd.DataFrame({"open": 1.0, "close": [1.0, 2, 3, 4, 5]}, index=days)})
    pack = write_pack(bars, str(tmp_path / "pack"))
    found = pack.bars(pack.rows(pack.buckets[0]))["A"]
    assert (pack.holds, pack.interval) == ("prices", "1d")
    pd.testing.assert_frame_equal(found.frame, bars["A"].frame, check_freq=False, check_index_type=False)


MISTAKES = {
    "bucket missing": (lambda folder: (folder / "bucket=00001/part.parquet").unlink(), "the bucket is missing"),
    "twice": (
        lambda folder: edited(folder, lambda note: note["buckets"]["00002"].update(symbols=["S00"])),
        "S00 is in the buckets 00000 and 00002",
    ),
    "other columns": (
        lambda folder: rewritten(folder, "bucket=00001/part.parquet", lambda table: table.append_column("x", table[2])),
        "a further column x",
    ),
    "other types": (
        lambda folder: rewritten(
            folder,
            "bucket=00001/part.parquet",
            lambda table: table.set_column(2, "return", table["return"].cast(pa.float32())),
        ),
        "return is float, not double",
    ),
    "corrupt": (
        lambda folder: (folder / "bucket=00001/part.parquet").write_bytes(b"PAR1 torn"),
        "not a Parquet file, or damaged",
    ),
    "no manifest": (lambda folder: (folder / "pack.json").unlink(), "no pack.json; write a pack with"),
    "no JSON": (lambda folder: (folder / "pack.json").write_text("{"), "not a manifest of a pack"),
    "newer": (lambda folder: edited(folder, lambda note: note.update(format=9)), "written by a newer version"),
    "outside": (
        lambda folder: edited(folder, lambda note: note["buckets"]["00000"].update(files={"../x": "0"})),
        "not a manifest of a pack",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_pack_that_is_not_whole_is_refused(small, mistake):
    make, said = MISTAKES[mistake]
    make(small)
    with pytest.raises(InputError, match=said) as error:
        Pack.open(str(small))
    assert "\n" not in str(error.value) and ("00001" in str(error.value) or "pack" in str(error.value))


BAD_BUCKETS = {
    "unsorted": (lambda table: table.slice(0, 259).take([*range(100), 50, *range(101, 259)]), True, "unsorted dates"),
    "apart": (lambda table: table.take([*range(100), *range(300, 500), *range(100, 259)]), True, "stand together"),
    "bytes": (lambda table: table.slice(1), False, "SHA-256 differs"),
    "other security": (
        lambda table: table.set_column(0, "symbol", pa.array(["S02"] * len(table)).dictionary_encode()),
        True,
        "has rows of S02",
    ),
}


def test_buckets_of_many_and_of_few_securities_have_the_same_columns(tmp_path):
    days = pd.bdate_range("2020-01-01", periods=2)
    wide = pd.DataFrame(0.01, index=days, columns=[f"N{number}" for number in range(140)])
    assert len(write_pack(wide, str(tmp_path / "pack"), returns="log", securities=130).buckets) == 2


@pytest.mark.parametrize("kind", BAD_BUCKETS)
def test_a_bucket_that_cannot_be_used_is_an_outcome(small, events, study, kind):
    change, known, said = BAD_BUCKETS[kind]
    rewritten(small, "bucket=00000/part.parquet", change, known=known)
    few = events[events["symbol"].isin(["S00", "S01", "S02", "S03"])]
    found = study.run(few, returns=str(small), workers=1)
    lost = found.outcomes[found.outcomes["outcome"] == "bucket_failed"]
    assert set(lost["market"]) == {"S00", "S01"} and len(found.estimates) == 49
    assert lost["detail"].str.contains("bucket=00000/part.parquet").all() and lost["detail"].str.contains(said).all()
    assert any(said in line and "left out, 50 pairs" in line for line in found.remarks)
    assert found.first_lost(10)["outcome"].eq("incomplete_window").all() and len(found.first_lost(10, "bucket_failed"))
    with pytest.raises(NotEnoughDataError, match=said):
        study.run(few[few["symbol"] == "S00"], returns=str(small), workers=1)


def test_packs_are_not_replaced_unless_asked_and_hold_each_security_once(frame, small):
    with pytest.raises(OutputError, match="pass --force to replace it"):
        write_pack(frame, str(small), returns="log")
    with pytest.raises(UsageError, match="write one of log, simple, change"):
        write_pack(frame, str(small), returns="gross", force=True)
    twice = [*BarSet.from_frames(np.exp(frame[["S00"]])).values()] * 2
    with pytest.raises(InputError, match="S00 occurs twice"):
        write_pack(twice, str(small), force=True)
    with pytest.raises(InputError, match="hold no security"):
        write_pack([], str(small), force=True)


@pytest.mark.parametrize(
    ("options", "arguments", "said"),
    [
        ({"bars": "15min"}, {}, "a study in bars needs a pack of prices"),
        ({"returns_kind": "simple"}, {}, "holds log returns as fractions"),
        ({"markets": ["S00", "ZZ"]}, {}, "unknown market 'ZZ'"),
        ({"tests": ["t"]}, {}, "test t looks at one pair or event"),
        ({}, {"bars": pd.DataFrame()}, "takes no bars beside the pack"),
    ],
)
def test_studies_that_do_not_go_with_a_pack(small, events, options, arguments, said):
    chosen = EventStudy(**{"windows": [(0, 0)], "estimation": (-100, -11), **options})
    with pytest.raises(UsageError, match=said):
        chosen.run(events, returns=str(small), **arguments)


def test_events_with_windows_of_their_own_or_twice_are_refused(small, study, events):
    few = events[events["symbol"] == "S00"]
    with pytest.raises(UsageError, match="windows of their own need a study in memory"):
        study.run(few.assign(window_first=0, window_last=1), returns=str(small), workers=1)
    with pytest.raises(UsageError, match="engine: only with the folder of a pack"):
        study.run(few, returns=pd.DataFrame(), engine="dask")


def test_records_are_read_without_pickle_and_only_from_the_own_package():
    record = (np.array(["a", "b"], dtype=object), np.array([1.5]), 3)
    names, values, number = read_record(record_bytes(record), "here")
    assert names.tolist() == ["a", "b"] and values.tolist() == [1.5] and number == 3
    foreign = io.BytesIO()
    np.savez(foreign, form=np.array(json.dumps({"class": ["os", "system"], "fields": {}})))
    for content in (foreign.getvalue(), b"torn"):
        with pytest.raises(InputError, match="here: damaged"):
            read_record(content, "here")
