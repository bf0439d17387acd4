"""Untrusted text on a real terminal: nothing of it is acted upon, and JSON stays the same data."""

import json
import logging
import os
import sys
import threading
import warnings
from contextlib import suppress

import pandas as pd
import pytest

from eventstudy.cli import main as cli
from eventstudy.cli.progress import drawing_told
from eventstudy.cli.records import plain_rows
from eventstudy.cli.terminal import Answer, give, json_text, table_text
from places_of_tests import STRIKE

HOSTILE = "\x1b[31m\x1b]0;title\x07\x9b2J\u202e\u200b\r\x08"


@pytest.mark.parametrize("text", [HOSTILE, "\x00\x7f\x85\u2028\u2029\ufeff", "plain 原油 é \U0001f6e2", "\ud800"])
def test_json_is_the_same_data_and_shows_no_control_character(text):
    line = json_text({"text": text, text: [text]})
    assert line.isprintable() and json.loads(line) == {"text": text, text: [text]}


def test_an_answer_is_escaped_on_both_streams(capsys):
    give(Answer(text=f"a{HOSTILE}\nb", notes=[f"x\n{HOSTILE}"]))
    out, err = capsys.readouterr()
    assert out.replace("\n", "").isprintable() and out.count("\n") == 2
    assert err.count("\n") == 1 and err.rstrip("\n").isprintable() and r"\x1b[31m" in err


def test_a_cell_cannot_break_the_lines_of_a_table():
    frame = pd.DataFrame({"symbol": ["A\nB", HOSTILE], "rows": [1, 2]})
    text = table_text(frame, {})
    assert text.count("\n") == 2 and text.replace("\n", "").isprintable()


def all_of(descriptor):
    """Yield what a pseudo-terminal shows until its other side is closed."""
    with suppress(OSError):  # Linux says so when that has happened
        while part := os.read(descriptor, 65_536):
            yield part


@pytest.fixture
def on_a_terminal(monkeypatch):
    """Call the command with both streams on a pseudo-terminal, and return what it prints there."""
    pty = pytest.importorskip("pty")

    def run(*words):
        master, slave = pty.openpty()
        shown = []
        reader = threading.Thread(target=lambda: shown.extend(all_of(master)))
        with os.fdopen(slave, "w", encoding="utf-8") as terminal, monkeypatch.context() as patched:
            assert terminal.isatty()
            patched.setattr(sys, "stdout", terminal)
            patched.setattr(sys, "stderr", terminal)
            reader.start()
            with pytest.raises(SystemExit):
                cli.main([*words])
        reader.join()
        os.close(master)
        return b"".join(shown).decode()

    return run


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX terminals")
@pytest.mark.parametrize("command", [
    "check", "list", "align", "run", "verify", "date", "events", "markets", "releases", "surprises", "typing",
])  # fmt: skip
def test_no_escape_of_a_file_or_an_option_reaches_the_terminal(tmp_path, monkeypatch, on_a_terminal, command):
    symbol = "\x1b[31mRED\x9b2J\u202e"
    (tmp_path / "p.csv").write_text(f"symbol,date,close\n{symbol},2020-01-07,1\n{symbol},2020-01-08,100\n", "utf-8")
    title, escaped = json.dumps(HOSTILE + "\x7f")[1:-1], json.dumps(symbol)
    study = f'title = "{title}"\nat = "{STRIKE}"\nprices = "p.csv"\nmarkets = [{escaped}]\n'.replace("\x7f", r"\u007f")
    (tmp_path / "study.toml").write_text(study, "utf-8")
    article = {"title": symbol, "text": f"{symbol} was blown up at 22:30 GMT on Tuesday.", "published": STRIKE}
    (tmp_path / "a.json").write_text(json.dumps(article), "utf-8")
    (tmp_path / "prices/CL=F/1d").mkdir(parents=True)
    (tmp_path / f"prices/CL=F/1d/{symbol}.parquet").write_bytes(b"x")
    (tmp_path / "s.csv").write_text(f"instant_utc,{symbol}\n{STRIKE},{symbol}\n", "utf-8")
    words = {
        "date": ["date", "a.json"],
        "markets": ["markets", symbol],
        "check": ["prices", "check", "--files", "p.csv"],
        "align": ["align", "--at", STRIKE, "--market", symbol],
        "run": ["run", "study.toml"],
        "list": ["prices", "list", "--data", "."],
        "verify": ["verify", symbol],
        "events": ["events", "a.json"],
        "releases": ["releases", "--from", symbol, "--to", "2020-01-31"],
        "surprises": ["surprises", "s.csv", "--surprise", symbol, "--response", symbol],
        "typing": [symbol],
    }[command]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "dumb")  # so that the progress bar, too, is text
    shown = on_a_terminal(*words)
    assert "RED" in shown and r"\x1b[31m" in shown
    assert shown.replace("\r\n", "").isprintable(), shown


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX terminals")
def test_progress_is_shown_where_a_person_watches_and_nowhere_else(tmp_path, monkeypatch, on_a_terminal, capsys):
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text("A pipeline was blown up in Leeds at 0915 GMT on 8 January 2020.\n")
    monkeypatch.setenv("TERM", "xterm")
    shown = on_a_terminal("date", str(tmp_path))
    assert "dating" in shown and "2020-01-08 09:15 UTC" in shown
    with pytest.raises(SystemExit):
        cli.main(["date", str(tmp_path)])
    assert capsys.readouterr().err == ""


