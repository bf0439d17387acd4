"""Values of every kind for every key of a study, from a file and in Python: accepted, or refused in one line."""

import datetime as dt
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Annotated, Union, get_args, get_origin

import pytest
import tomli_w

from eventstudy import EventStudy, Window, read_study
from eventstudy.errors import UsageError
from eventstudy.markets.sources.layouts import Layout
from eventstudy.schema import hints
from eventstudy.study.config import STUDY_KEYS, StudyTable

# One value of each kind that TOML has; a date is not an instant, and true is not a number.
SAMPLES = {
    bool: True,
    int: -1,
    float: 0.25,
    str: "text",
    dt.datetime: dt.datetime(2020, 1, 7, 22, 30, tzinfo=dt.UTC),
    dt.date: dt.date(2020, 1, 7),
    dt.time: dt.time(22, 30),
    Sequence: [],
    Mapping: {},
}
ODD = [float("nan"), float("inf"), 10**18, "", "\x1b[31m", "x" * 5_000, [[[[]]]], {"": {"": {}}}, [True], [1, "1"]]


def alternatives(hint):
    """The annotations that a key takes, without the wrapping and without None."""
    if get_origin(hint) in (Annotated, typing.Required, typing.NotRequired):
        return alternatives(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        return [one for inner in get_args(hint) for one in alternatives(inner)]
    return [] if hint in (types.NoneType, Window) or getattr(hint, "_is_protocol", False) else [hint]


def kind(hint):
    """The kind of SAMPLES that an annotation takes."""
    origin = get_origin(hint) or hint
    return {tuple: Sequence, dict: Mapping, list: Sequence}.get(origin, origin)


def wrong(hint):
    """Yield values that an annotation does not take: of other kinds, and of its own with something wrong inside."""
    found = alternatives(hint)
    kinds = {kind(one) for one in found} | ({int} if float in found else set())
    if typing.Any in kinds:
        return
    yield from (sample for one, sample in SAMPLES.items() if one not in kinds)
    if kinds & {int, float} and str not in kinds:
        yield float("nan")
    for one in found:
        inner = [arg for arg in get_args(one) if arg is not ...]
        if kind(one) is Sequence and inner:
            yield from ([value] for value in wrong(inner[0]))
            yield from ([value, value] for value in wrong(inner[0]))
        elif kind(one) is Mapping:
            yield from ({"CL=F": value} for value in wrong(inner[1]))


TOP = [("", key, value) for key, hint in hints(StudyTable).items() for value in wrong(hint)]
OPTIONS = [("study", key, value) for key in STUDY_KEYS for value in wrong(hints(EventStudy)[key])]
LAYOUT = [("layout", key, value) for key, hint in hints(Layout).items() for value in wrong(hint)]
CASES = [*TOP, *OPTIONS, *LAYOUT]


def written(folder, table, key, value):
    """A study file that is right but for one value."""
    top = {"at": "2020-01-07T22:30:00Z", "prices": "p.csv", "markets": ["CL=F"]}
    top |= {table: {key: value}} if table else {key: value}
    file = folder / "study.toml"
    file.write_text(tomli_w.dumps(top), encoding="utf-8")
    return file


def test_the_cases_reach_every_key():
    assert {key for _, key, _ in TOP} == set(StudyTable.__annotations__)
    assert {key for _, key, _ in OPTIONS} == set(STUDY_KEYS) and len(OPTIONS) > 200
    assert {key for _, key, _ in LAYOUT} == set(hints(Layout))


@pytest.mark.parametrize("table", ["", "study", "layout"])
def test_a_wrong_kind_is_refused_in_one_line_that_names_the_key(tmp_path, table):
    for _, key, value in (case for case in CASES if case[0] == table):
        file = written(tmp_path, table, key, value)
        with pytest.raises(UsageError) as error:
            read_study(file)
        text = str(error.value)
        assert text.isprintable() and len(text) < 400 + len(str(file)), (key, value)
        assert text.startswith(f"{file}: ") and key in text.removeprefix(str(file)), (key, value, text)


def test_a_wrong_kind_is_refused_in_python_as_well():
    for _, key, value in OPTIONS:
        with pytest.raises(UsageError) as error:
            EventStudy(**{key: value})
        assert key in str(error.value) and str(error.value).isprintable(), (key, value)


@pytest.mark.parametrize("table", ["", "study", "layout"])
def test_an_odd_value_is_accepted_or_refused_in_one_line(tmp_path, table):
    keys = {"": StudyTable.__annotations__, "study": STUDY_KEYS, "layout": hints(Layout)}[table]
    for key in keys:
        for value in ODD:
            file = written(tmp_path, table, key, value)
            try:
                read_study(file)
            except UsageError as error:
                text = str(error)
                assert "\n" not in text and len(text) < 600 + len(str(file)) + len(str(value)), (key, text)
