"""Limits of what is read, each with one clear line; none of them costs the memory that the file would."""

import pytest

from eventstudy import read_bars
from eventstudy.errors import InputError, UsageError
from eventstudy.files import parse_toml
from eventstudy.study.study import EventStudy

ROWS = "symbol,date,close\nA,2020-01-07,1\nB,2020-01-07,1\nC,2020-01-08,2\n"
LIMITS = {
    "a long line": (f"{ROWS}{',' * 1_000_001}\n", {}, r"p\.csv:5: a line of more than 1,000,000 characters"),
    "one line": ("," * 1_000_001, {}, r"p\.csv:1: a line of more than 1,000,000 characters"),
    "columns": (f"date{',A' * 16_384}\n", {}, r"16,385 columns; at most 16,384 are read"),
    "cells": (ROWS, {"delimited.MOST_CELLS": 8}, "more than 8 cells; keep what the study needs"),
    "symbols": (ROWS, {"files.MOST_SYMBOLS": 2}, "more than 2 symbols; split the file"),
}


@pytest.mark.parametrize(("text", "limits", "message"), LIMITS.values(), ids=LIMITS)
def test_a_price_file_beyond_a_limit_is_refused(tmp_path, monkeypatch, processor_seconds, text, limits, message):
    for name, limit in limits.items():
        monkeypatch.setattr(f"eventstudy.markets.sources.{name}", limit)
    (tmp_path / "p.csv").write_text(text, "utf-8")
    with processor_seconds(2), pytest.raises(InputError, match=message):
        read_bars(tmp_path / "p.csv")


@pytest.mark.parametrize(("limit", "line"), [(17, 0), (16, 1)])
def test_lines_up_to_the_limit_are_read(tmp_path, monkeypatch, limit, line):
    monkeypatch.setattr("eventstudy.markets.sources.delimited.LONGEST_LINE", limit)
    (tmp_path / "p.csv").write_text(ROWS, "utf-8")  # its longest line, the first, has 17 characters
    if not line:
        assert len(read_bars(tmp_path / "p.csv")) == 3
        return
    with pytest.raises(InputError, match=rf"p\.csv:{line}: a line of more than {limit}"):
        read_bars(tmp_path / "p.csv")


@pytest.mark.parametrize("key", [".".join("a" * 10_000), ".".join(['"a"'] * 60), " . ".join(["a-b"] * 60)])
def test_dotted_keys_beyond_a_limit_are_refused(processor_seconds, key):
    with processor_seconds(1), pytest.raises(UsageError, match=r"study\.toml: nested too deeply"):
        parse_toml(f"{key} = 1", "study.toml")


@pytest.mark.parametrize("text", ["a.b.c = 1", f'title = "{". " * 100}"', f'title = "{"a" * 900_000}"'])
def test_honest_keys_and_texts_are_read(processor_seconds, text):
    with processor_seconds(1):
        assert parse_toml(text, "study.toml")


def test_windows_beyond_a_limit_are_refused():
    with pytest.raises(UsageError, match="at most 200"):
        EventStudy(markets=["CL=F"], windows=[(0, last) for last in range(201)])
