"""The command as a user meets it: exit codes, one line for every error, JSON for programs, nothing half done.

What a process must do (signals, pipes, streams) is tested on a process; the many bad inputs call the same `main`.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import pytest

from eventstudy import catalogue, read_study
from eventstudy.cli import main as cli
from eventstudy.errors import UsageError
from eventstudy.report.named import differing
from places_of_tests import DATA, ROOT, SAMPLE_STUDY, STRIKE

pytestmark = pytest.mark.usefixtures("without_figures")  # of runs in this process
ARTICLE = DATA / "articles/iran-strike-2020-01-08.md"
CRUDE = DATA / "prices/wti-crude.csv"
ALIGN_KEYS = ["market", "session", "state", "first_tradable_utc", "reference_utc", "observation_utc"]
WHEN_KEYS = {"start_utc", "end_utc", "precision", "tz"}


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def check_error(done, code, *words):
    """An error: its code, nothing on stdout, one line on stderr that a person can read."""
    found, out, err = done
    assert (found, out) == (code, ""), err
    assert err.count("\n") == 1 and err.startswith("eventstudy: ") and err.rstrip("\n").isprintable()
    assert "Traceback" not in err and "internal error" not in err
    for word in words:
        assert word in err


# -- bad input --------------------------------------------------------------------------------------------------------

USAGE = {
    "no such command": (["rnu"], "Did you mean 'run'"),
    "no such option": (["run", "x.toml", "--focre"], "--force"),
    "no study": (["run"], "see eventstudy run --help"),
    "no day": (["prices", "fetch", "CL=F"], "Missing option '--from'; see eventstudy prices fetch --help"),
    "no instant": (["align"], "Missing option"),
    "an option without its value": (["align", "--at"], "requires an argument; see eventstudy align --help"),
    "the same, two words": (["prices", "fetch", "X", "--from"], "an argument; see eventstudy prices fetch --help"),
    "an unknown command of prices": (["prices", "chek"], "Did you mean 'check'?; see eventstudy prices --help"),
    "naive instant": (["align", "--at", "2020-01-07T22:30:00"], "has no time zone; write 2020-01-07T22:30:00Z"),
    "a day": (["align", "--at", "2020-01-07"], "has no time zone"),
    "no time at all": (["align", "--at", "yesterday"], "is not an instant"),
    "no first day": (["releases", "--to", "2020-01-01"], "Missing option '--from'"),
    "no such day": (["releases", "--from", "2020-02-30", "--to", "2020-03-01"], "--from '2020-02-30' is not a day"),
    "unknown market": (["align", "--at", STRIKE, "--market", "CL=G"], "did you mean 'CL=F'"),
    "a name for a symbol": (["align", "--at", STRIKE, "--market", "nikkei"], "did you mean '^N225'"),
    "missing study": (["run", "nowhere/study.toml"], "no such file"),
    "URL as study": (["run", "https://example.org/study.toml"], "is a URL"),
    "URL as article": (["date", "https://example.org/a.html"], "save the page and pass the file"),
    "a folder without a study": (["run", str(ROOT / "data")], "no study.toml in it or in its folders"),
    "a notebook as study": (["run", str(ROOT / "notebooks/1-quickstart.ipynb")], "not TOML"),
    "a name with control characters": (["run", "a\nb\x1b[31m.toml"], r"a\nb\x1b[31m.toml"),
}


@pytest.mark.parametrize(("words", "message"), USAGE.values(), ids=USAGE)
def test_wrong_usage_is_2(main, words, message):
    check_error(main(*words), 2, message)


@pytest.mark.parametrize(("lines", "message"), [
    ({"markets": '["CL=G"]'}, "did you mean 'CL=F'"),
    ({"wat": "1"}, "unknown key 'wat'"),
    ({"at": '"2020-01-07T22:30:00"'}, "has no time zone"),
    ({"prices": '"https://example.org/x.csv"'}, "is a URL"),
])  # fmt: skip
def test_a_wrong_study_is_2_and_writes_nothing(main, study_file, lines, message):
    path = study_file(**lines)
    check_error(main("run", path), 2, message)
    assert files(path.parent) == ["study.toml"]


PRICES = {
    "missing": (None, "no such file"),
    "empty": ("", "p.csv: empty"),
    "header only": ("symbol,date,close\n", "p.csv: a header and no rows"),
    "unsorted": (
        "symbol,date,close\nCL=F,2020-01-07,1\nCL=F,2020-01-09,1\nCL=F,2020-01-08,1\n",
        ":4: CL=F: 2020-01-08 comes after",
    ),
    "duplicated": ("symbol,date,close\nCL=F,2020-01-08,1\nCL=F,2020-01-08,1\n", ":3: CL=F: 2020-01-08 is a duplicate"),
    "no number": ("symbol,date,close\nCL=F,2020-01-08,n/a\n", "p.csv:2: close 'n/a'"),
}


@pytest.mark.parametrize(("content", "message"), PRICES.values(), ids=PRICES)
def test_bad_prices_are_3_and_write_nothing(main, study_file, content, message):
    path = study_file(prices='"p.csv"')
    if content is not None:
        path.with_name("p.csv").write_text(content)
    before = files(path.parent)
    check_error(main("run", path, "--out", path.parent / "out"), 3, message)
    assert files(path.parent) == before and not (path.parent / "out").exists()


@pytest.mark.parametrize(("lines", "message"), [
    ({"article": '"nowhere.md"', "at": None}, "nowhere.md: "),
    ({"article": '"undated.md"', "at": None}, "at = "),
    ({"other_events": '"nowhere.csv"'}, "no such file"),
    ({"other_events": '"undated.md"'}, "undated.md:1: the columns 'A,pipeline,was"),
])  # fmt: skip
def test_a_bad_article_or_list_of_events_is_3(main, study_file, lines, message):
    path = study_file(**lines)
    path.with_name("undated.md").write_text("A pipeline was blown up on Friday.\n")
    check_error(main("run", path), 3, message)
    assert files(path.parent) == ["study.toml", "undated.md"]


# In 2604 and 1435 the nanoseconds of 64 bits come round to 2020.
AGES = ["2019-01-03T12", "2024-03-01T12", "0001-01-01T00", "9999-12-31T23", "2604-07-22T00", "1435-06-28T00"]


@pytest.mark.parametrize("at", [f"{age}:00:00Z" for age in AGES])
def test_an_event_without_enough_prices_is_4(main, study_file, at):
    path = study_file(at=f'"{at}"')
    check_error(main("run", path), 4)
    assert files(path.parent) == ["study.toml"]


def test_an_instant_outside_every_calendar_is_4(main):
    for at in ("1900-01-01T00:00:00Z", "2604-07-22T00:00:00Z"):
        check_error(main("align", "--at", at, "--market", "CL=F"), 4, "outside the known calendars")


def test_a_market_that_cannot_be_used_is_noted_and_the_rest_goes_on(main, study_file):
    rows = (DATA / "prices/wti-crude.csv").read_text().splitlines(keepends=True)
    path = study_file("windows = [[0, 1]]", prices='"p.csv"')
    negative = [line.replace("59.61", "-37.63") if "2020-01-08" in line else line for line in rows]
    nikkei = (DATA / "prices/nikkei-225.csv").read_text().splitlines(keepends=True)[1:]
    path.with_name("p.csv").write_text("".join(negative + nikkei))
    code, out, err = main("run", path, "--json")
    record = json.loads(out)
    assert code == 0 and "left out: CL=F: non_positive_price (window [0,0]: its day" in err
    assert [(one["market"], one["outcome"]) for one in record["outcomes"]] == [
        ("CL=F", "non_positive_price"),
        ("^N225", "ok"),
    ]
    assert [one["market"] for one in record["reaction"]] == ["^N225"]


def test_a_bad_article_is_3(main, tmp_path):
    (tmp_path / "undated.txt").write_text("A pipeline was blown up on Friday.\n")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "binary.html").write_bytes(b"\xff\xfe\x00\x81\x00")
    check_error(main("date", tmp_path / "empty.txt"), 3, "no text")
    check_error(main("date", tmp_path / "binary.html"), 3, "binary.html")
    check_error(main("date", tmp_path / "missing.txt"), 3, "missing.txt: ")
    code, out, err = main("date", tmp_path / "undated.txt")
    assert code == 3 and out.startswith("undated: undecided") and err.count("\n") == 1 and "pass --published" in err


# -- output in the way ------------------------------------------------------------------------------------------------


def test_output_in_the_way_is_5_until_forced(main, study_file):
    path = study_file("windows = [[0, 0]]")
    question = path.read_bytes()
    mine = path.with_name("notes.txt")
    mine.write_text("mine")
    report = path.with_name("report.html")
    report.write_text("an older report")
    check_error(main("run", path), 5, "report.html already there; pass --force")
    assert files(path.parent) == ["notes.txt", "report.html", "study.toml"]
    code, _, _ = main("run", path, "--force")
    assert code == 0 and report.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert path.read_bytes() == question and mine.read_text() == "mine"
    check_error(main("run", path), 5, "and", "more already there")


def test_output_in_the_way_is_refused_before_anything_heavy_is_loaded(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("windows = [[0, 0]]", encoding="utf-8")
    path.with_name("report.html").write_text("an older report", encoding="utf-8")
    code = "import sys; from eventstudy.cli.main import main\ntry: main(sys.argv[1:])\nexcept SystemExit as end: "
    code += "assert end.code == 5 and not {'pandas', 'numpy', 'matplotlib', 'scipy'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, "run", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "report.html already there" in done.stderr, done.stderr


def test_a_folder_that_cannot_be_written_is_5(main, study_file, tmp_path):
    path = study_file("windows = [[0, 0]]")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/tables").write_text("a file")
    check_error(main("run", path, "--out", tmp_path / "out"), 5, "cannot be written")
    assert files(tmp_path / "out") == ["tables"]
    check_error(main("run", path, "--out", "https://example.org/out"), 2, "is a URL")


# -- data on stdout ---------------------------------------------------------------------------------------------------


def test_align_json_has_the_stable_keys(main):
    code, out, err = main("align", "--at", STRIKE, "--market", "CL=F", "--market", "^N225", "--json")
    assert (code, err) == (0, "")
    crude, nikkei = json.loads(out)
    assert list(crude) == list(nikkei) == ALIGN_KEYS
    assert list(crude.values()) == [
        "CL=F", "2020-01-08", "break", "2020-01-07T23:00:00Z", "2020-01-07T19:30:00Z", "2020-01-08T19:30:00Z",
    ]  # fmt: skip
    assert (nikkei["state"], nikkei["first_tradable_utc"]) == ("closed", "2020-01-08T00:00:00Z")


def test_align_takes_an_offset_and_by_default_all_markets(main):
    code, out, _ = main("align", "--at", "2020-01-08T01:30+03:00", "--json")
    lines = {line["market"]: line for line in json.loads(out)}
    assert code == 0 and {line["state"] for line in lines.values()} >= {"open", "break", "closed"}
    assert {lines[symbol]["session"] for symbol in read_study(SAMPLE_STUDY).study.markets} == {"2020-01-08"}


def test_date_json_has_the_stable_keys(main):
    code, out, err = main("date", ARTICLE, "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    record = json.loads(out)
    assert {"id", "event", "events", "mentions"} <= set(record) and record["id"] == ARTICLE.stem
    assert WHEN_KEYS | {"basis", "evidence", "warnings"} <= set(record["event"])
    assert all(WHEN_KEYS | {"phrase", "is_event", "warnings"} <= set(mention) for mention in record["mentions"])
    event = record["event"]
    assert (event["start_utc"], event["end_utc"]) == (STRIKE, STRIKE)
    assert (event["precision"], event["basis"], event["tz"]) == ("minute", "occurred", "+03:00")
    assert record["events"][0] == event


def test_date_json_of_an_undecided_article_keeps_its_keys(main, tmp_path):
    (tmp_path / "undated.txt").write_text("A pipeline was blown up on Friday.\n")
    code, out, _ = main("date", tmp_path / "undated.txt", "--json")
    event = json.loads(out)["event"]
    assert code == 3 and WHEN_KEYS | {"basis", "evidence", "warnings"} <= set(event)
    assert event["start_utc"] is event["end_utc"] is event["precision"] is None and event["warnings"]


TWO_EVENTS = "A mine collapsed in Lima. Some said it was on Monday, others that the roof fell before Tuesday morning.\n"


def test_date_json_of_two_likely_times_says_so_and_takes_the_one_that_is_chosen(main, tmp_path):
    (tmp_path / "two.txt").write_text(TWO_EVENTS)
    words = ["date", tmp_path / "two.txt", "--published", "2020-01-08T12:00:00Z", "--json"]
    code, out, err = main(*words)
    record = json.loads(out)
    assert (code, err, record["decided"]) == (0, "", False) and 0 < record["confidence"] < 0.9
    assert "--event N" in record["to_settle"] and record["event"] == record["events"][0]
    code, out, _ = main(*words, "--event", "2")
    chosen = json.loads(out)
    assert code == 0 and chosen["decided"] and chosen["to_settle"] == ""
    assert chosen["event"]["start_utc"] == record["events"][1]["start_utc"] != record["event"]["start_utc"]
    assert json.loads(main(*words, "--min-confidence", "0.1")[1])["decided"]
    code, out, err = main(*words, "--event", "3")
    assert (
        code == 3 and "has 2 dated events; there is no event 3" in err and json.loads(out)["event"]["start_utc"] is None
    )


def test_an_undecided_event_stops_a_study_until_one_is_chosen(main, study_file):
    path = study_file("windows = [[0, 0]]", at=None, article='"two.md"')
    path.with_name("two.md").write_text(f"---\npublished: 2020-01-08T12:00:00Z\n---\n{TWO_EVENTS}")
    check_error(main("run", path), 3, "undecided (event 1: ", "--event N or `event = N`", "lower --min-confidence")
    code, _, err = main("run", path, "--event", "2")
    assert code == 0 and "event: 2020-01-06 05:00 to 2020-01-07 05:00" in err
    run = json.loads(path.with_name("run.json").read_text())
    assert run["dating"] == {"event": 2, "min_confidence": None} and 0 < run["events"][0]["confidence"] < 1
    path.write_text(path.read_text().replace("article", "min_confidence = 0.1\narticle", 1))
    assert main("run", path, "--force")[0] == 0
    assert json.loads(path.with_name("run.json").read_text())["dating"] == {"event": None, "min_confidence": 0.1}
    check_error(main("run", path, "--force", "--event", "0"), 2, "--event")


def test_run_json_is_pure(main, study_file, tmp_path):
    code, out, err = main("run", study_file('windows = [[0, 90]]\nrolls = "keep"'), "--out", tmp_path, "--json")
    record = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert code == 0 and out.count("\n") == 1 and err
    assert {"report", "finding", "reaction", "car", "outcomes"} <= set(record)
    assert Path(record["report"]) == tmp_path / "report.html" and len(record["reaction"]) == 2
    assert record["car"][0]["car"] is None and record["reaction"][0]["df"] == 199


def test_markets_lists_the_catalogue(main):
    code, out, err = main("markets", "--json")
    assert (code, err) == (0, "")
    assert [line["symbol"] for line in json.loads(out)] == list(catalogue())
    _, text, _ = main("markets")
    assert all(symbol in text for symbol in catalogue())


def test_debug_may_stand_anywhere_and_shows_the_traceback():
    for words in (["--debug", "run", "nowhere.toml"], ["run", "nowhere.toml", "--debug"]):
        with pytest.raises(UsageError, match="no such file"):
            cli.main(words)


# -- the process ------------------------------------------------------------------------------------------------------


def test_a_run_as_a_process(command, study_file, tmp_path):
    study = study_file("windows = [[0, 0]]", markets='["CL=F"]', prices=f'"{CRUDE.as_posix()}"')
    done = command("run", study, "--out", tmp_path / "o", COLUMNS="20", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "\x1b" not in done.stdout + done.stderr
    assert "WTI crude fell 4.93 %" in done.stdout and done.stdout.endswith("report.html\n")
    assert "event: 2020-01-07 22:30 UTC" in done.stderr and "Warning" not in done.stderr
    assert {"report.html", "run.json", "tables/reaction.csv", "figures/car.svg"} <= set(files(tmp_path / "o"))


def test_an_error_as_a_process(command, tmp_path):
    done = command("date", tmp_path / "none.md")
    assert (done.returncode, done.stdout) == (3, "") and done.stderr.count("\n") == 1


def test_help_without_a_command_and_on_a_narrow_terminal(command):
    for words in ([], ["--help"], ["run", "-h"]):
        done = command(*words, COLUMNS="30")
        assert (done.returncode, done.stderr) == (0, "") and "Usage: " in done.stdout


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(main, option):
    assert main(option) == (0, f"eventstudy {version('market-eventstudy')}\n", "")


def test_a_group_of_commands_alone_prints_its_help(main):
    code, out, err = main("prices")
    assert (code, err) == (0, "") and "Usage: eventstudy prices" in out and "\\n" not in out


def test_an_existing_report_is_refused_before_anything_is_read(main, study_file):
    path = study_file(prices='"nowhere.csv"')
    path.with_name("run.json").write_text("{}")
    check_error(main("run", path), 5, "run.json already there; pass --force")
    check_error(main("run", path, "--force"), 3, "nowhere.csv: no such file")
    check_error(main("date", "nowhere.txt", "-o", path.with_name("run.json")), 5, "already there")


def test_a_torn_report_and_what_a_killed_run_left_are_named(main, study_file):
    path = study_file("windows = [[0, 0]]")
    page = f'<meta name="eventstudy-file" content="run.json sha256:{"0" * 64}">'
    path.with_name("report.html").write_text(page)
    path.with_name(".report.html.eventstudy-part").write_text("half")
    check_error(main("run", path), 5, "1 of its files are not those that it names: run.json")
    assert files(path.parent) == ["report.html", "study.toml"]
    path.with_name(".report.html.eventstudy-part").write_text("half")
    code, _, err = main("run", path, "--force")
    assert code == 0 and ".report.html.eventstudy-part: removed; an earlier run was interrupted" in err
    assert differing(path.parent) == []


INTERRUPTIBLE = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("eventstudy", run_name="__main__")
"""


