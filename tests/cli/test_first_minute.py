"""What a newcomer types first: the sample, a study of their own, and every example of the help in an empty folder."""

import io
import json
import shlex
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import replace

import nbformat
import pytest
import typer

from eventstudy import read_study, run_study
from eventstudy.cli import demo, factor_actions, news_actions, price_actions, verify
from eventstudy.cli import main as cli
from eventstudy.cli.terminal import Answer
from eventstudy.schema import hints
from eventstudy.study.config import STUDY_KEYS, StudyTable
from places_of_tests import DATA, ROOT, STRIKE

ARTICLE = DATA / "articles/iran-strike-2020-01-08.md"


def commands(command, path=()):
    """Yield every command with its help's last line."""
    for name, each in getattr(command, "commands", {}).items():
        yield (*path, name), each.epilog
        yield from commands(each, (*path, name))


EPILOGS = dict(commands(typer.main.get_command(cli.app)))


@pytest.fixture
def in_a_new_folder(tmp_path, monkeypatch, without_figures):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cheap(monkeypatch, sample_run):
    """The sample's study has been run for other tests; its further parts are theirs too."""

    def once(file, *rest):
        assert file.study == sample_run.file.study or file.path.parent.name == "oil-2020"
        return replace(sample_run, file=file) if file.study == sample_run.file.study else run_study(file, *rest)

    monkeypatch.setattr("eventstudy.cli.run.run_study", once)
    monkeypatch.setattr("eventstudy.cli.run.run_parts", lambda file: ())
    monkeypatch.setattr("eventstudy.cli.run.run_sensitivities", lambda done: None)


@pytest.mark.usefixtures("cheap")
def test_the_sample_is_written_and_run_and_then_every_example_of_the_help_runs(in_a_new_folder, main, monkeypatch):
    code, out, err = main("demo")
    assert code == 0 and (in_a_new_folder / "demo/reports/iran-2020/report.html").is_file(), err
    assert "demo/reports/iran-2020/report.html in a browser" in out
    code, _, err = main("demo")
    assert code == 5 and "already there; pass --force" in err
    asked = []
    for module in (price_actions, factor_actions, news_actions):  # the commands that use the network
        monkeypatch.setattr(module, "fetch", lambda *words, **options: asked.append(words) or Answer())
    # It compares with a report that has all parts, which this one lacks; its own tests run it.
    monkeypatch.setattr(verify, "verify", lambda *words, **options: Answer())
    monkeypatch.setenv("EVENTSTUDY_DATA", str(in_a_new_folder / "own"))
    for path, epilog in EPILOGS.items():
        example = epilog.removeprefix("Example: ").split(" (after")[0].split(";")[0]
        words = shlex.split(example)
        assert words[: len(path) + 1] == ["eventstudy", *path], epilog
        if path != ("demo",):
            code, _, err = main(*words[1:])
            assert code == 0, (example, err)
    assert len(asked) == 6  # each of the three, and the same from the help of its group


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel as a release does, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_sample(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "import json; from eventstudy.cli import demo; print(json.dumps(demo.sample_files(), default=str))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=True
    )
    packed = json.loads(ran.stdout)
    assert all(str(tmp_path) in place for place in packed.values())
    here = demo.sample_files()
    assert set(packed) == set(here) >= {demo.STUDY, demo.NOTEBOOK, "data/events.csv"}
    assert all(here[name].read_bytes() == (tmp_path / "eventstudy/sample" / name).read_bytes() for name in here)


def test_a_new_study_has_every_key_and_is_read(in_a_new_folder, main):
    code, out, _ = main("new", "mine", "--article", ARTICLE, "--markets", "CL=F,^N225", "--prices", DATA / "prices")
    assert code == 0 and "2020-01-07 22:30 UTC" in out and "eventstudy run mine/study.toml" in out
    folder = in_a_new_folder / "mine"
    assert (folder / ARTICLE.name).read_bytes() == ARTICLE.read_bytes()
    file = read_study(folder / "study.toml")
    assert (file.title, file.study.markets) == ("mine", ("CL=F", "^N225"))
    text = (folder / "study.toml").read_text()
    shown = {line.lstrip("# ").split(" = ")[0] for line in text.splitlines() if " = " in line}
    tables = {name for name in ("study", "instruments", "regressions", "engine") if f"[{name}" in text}
    assert {*hints(StudyTable), *STUDY_KEYS} <= shown | tables
    nbformat.validate(nbformat.read(folder / "study.ipynb", as_version=4))


