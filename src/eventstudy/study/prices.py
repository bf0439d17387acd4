"""The prices or returns that a study file names: read, adjusted, split, and converted into one currency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..errors import InputError, UsageError
from ..inference.models.registry import get_model
from ..instruments.catalogue import find_instrument
from ..markets.prices.adjust import adjust_bars, split_bars
from ..markets.prices.bars import Bars, BarSet
from ..markets.prices.conversion import UNCONVERTED, convert_currency, currency_of, rate_symbols
from ..markets.prices.resample import bar_length
from ..markets.sources.files import read_bars
from ..markets.sources.layouts import Layout, LayoutNeeded, read_layout
from ..markets.sources.roles import plain_name
from ..markets.sources.store import Store
from ..windows import covering
from .config import StudyFile
from .factor_files import factors_named, refuse_twice, with_factors
from .inputs import symbols_read

# A year has 365 days and, in the markets with the most holidays, 240 sessions; the longest closures take two weeks.
DAYS_A_SESSION, SPARE = 365 / 240, 15
SHORTEST_SESSION = pd.Timedelta(hours=4)
# Names of the column of returns in a table with one row for a symbol and a day.
RETURN_COLUMNS = ("return", "returns", "ret", "dlyret")
# Letters that CRSP writes in place of a return: no valid price before, off the exchange, out of its reach ...
CRSP_CODES = tuple("ABCDEPST")


def study_prices(file: StudyFile, symbols: Sequence[str] = ()) -> BarSet:
    """Return the prices of a study: those of its files or of the store, as the study file says they are to be taken.

    Parameters
    ----------
    file : StudyFile
    symbols : sequence of str
        Symbols that the events name.

    Returns
    -------
    BarSet
        ``notes`` says what was adjusted, split and converted; ``files`` has the SHA-256 of every file read.

    Raises
    ------
    EventStudyError
        Whatever reading, adjusting or converting raises.
    """
    own, factors = file.study.instruments, factors_named(file)
    beside = factors.columns
    if file.prices is None:
        bars = adjust_bars(_stored(file, symbols, beside), file.adjusted, instruments=own)
    else:
        every = file.study.markets is None and not symbols
        wanted = None if every else (*needed(file, symbols, beside), *_rates(file, beside))
        bars = adjust_bars(_read(file.prices, file.layout, wanted), file.adjusted, instruments=own)
    try:
        bars = split_bars(bars, file.splits or {})
    except UsageError as error:
        raise UsageError(f"{file.path}: splits: {error}") from None
    return with_factors(bars if file.currency is None else _converted(bars, file, beside), factors, file)


def study_returns(file: StudyFile) -> tuple[pd.DataFrame, BarSet]:
    """Return the returns of a study's file: sessions x symbols, and the table as it was read.

    The file is read as prices are: wide (a date column and one column a symbol), or long (``date, symbol, return``).

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    tuple of DataFrame and BarSet
        NaN where a symbol has no row.
    """
    assert file.returns_file is not None
    layout = Layout() if file.layout is None else read_layout(file.layout)
    bars = joined([_read_returns(path, layout) for path in _each(file.returns_file)])
    returns, factors = _wide(bars), factors_named(file)
    per = 100.0 if file.study.returns_unit == "percent" else 1.0
    refuse_twice(file, factors, list(returns.columns))
    return returns.join(factors * per), bars


def read_returns(path: Path, layout: Layout | None = None) -> pd.DataFrame:
    """Read a file of returns.

    Parameters
    ----------
    path : Path
        Wide (a date column and one column a symbol), or long (``date, symbol, return``).
    layout : Layout, optional

    Returns
    -------
    DataFrame
        Sessions x symbols; NaN where a symbol has no row.
    """
    return _wide(_read_returns(path, layout or Layout()))


def _wide(bars: BarSet) -> pd.DataFrame:
    return pd.DataFrame({symbol: one.frame["close"] for symbol, one in bars.items()}).sort_index()


def needed(file: StudyFile, symbols: Sequence[str] = (), beside: Collection[str] | None = None) -> tuple[str, ...]:
    """Return the symbols without which a study cannot run: its markets, and what its model reads.

    Parameters
    ----------
    file : StudyFile
    symbols : sequence of str
        Symbols that the events name.
    beside : collection of str, optional
        The factors that the study's factor files have; read from them by default.

    Returns
    -------
    tuple of str
    """
    beside = factors_named(file).columns if beside is None else beside
    return tuple(dict.fromkeys(name for name in (*symbols_read(file.study), *symbols) if name not in beside))


def interval_of(file: StudyFile) -> str:
    """Return the length of the bars that a study needs, as the store names it: ``1d``, ``15m`` ...

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    str
    """
    length = file.study.bars
    return "1d" if length is None else f"{int(bar_length(length) / pd.Timedelta(minutes=1))}m"


def foreign(file: StudyFile, beside: Collection[str] | None = None) -> tuple[str, ...]:
    """Return the currencies that are to be converted into the study's; empty where none is asked for.

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    tuple of str
    """
    if file.currency is None:
        return ()
    found = (find_instrument(symbol, among=file.study.instruments) for symbol in needed(file, beside=beside))
    currencies = [currency_of(each)[0] for each in found if each.currency and each.asset_class not in UNCONVERTED]
    return tuple(dict.fromkeys(one for one in currencies if one != file.currency))


def days_needed(file: StudyFile, start: dt.date, end: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day whose prices a study may read, with some to spare.

    Parameters
    ----------
    file : StudyFile
    start, end : date
        Days of the first and the last event.

    Returns
    -------
    tuple of date
        Calendar days that hold as many sessions as the windows have rows, in the market with the most holidays.
    """
    study = file.study
    lags, leads = get_model(study.model, study.benchmark).reach
    rows = covering((study.estimation_window, *study.event_windows))
    day = 1.0 if study.bars is None else bar_length(study.bars) / SHORTEST_SESSION
    before, after = (SPARE + DAYS_A_SESSION * day * max(0, count) for count in (lags - rows.first, rows.last + leads))
    first = max(dt.date.min.toordinal(), start.toordinal() - round(before))
    last = min(dt.date.max.toordinal(), end.toordinal() + round(after))
    return dt.date.fromordinal(first), dt.date.fromordinal(last)


