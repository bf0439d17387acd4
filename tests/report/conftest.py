"""The report of the sample, written once."""

import pytest

from places_of_tests import report_of


@pytest.fixture(scope="session")
def folder(sample_run, tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    report_of(sample_run, out)
    return out
