"""Where the sample is, for every test."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
STRIKE = "2020-01-07T22:30:00Z"
SAMPLE_STUDY = ROOT / "reports/iran-2020/study.toml"
