"""The server on this machine, and a source that knows no other."""

import chart_server
import pytest


@pytest.fixture(scope="session")
def loopback():
    """The helper module beside this file."""
    return chart_server


@pytest.fixture
def server(loopback):
    with loopback.ChartServer().running() as running:
        yield running
