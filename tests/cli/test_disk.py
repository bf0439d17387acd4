"""Commands whose files do not fit, or whose streams are closed: the exit code, one line, and nothing half written."""

import sys
from contextlib import contextmanager

import pytest

resource = pytest.importorskip("resource", reason="limits of POSIX systems")

FIRE = "# Fire\n\nPublished: 2021-03-05T10:02:11Z\n\n" + "A fire stopped the refinery at 0915 GMT on Friday. " * 40


@contextmanager
def files_of_at_most(size):
    """Let the system refuse to write more into one file, as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "fire.md"
    path.write_text(FIRE)
    return path


def test_a_list_of_events_that_does_not_fit_leaves_the_old_one(main, article, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "list.csv").write_text("mine")
    with files_of_at_most(200):
        code, text, err = main("events", article, "-o", out / "list.csv", "--force")
    assert code == 5 and text == "" and err.count("eventstudy: ") == 1 and "Traceback" not in err
    assert [path.read_text() for path in out.iterdir()] == ["mine"]


def test_a_report_that_does_not_fit_leaves_nothing(main, study_file, without_figures, tmp_path):
    out = tmp_path / "out"
    with files_of_at_most(1_000):
        code, _, err = main("run", study_file(), "--out", out)
    assert code == 5 and err.count("eventstudy: ") == 1 and "File too large" in err
    assert not [path for path in out.rglob("*") if path.is_file()]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_answer_for_a_closed_stdout_is_5(main, article, options, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", None)
        code, _, err = main("events", article, *options)
    assert code == 5 and err.count("\n") == 1 and "stdout is closed" in err


def test_a_closed_stderr_is_no_error(main, article, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", None)
        code, text, _ = main("events", article)
    assert code == 0 and "2021-03-05" in text
