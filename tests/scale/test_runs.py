"""A study over a pack beside the same study in memory, taken up again, and interrupted."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventstudy import EventStudy, MatchedPeers
from eventstudy.errors import InputError, OutputError, UsageError
from eventstudy.inference.significance.protocol import Draws
from eventstudy.inference.significance.registry import TESTS
from eventstudy.scale.pack import Pack
from eventstudy.scale.routing import route
from eventstudy.scale.storage import Folder

# Sums of some hundred numbers in another order differ in the last of 16 digits, and tests take roots of them.
ROUNDING = 1e-12


def of_samples(result):
    tests = result.tests
    return (
        tests[(tests["market"] == "") & tests["test"].map(lambda name: TESTS[name].draws is Draws.NEVER)]
        .set_index(["test", "window"])
        .sort_index()
    )


def test_every_test_of_many_events_gives_the_number_of_the_study_in_memory(in_memory, packed):
    here, there = of_samples(in_memory), of_samples(packed)
    assert len(here) > 40 and here.index.equals(there.index)
    assert here["p"].notna().sum() > 30
    for name in ("statistic", "p", "df"):
        np.testing.assert_allclose(there[name], here[name], rtol=ROUNDING, atol=ROUNDING)
    for name in ("n", "note", "role", "distribution"):
        assert (here[name] == there[name]).all(), name


def test_rows_are_those_of_the_study_in_memory(in_memory, packed):
    for name in ("events", "outcomes", "alignment"):
        here, there = (getattr(one, name) for one in (in_memory, packed))
        keys = [key for key in ("event_id", "window") if key in here]
        here, there = (part.sort_values(keys).reset_index(drop=True) for part in (here, there))
        pd.testing.assert_frame_equal(here, there[list(here)], check_dtype=False, rtol=1e-12)
    assert set(packed.car.columns) == set(in_memory.car.columns)


def test_averages_and_path_are_those_of_the_study_in_memory(in_memory, packed):
    pd.testing.assert_frame_equal(in_memory.average_cars(), packed.average_cars(), rtol=1e-12, atol=1e-14)
    columns = [name for name in in_memory.aar if not name.startswith("p_corrado")]
    pd.testing.assert_frame_equal(in_memory.aar[columns], packed.aar[columns], rtol=1e-9, atol=1e-12)


def test_the_table_of_days_starts_one_engine_for_all_its_passes(light, pack, events, tmp_path, monkeypatch):
    from eventstudy.scale import run

    result = light.run(events, returns=pack, workers=1, out=str(tmp_path / "out"))
    real, opened = run.engine_of, []
    monkeypatch.setattr(run, "engine_of", lambda *given: opened.append(given) or real(*given))
    assert len(result.aar) == 3 and len(opened) == 1


def test_big_tables_are_datasets_until_they_are_read(packed):
    assert packed.dataset("events").count_rows() == 600
    with pytest.raises(UsageError, match="choose from events, car"):
        packed.dataset("prices")
    with pytest.raises(UsageError, match="needs all pairs in memory"):
        packed.average_cars("size")
    assert "299 pairs of an event with a market; 1 pair left out." in repr(packed)


def test_a_run_taken_up_computes_only_what_is_missing(light, pack, events, light_packed, tmp_path):
    out = tmp_path / "out"
    first = light.run(events, returns=pack, workers=1, out=str(out))
    sums = sorted((out / "state/sums").glob("*.json"))
    times = {path: path.stat().st_mtime_ns for path in sums}
    sums[1].unlink()
    (out / "events/part-00002.parquet").write_bytes(b"torn")
    again = light.run(events, returns=pack, workers=1, out=str(out), resume=True)
    made_anew = {path.name for path in sums if path.stat().st_mtime_ns != times[path]}
    assert made_anew == {"00001.json", "00002.json"}
    pd.testing.assert_frame_equal(first.tests, again.tests, check_exact=True)
    pd.testing.assert_frame_equal(first.events, again.events, check_exact=True)
    with pytest.raises(OutputError, match="pass --resume to go on"):
        light.run(events, returns=pack, workers=1, out=str(out))
    with pytest.raises(InputError, match="that run had another events"):
        light.run(events.head(20), returns=pack, workers=1, out=str(out), resume=True)
    state = json.loads((out / "run-state.json").read_text())
    state["numba"] = "0.1"
    (out / "run-state.json").write_text(json.dumps(state))
    with pytest.raises(InputError, match="that run had another numba;"):
        light.run(events, returns=pack, workers=1, out=str(out), resume=True)


def test_an_interrupt_leaves_a_run_that_can_be_taken_up(light, pack, events, light_packed, tmp_path, monkeypatch):
    from eventstudy.scale import run

    out, real, calls = tmp_path / "out", run.estimate_part, []

    def interrupted(task):
        calls.append(task)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(task)

    monkeypatch.setattr(run, "estimate_part", interrupted)
    with pytest.raises(KeyboardInterrupt):
        light.run(events, returns=pack, workers=1, out=str(out))
    monkeypatch.undo()
    assert len(list((out / "state/sums").glob("*.json"))) == 2
    again = light.run(events, returns=pack, workers=1, out=str(out), resume=True)
    pd.testing.assert_frame_equal(light_packed.tests, again.tests, check_exact=True)


def test_the_folders_may_be_in_a_store_of_objects(light, frame, events, light_packed):
    from eventstudy.scale.packing import write_pack

    write_pack(frame, "memory://tests/pack", returns="log", securities=4, force=True)
    found = light.run(events, returns="memory://tests/pack", workers=1, out="memory://tests/out", resume=True)
    pd.testing.assert_frame_equal(light_packed.tests, found.tests, check_exact=True)
    assert found.dataset("car").count_rows() == 2 * 299
    with pytest.raises(UsageError, match="other processes do not see memory://"):
        light.run(events, returns="memory://tests/pack", workers=2, out="memory://tests/other")


def test_peers_of_each_market_are_refused(events, pack):
    matched = EventStudy(model=MatchedPeers(matches={"S01": ["S02"]}), windows=[(0, 0)], estimation=(-100, -11))
    with pytest.raises(UsageError, match="takes peers of each market"):
        matched.run(events, returns=pack)


@pytest.mark.parametrize("address", ["http://host/pack", "ftp://host/pack", "file:///pack", "data:,x", "s3::file:///x"])
def test_other_addresses_are_refused(study, events, address):
    with pytest.raises(UsageError, match=r"is a URL where a path|is a chain of addresses"):
        study.run(events, returns=address)


@pytest.mark.parametrize("held", [1_000_000, 100])
def test_events_are_read_in_batches_from_parquet(light, pack, events, light_packed, tmp_path, monkeypatch, held):
    # Beyond so many lines they wait in files.
    monkeypatch.setattr("eventstudy.scale.routing.HELD", held)
    Path(tmp_path / "list").mkdir()
    for at, part in enumerate((events.iloc[:130], events.iloc[130:])):
        part.to_parquet(tmp_path / f"list/{at}.parquet")
    found = light.run(str(tmp_path / "list"), returns=pack, workers=1)
    pd.testing.assert_frame_equal(light_packed.tests, found.tests, check_exact=True)


def test_a_bucket_of_many_events_is_split_into_partitions_of_one_size(events, pack, tmp_path, monkeypatch):
    monkeypatch.setattr("eventstudy.scale.routing.A_PARTITION", 40)
    monkeypatch.setattr("eventstudy.scale.routing.HELD", 100)
    out, held = Folder.of(tmp_path / "out"), Pack.open(pack)
    parts = route(events, held, out, whole=False)
    lines = [pd.read_parquet(tmp_path / "out" / part.events)["line"].tolist() for part in parts]
    assert [part.bucket for part in parts] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert [len(part) for part in lines] == [34, 34, 32] * 3
    assert all(part == sorted(part) for part in lines)
    assert sorted(line for part in lines for line in part) == list(range(1, 301))
    assert len(route(events, held, out, whole=True)) == 3
    monkeypatch.setattr("eventstudy.scale.routing.AMONG_BARS", 60)
    assert len(route(events, replace(held, interval="5min"), out, whole=False)) == 6
    # Lines of different files are told apart too.
    (tmp_path / "list").mkdir()
    events.to_parquet(tmp_path / "list/1.parquet")
    events.iloc[[7]].to_parquet(tmp_path / "list/2.parquet")
    with pytest.raises(UsageError, match="line 301 has a duplicate event_id e7 for one symbol"):
        route(str(tmp_path / "list"), held, out, whole=False)
