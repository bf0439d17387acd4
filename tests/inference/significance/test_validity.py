"""The main cells of docs/validity.md once more, with fewer repetitions and wide bands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "validity.py"
COLUMNS = ("a", "b x2", "c .10", "cb .10+x2", "s2", "a2", "c .30", "s5")
PROFILE = os.environ.get("HYPOTHESIS_PROFILE")


@pytest.mark.skipif(PROFILE != "long", reason="half a minute: with make test-long")
def test_rejection_rates_stay_in_their_bands():
    command = [sys.executable, str(BENCHMARK), "--reps", "2000", "--check", "--columns", *COLUMNS]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "cells within their bands" in found.stdout