def opened_for(process, pipe):
    """Open a named pipe for writing once the process reads from it; fail if the process ends before."""
    while process.poll() is None:
        with suppress(OSError):  # until someone reads, a pipe opened without waiting is ENXIO
            return os.fdopen(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK), "wb")
        time.sleep(0.01)
    return pytest.fail(f"the command ended before it read: {process.communicate()}")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupt_is_130_and_leaves_nothing(tmp_path, study_file):
    pipe = tmp_path / "article.md"
    os.mkfifo(pipe)
    study = study_file(at=None, article=f'"{pipe.as_posix()}"')
    # A shell that runs its jobs in the background has them ignore interrupts: the command must not inherit that.
    words = [sys.executable, "-c", INTERRUPTIBLE, "run", str(study), "--out", str(tmp_path / "o")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        article = opened_for(process, pipe)  # the command is at work now, and waits for the text
        process.send_signal(signal.SIGINT)
        article.close()  # a signal between two reads is seen when the read ends
        out, err = process.communicate()
    assert process.returncode == 130 and out == "" and "Traceback" not in err
    assert not (tmp_path / "o").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
@pytest.mark.parametrize("words", ["markets --json", "--help"])
def test_a_reader_that_has_gone_is_no_error(words):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "eventstudy", *words.split()], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_under_stdout_is_5(main, monkeypatch):
    with Path("/dev/full").open("w", encoding="utf-8") as full, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", full)
        code, _, err = main("releases", "--from", "2020-01-01", "--to", "2020-03-01")
        with suppress(OSError):
            full.close()
    check_error((code, "", err), 5, "cannot be written", "No space left")


