"""Fixtures that several rooms share: the sample, its study, small study files, and the real command."""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

import pytest
from hypothesis import settings

from places_of_tests import DATA, ROOT, SAMPLE_STUDY, STRIKE

# Examples of each property: few at hand, more in continuous integration, many with `make test-long`.
settings.register_profile("default", max_examples=40, deadline=None)
settings.register_profile("ci", max_examples=150, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_configure(config):
    """Keep the calendars that the tests build in a folder that all workers share, and not in the user's."""
    if not hasattr(config, "workerinput"):
        config.calendars = tempfile.TemporaryDirectory(prefix="eventstudy-tests-")
        os.environ["EVENTSTUDY_CACHE"] = config.calendars.name


def pytest_unconfigure(config):
    """Leave nothing behind."""
    if hasattr(config, "calendars"):
        config.calendars.cleanup()


@pytest.fixture(scope="session")
def sample_bars():
    from eventstudy import read_bars

    return read_bars(DATA / "prices")


@pytest.fixture(scope="session")
def sample_run():
    """The sample study file, run once for the whole session."""
    from eventstudy import read_study, run_study

    return run_study(read_study(SAMPLE_STUDY))


@pytest.fixture(scope="session")
def sample_result(sample_run):
    return sample_run.result


@pytest.fixture
def study_file(tmp_path):
    """Write a study file of two markets; keywords replace or (None) remove a top-level line, `study` is the table."""

    def write(study="", folder="question", **lines):
        values = {
            "title": '"Two markets"',
            "at": f'"{STRIKE}"',
            "prices": f'"{(DATA / "prices").as_posix()}"',
            "markets": '["CL=F", "^N225"]',
            **lines,
        }
        top = "".join(f"{key} = {value}\n" for key, value in values.items() if value is not None)
        path = tmp_path / folder / "study.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{top}\n[study]\n{study}\n", encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def processor_seconds():
    """Fail where a block takes more processor time than this: a limit against runaway work, not a measure of speed."""

    @contextmanager
    def limit(seconds):
        began = time.process_time()
        yield
        assert time.process_time() - began < seconds

    return limit


@pytest.fixture
def without_figures(monkeypatch):
    """Leave the figures out of reports, where a test is about another part: they take most of the time."""
    from matplotlib.figure import Figure

    from eventstudy.report.figures import Picture

    empty = Picture(svg=b"<svg></svg>", narrow=b"<svg></svg>", draw=lambda width: Figure(), alt="")
    blank = dict.fromkeys(("sessions", "anatomy", "path", "car"), empty)
    monkeypatch.setattr("eventstudy.report.write.figures", lambda result: blank)


@pytest.fixture(scope="session")
def command():
    """Run ``python -m eventstudy`` as a user would, with nobody's configuration in the way."""

    def run(*words, cwd=ROOT, **environment):
        return subprocess.run(
            [sys.executable, "-m", "eventstudy", *map(str, words)],
            cwd=cwd,
            env={**os.environ, "COLUMNS": "80", **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def main(capsys):
    """Call the command in this process: its exit code, stdout and stderr."""
    from eventstudy.cli import main as cli

    def run(*words):
        with pytest.raises(SystemExit) as stop:
            cli.main(list(map(str, words)))
        out, err = capsys.readouterr()
        return stop.value.code, out, err

    return run
