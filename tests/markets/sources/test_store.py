"""The as-of store: nothing damaged is used, nothing is overwritten, many writers and killed ones leave no bad file."""

import datetime as dt
import hashlib
import importlib.util
import json
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pyarrow", reason="the extra `prices` is not installed")

from eventstudy.errors import NetworkError, NotEnoughDataError, OutputError, UsageError
from eventstudy.markets.sources import parquet as storage
from eventstudy.markets.sources.protocol import Fetched, FetchOutcome, Request
from eventstudy.markets.sources.store import Store, data_folder
from eventstudy.markets.sources.stored_files import UNFINISHED

DAYS = pd.DatetimeIndex(["2020-01-06", "2020-01-07", "2020-01-08"], name="session").as_unit("us")
NOW = pd.Timestamp("2026-11-23T22:00:00.123456Z")


def fetched(closes=(0.1 + 0.2, 62.7, -37.63), symbol="CL=F", as_of=NOW, **rest):
    frame = pd.DataFrame({"close": closes, "splits": 0.0}, index=DAYS[: len(closes)])
    request = Request(symbol=symbol, interval="1d", start=dt.date(2020, 1, 6), end=dt.date(2020, 1, 8))
    values = {"outcome": FetchOutcome.OK, "source": "test 1", "frame": frame, "adjustment": "split", **rest}
    return Fetched(request=request, as_of=as_of, **values)


@pytest.fixture
def store(tmp_path):
    return Store(folder=tmp_path / "prices")


def test_what_is_kept_comes_back_to_the_last_bit(store):
    one = fetched(detail="no full price on 2020-01-09", outcome=FetchOutcome.PARTIAL, facts={"currency": "USD"})
    entry = store.put(one)
    assert entry.path.relative_to(store.folder).as_posix() == f"CL=F/1d/20261123T220000.123456Z-{entry.sha256}.parquet"
    pd.testing.assert_frame_equal(store.table(entry), one.frame, check_exact=True, check_freq=False)
    bars = store.read(entry)
    assert bars.frame["close"].tolist() == [0.1 + 0.2, 62.7, -37.63]
    assert (bars.adjustment, bars.as_of, bars.source) == ("split", NOW, entry.path.name)
    note = entry.provenance
    assert note["request"] == {"from": "2020-01-06", "to": "2020-01-08"} and note["rows"] == 3
    assert (note["source"], note["outcome"], note["detail"]) == ("test 1", "partial", "no full price on 2020-01-09")
    assert note["facts"] == {"currency": "USD"} and note["format"] == storage.FORMAT


def test_bars_within_the_day_come_back_as_instants(store):
    hours = pd.date_range("2020-01-07T23:00Z", periods=3, freq="15min", name="timestamp_utc").as_unit("us")
    request = Request(symbol="CL=F", interval="15m", start=dt.date(2020, 1, 7), end=dt.date(2020, 1, 7))
    frame = pd.DataFrame({"close": [1.0, 2, 3]}, index=hours)
    store.put(Fetched(request=request, outcome=FetchOutcome.OK, source="test", as_of=NOW, frame=frame))
    bars = store.read(store.latest("CL=F", "15m"))
    assert list(bars.index) == list(hours) and bars.length == pd.Timedelta(minutes=15)


def test_the_provenance_is_in_the_file_itself(store):
    import pyarrow.parquet

    entry = store.put(fetched())
    note = json.loads(pyarrow.parquet.read_schema(entry.path).metadata[b"eventstudy"])
    assert note == dict(entry.provenance)


def test_the_latest_answer_is_used_and_an_older_one_can_be_pinned(store):
    old = store.put(fetched((1.0, 2.0, 3.0), as_of=NOW - pd.Timedelta(days=700)))
    new = store.put(fetched((1.0, 2.5, 3.0)))
    assert store.latest("CL=F").sha256 == new.sha256
    assert store.bars(["CL=F"])["CL=F"].frame["close"].tolist() == [1, 2.5, 3]
    pinned = store.bars(["CL=F"], pins=[old.sha256])
    assert pinned["CL=F"].frame["close"].tolist() == [1, 2, 3]
    assert dict(pinned.files) == {old.name: old.sha256}, "what a study writes down is what pins it"
    assert store.pinned(old.sha256[:12]).sha256 == old.sha256


def test_nothing_is_overwritten_and_the_same_answer_is_kept_once(store):
    entry = store.put(fetched())
    before = entry.path.stat()
    assert store.put(fetched()).path == entry.path
    after = entry.path.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_a_damaged_file_is_mended_by_the_same_answer(store):
    entry = store.put(fetched())
    entry.path.write_bytes(b"")
    store.put(fetched())
    assert store.latest("CL=F").sha256 == entry.sha256


