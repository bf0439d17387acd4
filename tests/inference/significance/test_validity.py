"""The main cells of docs/validity.md once more, with fewer repetitions and wide bands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "validity.py"
MAIN = ("a", "a2", "b x2", "c .10", "c .30", "cb .10+x2", "s2", "s5")


@pytest.mark.skipif(
    os.environ.get("HYPOTHESIS_PROFILE") not in ("ci", "long"), reason="half a minute: with HYPOTHESIS_PROFILE=ci"
)
def test_rejection_rates_stay_in_their_bands():
    command = [sys.executable, str(BENCHMARK), "--reps", "2000", "--check", "--columns", *MAIN]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "cells within their bands" in found.stdout