def test_sizes_are_those_of_one_event(main, tmp_path):
    (tmp_path / "study.toml").write_text('events = "e.csv"\nprices = "p"\n')
    code, _, err = main("sizes", tmp_path / "study.toml")
    assert code == 2 and "sizes are measured for a study of one event, not for `events`" in err


def test_a_list_of_events_beside_an_article_is_refused_by_its_new_name(main, tmp_path):
    for key in ('article = "a.md"', 'at = "2020-01-07T22:30:00Z"'):
        (tmp_path / "study.toml").write_text(f'{key}\nevents = "e.csv"\nprices = "p"\n')
        code, _, err = main("run", tmp_path / "study.toml")
        assert code == 2 and "`other_events`" in err and err.count("\n") == 1


def test_claims_without_prices_are_not_checkable_and_with_them_checked(main, tmp_path):
    text = tmp_path / "oil.md"
    text.write_text("---\npublished: 2020-01-08T22:30:00Z\n---\nU.S. crude settled down 4.93% at $59.61.")
    code, out, _ = main("claims", str(text), "--json")
    record = json.loads(out)
    assert code == 0 and set(record) == {"id", "claims"} and record["claims"][0]["verdict"] == "not_checkable"
    code, out, _ = main("claims", str(text), "--prices", str(CRUDE), "--json")
    assert code == 0 and json.loads(out)["claims"][0]["verdict"] == "confirmed"


