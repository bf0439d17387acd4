"""The clocks of a study: symbols, groups and instruments as they were given, and why each market has its clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import UsageError
from ..instruments.catalogue import Instruments, declared, with_groups
from ..instruments.declarations import table_of
from ..instruments.instrument import Instrument

SHOWN = 30


def named(markets: Any, benchmark: Any, instruments: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the markets and the benchmark of a study as symbols, and the instruments that were declared for it.

    Parameters
    ----------
    markets : iterable of str or Instrument, one symbol, or a group such as ``"@oil"``
    benchmark : str or Instrument
    instruments : mapping of str to table or Instrument, optional

    Returns
    -------
    dict
        ``markets``, ``benchmark`` and ``instruments`` (None where there are none).

    Raises
    ------
    UsageError
        If one symbol has two clocks.

    Examples
    --------
    >>> named([Instrument(symbol="X", name="x", calendar="XTKS"), "CL=F"], None, None)["markets"]
    ('X', 'CL=F')
    """
    own = dict(declared(instruments, where="instruments", basis="instruments=")) if instruments else {}
    if isinstance(markets, Iterable) and not isinstance(markets, Mapping | set | frozenset | bytes) and markets != "":
        markets = tuple(_symbol(each, own) for each in with_groups(markets))
    return {"markets": markets, "benchmark": _symbol(benchmark, own), "instruments": own or None}


def _symbol(given: Any, own: dict[str, Instrument]) -> Any:
    """Return the symbol of an instrument, which joins the study's own; anything else as it is."""
    if not isinstance(given, Instrument):
        return given
    if own.setdefault(given.symbol, given) != given:
        raise UsageError(f"{given.symbol}: two clocks for one symbol; declare it once")
    return given.symbol


def plain_instruments(instruments: Mapping[str, Instrument] | None) -> dict[str, Any] | None:
    """Return declared instruments as plain values: dates and times as text.

    Parameters
    ----------
    instruments : mapping of str to Instrument, or None

    Returns
    -------
    dict or None

    Examples
    --------
    >>> plain_instruments({"X": Instrument(symbol="X", name="x", calendar="XTKS")})
    {'X': {'name': 'x', 'calendar': 'XTKS'}}
    """
    return None if instruments is None else {name: _plain(table_of(each)) for name, each in instruments.items()}


def _plain(value: Any) -> Any:
    """Return a value without dates and times."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def clock_sentences(known: Instruments, markets: Iterable[str]) -> tuple[str, ...]:
    """Say which clock each market was given that is not in the catalogue, and why.

    Parameters
    ----------
    known : Instruments
    markets : iterable of str

    Returns
    -------
    tuple of str
        Empty where the catalogue has all of them.

    Examples
    --------
    >>> clock_sentences(Instruments(), ["CL=F", "AAPL", "MSFT"])
    ('Clocks: AAPL, MSFT by XNYS (rule US letters).',)
    """
    names = list(map(str, markets))
    # Only so many are looked up: a study of thousands of shares would spend longer here than in its statistics.
    found = [each for name in names[:SHOWN] if (each := known.get(name)) and each.clock_basis != "catalogue"]
    by_clock: dict[str, list[str]] = {}
    for each in found:
        by_clock.setdefault(f"{each.calendar} ({each.clock_basis})", []).append(each.symbol)
    clocks = "; ".join(f"{', '.join(symbols)} by {clock}" for clock, symbols in by_clock.items())
    first = f" (the first {SHOWN} of {len(names):,} markets)" if len(names) > SHOWN else ""
    remarks = [f"{each.symbol}: {each.remark}." for each in found if each.remark]
    return (f"Clocks{first}: {clocks}.", *remarks) if found else ()