@pytest.mark.parametrize("where", [0, 100, -5])
def test_a_flipped_bit_is_found_named_and_never_used(store, where):
    old = store.put(fetched((1.0, 2.0, 3.0), as_of=NOW - pd.Timedelta(days=1)))
    entry = store.put(fetched())
    content = bytearray(entry.path.read_bytes())
    content[where] ^= 1
    entry.path.write_bytes(bytes(content))
    assert store.latest("CL=F").sha256 == old.sha256
    [line] = store.survey().ignored
    assert str(entry.path) in line and "fetch it again" in line
    with pytest.raises(NotEnoughDataError, match="do not match the SHA-256"):
        store.pinned(entry.sha256)


@pytest.mark.parametrize("keep", [0, 1, 500])
def test_a_truncated_file_is_never_used(store, keep):
    entry = store.put(fetched())
    entry.path.write_bytes(entry.path.read_bytes()[:keep])
    with pytest.raises(NotEnoughDataError, match=r"1 files cannot be used.*prices fetch 'CL=F'"):
        store.latest("CL=F")


def renamed(path, content):
    """Put other bytes under a name that fits them, as if a program had written them."""
    stamp = path.name.split("-")[0]
    target = path.with_name(f"{stamp}-{storage_hash(content)}.parquet")
    target.write_bytes(content)
    path.unlink()
    return target


def storage_hash(content):
    return hashlib.sha256(content).hexdigest()


def test_a_file_of_a_newer_version_is_ignored_with_a_note(store, monkeypatch):
    monkeypatch.setattr(storage, "FORMAT", 2)
    content = storage.encode(fetched())
    monkeypatch.undo()
    target = renamed(store.put(fetched()).path, content)
    survey = store.survey()
    assert not survey.entries and f"{target}: written by a newer version (format 2" in survey.ignored[0]


@pytest.mark.parametrize("key", storage.WORDS)
@pytest.mark.parametrize("value", [None, 7])
def test_a_file_whose_note_lacks_a_key_is_ignored_with_a_note(store, monkeypatch, key, value):
    note = {**storage._provenance(fetched()), key: value}
    monkeypatch.setattr(storage, "_provenance", lambda _: {name: one for name, one in note.items() if one is not None})
    content = storage.encode(fetched())
    monkeypatch.undo()
    target = renamed(store.put(fetched()).path, content)
    survey = store.survey()
    assert not survey.entries and survey.ignored == (f"{target}: its note lacks {key}; fetch it again; ignored",)


def test_a_file_without_dates_or_closes_is_ignored_with_a_note(store):
    content = storage.encode(fetched(frame=pd.DataFrame({"open": 1.0}, index=DAYS)))
    target = renamed(store.put(fetched()).path, content)
    assert store.survey().ignored == (f"{target}: it has no dates or no closes; fetch it again; ignored",)


class Trap:
    """A pickle that would leave a trace if it were loaded."""

    def __reduce__(self):
        return (os.mkdir, (os.environ["TRAP"],))


def test_pickles_are_never_loaded(store, tmp_path, monkeypatch):
    trap = tmp_path / "sprung"
    monkeypatch.setenv("TRAP", str(trap))
    entry = store.put(fetched())
    content = pickle.dumps(Trap())
    (entry.path.parent / "prices.pkl").write_bytes(content)
    renamed(entry.path, content)
    survey = store.survey()
    assert not survey.entries and len(survey.ignored) == 2 and not trap.exists()
    assert all("not a price file of this program" in line for line in survey.ignored)


def test_a_file_moved_to_another_symbol_is_not_that_symbols(store):
    entry = store.put(fetched())
    moved = store.folder / "BZ=F/1d" / entry.path.name
    moved.parent.mkdir(parents=True)
    entry.path.rename(moved)
    assert not store.survey("BZ=F").entries and "holds CL=F 1d" in store.survey().ignored[0]


def test_only_answers_with_prices_are_kept(store):
    with pytest.raises(NetworkError):
        store.put(fetched(outcome=FetchOutcome.EMPTY, frame=None))
    with pytest.raises(ValueError, match="do not go together"):
        fetched(outcome=FetchOutcome.EMPTY)
    with pytest.raises(ValueError, match="do not go together"):
        fetched(frame=None)
    assert not store.folder.exists()


@pytest.mark.parametrize("pin", ["", "abc", "../../etc", "g" * 64, "0" * 7])
def test_what_is_no_pin_is_misuse(store, pin):
    with pytest.raises(UsageError, match="is not a pin"):
        store.pinned(pin)


