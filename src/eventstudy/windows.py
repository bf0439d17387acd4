"""Windows in event time: whole numbers of a market's own price rows, day 0 being the event's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import UsageError

LONGEST = 5_000


@dataclass(frozen=True, order=True)
class Window:
    """The rows from `first` to `last`, both included, counted from the event's row.

    Parameters
    ----------
    first, last : int
        Event time of the first and the last row; ``first <= last``.

    Raises
    ------
    UsageError
        If a bound is not a whole number, the order is wrong or the window is absurdly long.

    Examples
    --------
    >>> Window(-1, 1).label, Window(-1, 1).length
    ('[-1,1]', 3)
    """

    first: int
    last: int

    def __post_init__(self) -> None:
        for bound in (self.first, self.last):
            if isinstance(bound, bool) or not isinstance(bound, int):
                raise UsageError(f"window [{self.first}, {self.last}]: bounds are whole numbers of price rows")
        if self.first > self.last:
            raise UsageError(f"window [{self.first}, {self.last}]: the first row comes after the last; swap them")
        if max(abs(self.first), abs(self.last)) > LONGEST:
            raise UsageError(f"window [{self.first}, {self.last}]: bounds lie within ±{LONGEST} rows")

    @classmethod
    def of(cls, pair: Window | Sequence[int]) -> Window:
        """Make a window of a pair ``(first, last)``; a window passes through."""
        if isinstance(pair, Window):
            return pair
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise UsageError(f"window {pair!r}: give two whole numbers, such as [-1, 1]")
        return cls(pair[0], pair[1])

    @property
    def length(self) -> int:
        """Number of rows."""
        return self.last - self.first + 1

    @property
    def label(self) -> str:
        """The field's notation, ``[first,last]``."""
        return f"[{self.first},{self.last}]"

    def overlaps(self, other: Window) -> bool:
        """Whether the two windows share a row."""
        return self.first <= other.last and other.first <= self.last


def covering(windows: Iterable[Window]) -> Window:
    """Return the rows from the first to the last of some windows.

    Examples
    --------
    >>> covering([Window(0, 1), Window(-3, -1)])
    Window(first=-3, last=1)
    """
    bounds = list(windows)
    return Window(min(window.first for window in bounds), max(window.last for window in bounds))


def check_disjoint(estimation: Window, windows: Iterable[Window]) -> None:
    """Raise `UsageError` if an event window shares rows with the estimation window.

    Examples
    --------
    >>> check_disjoint(Window(-210, -11), [Window(0, 1)])
    """
    for window in windows:
        if window.overlaps(estimation):
            raise UsageError(
                f"window {window.label} overlaps the estimation window {estimation.label}; "
                "the event would enter its own benchmark: move one of them"
            )


def check_before_event(estimation: Window) -> None:
    """Raise `UsageError` if the estimation window lies after day 0.

    Examples
    --------
    >>> check_before_event(Window(-210, -11))
    """
    if estimation.last > 0:
        raise UsageError(
            f"estimation window {estimation.label} does not end before the event; such windows are not supported yet: "
            "choose rows before day 0, such as [-210,-11]"
        )


def plain(value: Any) -> Any:
    """Return an option of a study as a plain value: a window as its two rows, a model as its name.

    Examples
    --------
    >>> plain((Window(0, 1), None, 5))
    [[0, 1], None, 5]
    """
    if isinstance(value, Window):
        return [value.first, value.last]
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else value.name
