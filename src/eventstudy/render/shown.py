"""How a noun shows itself from a few facts: one line in a shell, a card in a notebook."""

from __future__ import annotations

from ..text import visible
from .card import card, cut


class Shown:
    """Representations of a class that says its facts; every value is made safe to show.

    Examples
    --------
    >>> class Sample(Shown):
    ...     def _facts(self):
    ...         return {"": "wheat", "rows": 3, "note": ""}
    >>> Sample()
    Sample('wheat', rows 3)
    """

    def _facts(self) -> dict[str, object]:
        """Return values by name; the one without a name comes first, as what the thing is called."""
        raise NotImplementedError

    def _text(self) -> str:
        """Return further HTML of the card, folded; none by default."""
        return ""

    def __repr__(self) -> str:
        facts = {name: visible(cut(str(value)), keep="") for name, value in self._facts().items() if value != ""}
        said = (f"{name} {value}" if name else repr(value) for name, value in facts.items())
        return f"{type(self).__name__}({', '.join(said)})"

    def _repr_html_(self) -> str:
        facts = {name: visible(str(value)) for name, value in self._facts().items() if value != ""}
        called = facts.pop("", "")
        title = f"{type(self).__name__}: {called}" if called else type(self).__name__
        return card(title, facts, self._text())
