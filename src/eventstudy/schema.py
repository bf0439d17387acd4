"""Check tables of TOML, and values given in Python, against declared types; every fault is one line.

A schema is a dataclass or a `TypedDict`: its annotations say what each key takes. pydantic checks them in strict
mode, so ``true`` is no number and ``"1"`` is no 1. It was preferred to msgspec because its errors carry the path and
the value as data, which the one-line messages need; msgspec gives a sentence, without the key of a mapping. pydantic
takes about 0.1 s to import, so it is imported at the first check and not with this module.

A text within ``Annotated`` completes the sentence "write ..." of the error message::

    seed: Annotated[int, Ge(0), "a whole number, 0 or more"] = 0
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import reprlib
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Le

from .errors import EventStudyError, UnknownNameError, UsageError

T = TypeVar("T")
LONGEST_VALUE = 80
CONFIGURATION = types.MappingProxyType(
    {"strict": True, "extra": "forbid", "allow_inf_nan": False, "arbitrary_types_allowed": True}
)
SPOKEN: Mapping[str, str] = types.MappingProxyType(
    {
        "string_type": "text in quotes",
        "int_type": "a whole number",
        "float_type": "a number",
        "finite_number": "a finite number",
        "bool_type": "true or false",
        "list_type": "a list",
        "tuple_type": "a list",
        "sequence_str": "a list",
        "dict_type": "a table",
        "mapping_type": "a table",
        "date_type": "a date such as 2020-01-08",
        "time_type": "a time such as 14:30:00",
        "datetime_type": "an instant such as 2020-01-07T22:30:00Z",
    }
)


def validated(schema: type[T], table: object, where: str, error: type[EventStudyError] = UsageError) -> T:
    """Make an object of a schema from a table of plain values.

    Parameters
    ----------
    schema : type
        A dataclass or a `TypedDict`; dataclasses may be nested in it.
    table : object
        Plain values, as `eventstudy.files.read_toml` returns them. Lists become tuples where the schema has tuples.
    where : str
        File and table, for the message.
    error : type of EventStudyError
        What to raise for a wrong value.

    Returns
    -------
    object
        A `schema`.

    Raises
    ------
    UnknownNameError
        If a key, or one of a fixed set of values, is unknown; the nearest known ones are part of the message.
    EventStudyError
        If a key is missing or has a value of a wrong kind; of the type `error`.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True, kw_only=True)
    ... class Point:
    ...     x: float
    ...     names: tuple[str, ...] = ()
    >>> validated(Point, {"x": 1, "names": ["a"]}, "points.toml")
    Point(x=1.0, names=('a',))
    >>> validated(Point, {"x": True}, "points.toml")
    Traceback (most recent call last):
    eventstudy.errors.UsageError: points.toml: x is true; write a number
    """
    from pydantic import ValidationError

    try:
        return typing.cast(T, _adapter(typing.cast(Any, schema)).validate_python(table))
    except ValidationError as problem:
        raise _explained(problem, schema, table, where, error) from None


def check_fields(instance: Any, where: str = "") -> None:
    """Check the values of a dataclass against its annotations, for values that were given in Python.

    Parameters
    ----------
    instance : dataclass
    where : str
        For the message; the name of the class by default.

    Raises
    ------
    UsageError, UnknownNameError
        As `validated`.
    """
    from pydantic import ValidationError

    schema: Any = type(instance)
    values = {item.name: getattr(instance, item.name) for item in dataclasses.fields(instance)}
    try:
        _field_adapter(schema).validate_python(values)
    except ValidationError as problem:
        raise _explained(problem, schema, values, where or schema.__name__, UsageError) from None


def hints(schema: Any) -> dict[str, Any]:
    """Return the annotation of every key that a schema takes, in its order.

    Parameters
    ----------
    schema : type
        A dataclass or a `TypedDict`.

    Returns
    -------
    dict of str to type
        By key.

    Examples
    --------
    >>> list(hints(typing.TypedDict("Pair", {"first": int, "last": int})))
    ['first', 'last']
    """
    found = typing.get_type_hints(schema, include_extras=True)
    if dataclasses.is_dataclass(schema):
        return {item.name: found[item.name] for item in dataclasses.fields(schema) if item.init}
    return found


# -- schemas as pydantic takes them -----------------------------------------------------------------------------------


@functools.cache
def _adapter(schema: Any) -> Any:
    """Return the validator of tables."""
    from pydantic import TypeAdapter

    return TypeAdapter(_strict(schema, nested=_built))


@functools.cache
def _field_adapter(schema: Any) -> Any:
    """Return the validator of the fields of an instance; what is nested in it has checked itself."""
    from pydantic import TypeAdapter

    return TypeAdapter(_typed_dict(schema, nested=_instance))


def _built(schema: Any) -> Any:
    """Return the type of a table that becomes a `schema`."""
    from pydantic import AfterValidator

    return Annotated[_typed_dict(schema, nested=_built), AfterValidator(lambda table: schema(**table))]


def _instance(schema: Any) -> Any:
    """Return the type of the instances of a class, which have checked themselves."""
    from pydantic import InstanceOf

    return InstanceOf[schema]  # type: ignore[misc]


def _typed_dict(schema: Any, nested: Callable[[Any], Any]) -> Any:
    """Return the strict `TypedDict` of a schema's keys; pydantic refuses typing's own below Python 3.12."""
    from typing_extensions import TypedDict

    fields = {name: _strict(hint, nested) for name, hint in hints(schema).items()}
    if dataclasses.is_dataclass(schema):
        missing = dataclasses.MISSING
        given = {f.name for f in dataclasses.fields(schema) if f.default is missing and f.default_factory is missing}
    else:
        given = set(schema.__required_keys__)
    wrapped = {name: hint if name in given else typing.NotRequired[hint] for name, hint in fields.items()}
    table = TypedDict(schema.__name__, wrapped)  # type: ignore[misc]
    setattr(table, "__pydantic_config__", CONFIGURATION)  # noqa: B010
    return table


def _strict(hint: Any, nested: Callable[[Any], Any]) -> Any:
    """Return an annotation with its schemas replaced; lists pass for tuples, and what cannot be checked passes."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return Annotated[(_strict(inner[0], nested), *inner[1:])]
    if origin in (typing.Required, typing.NotRequired):
        return _strict(inner[0], nested)
    if origin in (Union, types.UnionType):  # of a dataclass and its plain form, a table gives the plain form alone
        same = nested if len(inner) == 1 + (types.NoneType in inner) else _instance
        return Union[tuple(_strict(one, same) for one in inner)]  # noqa: UP007
    if origin is tuple:
        return _tuple(tuple[tuple(one if one is ... else _strict(one, nested) for one in inner)])  # type: ignore[misc]
    if origin not in (None, Literal):
        return origin[tuple(_strict(one, nested) for one in inner)]
    if getattr(hint, "_is_protocol", False) and not getattr(hint, "_is_runtime_protocol", False):
        return Any
    if hint is int:  # TOML has integers of 64 bits; a longer one could not even be printed
        return Annotated[int, Ge(-(2**63)), Le(2**63 - 1)]
    if typing.is_typeddict(hint):
        return _typed_dict(hint, nested)
    return nested(hint) if dataclasses.is_dataclass(hint) else hint