def test_a_pin_that_is_not_there_and_one_of_two_files(store):
    store.put(fetched())
    with pytest.raises(NotEnoughDataError, match="no file 00000000"):
        store.pinned("0" * 8)
    for digest in ("ab" * 32, "ab" * 31 + "cd"):
        (store.folder / "CL=F/1d" / f"20261123T220000.123456Z-{digest}.parquet").write_bytes(b"")
    with pytest.raises(UsageError, match="give more digits"):
        store.pinned("ab" * 4)


def test_a_folder_that_cannot_be_written_is_an_output_error(tmp_path):
    (tmp_path / "prices").write_text("a file in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        Store(folder=tmp_path / "prices").put(fetched())


def test_what_killed_writers_left_is_swept_after_a_day(store):
    folder = store.put(fetched()).path.parent
    old, young = folder / f"{UNFINISHED}1-a", folder / f"{UNFINISHED}2-b"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert sum("left by an interrupted fetch" in line for line in store.survey().ignored) == 2
    store.put(fetched((1.0, 2.0, 3.0)))
    assert not old.exists() and young.exists()


def test_the_data_folder_is_the_option_then_the_variable_then_the_systems(monkeypatch, tmp_path):
    monkeypatch.setenv("EVENTSTUDY_DATA", str(tmp_path))
    assert data_folder() == tmp_path and data_folder("here") == Path("here")
    monkeypatch.delenv("EVENTSTUDY_DATA")
    assert data_folder().name == "eventstudy" and data_folder().is_absolute()


SYMBOLS = ["CL=F", "^N225", "000001.SS", "cl=f", "LCOc1", "CON", "con", "aux.SS", ".", "..", "A.", "a/b", "a\\b", "A:B"]


@pytest.mark.parametrize("symbol", [*SYMBOLS, "日経", "CL1 Comdty", "-x", "~", "é", "e\u0301", "%41"])
def test_symbols_make_safe_folders(symbol):
    name = storage.folder_name(symbol)
    assert storage.symbol_of(name) == symbol
    assert not set(name) & set('<>:"/\\|?* \0') and name.isascii() and not name.startswith(".") and name[-1] != "."
    assert name.upper().split(".")[0] not in {"CON", "PRN", "AUX", "NUL"}


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_different_symbols_have_folders_that_differ_in_more_than_case(one, other):
    names = storage.folder_name(one), storage.folder_name(other)
    assert storage.symbol_of(names[0]) == one
    assert (names[0].lower() == names[1].lower()) == (one == other)


@pytest.mark.parametrize("symbol", ["", "x" * 300])
def test_what_cannot_be_a_folder_is_misuse(symbol):
    with pytest.raises(UsageError):
        storage.folder_name(symbol)


@pytest.mark.parametrize("name", ["cl=f", "%41", "A%2", "%FF", "CON"])
def test_folders_of_others_are_not_taken_for_symbols(name):
    with pytest.raises(storage.Unusable):
        storage.symbol_of(name)


@pytest.fixture(scope="module")
def trial():
    """The benchmark of the store, as a module."""
    path = Path(__file__).parents[3] / "benchmarks/store.py"
    spec = importlib.util.spec_from_file_location("store_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RUNS, KILLS = 3, 6


def in_a_process_of_its_own(arguments):
    """Run the benchmark as a user would: its workers import it by its path."""
    script = Path(__file__).parents[3] / "benchmarks/store.py"
    return subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.skipif(os.name != "posix", reason="writers are killed by a signal")
def test_many_writers_at_once_and_killed_ones_leave_no_bad_file():
    done = in_a_process_of_its_own(["--processes", "4", "--runs", str(RUNS), "--kills", str(KILLS)])
    assert done.returncode == 0, done.stderr
    writers, killed = (line.split(" | ") for line in done.stdout.splitlines()[2:4])
    assert writers[1:3] == [f"{4 * RUNS + RUNS} of {4 * RUNS + RUNS}", "0"]
    assert killed[2] == "0" and int(killed[1]) >= KILLS, "each writer was at work when it was killed"


def test_the_trial_can_fail(trial, store):
    """A torn file under a finished name is counted as damaged."""
    entry = store.put(trial.answer(1))
    assert trial.damaged(store) == []
    entry.path.write_bytes(entry.path.read_bytes()[:-1])
    (entry.path.parent / f"{UNFINISHED}1-a").write_bytes(b"")
    assert len(trial.damaged(store)) == 1
