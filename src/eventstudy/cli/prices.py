"""The commands ``eventstudy prices fetch | list | pack | check``; nothing heavy is imported before one runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .app import Json
from .progress import working
from .terminal import give, help_alone

app = typer.Typer(
    name="prices",
    help="Fetch prices into a store of one's own, list what is there, and check it.",
    epilog="Example: eventstudy prices fetch CL=F ^N225 --from 2019-01-01 --to 2020-01-31",
    callback=help_alone,
    invoke_without_command=True,
    rich_markup_mode=None,
)
Data = Annotated[
    Path | None,
    typer.Option(help="Folder of one's own data; EVENTSTUDY_DATA or the system's usual place by default."),
]
Interval = Annotated[str, typer.Option(help="1d, or 1m, 2m, 5m, 15m, 30m, 60m, 90m.")]


@app.command(epilog="Example: eventstudy prices fetch CL=F ^N225 --from 2019-01-01 --to 2020-01-31")
def fetch(
    symbols: Annotated[list[str], typer.Argument(help="Symbols as Yahoo writes them.", show_default=False)],
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.", show_default=False)],
    last: Annotated[str, typer.Option("--to", help="Last day, included; today by default.")] = "",
    interval: Interval = "1d",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Fetch prices from Yahoo into the store; this uses the network. For personal use."""
    from . import price_actions as prices

    give(prices.fetch(symbols, interval, first, last, data), as_json=as_json)


@app.command("list", epilog="Example: eventstudy prices list --json")
def list_(
    symbols: Annotated[list[str] | None, typer.Argument(help="Symbols; all by default.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List what the store holds: every answer, its dates, its source, and the hash that pins it."""
    from . import price_actions as prices

    give(prices.listed(symbols or [], data), as_json=as_json)


@app.command(epilog="Example: eventstudy prices pack pack --files demo/data/prices (after: eventstudy demo)")
def pack(
    folder: Annotated[str, typer.Argument(help="Folder of the pack, also s3:// and the like.", show_default=False)],
    symbols: Annotated[list[str] | None, typer.Argument(help="Symbols in the store; all by default.")] = None,
    files: Annotated[Path | None, typer.Option(help="Price files in place of the store: a file or a folder.")] = None,
    returns: Annotated[Path | None, typer.Option(help="A wide file of returns in place of prices.")] = None,
    kind: Annotated[str, typer.Option(help="What the returns are: log, simple or change.")] = "",
    unit: Annotated[str, typer.Option(help="Unit of the returns: fraction or percent.")] = "fraction",
    layout: Annotated[Path | None, typer.Option(help="How the files are laid out, a TOML file.")] = None,
    interval: Interval = "1d",
    securities: Annotated[int | None, typer.Option(min=1, help="In a bucket: 50 of daily rows, 1 of bars.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a pack.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write prices or returns as Parquet by bucket of securities, for studies that outgrow memory."""
    from . import pack_actions as packs

    if files is not None and returns is not None:
        raise typer.BadParameter("give --files or --returns, not both")
    if returns is not None:
        done = packs.of_returns(folder, returns, kind, unit, layout, securities, force=force)
    elif files is not None:
        done = packs.of_files(folder, files, layout, securities, force=force)
    else:
        done = packs.of_store(folder, symbols or [], interval, data, securities, force=force)
    give(done, as_json=as_json)


@app.command(epilog="Example: eventstudy prices check --files demo/data/prices (after: eventstudy demo)")
def check(
    symbols: Annotated[list[str] | None, typer.Argument(help="Symbols in the store; all by default.")] = None,
    files: Annotated[Path | None, typer.Option(help="Check these price files and not the store.")] = None,
    layout: Annotated[Path | None, typer.Option(help="How the files are laid out, a TOML file.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Name what is odd in prices: flat rows, jumps, missing sessions, damaged files, rows revised between two fetches.

    A file that cannot be read with certainty gets a layout proposed on stdout, with three rows as it would be read.
    """
    from . import price_actions as prices

    try:
        with working("checking prices"):
            done = prices.checked(symbols or [], data) if files is None else prices.checked_files(files, layout)
    except prices.LayoutNeeded:
        if files is not None:
            give(prices.proposed(files, layout), as_json=as_json)
        raise
    give(done, as_json=as_json)