def _tuple(hint: Any) -> Any:
    """Return a tuple's annotation that takes lists as well."""
    from pydantic import BeforeValidator

    return Annotated[hint, BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)]


# -- errors in one line -----------------------------------------------------------------------------------------------


def _explained(problem: Any, schema: Any, table: object, where: str, error: type[EventStudyError]) -> EventStudyError:
    """Return the error that says what the first fault is."""
    faults = problem.errors(include_url=False)
    fault = min(faults, key=lambda one: one["type"] != "extra_forbidden")
    path, hint, words, value = _followed(schema, fault["loc"], table)
    place = f"{where}: {path}" if path else where
    undecided = get_origin(hint) in (Union, types.UnionType)
    if fault["type"] == "extra_forbidden" and not undecided:
        parent, inside, _, _ = _followed(schema, fault["loc"][:-1], table)
        return UnknownNameError("key", str(fault["loc"][-1]), hints(inside), f"{where}: {parent}" if parent else where)
    if fault["type"] == "missing" and not undecided:
        return error(f"{place} is missing; give {words}" if words else f"{place} must be given")
    if fault["type"] == "value_error" and not undecided:
        return error(f"{place}: {fault['ctx']['error']}")
    if get_origin(hint) is Literal and isinstance(value, str):
        return UnknownNameError(path.rpartition(".")[2], value, get_args(hint), where)
    wanted = dict.fromkeys(_plain_words(one) for one in faults if one["loc"][0:1] == fault["loc"][0:1])
    return error(f"{place} is {shown(value)}; write {words or ' or '.join(wanted)}")


