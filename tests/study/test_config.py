"""Study files: what is wrong with one is said in one line; a right one makes the round trip."""

import datetime as dt

import pandas as pd
import pytest

from eventstudy import EventStudy, StudyFile, date_event, read_article, read_bars, read_study, run_study, study_toml
from eventstudy.errors import DatingError, EventStudyError, UsageError
from places_of_tests import DATA, SAMPLE_STUDY, STRIKE


def refused(path, *words):
    """The message of a refused study file: one line that names the file."""
    with pytest.raises(UsageError) as error:
        read_study(path)
    text = str(error.value)
    assert "\n" not in text and str(path) in text and len(text) < 1_000
    for word in words:
        assert word in text
    return text


TABLE = {
    "unknown key": ("windws = [[0, 0]]", "[study]", "unknown key 'windws'; did you mean 'windows'"),
    "unknown model": ('model = "constant-men"', "did you mean 'constant-mean'"),
    "unknown returns": ('returns = "lg"', "did you mean 'log'"),
    "unknown rolls": ('rolls = "kep"', "did you mean 'keep'"),
    "nan in a window": ("windows = [[nan, 1]]", "whole numbers"),
    "inf in a window": ("windows = [[0, inf]]", "whole numbers"),
    "half a row": ("windows = [[0.5, 1]]", "whole numbers"),
    "true as a row": ("windows = [[true, 1]]", "whole numbers"),
    "text as a row": ('windows = [["0", "1"]]', "whole numbers"),
    "no window": ("windows = []", "at least one event window"),
    "empty window": ("windows = [[]]", "two whole numbers"),
    "three bounds": ("windows = [[0, 1, 2]]", "two whole numbers"),
    "a number as window": ("windows = [0]", "two whole numbers"),
    "window backwards": ("windows = [[1, -1]]", "swap them"),
    "window twice": ("windows = [[0, 1], [0, 1]]", "duplicate window"),
    "window too long": ("windows = [[0, 1000000000000]]", "within"),
    "windows is text": ('windows = "[0,0]"', "windows is '[0,0]'; write a list"),
    "estimation is a number": ("estimation = 200", "estimation is 200; write two whole numbers"),
    "estimation backwards": ("estimation = [-11, -210]", "swap them"),
    "overlap": ("windows = [[-11, 0]]", "overlaps the estimation window"),
    "seed is text": ('seed = "1"', "seed is '1'; write a whole number"),
    "seed is true": ("seed = true", "write a whole number"),
    "seed is a float": ("seed = 1e12", "write a whole number"),
    "too few needed": ("min_observations = 0", "at least 3"),
    "negative needed": ("min_observations = -5", "at least 3"),
    "10,000 digits": (f"seed = {'9' * 10_000}", "not TOML"),
    "10,000 hexadecimal digits": (f"seed = 0x{'f' * 10_000}", "seed is a number of 40000 bits"),
    "seed is negative": ("seed = -1", "seed is -1; write a whole number from 0"),
    "seed of 65 bits": ("seed = 18446744073709551616", "write a whole number from 0 to 9223372036854775807"),
    "tests of numbers": ("tests = [1]", "tests is [1]; write", "a list of names of tests"),
    "test twice": ('tests = ["t", "t"]', "duplicate test t"),
    "unknown test": ('tests = ["tt"]', "unknown test 'tt'"),
    "a family that is a number": ("families = {a = 1}", "families.a is 1; write a list of symbols"),
    "a family that is text": ('families = {a = "CL=F"}', "families.a is 'CL=F'; write a list of symbols"),
    "an empty family": ("families = {a = []}", "families.a is []; write a list of symbols"),
    "a market twice in a family": ('families = {a = ["CL=F", "CL=F"]}', "families.a: duplicate market CL=F"),
    "an unknown market in a family": ('families = {a = ["CL=G"]}', "families.a: unknown market 'CL=G'", "'CL=F'"),
    "a weight of text": ('weights = {"CL=F" = "x"}', "weights.CL=F is 'x'; write a finite number"),
    "a weight of nan": ('weights = {"CL=F" = nan}', "weights.CL=F is nan; write a finite number"),
    "a weight of true": ('weights = {"CL=F" = true}', "weights.CL=F is true; write a finite number"),
    "an unknown market in the weights": ('weights = {"CL=G" = 1}', "weights: unknown market 'CL=G'"),
    "weights of zero": ('weights = {"CL=F" = 0}', "all of them are zero"),
    "markets in the table": ('markets = ["CL=F"]', "[study]: `markets` is no key of this table; write it above"),
    "prices in the table": ('prices = "x.csv"', "[study]: `prices` is no key of this table; write it above"),
    "factors is text": ('factors = "SMB"', "factors is 'SMB'; write a list of names"),
    "5,000 nested arrays": ("windows = " + "[" * 5_000 + "]" * 5_000, "nested too deeply"),
    "key twice": ("seed = 1\nseed = 2", "not TOML"),
}
TOP = {
    "unknown key": ({"artcle": '"x"'}, "unknown key 'artcle'; did you mean 'article'"),
    "a key of the table": ({"returns": '"simple"'}, "`returns` is a key of the table [study]; write it below"),
    "no event": ({"at": None}, "name an `article`, or give the instant"),
    "no prices": ({"prices": None}, "no `prices`"),
    "no markets": ({"markets": "[]"}, "markets is []; write a list of symbols"),
    "markets of numbers": ({"markets": "[1]"}, "markets[0] is 1; write a list of symbols"),
    "markets is text": ({"markets": '"CL=F"'}, "write a list"),
    "market twice": ({"markets": '["CL=F", "CL=F"]'}, "duplicate market CL=F"),
    "naive at": ({"at": '"2020-01-07T22:30:00"'}, "at = '2020-01-07T22:30:00' has no time zone"),
    "naive TOML at": ({"at": "2020-01-07T22:30:00"}, "has no time zone"),
    "a day as at": ({"at": "2020-01-07"}, "at is 2020-01-07; write an instant with its time zone"),
    "day in quotes": ({"at": '"2020-01-07"'}, "has no time zone"),
    "no instant": ({"at": '"tonight"'}, "'tonight' is not an instant"),
    "31 February": ({"at": '"2020-02-31T00:00:00Z"'}, "is not an instant"),
    "25 o'clock": ({"at": '"2020-01-07T25:00:00Z"'}, "is not an instant"),
    "offset of 99 hours": ({"at": '"2020-01-07T22:30:00+99:00"'}, "is not an instant"),
    "URL as prices": ({"prices": '"https://example.org/p.csv"'}, "is a URL where a path is expected"),
    "URL as article": ({"article": '"http://127.0.0.1/a"'}, "is a URL where a path is expected"),
    "URL as events": ({"other_events": '"file:///etc/passwd"'}, "is a URL where a path is expected"),
    "events beside at": (
        {"events": '"e.csv"'},
        "call a list of what else happened `other_events`",
    ),
    "an event of a list": ({"events": '"e.csv"', "at": None, "event": "2"}, "`event` chooses an event of an `article`"),
    "no file of prices": ({"prices": "[]"}, "prices is []; write the path of a file or folder"),
    "NUL in a path": ({"prices": '"a\\u0000b"'}, "is not the name of a file"),
    "no path": ({"prices": '""'}, "is not the name of a file"),
    "event and at": ({"event": "2"}, "`event` chooses a time of the article, `at` gives another"),
    "event 0": ({"event": "0"}, "event is 0; write the number of one of the article's events, 1 or more"),
    "not a probability": ({"min_confidence": "95"}, "min_confidence is 95; write a probability, a number from 0 to 1"),
    "title is a number": ({"title": "7"}, "title is 7; write text in quotes"),
    "layout is a number": ({"layout": "1"}, "layout is 1; write the path of a file, in quotes, or a table"),
    "unknown key of a layout": ({"layout": '{decima = ","}'}, "[layout]: unknown key 'decima'; did you mean 'decimal'"),
    "wrong kind in a layout": ({"layout": "{ignore = [1]}"}, "[layout]: ignore[0] is 1; write"),
    "a zone that is none": ({"layout": '{timezone = "Asia"}'}, "[layout]: layout: unknown timezone 'Asia'"),
    "URL as layout": ({"layout": '"https://example.org/l"'}, "is a URL where a path is expected"),
    "layout of the store": ({"layout": "{}", "prices": '"store"'}, "does not go with prices"),
    "nested 500 deep": ({"markets": "[" * 500 + "]" * 500}, "nested too deeply"),
    "nested 50,000 deep": ({"markets": "[" * 50_000}, "nested too deeply"),
}


