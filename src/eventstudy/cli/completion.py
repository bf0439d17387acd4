"""What a shell offers to complete."""

from __future__ import annotations


def symbols(incomplete: str) -> list[str]:
    """Complete a symbol of the catalogue, or a group after @.

    Parameters
    ----------
    incomplete : str

    Returns
    -------
    list of str
    """
    from ..instruments.catalogue import catalogue, groups

    known = [*catalogue(), *(f"@{name}" for name in groups())]
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
    from ..instruments.catalogue import groups as known

    return [name for name in known() if name.startswith(incomplete.removeprefix("@"))]
