"""Whether `eventstudy verify` finds one changed byte, wherever it is.

A report is written, and one random byte of one random file of it is changed, again and again; then one random byte of
an input or of the study file, each time with the whole command. Counted is what was not found.

Run from the project's root:  .venv/bin/python benchmarks/verify.py [--files 940] [--inputs 60]
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from eventstudy.cli.run import run, what_is_written
from eventstudy.cli.verify import verify
from eventstudy.errors import EventStudyError
from eventstudy.report.verify import differences
from eventstudy.report.write import report_files
from eventstudy.study.config import read_study
from eventstudy.study.run import run_parts, run_study

ROOT = Path(__file__).parents[1]
STUDY = 'article = "article.md"\nprices = "prices.csv"\nmarkets = ["CL=F", "^GSPC"]\n[study]\nestimation = [-60, -11]\n'


def with_other_byte(content: bytes, chance: random.Random) -> bytes:
    """Return a content with one byte changed."""
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ chance.randrange(1, 256)]) + content[at + 1 :]


def in_the_report(number: int, folder: Path, chance: random.Random) -> int:
    """Change bytes of the report of the sample, and count those that are not found."""
    file = read_study(ROOT / "reports/iran-2020/study.toml")
    done = run_study(file)
    contents = report_files(done.result, **what_is_written(done, run_parts(file), folder))
    for name, content in contents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    assert not differences(folder, contents)
    missed = 0
    for name in chance.choices(
        list(contents), [max(len(content), 1) ** 0.5 for content in contents.values()], k=number
    ):
        (folder / name).write_bytes(with_other_byte(contents[name], chance))
        missed += not any(one.file == name for one in differences(folder, contents))
        (folder / name).write_bytes(contents[name])
    return missed


def in_the_inputs(number: int, folder: Path, chance: random.Random) -> int:
    """Change bytes of prices, article and study file, and count those that the command does not find."""
    lines = (ROOT / "data/prices").glob("*.csv")
    kept = [
        line for path in lines for line in path.read_text("utf-8").splitlines() if line.startswith(("CL=F", "^GSPC"))
    ]
    (folder / "prices.csv").write_text("\n".join(["symbol,date,open,high,low,close", *kept, ""]), "utf-8")
    shutil.copy(ROOT / "data/articles/iran-strike-2020-01-08.md", folder / "article.md")
    (folder / "study.toml").write_text(STUDY, "utf-8")
    run(folder / "study.toml", None, force=False)
    assert verify(folder).exit_code == 0
    missed = 0
    for name in chance.choices(["prices.csv", "article.md", "study.toml"], [3, 1, 1], k=number):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(with_other_byte(content, chance))
        with suppress(EventStudyError):
            missed += verify(folder).exit_code == 0
        (folder / name).write_bytes(content)
    return missed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=940)
    parser.add_argument("--inputs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for where, number, tried in (("report", given.files, in_the_report), ("inputs", given.inputs, in_the_inputs)):
        with tempfile.TemporaryDirectory() as name:
            print(
                f"{number} changed bytes in the {where}: {tried(number, Path(name), random.Random(given.seed))} missed"
            )