def _plain_words(fault: Mapping[str, Any]) -> str:
    """Return what is wanted, where the schema has no words for it."""
    if fault["type"] in SPOKEN:
        return SPOKEN[fault["type"]]
    name = fault.get("ctx", {}).get("class_name") or fault.get("ctx", {}).get("class", "")
    if name:
        return "a list" if name == "Sequence" else f"a {name}"
    return str(fault["msg"]).removeprefix("Input should be ")


def _followed(schema: Any, loc: Sequence[str | int], value: Any) -> tuple[str, Any, str, Any]:
    """Follow the path of a fault: its words, the annotation there, what it wants, and the value.

    The path ends at a union, since pydantic then goes on with the names of the alternatives.
    """
    hint, path, words = schema, "", ""
    for step in loc:
        inner, said = _bare(hint)
        words = said or words
        if get_origin(inner) in (Union, types.UnionType):
            break
        hint = _inner(inner, step)
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
        value = _at(value, step)
    inner, said = _bare(hint)
    return path, inner, said or words, value


def _bare(hint: Any) -> tuple[Any, str]:
    """Return an annotation without its wrapping and its None, and the text within ``Annotated``."""
    said = ""
    while True:
        origin, inner = get_origin(hint), get_args(hint)
        if origin is Annotated:
            said = next((one for one in inner[1:] if isinstance(one, str)), said)
            hint = inner[0]
        elif origin in (typing.Required, typing.NotRequired):
            hint = inner[0]
        elif (
            origin in (Union, types.UnionType) and len(rest := [one for one in inner if one is not types.NoneType]) == 1
        ):
            hint = rest[0]
        else:
            return hint, said


def _inner(hint: Any, step: str | int) -> Any:
    """Return the annotation one step further: of a key, an item of a list, or a value of a mapping."""
    if dataclasses.is_dataclass(hint) or typing.is_typeddict(hint):
        return hints(hint).get(str(step), Any)
    inner = [one for one in get_args(hint) if one is not ...]
    if isinstance(step, int) and len(inner) > step and get_origin(hint) is tuple and ... not in get_args(hint):
        return inner[step]
    return inner[-1] if inner else Any


def _at(value: Any, step: str | int) -> Any:
    """Return the part of a value at one step; the whole where there is none."""
    try:
        return value[step]
    except (LookupError, TypeError):
        return value


class _Short(reprlib.Repr):
    """Values as TOML writes them, shortened."""

    def repr_bool(self, value: bool, level: int) -> str:
        return str(value).lower()

    def repr_datetime(self, value: dt.datetime, level: int) -> str:
        return value.isoformat()

    repr_date = repr_time = repr_datetime

    def repr_int(self, value: int, level: int) -> str:
        return str(value) if value.bit_length() < 200 else f"a number of {value.bit_length()} bits"


def shown(value: object) -> str:
    """Return a value for a message, shortened to one line.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        At most 80 characters.

    Examples
    --------
    >>> shown(True), shown([[1, 2], "x" * 500])[:12]
    ('true', "[[1, 2], 'xx")
    """
    short = _Short()
    short.maxlevel, short.maxstring, short.maxother = 3, 60, 60
    text = short.repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."
