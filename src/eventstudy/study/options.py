"""The kinds of a study's options, and the checks that concern several of them.

`EventStudy` has these as the annotations of its fields, so a value given in Python and a value of a study file are
checked by the same schema; the text within each completes the error message "write ...".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le, Len, MinLen

from ..errors import UnknownNameError, UsageError
from ..inference.models.protocol import Model
from ..inference.significance.protocol import SignificanceTest
from ..windows import Window, check_beside_event, check_disjoint

LARGEST_SEED = 2**63 - 1
Symbols = Annotated[
    Sequence[str], MinLen(1), 'a list of symbols, each in quotes, such as ["CL=F", "^N225"]; at least one'
]
Names = Annotated[Sequence[str], "a list of names, each in quotes"]
Pair = Annotated[Window | tuple[int, int], "two whole numbers of price rows, such as [-210, -11]"]
Estimation = Annotated[
    Window | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]],
    "two whole numbers of price rows, such as [-210, -11], or two pairs: [[-210, -11], [11, 210]]",
]
MOST_WINDOWS = 200
Windows = Annotated[
    Sequence[Pair],
    Len(1, MOST_WINDOWS),
    "a list of windows, each two whole numbers, such as [[0, 0], [-1, 1]]; at least one event window, "
    f"at most {MOST_WINDOWS}",
]
ModelChoice = Annotated[
    str | Model | Mapping[str, Any],
    'a name such as "market", or a table such as {name = "dimson", parameters = {lags = 1}}; '
    "in Python also a model (see ModelBase)",
]
TestNames = Annotated[
    str | Sequence[str | SignificanceTest],
    '"standard", "all", or a list of names of tests, such as ["t", "placebo"]; an empty list makes none',
]
Family = Annotated[Sequence[str], MinLen(1), 'a list of symbols, each in quotes, such as ["CL=F", "BZ=F"]']
Families = Annotated[Mapping[str, Family], 'a table of lists of symbols, such as {oil = ["CL=F", "BZ=F"]}']
Weight = Annotated[float, "a finite number"]
Weights = Annotated[Mapping[str, Weight], 'a table of numbers, such as {"CL=F" = 1.0, "GC=F" = -0.5}']
Share = Annotated[float, Ge(0), Le(1), "a share of days, a number from 0 to 1"]
Count = Annotated[float, Gt(0), "a number of shares, above 0"]
Shares = Annotated[
    Mapping[str, Annotated[Mapping[str, Count], MinLen(1), "a table of days"]],
    'a table of shares outstanding by their first day, such as {AAPL = {"2020-08-31" = 17.0e9}}',
]
Rows = Annotated[int, Ge(3), "a whole number, at least 3 rows"]
Lags = Annotated[int, Ge(1), "a number of lags, 1 or more"]
Horizon = Annotated[str, 'a length of less than a day, such as "4h"']
Episode = Annotated[str | Mapping[str, str], "a text or a table"]
Episodes = Annotated[
    Sequence[Episode],
    MinLen(1),
    'a list of ids of listed events, instants such as "2020-01-08T15:30Z", or tables {at = "...", title = "..."}',
]
Seed = Annotated[int, Ge(0), Le(LARGEST_SEED), "a whole number from 0 to 9223372036854775807"]


def listed(value: Any) -> Any:
    """Return an ordered iterable as a tuple; a text, a set or anything else is left for the schema to refuse.

    Parameters
    ----------
    value : object

    Returns
    -------
    object

    Examples
    --------
    >>> listed(["CL=F"]), listed("CL=F")
    (('CL=F',), 'CL=F')
    """
    if isinstance(value, str | bytes | Set | Mapping) or not isinstance(value, Iterable):
        return value
    return tuple(value)


def check_windows(estimation: Window, windows: Sequence[Window], *, in_bars: bool) -> None:
    """Raise an error if the event windows do not go with the estimation window, or bars with a later one.

    Parameters
    ----------
    estimation : Window
    windows : sequence of Window
    in_bars : bool
        Whether event time counts bars.

    Raises
    ------
    UsageError
        For the first window that overlaps, a part with rows before and after day 0, or later rows in bars.
    """
    check_beside_event(estimation)
    check_disjoint(estimation, windows)
    if in_bars and estimation.last > 0:
        raise UsageError(
            f"estimation window {estimation.label}: in bars the course of a reaction is compared with the bars before "
            "it; choose rows before day 0"
        )


def check_declared(
    families: Mapping[str, Sequence[str]] | None, weights: Mapping[str, float] | None, markets: Collection[str] | None
) -> None:
    """Raise an error if a family names a market twice, or a family or the weights one that is not studied.

    Parameters
    ----------
    families : mapping of str to sequence of str, optional
    weights : mapping of str to float, optional
    markets : collection of str, optional
        The markets of the study, where they are known.

    Raises
    ------
    UnknownNameError
        For the first such market.
    UsageError
        If a market occurs twice in a family, or all weights are zero.

    Examples
    --------
    >>> check_declared({"oil": ["CL=F"]}, {"CL=F": 1.0}, ["CL=F", "^N225"])
    """
    for family, names in (families or {}).items():
        if duplicates := [name for name in names if list(names).count(name) > 1]:
            raise UsageError(f"families.{family}: duplicate market {duplicates[0]}; keep one")
    named = [(f"families.{family}", name) for family, names in (families or {}).items() for name in names]
    for where, name in [*named, *(("weights", name) for name in weights or {})]:
        if markets is not None and name not in markets:
            raise UnknownNameError("market", name, markets, where)
    if weights and not any(weights.values()):
        raise UsageError("weights: all of them are zero; give one that is not")
