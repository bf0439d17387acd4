"""Windows in event time: whole numbers of a market's own price rows; day 0 is the event's row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import UsageError

LONGEST = 5_000


@dataclass(frozen=True, order=True)
class Window:
    """The rows of event time from `first` to `last`, both included.

    Parameters
    ----------
    first, last : int
        Rows relative to the event's row; ``first <= last``.

    Raises
    ------
    UsageError
        If a bound is not a whole number, ``first > last``, or a bound lies beyond `LONGEST` rows.

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
        """Make a window of a pair of bounds; a window is returned as it is.

        Parameters
        ----------
        pair : Window or sequence of two int
            ``(first, last)`` in rows.

        Returns
        -------
        Window

        Raises
        ------
        UsageError
            If it is not a pair of whole numbers in order.
        """
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
        """The usual notation, ``[first,last]``."""
        return f"[{self.first},{self.last}]"

    @property
    def parts(self) -> tuple[Window, ...]:
        """The stretches of neighbouring rows that it consists of."""
        return (self,)

    def overlaps(self, other: Window) -> bool:
        """Return whether two windows share a row.

        Parameters
        ----------
        other : Window

        Returns
        -------
        bool
        """
        return any(
            mine.first <= yours.last and yours.first <= mine.last for mine in self.parts for yours in other.parts
        )


@dataclass(frozen=True, order=True)
class OwnWindow(Window):
    """The rows that the own event windows of all pairs cover, where these differ between pairs.

    Examples
    --------
    >>> OwnWindow(-2, 3).label, OwnWindow(-2, 3) == Window(-2, 3)
    ('own', False)
    """

    @property
    def label(self) -> str:
        """What stands in the column ``window`` of tables."""
        return "own"


@dataclass(frozen=True, order=True)
class TwoSided(Window):
    """An estimation window of two parts, one on each side of the event.

    Parameters
    ----------
    first, last : int
        First row of the earlier part, last row of the later one.
    gap : Window
        The rows between the parts.

    Examples
    --------
    >>> both = TwoSided(-60, 50, Window(-10, 10))
    >>> both.label, both.length, both.overlaps(Window(-1, 1))
    ('[-60,-11] and [11,50]', 90, False)
    """

    gap: Window

    @property
    def parts(self) -> tuple[Window, ...]:
        """The earlier and the later part."""
        return Window(self.first, self.gap.first - 1), Window(self.gap.last + 1, self.last)

    @property
    def length(self) -> int:
        """Number of rows, without those between the parts."""
        return sum(part.length for part in self.parts)

    @property
    def label(self) -> str:
        """Both parts in the usual notation."""
        return " and ".join(part.label for part in self.parts)


def estimation_of(given: Any) -> Window:
    """Make an estimation window of a pair of bounds, or of two pairs, one on each side of the event.

    Parameters
    ----------
    given : Window, pair of int, or two pairs of int
        A window is returned as it is.

    Returns
    -------
    Window

    Raises
    ------
    UsageError
        If it is neither, or two pairs are not in order with day 0 between them.

    Examples
    --------
    >>> estimation_of([-210, -11]).label, estimation_of([[-60, -11], [11, 60]]).label
    ('[-210,-11]', '[-60,-11] and [11,60]')
    """
    if isinstance(given, Window) or not _several(given):
        return Window.of(given)
    parts = [Window.of(part) for part in given]
    if len(parts) != 2 or not (parts[0].last < 0 < parts[1].first):
        said = ", ".join(part.label for part in parts)
        raise UsageError(
            f"estimation window {said}: give two parts, one that ends before day 0 and one that begins after it, such "
            "as [[-210, -11], [11, 210]]"
        )
    first, second = parts
    return TwoSided(first.first, second.last, Window(first.last + 1, second.first - 1))


def _several(given: Any) -> bool:
    """Whether something is a list of pairs rather than one pair."""
    return isinstance(given, Sequence) and any(isinstance(one, Window | list | tuple) for one in given)


def covering(windows: Iterable[Window]) -> Window:
    """Return the window from the first to the last row of several windows.

    Parameters
    ----------
    windows : iterable of Window
        At least one.

    Returns
    -------
    Window

    Examples
    --------
    >>> covering([Window(0, 1), Window(-3, -1)])
    Window(first=-3, last=1)
    """
    bounds = list(windows)
    return Window(min(window.first for window in bounds), max(window.last for window in bounds))


def check_disjoint(estimation: Window, windows: Iterable[Window]) -> None:
    """Check that no event window shares rows with the estimation window.

    Parameters
    ----------
    estimation : Window
    windows : iterable of Window

    Raises
    ------
    UsageError
        If a window overlaps the estimation window.

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


def check_beside_event(estimation: Window) -> None:
    """Check that no part of the estimation window holds rows on both sides of day 0.

    Parameters
    ----------
    estimation : Window

    Raises
    ------
    UsageError
        If one begins before day 0 and ends after it.

    Examples
    --------
    >>> check_beside_event(Window(-210, -11))
    """
    for part in estimation.parts:
        if part.first <= 0 < part.last:
            raise UsageError(
                f"estimation window {part.label} holds rows before and after day 0; choose rows before it, such as "
                "[-210, -11], after it, such as [11, 210], or both: [[-210, -11], [11, 210]]"
            )


def plain(value: Any) -> Any:
    """Return a study option as a plain value: a window as its two bounds, a model as its name.

    Parameters
    ----------
    value : Any
        A window, mapping, tuple, list, scalar, None, or an object with a ``name``.

    Returns
    -------
    list, dict, str, int, float or None

    Examples
    --------
    >>> plain((Window(0, 1), None, 5))
    [[0, 1], None, 5]
    """
    if isinstance(value, TwoSided):
        return [plain(part) for part in value.parts]
    if isinstance(value, Window):
        return [value.first, value.last]
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else value.name
