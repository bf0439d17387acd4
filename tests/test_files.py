"""Files are read with a limit and written whole or not at all."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from eventstudy.errors import InputError, OutputError, UsageError
from eventstudy.files import is_folder, local_path, read_bytes, write_all

ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0
URLS = [
    "http://127.0.0.1/x.csv",
    "https://example.org/a",
    "file:///etc/passwd",
    "FTP://host/x",
    "ftp:x",
    "data:text/csv,a",
    "s3://bucket/key",
    " https://example.org",
    "javascript:alert(1)",
]


def tree(folder):
    """Every file below a folder, hidden ones too, with its content."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("url", URLS)
def test_a_url_is_never_a_path(url):
    with pytest.raises(UsageError, match="is a URL where a path is expected"):
        local_path(url)


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_names_that_are_none(name):
    with pytest.raises(UsageError, match="not the name of a file"):
        local_path(name)


@pytest.mark.parametrize("name", ["C:/prices/x.csv", "a:b.csv", "~/x", "$HOME/*.csv", "^N225.csv"])
def test_odd_names_are_taken_literally(name):
    assert local_path(name) == Path(name)


def test_read_bytes_stops_at_its_limit(tmp_path):
    (tmp_path / "x").write_bytes(b"12345")
    assert read_bytes(tmp_path / "x", limit=5) == b"12345"
    with pytest.raises(InputError, match="larger than"):
        read_bytes(tmp_path / "x", limit=4)


def test_an_endless_file_is_not_read_to_its_end():
    with pytest.raises(InputError, match="larger than 1 MB"):
        read_bytes("/dev/zero", limit=1_000_000)


@pytest.mark.parametrize("name", ["missing", ".", "x" * 1000])
def test_what_cannot_be_read_is_one_line(tmp_path, name):
    with pytest.raises(InputError, match="check the path") as error:
        read_bytes(tmp_path / name)
    assert "\n" not in str(error.value)
    assert is_folder(tmp_path / name) == (name == ".")


def test_write_all_makes_folders_and_returns_the_files_in_order(tmp_path):
    written = write_all(tmp_path / "a/b", {"page.html": b"1", "tables/t.csv": b"2"})
    assert [path.relative_to(tmp_path).as_posix() for path in written] == ["a/b/page.html", "a/b/tables/t.csv"]
    assert tree(tmp_path) == {"a/b/page.html": b"1", "a/b/tables/t.csv": b"2"}


def test_a_file_in_the_way_stops_everything(tmp_path):
    (tmp_path / "b").write_bytes(b"old")
    with pytest.raises(OutputError, match="already there; pass --force"):
        write_all(tmp_path, {"a": b"new", "b": b"new"})
    assert tree(tmp_path) == {"b": b"old"}


def test_force_replaces_those_files_and_no_other(tmp_path):
    before = {"study.toml": b"question", "tables/mine.csv": b"mine", "page": b"old"}
    write_all(tmp_path, before)
    write_all(tmp_path, {"page": b"new", "tables/t.csv": b"t"}, force=True)
    assert tree(tmp_path) == before | {"page": b"new", "tables/t.csv": b"t"}


@pytest.mark.parametrize("force", [False, True])
def test_a_file_where_a_folder_should_be_leaves_everything_as_it_was(tmp_path, force):
    (tmp_path / "tables").write_bytes(b"a file")
    with pytest.raises(OutputError, match="cannot be written"):
        write_all(tmp_path, {"page.html": b"new", "tables/t.csv": b"t"}, force=force)
    assert tree(tmp_path) == {"tables": b"a file"}


def test_a_folder_where_a_file_should_be_leaves_everything_as_it_was(tmp_path):
    (tmp_path / "b/inner").mkdir(parents=True)
    with pytest.raises(OutputError, match="a folder is in the way"):
        write_all(tmp_path, {"a": b"new", "b": b"new"}, force=True)
    assert tree(tmp_path) == {} and (tmp_path / "b/inner").is_dir()


def test_the_output_folder_is_a_file(tmp_path):
    (tmp_path / "out").write_bytes(b"a file")
    with pytest.raises(OutputError):
        write_all(tmp_path / "out", {"a": b"new"}, force=True)
    assert tree(tmp_path) == {"out": b"a file"}


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="no /proc on this system")
def test_a_folder_that_nobody_can_write():
    with pytest.raises(OutputError, match="cannot be written"):
        write_all(Path("/proc/nowhere"), {"a": b"new"})


@pytest.mark.skipif(ROOT_USER, reason="the superuser may write anywhere")
def test_a_read_only_folder(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="cannot be written"):
        write_all(tmp_path / "locked", {"a": b"new"})


def test_a_disk_that_is_full_leaves_everything_as_it_was(tmp_path, monkeypatch):
    write_all(tmp_path, {"a": b"old"})
    write = Path.write_bytes

    def full(path, content):
        if path.name == "b":
            raise OSError(28, "No space left on device", str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_all(tmp_path, {"a": b"new", "b": b"new"}, force=True)
    assert tree(tmp_path) == {"a": b"old"}


KILLED = """
    import sys
    from pathlib import Path
    from eventstudy.files import write_all
    folder, size = Path(sys.argv[1]), 2_000_000
    for turn in range(10_000):
        letter = b"ab"[turn % 2 : turn % 2 + 1]
        write_all(folder, {f"t/{n}": letter * size for n in range(6)}, force=True)
        print("one turn is done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("delay", [0.01, 0.05, 0.11])
def test_a_killed_process_leaves_no_half_written_file(tmp_path, delay):
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path)], stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        time.sleep(delay)  # into one of the later turns, whichever it is
        process.send_signal(signal.SIGKILL)
    kept = list((tmp_path / "t").glob("[0-5]"))
    assert len(kept) == 6
    for path in kept:
        content = path.read_bytes()
        assert len(content) == 2_000_000 and len(set(content)) == 1
