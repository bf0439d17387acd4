"""Commands on a full disk, a folder that may not be written, without a reader, and with closed streams.

Four commands that write (a study's report, prices into the store, a list of events, a fetched page) are run under each
fault. Right is: the documented exit code, one line of error on stderr where it is not 0, no traceback, and in the
folder either every file of the undisturbed run or none, with nothing staged left over. The full disk is a tmpfs of
4 kB, the folder that may not be written a read-only one; without the right to mount, both are left out, and said.

Run from the project's root:  .venv/bin/python benchmarks/faults.py
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eventstudy.files import JOURNAL, LOCK, PART
from eventstudy.markets.sources.stored_files import UNFINISHED

STUDY = """title = "Two markets"
at = "2020-01-07T22:30:00Z"
prices = "PRICES"
markets = ["CL=F", "^N225"]
[study]
"""
TEXT = "A fire stopped the Lindholm refinery near Gothenburg at 0915 GMT on Friday, its owner said. " * 30
PAGE = f"<html><head><title>Fire</title></head><body><article><p>{TEXT}</p></article></body></html>".encode()
ARTICLE = f"# Fire halts a refinery\n\nPublished: 2021-03-05T10:02:11Z\n\n{TEXT}\n"
KINDS: dict[str, tuple[int, ...]] = {
    "nothing": (0,),
    "disk of 4 kB": (5,),
    "files of at most 1 kB": (5,),
    "read-only folder": (5,),
    "stdout on a full disk": (5,),
    "reader of stdout gone": (0,),
    "stdout closed": (5,),
    "stderr closed": (0,),
}


class Handler(BaseHTTPRequestHandler):
    """Answers every address with one page."""

    def do_GET(self) -> None:
        """Send the page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def page_server() -> Iterator[str]:
    """Serve the page on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/fire"
    server.shutdown()
    server.server_close()


class Made:
    """A source of prices that asks nobody."""

    def fetch(self, symbol: str, interval: str, start: Any, end: Any) -> Any:
        """Return random prices."""
        from eventstudy.markets.sources.protocol import Fetched, FetchOutcome, Request

        days = pd.bdate_range("2010-01-04", periods=2_000, name="session").as_unit("us")
        values = 60 + np.random.default_rng(1).normal(0, 1, (2_000, 4)).cumsum(axis=0)
        return Fetched(
            request=Request(symbol=symbol, interval=interval, start=start, end=end),
            outcome=FetchOutcome.OK,
            source="benchmark",
            as_of=pd.Timestamp("2026-01-01", tz="UTC"),
            frame=pd.DataFrame(values, index=days, columns=["open", "high", "low", "close"]),
        )


def prices_fetch(words: list[str]) -> None:
    """Run the command on the source above: what a user's prices would come from is the network."""
    from eventstudy.cli import price_actions
    from eventstudy.cli.main import main

    price_actions.fetch.__kwdefaults__["source"] = Made
    main(words)


def commands(home: Path, url: str) -> dict[str, Callable[[Path], list[str]]]:
    """Return the commands by name; each takes the folder that it writes into."""
    (home / "study.toml").write_text(STUDY.replace("PRICES", Path("data/prices").resolve().as_posix()))
    (home / "fire.md").write_text(ARTICLE)
    module, here = [sys.executable, "-m", "eventstudy"], [sys.executable, __file__, "prices", "fetch", "CL=F"]
    return {
        "run": lambda out: [*module, "run", str(home / "study.toml"), "--out", str(out)],
        "prices fetch": lambda out: [*here, "--from", "2010-01-04", "--to", "2017-08-31", "--data", str(out)],
        "events": lambda out: [*module, "events", str(home / "fire.md"), "-o", str(out / "list.csv"), "--json"],
        "news fetch": lambda out: [*module, "news", "fetch", url, "--to", str(out), "--allow-private"],
    }


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[bool]:
    """Mount a file system in memory on a folder; false where that is not allowed."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def streams(fault: str) -> dict[str, Any]:
    """Return how a process is started under a fault of its streams or limits."""
    if fault == "reader of stdout gone":
        reading, writing = os.pipe()
        os.close(reading)
        return {"stdout": writing}
    if fault == "stdout on a full disk":
        return {"stdout": os.open("/dev/full", os.O_WRONLY)}
    acts: dict[str, Callable[[], None]] = {
        "files of at most 1 kB": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)),
        "stdout closed": lambda: os.close(1),
        "stderr closed": lambda: os.close(2),
    }
    return {"stdout": subprocess.PIPE, "preexec_fn": acts.get(fault)}


def files(folder: Path) -> tuple[int, int]:
    """Count the files of a folder, and those that are left over."""
    every = [path for path in folder.rglob("*") if path.is_file()]
    left = [p for p in every if PART in p.name or UNFINISHED in p.name or p.name in (JOURNAL, LOCK)]
    return len(every), len(left)


def tried(command: list[str], folder: Path, fault: str, whole: int | None) -> str:
    """Run a command under a fault, and say what was wrong, or nothing."""
    began = streams(fault)
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=120, check=False, **began)
    if isinstance(began["stdout"], int) and began["stdout"] >= 0:
        os.close(began["stdout"])
    lines = [line for line in done.stderr.splitlines() if line.startswith("eventstudy: ")]
    count, left = files(folder)
    wrong = {
        f"exit code {done.returncode}": done.returncode not in KINDS[fault],
        f"lines {lines}": len(lines) != (done.returncode != 0) and fault != "stderr closed",
        f"traceback {done.stderr[-300:]!r}": "Traceback" in done.stderr or "Exception ignored" in done.stderr,
        f"{left} files left over": left > 0,
        f"{count} files of {whole}": whole is not None and count not in (0, whole),
    }
    return "; ".join(text for text, is_so in wrong.items() if is_so)


def main() -> None:
    bad = 0
    with tempfile.TemporaryDirectory() as name, page_server() as url:
        home = Path(name)
        for label, command in commands(home, url).items():
            whole = None
            for fault in KINDS:
                folder = home / f"{label} {fault}".replace(" ", "-")
                folder.mkdir()
                options = {"disk of 4 kB": "size=4k", "read-only folder": "ro"}.get(fault)
                if options is None:
                    said = tried(command(folder), folder, fault, whole)
                else:
                    with mounted(folder, options) as is_mounted:
                        said = tried(command(folder), folder, fault, whole) if is_mounted else "left out: no mount"
                whole = files(folder)[0] if fault == "nothing" else whole
                bad += bool(said)
                print(f"{label:14}{fault:24}{said or 'right'}", flush=True)
    raise SystemExit(f"{bad} of them wrong" if bad else 0)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        prices_fetch(sys.argv[1:])
    else:
        main()
