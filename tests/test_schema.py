"""Tables against declared types: every fault is one line with its path, and nothing of a wrong kind comes through."""

import dataclasses
import datetime as dt
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NotRequired, Protocol, TypedDict

import numpy as np
import pytest
from annotated_types import Ge

from eventstudy.errors import InputError, UnknownNameError, UsageError
from eventstudy.files import parse_toml, read_toml
from eventstudy.schema import check_fields, hints, validated


class Callable(Protocol):
    """Anything that can be called; a protocol is not checked."""

    def __call__(self) -> int: ...


class Times(TypedDict):
    at: dt.time
    since: NotRequired[dt.date]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Week:
    since: dt.date
    pause: tuple[str, ...] = ()

    def __post_init__(self):
        if len(self.pause) == 1:
            raise UsageError("a pause is two times")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Clock:
    name: str
    seed: Annotated[int, Ge(0), "a whole number, 0 or more"] = 0
    count: int = 0
    share: float = 0.5
    ready: bool = False
    quote: Literal["direct", "inverse"] = "direct"
    weights: Mapping[str, Annotated[float, "a finite number"]] | None = None
    weeks: tuple[Week, ...] = ()
    pair: tuple[int, int] = (0, 0)
    tests: Annotated[str | Sequence[str], 'a plan, or a list of names such as ["t"]'] = "all"
    either: int | Sequence[str] = 0
    times: tuple[Times, ...] = ()
    model: Callable | None = None

    def __post_init__(self):
        check_fields(self)


WRONG = {
    "not a table": (3, "c.toml is 3; write a table"),
    "a list": ([1], "c.toml is [1]; write a table"),
    "missing": ({"name": None}, "c.toml: name must be given"),
    "unknown key": ({"sed": 1}, "c.toml: unknown key 'sed'; did you mean 'seed'"),
    "number for text": ({"name": 1}, "c.toml: name is 1; write text in quotes"),
    "true for a number": ({"count": True}, "c.toml: count is true; write a whole number"),
    "text for a number": ({"count": "1"}, "c.toml: count is '1'; write a whole number"),
    "real for a whole number": ({"count": 1.0}, "c.toml: count is 1.0; write a whole number"),
    "negative": ({"seed": -1}, "c.toml: seed is -1; write a whole number, 0 or more"),
    "65 bits": ({"count": 2**64}, "c.toml: count is 18446744073709551616; write less than or equal to"),
    "10,000 hexadecimal digits": ({"seed": 16**10_000}, "seed is a number of 40001 bits; write a whole number"),
    "nan": ({"share": float("nan")}, "c.toml: share is nan; write a finite number"),
    "infinite": ({"share": float("inf")}, "c.toml: share is inf; write a finite number"),
    "true for a real number": ({"share": True}, "c.toml: share is true; write a number"),
    "one for true": ({"ready": 1}, "c.toml: ready is 1; write true or false"),
    "unknown choice": ({"quote": "direc"}, "c.toml: unknown quote 'direc'; did you mean 'direct'"),
    "no text for a choice": ({"quote": 1}, "c.toml: quote is 1; write 'direct' or 'inverse'"),
    "text in a mapping": ({"weights": {"CL=F": "x"}}, "c.toml: weights.CL=F is 'x'; write a finite number"),
    "nan in a mapping": ({"weights": {"CL=F": float("nan")}}, "c.toml: weights.CL=F is nan; write a finite number"),
    "list for a mapping": ({"weights": []}, "c.toml: weights is []; write a table"),
    "table for a list": ({"weeks": {}}, "c.toml: weeks is {}; write a list"),
    "nested missing": ({"weeks": [{}]}, "c.toml: weeks[0].since must be given"),
    "nested unknown": ({"weeks": [{"sinc": 1}]}, "c.toml: weeks[0]: unknown key 'sinc'; did you mean 'since'"),
    "nested check": (
        {"weeks": [{"since": dt.date(2020, 1, 8), "pause": ["1"]}]},
        "c.toml: weeks[0]: a pause is two times",
    ),
    "an instant for a date": (
        {"weeks": [{"since": dt.datetime(2020, 1, 8)}]},  # noqa: DTZ001
        "c.toml: weeks[0].since is 2020-01-08T00:00:00; write a date",
    ),
    "a third of two": ({"pair": [1, 2, 3]}, "c.toml: pair is [1, 2, 3]; write"),
    "text in a pair": ({"pair": [1, "2"]}, "c.toml: pair[1] is '2'; write a whole number"),
    "text in a union": ({"tests": [1]}, "c.toml: tests is [1]; write a plan, or a list of names such as"),
    "a union without words": ({"either": 0.5}, "c.toml: either is 0.5; write a whole number or a list"),
    "typed dict": ({"times": [{"at": "14:30"}]}, "c.toml: times[0].at is '14:30'; write a time such as 14:30:00"),
}


