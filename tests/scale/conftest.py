"""One small market for the tests of packs: 12 securities in 4 buckets, and events that share days."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eventstudy import EventStudy
from eventstudy.scale.packing import write_pack

DAYS = pd.bdate_range("2015-01-01", periods=260)
SYMBOLS = [f"S{number:02d}" for number in range(12)]


def returns():
    random = np.random.default_rng(7)
    market = random.normal(0, 0.006, len(DAYS))
    values = random.standard_t(5, (len(DAYS), len(SYMBOLS))) * 0.01 + market[:, None]
    frame = pd.DataFrame(values, index=DAYS, columns=SYMBOLS).assign(M=market)
    frame.iloc[150:152, 3] = np.nan
    return frame


@pytest.fixture(scope="session")
def frame():
    return returns()


@pytest.fixture(scope="session")
def events():
    numbers = np.arange(300)
    return pd.DataFrame(
        {
            "event_id": [f"e{number}" for number in numbers],
            "symbol": [SYMBOLS[number % 12] for number in numbers],
            "session": DAYS[110 + (numbers // 4) * 5 % 140],
            "size": numbers % 3,
        }
    )


@pytest.fixture(scope="session")
def study():
    return EventStudy(model="market", benchmark="M", windows=[(0, 0), (-1, 1)], estimation=(-100, -11))


@pytest.fixture(scope="session")
def pack(frame, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale") / "pack"
    write_pack(frame, str(folder), returns="log", securities=4)
    return str(folder)


@pytest.fixture(scope="session")
def in_memory(study, frame, events):
    return study.run(events, returns=frame)


@pytest.fixture(scope="session")
def packed(study, pack, events, tmp_path_factory):
    return study.run(events, returns=pack, workers=1, out=str(tmp_path_factory.mktemp("scale") / "out"))


@pytest.fixture(scope="session")
def light(study):
    """A study with a test of the first pass, and one that needs a second."""
    return replace(study, tests=("bmp", "grank_t"))


@pytest.fixture(scope="session")
def light_packed(light, pack, events, tmp_path_factory):
    return light.run(events, returns=pack, workers=1, out=str(tmp_path_factory.mktemp("scale") / "light"))
