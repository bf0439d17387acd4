"""What ``eventstudy demo`` does: writes the sample study from the files that come with the package, and runs it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from ..files import local_path, read_bytes, read_toml, write_all
from .start import run_shown
from .terminal import Answer

STUDY = "reports/iran-2020/study.toml"
NOTEBOOK = "notebooks/1-quickstart.ipynb"
PACKED = "eventstudy/sample/"


def demo(folder: Path, *, force: bool = False) -> Answer:
    """Write the files of the sample study into a folder, run the study, and name what to try next.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    force : bool
        Whether files of an earlier sample, and its report, may be replaced.

    Returns
    -------
    Answer

    Raises
    ------
    OutputError
        If a file is in the way, or the folder cannot be written.
    """
    folder = local_path(folder, output=True)
    files = sample_files()
    write_all(folder, {name: read_bytes(path) for name, path in files.items()}, force=force)
    done = run_shown(folder / STUDY, None, force=force)
    following = (
        "what to try next:",
        f"  open {done.records[0]['report']} in a browser",
        f"  edit {folder / STUDY}, then: eventstudy run {folder / STUDY} --force",
        f"  jupyter lab {folder / NOTEBOOK}",
        "  a study of your own: eventstudy new --help",
    )
    return Answer(
        text="\n".join((done.text, "", *following)),
        records=done.records,
        notes=[f"written: {len(files)} files of the sample in {folder}", *done.notes],
    )


def sample_files() -> dict[str, Path]:
    """Return the files of the sample by their names in its folder.

    Returns
    -------
    dict of str to Path
        Those that the wheel holds; in a checkout those that ``pyproject.toml`` has the wheel hold.
    """
    packed = Path(str(resources.files("eventstudy"))) / "sample"
    return _below({"": packed}) if packed.is_dir() else _below(_in_a_checkout(packed.parents[2]))


def _in_a_checkout(root: Path) -> dict[str, Path]:
    """Return what a build would pack, by its name in the sample."""
    _, table = read_toml(root / "pyproject.toml")
    included = table["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    return {name.removeprefix(PACKED): root / path for path, name in included.items()}


def _below(places: dict[str, Path]) -> dict[str, Path]:
    """Return the visible files of files and folders, by name."""
    found = {}
    for name, place in places.items():
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and not path.name.startswith("."):
                found[(Path(name) / path.relative_to(place)).as_posix()] = path
    return found
