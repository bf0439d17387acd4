"""The command: data on stdout, progress and notes on stderr, exit codes as `eventstudy.errors` has them.

Nothing heavy is imported before a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import errno
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..errors import EventStudyError
from . import compare as cli_compare
from . import factors as cli_factors
from . import news as cli_news
from . import prices as cli_prices
from .app import AFTER, Json, LeastConfidence, Number, app
from .completion import groups, symbols
from .progress import working
from .terminal import give, note

for group in (cli_prices.app, cli_factors.app, cli_news.app):
    app.add_typer(group)


@app.command(epilog="Example: eventstudy demo")
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the sample; made if missing.")] = Path(
        "demo"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier sample.")] = False,
    as_json: Json = False,
) -> None:
    """Write the sample study (article, prices, events, notebook) into a folder and run it; offline."""
    from . import demo as commands

    give(commands.demo(folder, force=force), as_json=as_json)


@app.command(
    epilog=f"Example: eventstudy new mine --at 2020-01-07T22:30:00Z --markets CL=F --prices demo/data/prices {AFTER}"
)
def new(
    name: Annotated[Path, typer.Argument(help="Folder of the study; made if missing.", show_default=False)],
    article: Annotated[Path | None, typer.Option(help="The article that says when it happened; is copied.")] = None,
    published: Annotated[str, typer.Option(help="Publication time, ISO 8601, where the article has none.")] = "",
    at: Annotated[str, typer.Option(help="The instant, ISO 8601 with a time zone, where no article says it.")] = "",
    markets: Annotated[
        list[str] | None,
        typer.Option(help="Symbols, or a group such as @oil, with commas between.", autocompletion=symbols),
    ] = None,
    prices: Annotated[Path | None, typer.Option(help="File or folder of prices; else those that are fetched.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the files of an earlier call.")] = False,
    as_json: Json = False,
) -> None:
    """Write the folder of a study: a study.toml with every key explained, and a notebook; say what comes next."""
    from . import new as commands

    answer = commands.new(
        name, article=article, published=published, at=at, markets=markets or (), prices=prices, force=force
    )
    give(answer, as_json=as_json)


@app.command(epilog=f"Example: eventstudy run demo/reports/oil-2020/study.toml --out answer {AFTER}")
def run(
    study: Annotated[Path, typer.Argument(help="A study.toml, or a folder of studies.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="Folder for the report; the study's own by default.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the files of an earlier report.")] = False,
    event: Number = None,
    min_confidence: LeastConfidence = None,
    published: Annotated[str, typer.Option(help="Publication time of the article, where it states none.")] = "",
    events: Annotated[Path | None, typer.Option(help="Events to study: .csv, .xlsx or .parquet, as `events`.")] = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="First fetch from Yahoo what the store lacks.")] = False,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="Further files: json, xlsx, latex, dta, md, png; may be repeated."),
    ] = None,
    engine: Annotated[str, typer.Option(help="Over a pack: dask, or dask://host:port; processes by default.")] = "",
    memory: Annotated[str, typer.Option(help="Over a pack: memory of all processes; 2GB by default.")] = "",
    workers: Annotated[int | None, typer.Option(min=1, help="Over a pack: processes; one a core by default.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Over a pack: go on with the run in the folder.")] = False,
    as_json: Json = False,
) -> None:
    """Run a study and write its report: a page, tables, figures and provenance.

    Of a folder every study.toml is run; a study that fails does not stop the others, and its exit code is that of the
    command.
    """
    from . import start as commands

    answer = commands.run_shown(
        study,
        out,
        number=event,
        min_confidence=min_confidence,
        force=force,
        fetch=fetch,
        published=published,
        events=events,
        formats=tuple(formats or ()),
        packed={"engine": engine, "memory": memory, "workers": workers, "resume": resume},
    )
    give(answer, as_json=as_json)


app.command(epilog=cli_compare.EPILOG)(cli_compare.compare)


@app.command(epilog=f"Example: eventstudy verify demo/reports/iran-2020 {AFTER}")
def verify(
    report: Annotated[Path, typer.Argument(help="The folder of a report, or its page.", show_default=False)],
    study: Annotated[
        Path | None, typer.Option(help="The study file, where it is not in the folder of the report.")
    ] = None,
    events: Annotated[Path | None, typer.Option(help="The events, as `run --events` was given them.")] = None,
    as_json: Json = False,
) -> None:
    """Compute a report again from its study and inputs, and say what differs; exit code 3 where anything does."""
    from . import verify as commands

    give(commands.verify(report, study, events=events), as_json=as_json)


@app.command(epilog=f"Example: eventstudy sizes demo/reports/oil-2020/study.toml --repetitions 20 {AFTER}")
def sizes(
    study: Annotated[Path, typer.Argument(help="A study.toml with prices.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="Folder of the report; the study's own by default.")] = None,
    repetitions: Annotated[
        int | None, typer.Option(min=1, help="Placebo dates to draw; all by default, each serves once.")
    ] = None,
    effect: Annotated[float, typer.Option(help="Effect for the power: per cent, or a change of the price.")] = 2.0,
    force: Annotated[bool, typer.Option("--force", help="Replace stored sizes.")] = False,
    as_json: Json = False,
) -> None:
    """Measure how often each test rejects on placebo dates of the study's own prices, and store it for its report."""
    from . import sizes as commands

    answer = commands.sizes(study, out, repetitions=repetitions, effect=effect, force=force)
    give(answer, as_json=as_json)


