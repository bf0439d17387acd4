"""What the shell completes: symbols of the catalogue and names of groups."""

from __future__ import annotations


def symbols(incomplete: str) -> list[str]:
    """Complete a symbol of the catalogue, or a group after @."""
    from ..instruments.catalogue import catalogue, groups

    known = [*catalogue(), *(f"@{name}" for name in groups())]
    return [name for name in known if name.startswith(incomplete)]


def group_names(incomplete: str) -> list[str]:
    """Complete the name of a group."""
    from ..instruments.catalogue import groups

    return [name for name in groups() if name.startswith(incomplete.removeprefix("@"))]