def test_a_warning_of_python_is_one_line_of_the_command(main, monkeypatch):
    def warned(*_):
        warnings.warn("divide by\nzero\x1b[31m", RuntimeWarning, stacklevel=1)
        return Answer(text="done")

    monkeypatch.setattr("eventstudy.cli.releases.releases", warned)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        code, out, err = main("releases", "--from", "2020-01-01", "--to", "2020-01-02")
    assert (code, out) == (0, "done\n") and err == "warning: divide by\\nzero\\x1b[31m (RuntimeWarning)\n"


def test_rows_for_json_are_plain_values_of_each_type():
    frame = pd.DataFrame(
        {
            "event_id": ["a", "b"],
            "n": [1, 2],
            "p": [0.1, float("nan")],
            "known": [True, False],
            "name": ["x", None],
            "day": pd.to_datetime(["2020-01-08", None]),
            "at": pd.to_datetime(["2020-01-08T22:30Z", "2020-01-09T00:00Z"]),
        }
    )
    first, second = plain_rows(frame)
    instant = "2020-01-08T22:30:00Z"
    assert first == {"n": 1, "p": 0.1, "known": True, "name": "x", "day": "2020-01-08", "at": instant}
    assert second == {"n": 2, "p": None, "known": False, "name": None, "day": None, "at": "2020-01-09T00:00:00Z"}
    assert json.loads(json_text(plain_rows(frame)))[1] == second
    assert plain_rows(frame.iloc[:0]) == []


def test_an_interrupted_run_is_one_line(monkeypatch, capsys, tmp_path):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("eventstudy.cli.start.prepared", interrupted)
    (tmp_path / "study.toml").write_text("")
    with pytest.raises(SystemExit) as stop:
        cli.main(["run", str(tmp_path / "study.toml")])
    assert stop.value.code == 130 and capsys.readouterr().err == "eventstudy: stopped; no report was written\n"


def test_what_tests_that_draw_say_is_shown_during_a_run_alone(capsys):
    told, log = [], logging.getLogger("eventstudy.tests")
    with drawing_told(lambda done, of: told.append((done, of))):
        log.info("%s draw: about %.0f s", "sign_flip", 7.4)
        log.debug("tests that draw: %d of %d", 2, 6)
    log.info("not shown")
    assert capsys.readouterr().err == "sign_flip draw: about 7 s\n" and told == [(2, 6)]