@app.command(epilog=f"Example: eventstudy date demo/data/articles/iran-strike-2020-01-08.md --json {AFTER}")
def date(
    articles: Annotated[list[str], typer.Argument(help="Files or folders; - for stdin.", show_default=False)],
    published: Annotated[str, typer.Option(help="Publication time, ISO 8601, where the article has none.")] = "",
    as_json: Json = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show how every time expression was judged.")] = False,
    event: Number = None,
    min_confidence: LeastConfidence = None,
    market: Annotated[
        list[str] | None, typer.Option(help="Prefer events of this market or @group; may be repeated.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Table: .csv, .parquet or .jsonl.")] = None,
    review: Annotated[Path | None, typer.Option(help="Page to check the datings by eye: an .html file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace these files.")] = False,
) -> None:
    """Find when the event of an article happened, as a UTC instant with the words that say so."""
    from . import date as commands

    answer = commands.date(
        articles,
        published,
        output,
        review,
        number=event,
        min_confidence=min_confidence,
        markets=market or (),
        in_full=explain,
        force=force,
    )
    give(answer, as_json=as_json)


@app.command(epilog=f"Example: eventstudy claims demo/data/articles --prices demo/data/prices {AFTER}")
def claims(
    articles: Annotated[list[str], typer.Argument(help="Files or folders; - for stdin.", show_default=False)],
    prices: Annotated[
        list[Path] | None, typer.Option(help="Folder or file of prices to check against; repeat for more.")
    ] = None,
    layout: Annotated[Path | None, typer.Option(help="How the price files are laid out, a TOML file.")] = None,
    published: Annotated[str, typer.Option(help="Publication time, ISO 8601, where the article has none.")] = "",
    as_json: Json = False,
) -> None:
    """Find what an article says about markets, and check it against prices."""
    from . import claims as commands

    give(commands.claims(articles, published, prices or (), layout), as_json=as_json)


@app.command(
    epilog=f"Example: eventstudy events demo/data/articles -o events.csv {AFTER}; further articles join with --add"
)
def events(
    articles: Annotated[list[str], typer.Argument(help="Files or folders; - for stdin.", show_default=False)],
    published: Annotated[str, typer.Option(help="Publication time, ISO 8601, where an article has none.")] = "",
    as_json: Json = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Table: .csv or .parquet; evidence beside it.")
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="Add the articles to the list that -o names.")] = False,
    review: Annotated[Path | None, typer.Option(help="Page to check the events by eye: an .html file.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; by default by the number of articles.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace these files.")] = False,
    engine: Annotated[str, typer.Option(help="Where articles are dated: dask, or dask://host:port.")] = "",
) -> None:
    """Make one list of events of many articles: those that tell the same happening become one event."""
    from . import events as commands

    found = commands.events(articles, published, output, review, add=add, workers=workers, force=force, engine=engine)
    give(found, as_json=as_json)


