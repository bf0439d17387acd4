"""What a result over a pack holds of its pairs: a folder, memory maps, and where the data are."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import UsageError
from ..inference.significance.sample_sums import SampleSums
from ..windows import Window
from .passes import Partitions
from .storage import Folder

NOT_HERE = "over a pack this needs all pairs in memory; read result.dataset('events') for those you want"
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Home:
    """The folder of a run; one without a name of its own goes with the result."""

    folder: Folder

    @classmethod
    def of(cls, out: str | os.PathLike[str] | None) -> Home:
        """Return the folder that is asked for, or a temporary one."""
        if out is not None:
            return cls(folder=Folder.of(out))
        made = tempfile.mkdtemp(prefix="eventstudy-run-")
        home = cls(folder=Folder.of(made))
        weakref.finalize(home, shutil.rmtree, made, ignore_errors=True)
        return home


@dataclass(frozen=True, kw_only=True)
class WindowNumbers:
    """Cumulative abnormal returns of all usable pairs over one window, as memory maps, shape (n,)."""

    car: FloatArray
    se: FloatArray
    df: FloatArray
    n_days: npt.NDArray[np.int64]

    @property
    def t(self) -> FloatArray:
        """CAR over its standard error."""
        return np.asarray(self.car / self.se)


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredEstimates:
    """Numbers of the usable pairs, partition after partition, without their names."""

    sums: SampleSums
    windows: tuple[Window, ...]

    def __len__(self) -> int:
        return len(self.sums.residuals.sd)

    def car(self, window: Window) -> WindowNumbers:
        """Return the numbers of a window."""
        part = self.sums.windows[self.windows.index(window)]
        return WindowNumbers(car=part.car, se=part.se, df=part.df, n_days=part.n_days)

    @property
    def cars(self) -> dict[Window, WindowNumbers]:
        """The numbers of every window."""
        return {window: self.car(window) for window in self.windows}


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredPairs:
    """The pairs of a run; what is asked of them is computed where the data are."""

    blocks: Partitions
    span: Window

    def only(self, numbers: object = None, *, own: bool = False) -> Partitions:
        """Return all pairs; some of them are not picked out."""
        if numbers is not None:
            raise UsageError(NOT_HERE)
        return self.blocks
