"""Look up instruments: a user's declarations, the package's catalogue, then the rules for symbols.

A declaration is a table in ``instruments.toml``; a user's own file has the same form. Nothing here knows sessions.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from ..errors import InputError, UnknownNameError, UsageError
from ..files import package_text, parse_toml
from .declarations import instruments_of, parse_instruments, read_instruments
from .instrument import Instrument as Instrument
from .rules import by_rule, contract_root, us_share, written_otherwise

OWN_FILE = "EVENTSTUDY_INSTRUMENTS"
CURES = (
    "declare another symbol under [instruments] in study.toml, in EventStudy(instruments=...) or as es.Instrument, or "
    f"name a file of them in {OWN_FILE}; `eventstudy markets` lists what is known"
)


@functools.cache
def catalogue() -> Mapping[str, Instrument]:
    """Return the instruments that are known, by symbol: the package's, and those of a file of one's own.

    The file is named by the environment variable ``EVENTSTUDY_INSTRUMENTS``; its declarations win. It is read once.

    Returns
    -------
    mapping of str to Instrument

    Raises
    ------
    InputError
        As `eventstudy.instruments.declarations.read_instruments`.

    Examples
    --------
    >>> catalogue()["^N225"].calendar
    'XTKS'
    """
    packaged = parse_instruments(catalogue_text(), where="instruments.toml", basis="catalogue")
    own = own_file()
    return packaged if own is None else MappingProxyType({**packaged, **read_instruments(own)})


def own_file() -> Path | None:
    """Return the user's own file of instruments, where one is named.

    Returns
    -------
    Path or None
    """
    named = os.environ.get(OWN_FILE)
    return Path(named) if named else None


def catalogue_text() -> str:
    """Return the declarations that come with the package, as they stand in ``instruments.toml``.

    Returns
    -------
    str
    """
    return package_text(__package__, "instruments.toml")


def find_instrument(
    symbol: str, *, among: Mapping[str, Instrument] | None = None, calendar: str | None = None
) -> Instrument:
    """Return the instrument of a symbol: one declared, one of the catalogue, or what the form of the symbol says.

    Parameters
    ----------
    symbol : str
    among : mapping, optional
        The user's declarations, which take precedence.
    calendar : str, optional
        Clock of the symbols that neither a declaration, the catalogue nor a suffix gives one.

    Returns
    -------
    Instrument

    Raises
    ------
    UnknownNameError
        If nothing is known of it; the symbols of instruments with a like symbol, name or code are offered.
    UsageError
        If its exchange is known but not its sessions.

    Examples
    --------
    >>> find_instrument("AAPL").calendar, find_instrument("AAPL").clock_basis
    ('XNYS', 'rule US letters')
    >>> find_instrument("EWX").remark
    "one letter away from 'EWY' (iShares MSCI South Korea): check the symbol"
    >>> find_instrument("Nikkei")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    eventstudy.errors.UnknownNameError: unknown market 'Nikkei'; did you mean '^N225'? Or declare another symbol ...
    """
    found = _found(symbol, among or {}, calendar)
    if found is not None:
        return found
    known = [*catalogue().values(), *(among or {}).values()]
    near = _near(symbol, known) or list(filter(None, [written_otherwise(symbol)]))
    raise UnknownNameError("market", symbol, (), near=near, cure=CURES)


def _found(symbol: str, among: Mapping[str, Instrument], calendar: str | None) -> Instrument | None:
    """Return the instrument of a symbol; None where nothing is known of it."""
    found = among.get(symbol) or catalogue().get(symbol) or by_rule(symbol) or _contract(symbol)
    if found is not None:
        return found
    # Before the letters of US shares, which any short word in capitals fits: the calendar of the study is surer.
    if calendar is not None:
        return Instrument(symbol=symbol, name=symbol, calendar=calendar, clock_basis=f'calendar = "{calendar}"')
    share = us_share(symbol)
    return None if share is None else replace(share, remark=_remark(symbol))


def _contract(symbol: str) -> Instrument | None:
    """Return a single contract of a future whose root is known."""
    found = contract_root(symbol)
    future = None if found is None else catalogue().get(found[0]) or by_rule(found[0])
    if found is None or future is None:
        return None
    close = f"{future.observation} of this contract"
    return replace(
        future, symbol=symbol, name=f"{future.name} {symbol}", clock_basis=f'rule "{found[1]}"', close_means=close
    )


@dataclass(frozen=True, kw_only=True)
class Instruments:
    """Look-up of symbols: the study's own declarations, then the catalogue and the rules, then one calendar.

    Parameters
    ----------
    own : mapping of str to Instrument
        Declarations of the study.
    calendar : str, optional
        Clock of the symbols that nothing else gives one.
    rules : bool
        Whether `get` takes the form of a symbol for its clock. Columns of returns may have any names.

    Examples
    --------
    >>> known = Instruments(calendar="XLON")
    >>> known.find("MINE").calendar, known.find("7203.T").calendar, Instruments().get("no such") is None
    ('XLON', 'XTKS', True)
    """

    own: Mapping[str, Instrument] = field(default_factory=dict)
    calendar: str | None = None
    rules: bool = True

    def find(self, symbol: str) -> Instrument:
        """Return the instrument of a symbol, as `find_instrument`.

        Parameters
        ----------
        symbol : str

        Returns
        -------
        Instrument

        Raises
        ------
        UnknownNameError
            If nothing is known of it.
        UsageError
            If its exchange is known but not its sessions.
        """
        return find_instrument(symbol, among=self.own, calendar=self.calendar)

    def get(self, symbol: str) -> Instrument | None:
        """Return the instrument of a symbol, or None where it has no clock.

        Parameters
        ----------
        symbol : str

        Returns
        -------
        Instrument or None
        """
        if not self.rules:
            return self.own.get(symbol) or catalogue().get(symbol)
        try:
            return _found(symbol, self.own, self.calendar)
        except UsageError:  # its exchange is known, but not its sessions
            return None


CATALOGUE = Instruments()


def declared(
    tables: Mapping[str, object], *, where: str = "instruments", folder: Path | None = None, basis: str = "study file"
) -> Mapping[str, Instrument]:
    """Make a user's declarations; a table for a symbol that is known already only changes the keys that it gives.

    Parameters
    ----------
    tables : mapping of str to table or Instrument
        As ``[instruments]`` of a study file has them: one table a symbol, with the keys of `Instrument`.
    where : str
        File, for messages.
    folder : Path, optional
        Where files of holidays are looked for.
    basis : str
        What `Instrument.clock_basis` says of clocks that are declared here.

    Returns
    -------
    mapping of str to Instrument

    Raises
    ------
    InputError, UnknownNameError
        If a declaration is wrong.

    Examples
    --------
    >>> declared({"AAPL": {"name": "Apple"}})["AAPL"].calendar
    'XNYS'
    """
    return instruments_of(tables, where=where, folder=folder, basis=basis, base=_known)


def _known(symbol: str) -> Instrument | None:
    """Return what is known of a symbol without a declaration."""
    try:
        return find_instrument(symbol)
    except UsageError:
        return None


@functools.cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """Return the groups of symbols by name.

    Returns
    -------
    mapping of str to tuple of str

    Examples
    --------
    >>> groups()["us-equities"][0]
    '^GSPC'
    """
    tables = parse_toml(package_text(__package__, "groups.toml"), "groups.toml", InputError)
    return MappingProxyType({name: tuple(symbols) for name, symbols in tables.items()})


def with_groups(symbols: str | Iterable[str | Instrument]) -> tuple[str | Instrument, ...]:
    """Return symbols with each ``@group`` replaced by its members; a symbol that came before is not repeated.

    Parameters
    ----------
    symbols : str or iterable of str or Instrument
        Symbols, groups such as ``"@oil"``, instruments.

    Returns
    -------
    tuple of str or Instrument
        In the order given.

    Raises
    ------
    UnknownNameError
        If there is no such group.

    Examples
    --------
    >>> with_groups(["^DJI", "@us-equities"])
    ('^DJI', '^GSPC', '^IXIC', '^RUT')
    """
    given = [symbols] if isinstance(symbols, str) else list(symbols)
    found: list[str | Instrument] = []
    for each in given:
        if not isinstance(each, str) or not each.startswith("@"):
            found.append(each)
            continue
        if each[1:] not in groups():
            raise UnknownNameError("group", each, [f"@{name}" for name in groups()])
        found += [symbol for symbol in groups()[each[1:]] if symbol not in found]
    return tuple(found)


def _near(text: str, instruments: Iterable[Instrument]) -> list[str]:
    """Return symbols to offer: of instruments named `text`, else those one letter away."""
    wanted = text.strip().lower()
    every = list(instruments)
    named = [each.symbol for each in every if wanted in _words(each)]
    return named or [each.symbol for each in every if _one_letter_apart(wanted, each.symbol.lower())]


def _remark(symbol: str) -> str:
    """Name other instruments that the letters of a US symbol may have been meant for."""
    named = _names().get(symbol.lower())
    if named is not None:
        return f"also a name of {named.symbol!r} ({named.name}); taken as a US share"
    near = next((found for shape in sorted(_shapes(symbol)) if (found := _by_shape().get(shape))), None)
    return f"one letter away from {near.symbol!r} ({near.name}): check the symbol" if near else ""


@functools.cache
def _names() -> Mapping[str, Instrument]:
    """Return the instruments of the catalogue by each of their names, in small letters."""
    return {word: each for each in reversed(list(catalogue().values())) for word in _words(each)}


def _words(each: Instrument) -> set[str]:
    """Return the names of an instrument in lower case: its symbol, its RIC, and its names in news."""
    return {each.symbol.lower(), each.ric.lower(), each.name.lower(), *map(str.lower, each.aliases)} - {""}


def _one_letter_apart(one: str, other: str) -> bool:
    """Whether two texts differ in one letter: changed, left out or added."""
    return one != other and not _shapes(one).isdisjoint(_shapes(other))


def _shapes(text: str) -> set[str]:
    """Return a text with a blank in place of each letter and between any two; texts one letter apart share one."""
    changed = {f"{text[:at]} {text[at + 1 :]}" for at in range(len(text))}
    return changed | {f"{text[:at]} {text[at:]}" for at in range(len(text) + 1)}


@functools.cache
def _by_shape() -> Mapping[str, Instrument]:
    """Return the instruments of the catalogue by the `_shapes` of their symbols."""
    return {shape: each for each in reversed(list(catalogue().values())) for shape in _shapes(each.symbol)}
