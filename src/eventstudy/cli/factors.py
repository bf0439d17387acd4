"""The command ``eventstudy factors fetch``; nothing heavy is imported before it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .app import Json
from .terminal import give, help_alone

app = typer.Typer(
    name="factors",
    help="Fetch the factors of Kenneth French's data library, as they are published.",
    epilog="Example: eventstudy factors fetch fama-french-3 --to factors",
    callback=help_alone,
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.command(epilog="Example: eventstudy factors fetch carhart fama-french-5 --to factors")
def fetch(
    names: Annotated[
        list[str],
        typer.Argument(
            help="capm, fama-french-3, carhart, fama-french-5, or a file such as Europe_3_Factors_daily.",
            show_default=False,
        ),
    ],
    to: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("factors"),
    frequency: Annotated[str, typer.Option(help="daily, weekly or monthly.")] = "daily",
    server: Annotated[str, typer.Option(help="Address of the library's files; the library by default.")] = "",
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also fetch from private networks and this machine.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    as_json: Json = False,
) -> None:
    """Fetch factor files, check that they can be read, and keep them as published; this uses the network."""
    from . import factor_actions as factors

    done = factors.fetch(names, to, frequency, server, allow_private=allow_private, force=force)
    give(done, as_json=as_json)
