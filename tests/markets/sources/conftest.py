"""The server on this machine, and a source that knows no other."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def loopback():
    """The helper module beside this file."""
    path = Path(__file__).with_name("chart_server.py")
    spec = importlib.util.spec_from_file_location("chart_server", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def server(loopback):
    with loopback.ChartServer().running() as running:
        yield running
