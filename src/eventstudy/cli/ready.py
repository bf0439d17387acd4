"""The folder of a report made ready; loads no package, so that a report in the way is refused at once."""

from __future__ import annotations

from pathlib import Path

from ..errors import OutputError
from ..files import refuse_existing, repair
from ..report.named import PAGE, differing


def prepared(folder: Path, *, force: bool) -> list[str]:
    """Complete what a killed run left in a folder, and refuse a report that may not be replaced.

    Parameters
    ----------
    folder : Path
    force : bool
        Whether an earlier report may be replaced.

    Returns
    -------
    list of str
        One line for each leftover.

    Raises
    ------
    OutputError
        If there is a report that may not be replaced, or another process is writing there.
    """
    repaired = repair(folder)
    try:
        refuse_existing([folder / PAGE, folder / "run.json"], force=force)
    except OutputError as error:
        if torn := differing(folder):
            names = f"{len(torn)} of its files are not those that it names: {torn[0]}"
            raise OutputError(f"{error}; {names}") from None
        raise
    return repaired
