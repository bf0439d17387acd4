"""The command ``eventstudy news fetch``; nothing heavy is imported before it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .app import Json
from .terminal import give, help_alone

app = typer.Typer(
    name="news",
    help="Fetch articles and feeds into a folder, to be read offline from there.",
    epilog="Example: eventstudy news fetch https://example.org/feed.xml",
    callback=help_alone,
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.command(epilog="Example: eventstudy news fetch https://example.org/feed.xml --to articles")
def fetch(
    urls: Annotated[list[str], typer.Argument(help="Pages or feeds, http or https.", show_default=False)],
    to: Annotated[
        Path | None,
        typer.Option(help="Folder for them; by default news in EVENTSTUDY_DATA or the system's usual place."),
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also fetch from private networks and this machine.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Save pages or feeds with their headers, the time and the SHA-256; this uses the network."""
    from . import news_actions as news

    give(news.fetch(urls, to, allow_private=allow_private), as_json=as_json)
