"""Mutants of the code: how many small changes that make it wrong the room's own tests notice.

A mutant changes one comparison, operator, constant, condition, end of a slice or call of min and max in a copy of
src/; the tests of its room run until the first failure. So many of each room are drawn with a fixed seed. The outcomes
stand in `benchmarks/mutants.csv`; a mutant that no input can tell from the code is marked `equivalent` there by hand,
and docs/reliability.md has the reason.

Run from the project's root:  .venv/bin/python benchmarks/mutants.py [--rooms days,pairs] [--number 20] [--seed 1]
`--again` runs the survivors of the table alone.
"""

from __future__ import annotations

import argparse
import ast
import csv
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import exchange_calendars
import hypothesis.strategies
import pandas as pd
import pytest
import scipy.stats
import statsmodels.api

# What the tests import: each mutant is a fork of this process, and these cost most of its start.
PRELOADED = (exchange_calendars, hypothesis.strategies, pd, scipy.stats, statsmodels.api)
TABLE = Path("benchmarks/mutants.csv")
COLUMNS = ["room", "seed", "module", "line", "column", "change", "outcome"]
LONGEST = 150  # seconds of processor time: a mutant that never ends is noticed
# The modules of a room, and its tests.
ROOMS = {
    "significance": (["inference/significance/*.py"], ["inference/**/test_*.py"]),
    "abnormal": (["inference/abnormal.py", "inference/cumulative.py"], ["inference/**/test_*.py"]),
    "models": (["inference/models/*.py"], ["inference/**/test_*.py"]),
    "alignment": (
        ["markets/alignment/*.py"],
        ["markets/alignment/**/test_*.py", "markets/test_*.py", "study/test_clocks.py", "study/test_reaction_path.py"],
    ),
    "calendars": (["markets/calendars/*.py"], ["markets/calendars/**/test_*.py", "markets/alignment/**/test_*.py"]),
    "days": (
        ["news/grammar/days.py", "news/dating/calendar_days.py"],
        ["news/grammar/**/test_*.py", "news/dating/**/test_*.py"],
    ),
    "pairs": (["news/dating/clock_pairs.py", "news/dating/pair_offsets.py"], ["news/dating/**/test_*.py"]),
    "resolve": (["news/dating/resolve.py"], ["news/dating/**/test_*.py"]),
}
# Tests of the growth of time, of other rooms, and of all pairs of options (a minute) are left out.
ABSENT = "linear_time|surprises|lead_lag|past_slopes|distributions|how_to|test_options"
QUIETLY = [*("-x", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--hypothesis-seed=1", "-W")]
QUIETLY += ["ignore::pytest.PytestAssertRewriteWarning", "--assert=plain"]
SLOW = "test_calendars.py|properties|test_passages|elsewhere|excursions"
SWAPS: dict[type, type] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult},
}
NAMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any"}


