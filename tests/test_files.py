"""Files are read with a limit and written whole or not at all."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from eventstudy.errors import InputError, OutputError, UsageError
from eventstudy.files import LOCK, exclusive, is_folder, local_path, read_bytes, repair, sha256, write_all

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
    sync, synced = os.fsync, []

    def full(descriptor):
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(28, "No space left on device", "b")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_all(tmp_path, {"a": b"new", "b": b"new"}, force=True)
    assert tree(tmp_path) == {"a": b"old"}


def test_an_interrupt_while_files_are_moved_leaves_all_of_the_new_ones(tmp_path, monkeypatch):
    write_all(tmp_path, NEW | {name: b"old" for name in NEW})
    replace, moved = Path.replace, []

    def interrupted(path, target):
        moved.append(target)
        if len(moved) == 3:
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_all(tmp_path, NEW, force=True)
    assert tree(tmp_path) == NEW


# -- killed processes and several writers ------------------------------------------------------------------------------

NEW = {"t/1": b"new 1", "t/2": b"new 2", "run.json": b"new 3", "page": b"new 4"}
OLD = {name: b"old" for name in NEW}
KILLED = """
    import os, signal, sys
    from pathlib import Path
    from eventstudy.files import write_all
    from test_files import NEW

    def killing(call, count=[0]):
        def run(*words, **options):
            if count[0] == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
            count[0] += 1
            return call(*words, **options)
        return run

    os.fsync, Path.replace, Path.unlink = killing(os.fsync), killing(Path.replace), killing(Path.unlink)
    write_all(Path(sys.argv[1]), NEW, force=True)
"""
# An old journal removed; 5 files staged; the journal and 4 files moved; the journal and the lock removed.
STEPS = 1 + 5 + 1 + 4 + 2


def python(code, *words):
    """Start a Python process that can import this file."""
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, words)],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("step", [1, 5, 6, 7, 9, 10, 11, 12, STEPS])
def test_a_killed_process_leaves_the_old_files_or_what_completes_the_new_ones(tmp_path, step):
    mine = {"study.toml": b"question", "t/mine": b"mine"}
    write_all(tmp_path, OLD | mine)
    with python(KILLED, tmp_path, step) as process:
        process.communicate(timeout=60)
    assert process.returncode == (0 if step == STEPS else -signal.SIGKILL)
    lines = repair(tmp_path)
    (tmp_path / LOCK).unlink(missing_ok=True)
    assert tree(tmp_path) == mine | (OLD if step <= 6 else NEW)
    assert all("\n" not in line and "an earlier run was interrupted" in line for line in lines)
    assert len(lines) == {1: 1, 5: 5, 6: 5, 7: 4, 9: 2, 10: 1}.get(step, 0)
    assert repair(tmp_path) == []


def test_a_later_writer_repairs_first(tmp_path):
    write_all(tmp_path, OLD)
    (tmp_path / "t/.1.eventstudy-part").write_bytes(b"half")
    (tmp_path / ".eventstudy-journal").write_bytes(b'{"../x": 3, "t/1": "00"')
    write_all(tmp_path, {"other": b"1"})
    assert tree(tmp_path) == OLD | {"other": b"1"}


def test_a_journal_moves_nothing_out_of_its_folder(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / ".x.eventstudy-part").write_bytes(b"1")
    (tmp_path / "out/.eventstudy-journal").write_text(json.dumps({"../x": sha256(b"1"), "/etc/x": "0", "a\0": 1}))
    repair(tmp_path / "out")
    assert tree(tmp_path) == {".x.eventstudy-part": b"1"}


def test_a_second_writer_is_refused_and_changes_nothing(tmp_path):
    write_all(tmp_path, OLD)
    with exclusive(tmp_path), python(WRITER, tmp_path, "b", 1) as other:
        out, _ = other.communicate(timeout=60)
    assert out == f"{tmp_path}: another process is writing there; wait until it is done, or choose another --out\n"
    assert tree(tmp_path) == OLD


WRITER = """
    import sys
    from pathlib import Path
    from eventstudy.errors import OutputError
    from eventstudy.files import write_all
    from test_files import NEW
    for _ in range(int(sys.argv[3])):
        try:
            write_all(Path(sys.argv[1]), {name: sys.argv[2].encode() * 50_000 for name in NEW}, force=True)
            print("written")
        except OutputError as error:
            print(error)
"""


def test_of_eight_writers_at_once_one_has_written_everything(tmp_path):
    writers = [python(WRITER, tmp_path, letter, 20) for letter in "abcdefgh"]
    said = "".join(writer.communicate(timeout=120)[0] for writer in writers).splitlines()
    contents = tree(tmp_path)
    assert set(contents) == set(NEW) and len(set(contents.values())) == 1
    assert len(said) == 160 and set(said) <= {"written", f"{tmp_path}: another process is writing there; "
                                              "wait until it is done, or choose another --out"}  # fmt: skip
    assert "written" in said
