"""A pack, and a study over it, from the command."""

import json

import pandas as pd
import pytest

from eventstudy.cli.main import main
from eventstudy.scale.packing import write_pack

STUDY = """
title = "Over a pack"
pack = "pack"
events = "events.csv"

[engine]
workers = 1

[study]
model = "market"
benchmark = "M"
windows = [[0, 0], [-1, 1]]
estimation = [-100, -11]
"""


def command(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


@pytest.fixture(scope="module")
def home(tmp_path_factory, frame, events):
    home = tmp_path_factory.mktemp("command")
    frame.rename_axis("date").to_csv(home / "returns.csv")
    events.to_csv(home / "events.csv", index=False)
    (home / "study.toml").write_text(STUDY)
    write_pack(frame, str(home / "pack"), returns="log", securities=4)
    return home


def test_pack_run_resume(home, capsys, packed, frame):
    words = ("--returns", home / "returns.csv", "--kind", "log", "--securities", "4", "--json", "--force")
    code, out, err = command(capsys, "prices", "pack", home / "pack", *words)
    assert code == 0, err
    said = json.loads(out)
    said = said[0] if isinstance(said, list) else said
    assert (said["holds"], said["kind"], said["symbols"], said["rows"]) == ("returns", "log", 13, 13 * len(frame))
    code, out, err = command(capsys, "run", home / "study.toml", "--out", home / "out")
    assert code == 0, err
    assert "299 pairs of an event with a market" in out and "no events for 1 of 4 buckets: 00003" in err
    tests = pd.read_csv(home / "out/tables/tests.csv")
    pd.testing.assert_series_equal(tests["statistic"], packed.tests["statistic"], rtol=1e-12)
    page = (home / "out/report.html").read_text()
    assert "in the Parquet files of the run" in page and "The most extreme events" in page
    assert len(pd.read_csv(home / "out/tables/outcomes.csv")) == 300
    assert json.loads((home / "out/run.json").read_text())["outcomes"] == {"ok": 299, "incomplete_window": 1}
    sums = sorted((home / "out/rows/state/sums").glob("*.json"))
    times = [path.stat().st_mtime_ns for path in sums]
    code, _, err = command(capsys, "run", home / "study.toml", "--out", home / "out", "--resume", "--force")
    assert code == 0 and times == [path.stat().st_mtime_ns for path in sums], err
    # The report's rows are compared too, and the folder of the run is not taken for the verification's own.
    verify = ("verify", home / "out", "--study", home / "study.toml")
    code, out, err = command(capsys, *verify)
    assert code == 0 and "every byte is the same" in out, err
    (home / "out/rows/car/part-00001.parquet").write_bytes(b"torn")
    (home / "out/rows/lost/part-00000.parquet").unlink()
    (home / "study.toml").write_text(STUDY.replace("workers = 1", "workers = 1\nout = 'out/rows'"))
    code, out, _ = command(capsys, *verify)
    said = out.splitlines()
    assert code == 3 and any("car/part-00001.parquet: stored other bytes" in line for line in said)
    assert any("lost/part-00000.parquet: stored nothing" in line for line in said)


def test_extremes_are_the_largest_and_smallest(packed):
    from eventstudy.report.many.stored import StoredFacts

    car = packed.events.query("window == '[0,0]'").set_index("event_id")["car"].dropna().sort_values()
    found = StoredFacts.of(packed, ()).extremes
    assert found["event_id"].tolist() == [*car.index[:-11:-1], *car.index[:10][::-1]]
    assert found["session"].notna().all()


@pytest.mark.parametrize(
    ("change", "words", "code", "said"),
    [
        (("pack =", "pack = 'x'\nprices ="), (), 2, "`prices` does not go with `pack`"),
        (('pack = "pack"', 'pack = "http://host/pack"'), (), 2, "is a URL where a path is expected"),
        (('pack = "pack"', 'pack = "elsewhere"'), (), 3, "no pack.json; write a pack with"),
        (("workers = 1", 'address = "ray"'), (), 2, "engine 'ray': write"),
        (("workers = 1", "threads = 1"), (), 2, "threads"),
        (("", ""), ("--memory", "100MB"), 2, "at least 1.25GB"),
        (("", ""), ("--memory", "much"), 2, "write an amount such as 2GB"),
    ],
)
def test_wrong_keys_and_options_are_one_line(home, capsys, change, words, code, said):
    (home / "other.toml").write_text(STUDY.replace(*change) if change[0] else STUDY)
    got, _, err = command(capsys, "run", home / "other.toml", "--out", home / "other", *words)
    assert got == code and said in err and "Traceback" not in err and len(err.strip().splitlines()) == 1


def test_options_of_a_pack_without_one_are_refused(home, capsys):
    text = STUDY.replace('pack = "pack"', 'returns_file = "returns.csv"').split("[engine]")
    (home / "other.toml").write_text(text[0] + "[study]" + text[1].split("[study]")[1])
    code, _, err = command(capsys, "run", home / "other.toml", "--out", home / "other", "--resume")
    assert code == 2 and "go with a `pack`" in err


def test_a_run_that_is_interrupted_says_how_it_goes_on(home, capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("eventstudy.cli.run.run_study", interrupted)
    code, _, err = command(capsys, "run", home / "study.toml", "--out", home / "never")
    assert code == 130 and err.splitlines()[-1].endswith("the same command with --resume --force goes on")
