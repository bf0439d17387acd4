"""The face of the package: its names, what it loads, and that every command is documented."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import eventstudy

ROOT = Path(__file__).parents[1]
COMMANDS = (
    "demo",
    "new",
    "run",
    "compare",
    "verify",
    "sizes",
    "date",
    "claims",
    "events",
    "align",
    "markets",
    "releases",
    "surprises",
    "prices",
    "factors",
    "news",
)
HEAVY = ("pandas", "numpy", "matplotlib", "scipy", "exchange_calendars", "jinja2")


def loaded_after(code):
    """Which heavy packages a fresh interpreter has loaded after running `code`."""
    report = f"\nimport sys; sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code + report], capture_output=True, text=True, check=True)
    return done.stderr.split()


def test_all_is_sorted_complete_and_resolves():
    assert list(eventstudy.__all__) == sorted(eventstudy.__all__)
    assert set(eventstudy.__all__) == set(eventstudy._HOMES)
    for name, home in eventstudy._HOMES.items():
        assert getattr(eventstudy, name) is getattr(importlib.import_module(f"eventstudy.{home}"), name)
    assert set(eventstudy.__all__) <= set(dir(eventstudy))


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(eventstudy.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name: node.module for node in block.body for alias in node.names}
    assert seen == eventstudy._HOMES


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        eventstudy.nothing  # noqa: B018


@pytest.mark.parametrize("name", eventstudy.__all__)
def test_every_public_name_has_a_docstring(name):
    assert getattr(eventstudy, name).__doc__


@pytest.mark.parametrize(
    "code",
    [
        "import eventstudy",
        "import eventstudy.news.dating.dating, eventstudy.events",
        "from eventstudy import read_article, date_event, EventStudyError",
        "from eventstudy.cli import main as cli\ntry: cli.main(['--help'])\nexcept SystemExit: pass",
        "from eventstudy.cli import main as cli\ntry: cli.main(['run', '--help'])\nexcept SystemExit: pass",
        "from eventstudy.cli import main as cli\ntry: cli.main(['--version'])\nexcept SystemExit: pass",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code):
    assert loaded_after(code) == []


@pytest.mark.parametrize("command", ["markets", "align"])
def test_a_clock_is_explained_without_what_only_studies_need(command):
    words = {"markets": ["markets", "AAPL"], "align": ["align", "--at", "2020-01-07T22:30Z", "--market", "CL=F"]}[
        command
    ]
    code = f"from eventstudy.cli import main as cli\ntry: cli.main({words!r})\nexcept SystemExit: pass"
    assert not {"matplotlib", "scipy", "jinja2"} & set(loaded_after(code))


def test_the_probe_sees_what_is_loaded():
    assert "pandas" in loaded_after("from eventstudy import read_bars")


def test_the_commands_are_those(main):
    code, out, _ = main("--help")
    listed = re.findall(r"^  (\w+) {2,}\S", out.split("Commands:")[1].split("Exit codes")[0], flags=re.MULTILINE)
    assert code == 0 and tuple(listed) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(main, name):
    code, out, err = main(name, "--help")
    assert (code, err) == (0, "")
    assert f"Example: eventstudy {name}" in " ".join(out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme_or_the_docs(name):
    texts = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    assert any(f"eventstudy {name}" in text.read_text(encoding="utf-8") for text in texts)
