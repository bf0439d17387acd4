"""Hours that are kept on disk: the same as those built, and built again when the file is not whole."""

import datetime as dt
import hashlib

import numpy as np
import pytest

from eventstudy.markets.calendars import library
from eventstudy.markets.calendars.kept import kept

YEAR = dt.date(2019, 1, 1), dt.date(2019, 12, 31)
NAMES = ("session", "start", "end")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EVENTSTUDY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache/calendars"


def _key_is(path, key):
    return path.stem == hashlib.sha256(key.encode()).hexdigest()[:32]


def not_called(*_):
    raise AssertionError("built again")


@pytest.mark.parametrize("calendar", ["XHKG", "XNSE", "us_futures"])
def test_what_is_read_is_what_was_built(calendar, folder, monkeypatch):
    zone, built = library.exchange_hours(calendar, *YEAR)
    assert [path.suffix for path in folder.iterdir()] == [".hours"]
    monkeypatch.setattr(library, "_built", not_called)
    again, read = library.exchange_hours(calendar, *YEAR)
    assert again == zone and len(built.session) > 240
    for name in NAMES:
        assert getattr(read, name).dtype == getattr(built, name).dtype
        np.testing.assert_array_equal(getattr(read, name), getattr(built, name))


@pytest.mark.parametrize(
    "spoil", [lambda _: b"", lambda old: old[: len(old) // 2], lambda old: old[:-30], lambda _: b"x" * 500]
)
def test_a_file_that_is_not_whole_is_built_again(spoil, folder):
    _, built = library.exchange_hours("XHKG", *YEAR)
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    path.write_bytes(spoil(whole))
    _, again = library.exchange_hours("XHKG", *YEAR)
    np.testing.assert_array_equal(again.start, built.start)
    assert path.read_bytes() == whole


def test_every_changed_byte_is_noticed_or_changes_nothing(folder):
    """A wrong session would be worse than a slow one."""
    zone, built = library.exchange_hours("XHKG", dt.date(2019, 1, 1), dt.date(2019, 1, 31))
    kept("a key", lambda: (zone, built))
    path = next(path for path in folder.iterdir() if _key_is(path, "a key"))
    whole = path.read_bytes()
    for at in range(0, len(whole), 97):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :])
        again, read = kept("a key", lambda: (zone, built))
        assert again == zone, at
        for name in NAMES:
            np.testing.assert_array_equal(getattr(read, name), getattr(built, name), err_msg=str(at))


def test_a_folder_that_cannot_be_written_is_no_error(folder, monkeypatch):
    folder.parent.write_text("a file is in the way")
    assert library.exchange_hours("XHKG", *YEAR)[0] == "Asia/Hong_Kong"
    assert folder.parent.read_text() == "a file is in the way"
