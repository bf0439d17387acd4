"""The one place that writes to the terminal: data on stdout, notes on stderr, untrusted text escaped.

Symbols, file names, notes and titles come from files; a terminal would act upon the control characters in them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import typer

from ..errors import OutputError
from ..text import unseen, visible

if TYPE_CHECKING:
    import pandas as pd

SHOWN_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command has to say.

    Parameters
    ----------
    text : str
        For people, on stdout; nothing is printed where it is empty.
    records : sequence
        For programs, on stdout, each as one line of JSON.
    notes : sequence of str
        On stderr, each as one line.
    exit_code : int
    """

    text: str = ""
    records: Sequence[Any] = ()
    notes: Sequence[str] = field(default=())
    exit_code: int = 0


def give(answer: Answer, *, as_json: bool = False) -> None:
    """Print an answer, and end the command with its exit code.

    Parameters
    ----------
    answer : Answer
    as_json : bool
        Whether the records are printed in place of the text.

    Raises
    ------
    OutputError
        If there is something to print, and stdout is closed.
    """
    for line in map(json_text, answer.records) if as_json else filter(None, (answer.text,)):
        if sys.stdout is None:
            raise OutputError("stdout is closed, so the answer cannot be printed; let it end in a file or /dev/null")
        typer.echo(line if as_json else visible(line))
    for line in answer.notes:
        note(line)
    if answer.exit_code:
        raise typer.Exit(answer.exit_code)


def note(text: str) -> None:
    """Print one line on stderr; a line break within it is escaped like all control characters.

    Parameters
    ----------
    text : str
    """
    if sys.stderr is not None:  # a process may be started with it closed
        typer.echo(visible(text, keep=""), err=True)


def help_alone(context: typer.Context) -> None:
    """Print the help of a group of commands where no command follows.

    Parameters
    ----------
    context : typer.Context
        Of the group.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def json_text(value: Any) -> str:
    r"""Return a value as one line of JSON; what a terminal might act upon is escaped as JSON has it.

    Parameters
    ----------
    value : object
        Plain values; a number that is not finite raises `ValueError`.

    Returns
    -------
    str

    Examples
    --------
    >>> json_text({"a": "\x9b31m \u202e \u539f"})
    '{"a": "\\u009b31m \\u202e 原"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return "".join(json.dumps(letter)[1:-1] if unseen(letter) else letter for letter in text)


def rows_answer(columns: Sequence[str], rows: Sequence[dict[str, Any]], notes: Sequence[str]) -> Answer:
    """Return rows as a table with notes; for people hashes are shortened.

    Parameters
    ----------
    columns : sequence of str
    rows : sequence of dict
        Plain values by column.
    notes : sequence of str

    Returns
    -------
    Answer
        The rows are its one record.
    """
    import pandas as pd

    shown = pd.DataFrame(rows, columns=list(columns)).astype(str)
    if "sha256" in shown:
        shown["sha256"] = shown["sha256"].str[:SHOWN_DIGITS]
    return Answer(text=table_text(shown, {}), records=[list(rows)], notes=[f"note: {note}" for note in notes])


def table_text(frame: pd.DataFrame, formats: Mapping[str, Any], headings: Mapping[str, str] | None = None) -> str:
    """Return a frame as aligned text, for people; what is in its cells cannot break the lines of the table.

    Parameters
    ----------
    frame : DataFrame
    formats : mapping of str to callable
        How cells of a column are written.
    headings : mapping of str to str, optional
        Headings of columns; their names by default.

    Returns
    -------
    str
    """
    from ..render.tables import to_text

    shown = frame.copy()
    for name in shown:
        if name not in formats:
            shown[name] = shown[name].map(lambda cell: visible(cell, keep="") if isinstance(cell, str) else cell)
    return to_text(shown, formats, headings)
