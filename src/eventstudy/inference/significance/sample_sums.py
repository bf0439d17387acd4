"""All that the closed-form tests need of the pairs, in one record that can be merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...windows import Window
from ..abnormal import AbnormalReturns
from .calendar_sums import CalendarSums
from .groups import Groups
from .residual_sums import ResidualSums
from .window_sums import WindowSums, group_residuals


@dataclass(frozen=True, kw_only=True)
class SampleSums:
    """All that the closed-form tests need of the pairs, in one record that can be merged.

    Merging the records of blocks in the order of the blocks gives the record of all pairs, see `merging.fold`.

    Parameters
    ----------
    residuals : ResidualSums
    windows : tuple of WindowSums
        One for each window of the study.
    calendar : tuple of CalendarSums
        One for each window, or none.
    """

    residuals: ResidualSums
    windows: tuple[WindowSums, ...]
    calendar: tuple[CalendarSums, ...]

    @classmethod
    def of(cls, block: AbnormalReturns, windows: Sequence[Window], *, calendar: bool = True) -> SampleSums:
        """Sum over the pairs of one block.

        Parameters
        ----------
        block : AbnormalReturns
            With at least one pair.
        windows : sequence of Window
        calendar : bool
            Whether to sum by calendar date too.

        Returns
        -------
        SampleSums
        """
        groups = Groups.of(block)
        residuals = group_residuals(block.fitted.residuals, groups)
        dated = windows if calendar else ()
        return cls(
            residuals=ResidualSums.of(block, groups, residuals),
            windows=tuple(WindowSums.of(block, groups, window) for window in windows),
            calendar=tuple(CalendarSums.of(block, groups, residuals, window) for window in dated),
        )


def sums_by_date(block: AbnormalReturns, windows: Sequence[Window]) -> tuple[CalendarSums, ...]:
    """Sum over the pairs of one block by the calendar dates of each window.

    Parameters
    ----------
    block : AbnormalReturns
        With at least one pair.
    windows : sequence of Window

    Returns
    -------
    tuple of CalendarSums
    """
    groups = Groups.of(block)
    residuals = group_residuals(block.fitted.residuals, groups)
    return tuple(CalendarSums.of(block, groups, residuals, window) for window in windows)
