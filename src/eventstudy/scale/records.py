"""Records of sums to bytes and back, without pickle."""

from __future__ import annotations

import io
import json
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import InputError

# Records of these modules alone are made from a file.
HOME = "eventstudy.inference."
Array = npt.NDArray[Any]


def record_bytes(record: Any) -> bytes:
    """Write a record: dataclasses, tuples, arrays and plain values.

    Parameters
    ----------
    record : dataclass, tuple, ndarray or plain value

    Returns
    -------
    bytes
        Arrays as NumPy writes them (``.npz``), and the form of the record as JSON.

    Examples
    --------
    >>> read_record(record_bytes((np.array([1.5, 2.0]), True)), "example")
    (array([1.5, 2. ]), True)
    """
    arrays: list[Array] = []
    form = json.dumps(_form(record, arrays))
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, form=np.array(form), **{f"a{at}": one for at, one in enumerate(arrays)})
    return stream.getvalue()


def read_record(content: bytes, where: str) -> Any:
    """Read what `record_bytes` wrote.

    Parameters
    ----------
    content : bytes
    where : str
        The file, for messages.

    Returns
    -------
    dataclass, tuple, ndarray or plain value

    Raises
    ------
    InputError
        If the file is damaged.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            return _made(json.loads(str(held["form"])), held)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ImportError, RecursionError):
        raise InputError(f"{where}: damaged; remove it and run again with --resume") from None


def _form(value: Any, arrays: list[Array]) -> dict[str, Any]:
    """Return the form of a record, and put its arrays aside."""
    if isinstance(value, np.ndarray):
        text = value.dtype == object
        arrays.append(value.astype(str) if text else value)
        return {"array": len(arrays) - 1, "text": text}
    if isinstance(value, tuple):
        return {"tuple": [_form(one, arrays) for one in value]}
    if is_dataclass(value):
        parts = {item.name: _form(getattr(value, item.name), arrays) for item in fields(value)}
        return {"class": [type(value).__module__, type(value).__name__], "fields": parts}
    return {"value": value.item() if isinstance(value, np.generic) else value}


def _made(form: dict[str, Any], held: Any) -> Any:
    """Return a record of its form."""
    if "array" in form:
        array = held[f"a{form['array']}"]
        return array.astype(object) if form["text"] else array
    if "tuple" in form:
        return tuple(_made(one, held) for one in form["tuple"])
    if "class" in form:
        module, name = form["class"]
        if not module.startswith(HOME):
            raise ValueError(module)
        return getattr(import_module(module), name)(**{key: _made(one, held) for key, one in form["fields"].items()})
    return form["value"]
