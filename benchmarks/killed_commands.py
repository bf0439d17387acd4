"""Commands that are killed: what `eventstudy events` and `eventstudy news fetch` leave behind (nothing may be torn).

A child gives the command over and over, in turn with two inputs, and is killed at a random moment. Then the folder is
repaired, as the next command does first, and looked at: the list of events and its evidence must be of one input, and
every page must have its note. Then the command is given once more, and nothing staged may be left.

Run from the project's root:  .venv/bin/python benchmarks/killed_commands.py [--kills 245]
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import random
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Event
from pathlib import Path

from eventstudy.cli import events, news_actions
from eventstudy.files import JOURNAL, LOCK, PART, repair, sha256
from eventstudy.news.reading.saved import NOTES, note_path

LONGEST_LIFE = 0.25
MOST_PAGES = 60
FIRE = (
    "A fire stopped the Lindholm refinery near Gothenburg at {clock} GMT on Friday, its owner said. Two people "
    "were hurt. Analysts had expected a calm week, and stocks of fuel in the region were ample. "
)
COUNT = itertools.count()


class Handler(BaseHTTPRequestHandler):
    """Answers with a page that is another one each time."""

    def do_GET(self) -> None:
        """Send the page."""
        text = FIRE.format(clock="0915") * 200
        body = f"<html><head><title>Fire</title></head><body><p>{next(COUNT)} {text}</p></body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def list_events(folder: Path, turn: int) -> None:
    """Write the list of the events of one of the two inputs."""
    source = folder.parent / f"articles-{turn % 2}.jsonl"
    events.events([str(source)], "", folder / "list.csv", None, add=False, workers=1, force=True)


def fetch_page(folder: Path, turn: int) -> None:
    """Fetch the page of the server, whose address stands beside the folder."""
    url = (folder.parent / "url").read_text()
    news_actions.fetch([f"{url}/{turn}"], folder, allow_private=True)


def give_for_ever(command: Callable[[Path, int], None], folder: Path, at_work: Event) -> None:
    for turn in itertools.count():
        command(folder, turn)
        at_work.set()


def mixed_list(folder: Path) -> bool:
    """Whether the list and its evidence are not those of one input."""
    found = {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}
    return found not in WHOLE


def mixed_pages(folder: Path) -> bool:
    """Whether a page has no note, or a note is about no page or other bytes."""
    pages = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    notes = list((folder / NOTES).glob("[!.]*"))
    hashes = {path: json.loads(note_path(path).read_bytes())["sha256"] for path in pages if note_path(path).exists()}
    return (
        len(hashes) != len(pages) or len(notes) != len(pages) or any(sha256(p.read_bytes()) != hashes[p] for p in pages)
    )


WHOLE: list[dict[str, bytes]] = []


def left_over(folder: Path) -> int:
    """Count what is staged, and journals and locks."""
    return sum(PART in path.name or path.name in (JOURNAL, LOCK) for path in folder.rglob("*"))


def killed(
    name: str, command: Callable[[Path, int], None], mixed: Callable[[Path], bool], folder: Path, kills: int, seed: int
) -> int:
    """Kill a command so often, print what was left, and return how much of it was wrong."""
    context, chance = children(), random.Random(seed)
    torn = wrong = left = interrupted = 0
    for _ in range(kills):
        at_work = context.Event()
        child = context.Process(target=give_for_ever, args=(command, folder, at_work))
        child.start()
        at_work.wait()
        time.sleep(chance.uniform(0.0, LONGEST_LIFE))
        child.kill()
        child.join()
        torn += mixed(folder)
        interrupted += bool(repair(folder))
        wrong += mixed(folder)
        command(folder, 0)
        left += left_over(folder) > 0
        if sum(1 for _ in folder.iterdir()) > MOST_PAGES:
            for path in [path for path in folder.rglob("*") if path.is_file()]:
                path.unlink()
    print(
        f"{name}: {kills} kills, {interrupted} within the writing, {torn} torn until the next start; after it", end=" "
    )
    print(f"{wrong} mixed, {left} with files left over", flush=True)
    return wrong + left


def children() -> ForkServerContext:
    """Start processes with everything imported, so that they are killed at work."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["eventstudy.cli.events", "eventstudy.cli.news_actions"])
    return context


def articles(home: Path) -> None:
    """Write the two inputs, and remember what the command makes of each."""
    for turn, count in enumerate((1, 3)):
        lines = (
            {"title": f"Fire {n}", "text": FIRE.format(clock=f"0{n}15"), "published": f"2021-03-{5 + n:02d}T12:00:00Z"}
            for n in range(1, count + 1)
        )
        (home / f"articles-{turn}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        list_events(home / "list", turn)
        WHOLE.append({path.name: path.read_bytes() for path in (home / "list").iterdir()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=245, help="of each command")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "url").write_text(f"http://127.0.0.1:{server.server_port}")
        (home / "pages").mkdir()
        articles(home)
        bad = killed("events", list_events, mixed_list, home / "list", given.kills, given.seed)
        bad += killed("news fetch", fetch_page, mixed_pages, home / "pages", given.kills, given.seed)
    server.shutdown()
    raise SystemExit(f"{bad} faults" if bad else 0)


if __name__ == "__main__":
    main()
