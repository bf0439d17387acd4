"""The application: options that stand before a command, and those that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(
    name="eventstudy",
    help="From a news article to abnormal returns: what the markets did, when exactly, and whether it was abnormal.",
    epilog="Exit codes: 0 ok, 1 a bug, 2 usage, 3 bad input, 4 not enough data, 5 cannot write, 6 network, "
    "130 interrupted.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
AFTER = "(after: eventstudy demo)"
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, for programs.")]
Number = Annotated[int | None, typer.Option(min=1, help="Take event N of the article's ranked events.")]
LeastConfidence = Annotated[
    float | None, typer.Option(min=0, max=1, help="Probability below which the event is undecided.")
]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"eventstudy {version('market-eventstudy')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Take the options that stand before a command; `main` looks for --debug itself."""
