"""The main cells of docs/validity.md once more, with fewer repetitions and wide bands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "validity.py"
MAIN = ("a", "b x2", "c .10", "cb .10+x2", "s2")
MORE = ("a2", "c .30", "s5")
PROFILE = os.environ.get("HYPOTHESIS_PROFILE")


@pytest.mark.skipif(PROFILE not in ("ci", "long"), reason="ten seconds: with HYPOTHESIS_PROFILE=ci")
def test_rejection_rates_stay_in_their_bands():
    reps, columns = ("2000", (*MAIN, *MORE)) if PROFILE == "long" else ("1000", MAIN)
    command = [sys.executable, str(BENCHMARK), "--reps", reps, "--check", "--columns", *columns]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "cells within their bands" in found.stdout