def test_every_key_of_a_new_study_may_be_uncommented(in_a_new_folder, main):
    main("new", "mine", "--at", STRIKE, "--prices", DATA / "prices")
    lines = (in_a_new_folder / "mine/study.toml").read_text().splitlines()
    for line in lines:
        if line.startswith("# ") and " = " in line:
            tomllib.loads(line[2:])


def test_what_is_missing_is_said(in_a_new_folder, main):
    (in_a_new_folder / "plain.txt").write_text("Oil jumped\n\nA pipeline was blown up on Friday.\n")
    (in_a_new_folder / "p.csv").write_text("symbol,date,close\nmy index,2020-01-07,1\n")
    code, out, _ = main("new", "a", "--article", "plain.txt", "--prices", "p.csv")
    assert code == 0
    assert "published = " in out and "settle the time" in out and "whose sessions my index follow" in out
    code, out, _ = main("new", "b", "--at", STRIKE, "--markets", "@oil")
    assert code == 0 and "--fetch" in out and read_study("b/study.toml").prices is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--markets", "CL=F"], "--article FILE, or --at"),
        (["--at", STRIKE], "name the --markets"),
        (["--at", "2020-01-07", "--markets", "CL=F"], "write one such as 2020-01-07T22:30:00Z"),
    ],
)
def test_a_new_study_needs_a_time_and_markets(in_a_new_folder, main, words, message):
    code, _, err = main("new", "mine", *words)
    assert code == 2 and message in err and not (in_a_new_folder / "mine").exists()


def test_an_article_without_front_matter_is_run_with_its_publication_given(in_a_new_folder, main):
    text = "A pipeline was blown up in Leeds at 9.15 a.m. on Wednesday.\n"
    (in_a_new_folder / "plain.txt").write_text(text)
    study = f'article = "plain.txt"\nprices = {json.dumps(str(DATA / "prices"))}\nmarkets = ["CL=F"]\n'
    (in_a_new_folder / "study.toml").write_text(study)
    code, _, err = main("run", "study.toml", "--published", "2020-01-08T15:00:00Z", "--out", "a")
    assert code == 0 and "event: 2020-01-08 09:15 UTC" in err
    assert json.loads((in_a_new_folder / "a/run.json").read_text())["dating"]["published"] == "2020-01-08T15:00:00Z"
    (in_a_new_folder / "study.toml").write_text(f"published = 2020-01-08T15:00:00Z\n{study}")
    code, _, err = main("run", "study.toml", "--out", "b")
    assert code == 0 and "event: 2020-01-08 09:15 UTC" in err
    (in_a_new_folder / "study.toml").write_text(f'published = "yesterday"\n{study}')
    code, _, err = main("run", "study.toml", "--out", "c")
    assert code == 3 and "published" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["run", "study.toml", "--out", "https://example.org/x"],
        ["date", "a.txt", "-o", "https://example.org/x.csv"],
        ["events", "a.txt", "-o", "s3://bucket/x.csv"],
        ["demo", "http://example.org"],
        ["new", "gs://bucket/x", "--at", STRIKE, "--markets", "CL=F"],
        ["news", "fetch", "https://example.org", "--to", "https://example.org/x"],
        ["prices", "list", "--data", "https://example.org/x"],
    ],
)
def test_an_address_as_output_is_refused_as_one(in_a_new_folder, main, study_file, words):
    (in_a_new_folder / "study.toml").write_text(f'at = "{STRIKE}"\nprices = "p.csv"\n')
    (in_a_new_folder / "a.txt").write_text("A pipeline was blown up on Friday.\n")
    before = sorted(in_a_new_folder.rglob("*"))
    code, _, err = main(*words)
    assert code == 2 and "results go to files of this machine" in err and err.count("\n") == 1
    assert sorted(in_a_new_folder.rglob("*")) == before


def test_a_closed_stdout_is_5(main, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", errors := io.StringIO())
    with pytest.raises(SystemExit) as stop:
        cli.main(["markets", "CL=F"])
    assert stop.value.code == 5 and "stdout is closed" in errors.getvalue()
