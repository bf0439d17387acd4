"""The factor files that a study file names, beside its prices or returns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from ..errors import InputError, UsageError
from ..inference.models.french import read_factors
from ..markets.prices.bars import BarSet
from .config import StudyFile
from .inputs import symbols_read

# The longest pause of daily factors is that of September 2001, of a week; those of weekly files are a week apart.
MOST_DAYS = 4


def factors_named(file: StudyFile) -> pd.DataFrame:
    """Return the factors that a study reads from its factor files.

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    DataFrame
        Sessions x factors, simple returns in fractions; no column where the study names no factor file.

    Raises
    ------
    UsageError
        If the study's returns are not simple, it counts bars, or its model reads none of the factors.
    InputError
        If the factors are not daily.
    """
    if file.factors_file is None:
        return pd.DataFrame()
    study, where = file.study, f"{file.path}: factors_file"
    if study.measure is not None:
        raise UsageError(f"{where}: factors are returns; leave out measure = {study.measure!r}, or the factors")
    if study.bars is not None or (study.returns_kind or study.returns) != "simple":
        raise UsageError(f'{where}: factors are simple returns of days; write returns = "simple", without bars')
    frame = read_factors(file.factors_file)
    wanted = [name for name in symbols_read(study) if name in frame]
    if not wanted:
        raise UsageError(f"{where}: the model reads none of {', '.join(frame.columns)}; name factors or another model")
    if len(frame) > 1 and np.median(np.diff(frame.index.to_numpy()) / np.timedelta64(1, "D")) > MOST_DAYS:
        raise InputError(f"{where}: the factors are not daily, and the study counts days; take the daily file")
    return frame[wanted]


def with_factors(bars: BarSet, factors: pd.DataFrame, file: StudyFile) -> BarSet:
    """Put the factors of a study beside its prices, as index levels with these returns.

    Parameters
    ----------
    bars : BarSet
    factors : DataFrame
        Of `factors_named`.
    file : StudyFile

    Returns
    -------
    BarSet
        A day without a value has no row.
    """
    refuse_twice(file, factors, list(bars))
    if factors.empty:
        return bars
    levels = {}
    for name, values in factors.items():
        known = values.dropna()
        # The first return is one from the day before, of which nothing is known but its level.
        base = pd.Series([100.0], index=[known.index[0] - pd.offsets.BusinessDay()])
        levels[str(name)] = pd.concat([base, 100.0 * (1.0 + known).cumprod()]).to_frame("close")
    return replace(bars, bars={**bars.bars, **BarSet.from_frames(levels).bars})


def refuse_twice(file: StudyFile, factors: pd.DataFrame, known: Collection[str]) -> None:
    """Raise `InputError` for a factor that is also among the prices or returns.

    Parameters
    ----------
    file : StudyFile
    factors : DataFrame
    known : collection of str
        Symbols that have prices or returns.
    """
    if twice := [name for name in factors if name in known]:
        raise InputError(f"{file.path}: {twice[0]} is in factors_file and among the prices or returns; keep one")
