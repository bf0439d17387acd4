"""What the shell completes: symbols and groups of the catalogue."""

from __future__ import annotations


def symbols(incomplete: str) -> list[str]:
    """Complete a symbol of the catalogue, or a group after @.

    Parameters
    ----------
    incomplete : str

    Returns
    -------
    list of str

    Examples
    --------
    >>> symbols("CL")
    ['CL=F']
    """
    from ..instruments.catalogue import catalogue
    from ..instruments.catalogue import groups as known_groups

    known = [*catalogue(), *(f"@{name}" for name in known_groups())]
    return [name for name in known if name.startswith(incomplete)]


def groups(incomplete: str) -> list[str]:
    """Complete the name of a group.

    Parameters
    ----------
    incomplete : str

    Returns
    -------
    list of str
    """
    return [name[1:] for name in symbols(f"@{incomplete.removeprefix('@')}")]