@pytest.mark.parametrize(("study", "words"), [(v[0], v[1:]) for v in TABLE.values()], ids=TABLE)
def test_the_table_of_options_is_checked(study_file, study, words):
    refused(study_file(study), *words)


@pytest.mark.parametrize(("lines", "words"), TOP.values(), ids=TOP)
def test_the_top_level_is_checked(study_file, lines, words):
    refused(study_file(**lines), words)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfet\x00i\x00",
        b"!!python/object:os.system ls",
        b'{"nbformat": 4, "cells": []}',
        b"title = 'a\nb'",
        b"title: yaml\n",
        b"\x00",
    ],
)
def test_what_is_not_toml_is_refused(tmp_path, content):
    (tmp_path / "study.toml").write_bytes(content)
    refused(tmp_path / "study.toml", "not TOML")


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path):
    (tmp_path / "study.toml").write_bytes(b"#" * 1_000_001)
    refused(tmp_path / "study.toml", "larger than 1 MB")


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_missing_file_or_a_folder_is_said(tmp_path, name):
    refused(tmp_path / name, "check the path")


def test_a_byte_order_mark_carriage_returns_and_tabs_are_fine(study_file):
    plain = study_file("windows = [[0, 1]]")
    odd = plain.with_name("odd.toml")
    text = plain.read_text(encoding="utf-8").replace(" = ", "\t=\t").replace("\n", "\r\n")
    odd.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_study(odd).study == read_study(plain).study


