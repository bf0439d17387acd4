"""Write docs/reference/commands.md from the commands themselves: python tools/build_reference.py."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from eventstudy.cli.main import app

PAGE = Path(__file__).parents[1] / "docs/reference/commands.md"
HEAD = """# Commands

Written by `python tools/build_reference.py` from the help of each command.

Data go to stdout; progress, notes and errors to stderr. Exit codes: 0 ok, 1 a bug, 2 usage, 3 bad input, 4 not enough
data, 5 cannot write, 6 network, 130 interrupted.
"""


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every command below a command with its full name, in the order of the help."""
    for part, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{name} {part}")
    if not hasattr(command, "commands"):
        yield name, command


def described(name: str, command: Any) -> str:
    """Describe one command: what it does, its arguments and options, an example."""
    lines = [f"## `{name}`", "", inspect.cleandoc(command.help or ""), ""]
    rows = [_row(parameter) for parameter in command.params if not parameter.hidden]
    if rows:
        lines += ["| argument or option | meaning |", "|---|---|", *rows, ""]
    if command.epilog:
        lines += [f"    {line}" for line in command.epilog.removeprefix("Example: ").splitlines()] + [""]
    return "\n".join(lines)


def _row(parameter: Any) -> str:
    """Return one line of the table."""
    option = parameter.param_type_name == "option"
    names = [*parameter.opts, *parameter.secondary_opts] if option else [parameter.name.upper()]
    text = (parameter.help or "").replace("|", "\\|")
    return f"| {', '.join(f'`{name}`' for name in names)} | {text} |"


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(described(*one) for one in commands(typer.main.get_command(app), "eventstudy"))])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