@app.command(epilog="Example: eventstudy align --at 2020-01-07T22:30:00Z --market CL=F --market ^N225")
def align(
    at: Annotated[str, typer.Option(help="The instant, ISO 8601 with a time zone.", show_default=False)],
    market: Annotated[
        list[str] | None,
        typer.Option(help="A symbol, or a group such as @oil; repeat for more.", autocompletion=symbols),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say on which session of each market an instant falls, and when it could first be traded on."""
    from . import markets as commands

    give(commands.align(at, market), as_json=as_json)


@app.command(epilog="Example: eventstudy markets 7203.T --on 2024-11-05")
def markets(
    symbol: Annotated[
        str, typer.Argument(help="Explain one market: clock, hours, sources.", autocompletion=symbols)
    ] = "",
    group: Annotated[str, typer.Option(help="List a group, such as asia-equities.", autocompletion=groups)] = "",
    on: Annotated[str, typer.Option(help="Day whose hours are shown, YYYY-MM-DD; 8 January 2020 by default.")] = "",
    as_json: Json = False,
) -> None:
    """List the markets that are known, or those of a group, or explain one of any symbol."""
    from . import markets as commands

    give(commands.markets(symbol, group, on), as_json=as_json)


@app.command(epilog="Example: eventstudy releases --from 2020-03-01 --to 2020-03-31")
def releases(
    start: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.", show_default=False)],
    end: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.", show_default=False)],
    as_json: Json = False,
) -> None:
    """List central banks' decisions and statistics whose minute follows from an announced rule."""
    from . import releases as commands

    give(commands.releases(start, end), as_json=as_json)


@app.command(epilog=f"Example: eventstudy surprises demo/data/surprises-simulated.csv --response response {AFTER}")
def surprises(
    events: Annotated[Path, typer.Argument(help="Table of events: .csv, or the USMPD as .xlsx.", show_default=False)],
    prices: Annotated[Path | None, typer.Option(help="Prices in minutes: a file or folder.")] = None,
    response: Annotated[list[str] | None, typer.Option(help="Symbol or column; repeat for more.")] = None,
    surprise: Annotated[
        list[str] | None, typer.Option(help="Column or symbol; of several the first component; repeat for more.")
    ] = None,
    scaled_to: Annotated[str | None, typer.Option(help="The surprise in whose unit the component is.")] = None,
    window: Annotated[
        str, typer.Option(help="statement, press-conference, whole, minutes, or minutes such as -10:20.")
    ] = "statement",
    start: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD (UTC).")] = "",
    end: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD (UTC).")] = "",
    standardise: Annotated[bool, typer.Option("--standardise", help="Slope for one standard deviation.")] = False,
    change: Annotated[bool, typer.Option("--change", help="Differences of prices, not log returns.")] = False,
    errors: Annotated[str, typer.Option(help="HC0, HC1, HC2, HC3 or HAC.")] = "HC1",
    lags: Annotated[int | None, typer.Option(min=0, help="Lags of HAC.")] = None,
    as_json: Json = False,
) -> None:
    """Regress what markets did in minutes around events on the surprise, and say whether that identifies its effect."""
    from . import surprises as commands

    options = {"scaled_to": scaled_to, "standardise": standardise, "change": change, "errors": errors, "lags": lags}
    with working("regressing"):
        answer = commands.surprises(events, prices, response, surprise, window, (start, end), **options)
    give(answer, as_json=as_json)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit: one line on stderr for every error, a traceback only with ``--debug``."""
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    debug = "--debug" in words
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run([word for word in words if word != "--debug"])
    except KeyboardInterrupt:
        code = 130
    except SystemExit:
        code = 0  # whoever read the pipe has gone
    except Exception as error:
        if debug:
            raise
        code = _explain(error, words)
    sys.exit(code if isinstance(code, int) else 0)


def _run(words: Sequence[str]) -> object:
    """Run the command; a warning that Python or a package issues is one line on stderr, without code."""

    def told(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: object = None,
        line: str | None = None,
    ) -> None:
        note(f"warning: {message} ({category.__name__})")

    with warnings.catch_warnings():
        warnings.showwarning = told
        return app(list(words), prog_name="eventstudy", standalone_mode=False)


def _explain(error: Exception, words: Sequence[str]) -> int:
    """Say on stderr what went wrong, in one line, and return the exit code."""
    if isinstance(error, EventStudyError):
        text, code = str(error), error.exit_code
    elif hasattr(error, "format_message"):  # older versions of typer take this class from click, newer ones have it
        context = getattr(error, "ctx", None)
        command = _command(words) if context is None else context.command_path
        text, code = f"{error.format_message().rstrip('.')}; see {command} --help", 2
    elif isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        text, code = f"the output cannot be written: {error.strerror}", 5
    else:
        text, code = f"internal error, please report it: {type(error).__name__}: {error} (--debug shows where)", 1
    note(f"eventstudy: {text}")
    return code


def _command(words: Sequence[str]) -> str:
    """Return the command that was typed, as far as it exists: an option without its argument has no context."""
    path, command = ["eventstudy"], typer.main.get_command(app)
    for word in words:
        if word in (inner := getattr(command, "commands", {})):
            path, command = [*path, word], inner[word]
    return " ".join(path)