@pytest.mark.parametrize("at", ['"2020-01-08T01:30+03:00"', "2020-01-08T01:30:00+03:00", "2020-01-07T22:30:00Z"])
def test_the_instant_may_be_text_or_toml(study_file, at):
    result = run_study(read_study(study_file("windows = [[0, 0]]", at=at))).result
    assert result.dated[0].when.start == dt.datetime(2020, 1, 7, 22, 30, tzinfo=dt.UTC)


def test_nothing_in_a_path_is_expanded(study_file):
    for path in ("~/prices", "$HOME", "*.csv", "%TEMP%"):
        with pytest.raises(EventStudyError, match="no such file"):
            run_study(read_study(study_file(prices=f'"{path}"')))


def test_the_sample_goes_there_and_back(tmp_path):
    first = read_study(SAMPLE_STUDY)
    copy = tmp_path / "study.toml"
    copy.write_text(study_toml(first), encoding="utf-8")
    second = read_study(copy)
    assert second.study == first.study and second.title == first.title
    assert (second.article, second.prices, second.events) == (first.article, first.prices, first.events)
    assert study_toml(second) == study_toml(first)


def test_the_choice_of_an_event_goes_there_and_back(tmp_path):
    study = EventStudy(windows=[(0, 1)])
    file = StudyFile(
        path=tmp_path / "s.toml",
        title="T",
        article=tmp_path / "a.md",
        event=2,
        min_confidence=0.5,
        prices=tmp_path,
        study=study,
    )
    file.path.write_text(study_toml(file), encoding="utf-8")
    assert read_study(file.path).event == 2 and read_study(file.path).min_confidence == 0.5


@pytest.mark.parametrize(
    "title", ['quotes " and \\ backslash', "line\nbreak\ttab", "Ölpreis 原油 \U0001f6e2", "a\x7fb\x1b"]
)
def test_any_title_goes_there_and_back(tmp_path, title):
    study = EventStudy(model="market", benchmark="^GSPC", markets=("CL=F",), returns="simple", seed=3, windows=[(2, 9)])
    file = StudyFile(path=tmp_path / "s.toml", title=title, at=STRIKE, prices=tmp_path / 'p"q', study=study)
    file.path.write_text(study_toml(file), encoding="utf-8", newline="")
    again = read_study(file.path)
    assert (again.title, again.at, again.prices, again.study) == (title, STRIKE, file.prices, study)


def test_the_file_makes_the_calls_a_researcher_types(sample_run):
    event = date_event(read_article(DATA / "articles/iran-strike-2020-01-08.md"))
    result = sample_run.file.study.run(event, read_bars(DATA / "prices"))
    for name in ("alignment", "reaction", "car", "ar", "tests", "outcomes", "anatomy", "oddities"):
        pd.testing.assert_frame_equal(getattr(result, name), getattr(sample_run.result, name), check_exact=True)


def test_an_undated_article_asks_for_the_instant(study_file, tmp_path):
    (tmp_path / "undated.md").write_text("A pipeline was blown up on Friday.\n", encoding="utf-8")
    path = study_file(at=None, article='"../undated.md"')
    with pytest.raises(DatingError, match="at = ") as error:
        run_study(read_study(path))
    assert "\n" not in str(error.value)


def test_every_input_has_its_fingerprint(sample_run):
    sums = dict(reversed(line.split()) for line in (DATA / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    unread = ("intraday", "simulated")
    known = {
        name.removeprefix("articles/"): digest for name, digest in sums.items() if not any(u in name for u in unread)
    }
    assert {name: digest for name, digest in sample_run.inputs.items() if name != "study.toml"} == known


def test_groups_and_regressions_come_back_as_they_were_written(tmp_path):
    text = 'events = "e.csv"\nprices = "p.csv"\ngroups = ["sector"]\n[[regressions]]\non = ["size"]\nwindow = [0, 1]\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    file = read_study(tmp_path / "study.toml")
    assert file.groups == ("sector",) and file.regressions == ({"on": ["size"], "window": [0, 1]},)
    (tmp_path / "again.toml").write_text(study_toml(file), encoding="utf-8")
    assert read_study(tmp_path / "again.toml").regressions == file.regressions


def test_groups_need_a_list_of_events(tmp_path):
    text = 'at = "2020-01-07T22:30:00Z"\nprices = "p.csv"\ngroups = ["sector"]\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="`groups` takes columns of a list of events"):
        read_study(tmp_path / "study.toml")
