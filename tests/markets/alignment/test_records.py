"""What clocks and schedules hold cannot be changed, so that it may be kept and shared, and is given by name."""

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass

import pytest

from eventstudy.markets import alignment, calendars


def records():
    """All dataclasses of the two rooms."""
    for room in (alignment, calendars):
        for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            for _, value in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if is_dataclass(value) and value.__module__ == module.name:
                    yield value


@pytest.mark.parametrize("record", list(records()), ids=lambda record: record.__name__)
def test_records_cannot_be_changed(record):
    assert record.__dataclass_params__.frozen


@pytest.mark.parametrize("record", list(records()), ids=lambda record: record.__name__)
def test_records_are_given_by_name(record):
    assert all(field.kw_only for field in fields(record))