def variants(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what an expression may be changed into."""
    match node:
        case ast.Compare(ops=[first, *others]) if type(first) in SWAPS:
            yield ast.Compare(node.left, [SWAPS[type(first)](), *others], node.comparators)
        case ast.BinOp(op=op) if type(op) in SWAPS and not texts(node):
            yield ast.BinOp(node.left, SWAPS[type(op)](), node.right)
        case ast.BoolOp(op=op):
            yield ast.BoolOp(SWAPS[type(op)](), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield ast.Call(ast.Name(NAMES[name]), node.args, node.keywords)
        case ast.Call(func=ast.Attribute(attr=name)) if name in NAMES:
            yield ast.Call(ast.Attribute(node.func.value, NAMES[name]), node.args, node.keywords)


def of_parts(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield (expression, its change): conditions are turned, slices end elsewhere, and what `variants` yields."""
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield test, ast.UnaryOp(ast.Not(), test)
        case ast.comprehension(ifs=[test, *_]):
            yield test, ast.UnaryOp(ast.Not(), test)
        case ast.Slice(lower=lower, upper=upper):
            for bound in (lower, upper):
                if bound is not None and not isinstance(bound, ast.Constant):
                    yield from ((bound, ast.BinOp(bound, op, ast.Constant(1))) for op in (ast.Add(), ast.Sub()))
    yield from ((node, variant) for variant in variants(node) if isinstance(node, ast.expr))


def texts(node: ast.AST) -> bool:
    """Whether an operation joins texts, or types in an annotation."""
    return any(isinstance(part, ast.JoinedStr) or isinstance(getattr(part, "value", 0), str) for part in ast.walk(node))


def behaviour(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that act: no annotation, message of an error, or text with fields."""
    for part in ast.iter_child_nodes(node):
        annotation = part in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if not annotation and not isinstance(part, ast.Raise | ast.JoinedStr):
            yield part
            yield from behaviour(part)


def mutants(module: Path) -> Iterator[tuple[int, int, str, str]]:
    """Yield (line, column, change, the whole text) of every mutant of a module."""
    text = module.read_text(encoding="utf-8")
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in behaviour(ast.parse(text)):
        for old, new in of_parts(node):
            begin, end = starts[old.lineno - 1] + old.col_offset, starts[old.end_lineno - 1] + old.end_col_offset
            source, new_text = text.encode(), ast.unparse(new)
            change = f"{' '.join(source[begin:end].decode().split())} -> {new_text}"
            changed = source[:begin] + f"({new_text})".encode() + source[end:]
            yield old.lineno, old.col_offset, change, changed.decode()


def test_files(row: dict[str, str]) -> list[list[str]]:
    """Return the test files of a room: those that name the module of the mutant, and the others, slow ones last."""
    found = [path for place in ROOMS[row["room"]][1] for path in sorted(Path("tests").glob(place))]
    files = [path for path in dict.fromkeys(found) if not re.search(ABSENT, path.as_posix())]
    stem = re.compile(rf"\b{Path(row['module']).stem} import ")
    slow = [bool(re.search(SLOW, path.name)) for path in files]
    near = [
        not late and bool(stem.search(path.read_text(encoding="utf-8"))) for late, path in zip(slow, files, strict=True)
    ]
    order = sorted(range(len(files)), key=lambda at: (not near[at], slow[at]))
    return [[str(files[at]) for at in order if near[at] == first] for first in (True, False)]


def noticed(source: Path, groups: list[list[str]]) -> bool:
    """Run groups of tests against a copy of src/ until one fails, and say whether one did."""
    return any(failed(source, files) for files in groups if files)


def failed(source: Path, files: list[str]) -> bool:
    """Run tests in a fork of this process, and say whether one failed."""
    child = os.fork()
    if child == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        sys.path.insert(0, str(source))
        os.environ |= {"PYTHONPATH": str(source), "HYPOTHESIS_STORAGE_DIRECTORY": str(source.parent / "examples")}
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1), os.dup2(nowhere, 2)
        os._exit(pytest.main([*QUIETLY, *files]))
    return os.waitpid(child, 0)[1] != 0


def outcome(source: Path, row: dict[str, str], files: list[list[str]]) -> str:
    """Put a mutant into the copy of src/, run the tests, and take it out again."""
    module = source / "eventstudy" / row["module"]
    original = module.read_text(encoding="utf-8")
    texts_of = {tuple(map(str, at)): text for *at, text in mutants(module)}
    for compiled in module.parent.glob(f"__pycache__/{module.stem}.*"):
        compiled.unlink()
    module.write_text(texts_of[tuple(row[key] for key in ("line", "column", "change"))], encoding="utf-8")
    was_noticed = noticed(source, files)
    module.write_text(original, encoding="utf-8")
    return "killed" if was_noticed else "survived"


def try_mutants(rows: list[dict[str, str]]) -> None:
    """Run mutants one after the other and write how each ended; the tests of each room must pass without one."""
    sys.dont_write_bytecode = True
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "src"
        shutil.copytree("src", source)
        for room in dict.fromkeys(row["room"] for row in rows):
            of_room = [row for row in rows if row["room"] == room]
            if noticed(source, test_files(of_room[0])):
                raise SystemExit(f"{room}: its tests fail, or take more than {LONGEST} s, without a mutant")
            for row in of_room:
                began = time.monotonic()
                row["outcome"] = outcome(source, row, test_files(row))
                print(*(row[key] for key in COLUMNS), f"{time.monotonic() - began:.1f} s", flush=True)


def draw(room: str, number: int, seed: int) -> list[dict[str, str]]:
    """Draw mutants of a room."""
    root = Path("src/eventstudy")
    every = [
        dict(zip(COLUMNS, (room, str(seed), str(path.relative_to(root)), *map(str, at), ""), strict=True))
        for pattern in ROOMS[room][0]
        for path in sorted(root.glob(pattern))
        for *at, _ in mutants(path)
    ]
    return random.Random(seed).sample(every, min(number, len(every)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rooms", default=",".join(ROOMS))
    parser.add_argument("--number", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--again", action="store_true", help="run the survivors of the table alone")
    options = parser.parse_args()
    table = list(csv.DictReader(TABLE.open(encoding="utf-8"))) if TABLE.exists() else []
    rooms = options.rooms.split(",")
    if options.again:
        try_mutants([row for row in table if row["outcome"] == "survived" and row["room"] in rooms])
    else:
        drawn = [row for room in rooms for row in draw(room, options.number, options.seed)]
        try_mutants(drawn)
        fresh = {(row["room"], row["seed"]) for row in drawn}
        table = [row for row in table if (row["room"], row["seed"]) not in fresh] + drawn
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        (writer := csv.DictWriter(file, COLUMNS, lineterminator="\n")).writeheader()
        writer.writerows(table)
    for room in ROOMS:
        outcomes = Counter(row["outcome"] for row in table if row["room"] == room)
        print(f"{room:14}{outcomes.total():5} mutants  {dict(outcomes)}")


if __name__ == "__main__":
    main()