def test_claims_read_several_price_files_a_column_source_and_a_layout(main, tmp_path):
    text = tmp_path / "oil.md"
    text.write_text("---\npublished: 2020-01-08T22:30:00Z\n---\nU.S. crude settled down 4.93%. Gold settled up 1.0%.")
    (tmp_path / "oil.csv").write_text(
        "date,close,ticker,source\n2020-01-07,62.70,CL=F,desk\n2020-01-08,59.61,CL=F,desk\n"
    )
    (tmp_path / "gold.csv").write_text("date,close,ticker,desk\n2020-01-07,1500,GC=F,a\n2020-01-08,1515,GC=F,a\n")
    (tmp_path / "layout.toml").write_text('ignore = ["desk"]\n')
    given = ["--prices", tmp_path / "oil.csv", "--prices", tmp_path / "gold.csv", "--layout", tmp_path / "layout.toml"]
    code, out, err = main("claims", str(text), *map(str, given), "--json")
    assert code == 0, err
    assert [claim["verdict"] for claim in json.loads(out)["claims"]] == ["confirmed", "confirmed"]
    code, _, err = main("claims", str(text), *map(str, given[2:4]))
    assert code == 3 and "unknown column 'desk'" in err
    code, _, err = main("claims", str(text), *map(str, given[4:]))
    assert code == 2 and "--layout" in err and err.count("\n") == 1