@pytest.mark.parametrize(("given", "message"), WRONG.values(), ids=WRONG)
def test_a_fault_is_one_line(given, message):
    table = {"name": "x", **given} if isinstance(given, dict) else given
    table = {key: value for key, value in table.items() if value is not None} if isinstance(given, dict) else table
    with pytest.raises(UsageError) as error:
        validated(Clock, table, "c.toml")
    text = str(error.value)
    assert text.startswith(message) or message in text
    assert "\n" not in text and len(text) < 300


@pytest.mark.parametrize("value", ["x" * 10_000, [["y" * 90] * 90] * 90, {"k" * 900: "v" * 900}])
def test_a_long_value_is_shortened(value):
    for key in ("count", "quote"):
        with pytest.raises(UsageError) as error:
            validated(Clock, {"name": "x", key: value}, "c.toml")
        assert len(str(error.value)) < 250


def test_a_right_table_becomes_the_object():
    week = {"since": dt.date(2020, 1, 8), "pause": ["11:30", "12:30"]}
    table = {"name": "x", "share": 1, "weeks": [week], "pair": [0, 1], "tests": ["t"], "weights": {"a": 1}}
    clock = validated(Clock, table | {"times": [{"at": dt.time(14, 30)}]}, "c.toml")
    assert clock.weeks == (Week(since=dt.date(2020, 1, 8), pause=("11:30", "12:30")),)
    assert (clock.share, clock.pair, clock.tests, clock.weights) == (1.0, (0, 1), ["t"], {"a": 1.0})
    assert clock.times == ({"at": dt.time(14, 30)},) and clock.seed == 0


def test_the_error_is_of_the_type_asked_for():
    with pytest.raises(InputError, match="instruments: name is 1"):
        validated(Clock, {"name": 1}, "instruments", InputError)
    with pytest.raises(UnknownNameError):
        validated(Clock, {"nam": 1}, "instruments", InputError)


def test_values_given_in_python_are_checked():
    week = Week(since=dt.date(2020, 1, 8))
    assert Clock(name=np.str_("x"), weeks=(week,), share=np.float64(0.5), tests=("t",), model=len).weeks == (week,)
    for given, message in (
        ({"tests": [1]}, r"Clock: tests is \[1\]; write a plan"),
        ({"weights": {"a": True}}, "Clock: weights.a is true; write a finite number"),
        ({"weeks": ({},)}, r"Clock: weeks\[0\] is {}; write a Week"),
        ({"seed": -1}, "Clock: seed is -1"),
    ):
        with pytest.raises(UsageError, match=message):
            Clock(name="x", **given)


def test_toml_that_is_none(tmp_path):
    for text in ("a = " + "[" * 5_000 + "]" * 5_000, "a = " + "9" * 10_000, "a = ", b"\xff\xfe", "a = 1\na = 2"):
        with pytest.raises(InputError, match=r"x\.toml: n") as error:
            parse_toml(text, "x.toml", InputError)
        assert "\n" not in str(error.value)
    with pytest.raises(UsageError, match="no such file"):
        read_toml(tmp_path / "none.toml")
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    assert read_toml(tmp_path / "bom.toml") == (b"\xef\xbb\xbfa = 1\r\n", {"a": 1})


def test_the_keys_of_a_schema_stand_in_its_order():
    assert list(hints(Clock))[:3] == ["name", "seed", "count"] and list(hints(Times)) == ["at", "since"]


def test_pydantic_is_imported_at_the_first_check_only():
    code = "import sys, eventstudy.schema; assert not {'pydantic', 'pandas'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
