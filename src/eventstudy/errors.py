"""Every error the library raises on purpose, and the exit code the command gives it.

::

    EventStudyError
    ├── UsageError (ValueError)               2  a wrong option, key or combination
    │   └── UnknownNameError (LookupError)    2  a name that is not known; the nearest ones are offered
    ├── InputError (ValueError)               3  a file that is missing, malformed or unusable
    │   └── DatingError                       3  the time of the event cannot be settled
    ├── NotEnoughDataError (ValueError)       4  no market or event is left to study
    ├── OutputError (OSError)                 5  the results cannot be written
    └── NetworkError (OSError)                6  a price source refused or failed

Each message is one line: what is wrong, where, and what to do. Exit code 1 is kept for bugs, 130 for an interrupt.
Where the reader of a pipe has gone (``eventstudy ... | head``), the command stops in silence with exit code 0.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import ClassVar

LONGEST_NAME = 60


class EventStudyError(Exception):
    """Base of all errors raised on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(EventStudyError, ValueError):
    """A wrong option, key, value or combination of them."""

    exit_code = 2


class UnknownNameError(UsageError, LookupError):
    """A name that is not known. The nearest known ones are part of the message.

    Parameters
    ----------
    kind : str
        What the name should have named, for example ``"market"``.
    name : str
        The name as it was given.
    known : iterable of str
        The names that would have been understood.
    where : str, optional
        File or option in which the name stood.
    near : sequence of str, optional
        Names to offer; by default those of similar spelling.
    cure : str, optional
        What else to do, in words; replaces the list of known names.

    Examples
    --------
    >>> print(UnknownNameError("model", "constant-men", ["constant-mean", "market"]))
    unknown model 'constant-men'; did you mean 'constant-mean'?
    """

    def __init__(
        self, kind: str, name: str, known: Iterable[str], where: str = "", *, near: Sequence[str] = (), cure: str = ""
    ) -> None:
        options = sorted(known)
        near = near[:3] or difflib.get_close_matches(name, options, n=3, cutoff=0.5)
        name = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."
        listed = cure or f"known: {', '.join(options[:20])}"
        hint = f"did you mean {' or '.join(map(repr, near))}?" + (f" Or {cure}" if cure else "") if near else listed
        super().__init__(f"{where + ': ' if where else ''}unknown {kind} {name!r}; {hint}")


def refuse_duplicates(kind: str, names: Sequence[str]) -> None:
    """Raise `UsageError` for the first name that occurs more than once.

    Parameters
    ----------
    kind : str
        What the names are of, for the message.
    names : sequence of str

    Raises
    ------
    UsageError
        If a name occurs more than once.

    Examples
    --------
    >>> refuse_duplicates("market", ["CL=F", "^N225"])
    """
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"duplicate {kind} {name}; keep one")


class InputError(EventStudyError, ValueError):
    """An input file that is missing, malformed or unusable."""

    exit_code = 3


class DatingError(InputError):
    """The time of the event cannot be settled from the text; the message says what to pass instead."""


class NotEnoughDataError(EventStudyError, ValueError):
    """No market or event is left that can be studied."""

    exit_code = 4


class OutputError(EventStudyError, OSError):
    """The results cannot be written where they should go."""

    exit_code = 5


class NetworkError(EventStudyError, OSError):
    """A price source refused, failed or could not be reached."""

    exit_code = 6