def _rates(file: StudyFile, beside: Collection[str]) -> tuple[str, ...]:
    """Return the symbols under which the rates may be."""
    return tuple(name for currency in foreign(file, beside) for name in rate_symbols(currency, str(file.currency)))


def _stored(file: StudyFile, symbols: Sequence[str], beside: Collection[str]) -> BarSet:
    """Return what the store has, with the rates among it."""
    store, interval = Store.of(None), interval_of(file)
    rates = [name for name in _rates(file, beside) if store.survey(name, interval).entries]
    return store.bars(dict.fromkeys((*needed(file, symbols, beside), *rates)), interval, file.pins)


def _converted(bars: BarSet, file: StudyFile, beside: Collection[str]) -> BarSet:
    """Convert the prices that the study needs: all, where it names no markets."""
    names = [name for name in needed(file, beside=beside) if name in bars] if file.study.markets else list(bars)
    asked = replace(bars, bars={name: bars[name] for name in names})
    try:
        done = convert_currency(asked, str(file.currency), bars, instruments=file.study.instruments)
        return replace(done, bars={**bars.bars, **done.bars})
    except UsageError as error:
        raise UsageError(f"{file.path}: currency = {str(file.currency)!r}: {error}") from None


def _each(named: Path | tuple[Path, ...]) -> tuple[Path, ...]:
    """Return one or several paths as a tuple."""
    return named if isinstance(named, tuple) else (named,)


def _read(named: Path | tuple[Path, ...], layout: Path | Layout | None, wanted: Iterable[str] | None) -> BarSet:
    """Read one or several files or folders of prices, as the files have them."""
    return joined([read_bars(path, layout=layout, adjusted=False, symbols=wanted) for path in _each(named)])


def joined(parts: Sequence[BarSet]) -> BarSet:
    """Join prices that were read from several files or folders.

    Parameters
    ----------
    parts : sequence of BarSet
        At least one.

    Returns
    -------
    BarSet

    Raises
    ------
    InputError
        If two of them have the same symbol.
    """
    if len(parts) == 1:
        return parts[0]
    bars: dict[str, Bars] = {}
    for part in parts:
        if twice := set(bars) & set(part.bars):
            raise InputError(f"{sorted(twice)[0]} is in two of the files; keep one of the two")
        bars |= part.bars
    files = {name: digest for part in parts for name, digest in part.files.items()}
    faults = {symbol: why for part in parts for symbol, why in part.faults.items() if symbol not in bars}
    notes = tuple(note for part in parts for note in part.notes)
    return replace(parts[0], bars=bars, files=files, faults=faults, notes=notes)


def _read_returns(path: Path, layout: Layout) -> BarSet:
    """Read a wide table of returns, or a long one whose column of returns has a common name."""
    coded = layout.extended({"missing": CRSP_CODES})
    wide = coded if layout.shape or layout.columns else replace(coded, shape="wide")
    try:
        bars = read_bars(path, layout=wide, adjusted=False)
    except LayoutNeeded as error:
        named = [name for name in error.header if plain_name(name) in RETURN_COLUMNS]
        if not named or layout.shape:
            raise
        # A minus sign is a fall, also in a file of CRSP, where one before a price marks a midpoint.
        long = coded.extended({"columns": {"close": named[0]}, "negative": "price"})
        bars = read_bars(path, layout=long, adjusted=False)
    return replace(bars, notes=tuple(note.replace(": no price on ", ": no return on ") for note in bars.notes))
