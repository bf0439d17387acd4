"""What a section of the page is made from, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import pandas as pd
from markupsafe import Markup

from ..events import Event
from ..render import tables
from ..render.style import DARK, LIGHT, VARIABLES
from ..study.result import EventStudyResult
from ..study.wording import kind_of, label, with_names
from ..text import visible
from .beside import Beside
from .figures import Picture
from .inline import inline
from .template import template


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the sections of a page are made from.

    Parameters
    ----------
    result : EventStudyResult
        Of one event.
    title : str
    others : tuple of Event
        Other dated events that may fall into the windows.
    pictures : mapping of str to Picture
        The figures, by name.
    record : mapping
        Provenance, as in ``run.json``.
    files : mapping of str to str
        SHA-256 of the tables, figures and provenance beside the page, by name.
    beside : Beside
    """

    result: EventStudyResult
    title: str
    others: tuple[Event, ...]
    pictures: Mapping[str, Picture]
    record: Mapping[str, Any]
    files: Mapping[str, str]
    beside: Beside

    @property
    def event(self) -> Event:
        """The studied event."""
        return self.result.dated[0]

    @property
    def returns(self) -> str:
        """Kind of return: log, simple or change."""
        return kind_of(self.result.specification)

    @cached_property
    def lead(self) -> str:
        """Symbol of the market that is named first."""
        return str(self.result.leading["market"])

    @cached_property
    def lead_name(self) -> str:
        """Name of the market that is named first."""
        return label(self.lead, self.result.instruments)

    @cached_property
    def first_picture(self) -> str:
        """Name of the figure that shows the finding: a path by the bar where there is one, else day 0, else CARs."""
        names = ("path", *(f"{part.slug}_path" for part in self.beside.parts), "anatomy", "car")
        return next((name for name in names if name in self.pictures), "")

    @cached_property
    def elsewhere(self) -> pd.DataFrame:
        """The other events in each market's event time."""
        return self.result.what_else(self.others)

    @cached_property
    def releases(self) -> pd.DataFrame:
        """The scheduled releases in each market's event time, without those among the other events."""
        found, listed = self.result.scheduled_releases(), {event.when.start for event in self.others}
        return found[~found["start_utc"].isin(listed)]


class Pictured(Protocol):
    """A page that has figures."""

    @property
    def pictures(self) -> Mapping[str, Picture]: ...  # noqa: D102

    @property
    def first_picture(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of the page.

    Parameters
    ----------
    slug : str
        Its anchor.
    title : str
    body : Markup
        Escaped HTML below the heading.
    unit : str
        The unit of its numbers, said once below the heading.
    files : tuple of str
        Names of the tables that hold its numbers, without folder and ending.
    """

    slug: str
    title: str
    body: Markup
    unit: str = ""
    files: tuple[str, ...] = ()


Builder = Callable[[Page], Section | None]


def filled(name: str, **values: Any) -> Markup:
    """Fill the template of a section.

    Parameters
    ----------
    name : str
        Of the template, without its ending.
    **values : object
        Escaped, unless they are Markup.

    Returns
    -------
    Markup
    """
    return Markup(template(f"{name}.html.j2").render(**values))


def table(
    frame: pd.DataFrame, formats: Mapping[str, tables.Formatter], headings: Mapping[str, str] | None, name: str
) -> Markup:
    """Write a table in a frame that scrolls sideways, and that the keyboard reaches.

    Parameters
    ----------
    frame : DataFrame
    formats : mapping of str to callable
        How the cells of a column are written.
    headings : mapping of str to str, optional
    name : str
        What a screen reader calls the table.

    Returns
    -------
    Markup
    """
    shown, notes = _footnotes(frame)
    inner = Markup(tables.to_html(shown, formats, headings))
    box = Markup('<div class="scroll" tabindex="0" role="region" aria-label="Table: {}">{}</div>').format(name, inner)
    return box + notes


def fingerprints(inputs: Mapping[str, str]) -> Markup:
    """Write the SHA-256 of the input files.

    Parameters
    ----------
    inputs : mapping of str to str
        By name.

    Returns
    -------
    Markup
    """
    frame = pd.DataFrame({"input": list(inputs), "sha": list(inputs.values())})
    return table(frame, {}, {"input": "Input", "sha": "SHA-256"}, "Fingerprints of the inputs")


def _footnotes(frame: pd.DataFrame) -> tuple[pd.DataFrame, Markup]:
    """Put the texts of the column ``note`` below the table, each once; a column without any is left out."""
    if "note" not in frame:
        return frame, Markup()
    texts = [text for text in dict.fromkeys(frame["note"].fillna("")) if text]
    if not texts:
        return frame.drop(columns="note"), Markup()
    marks = {"": ""} | {text: f"({number})" for number, text in enumerate(texts, start=1)}
    lines = Markup("<br>").join(Markup("{} {}").format(marks[text], text) for text in texts)
    return frame.assign(note=frame["note"].fillna("").map(marks)), Markup('<p class="note">{}</p>').format(lines)


def named(result: EventStudyResult, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with the names of the markets, without the id of the event.

    Parameters
    ----------
    result : EventStudyResult
    frame : DataFrame

    Returns
    -------
    DataFrame
    """
    shown = with_names(frame, result.instruments, result.alignment["market"])
    return shown.drop(columns="event_id", errors="ignore").reset_index(drop=True)


def figure(page: Pictured, name: str, caption: str, *, first: bool = False) -> Markup:
    """Show a figure, drawn once for wide and once for narrow screens; nothing where there is no such figure.

    The figure of the finding is shown there alone; its own section has a link to it.

    Parameters
    ----------
    page : Page or another page with figures
    name : str
    caption : str
    first : bool
        Whether this is the finding.

    Returns
    -------
    Markup
    """
    if name not in page.pictures:
        return Markup()
    if name == page.first_picture and not first:
        return Markup('<p><a href="#finding-figure">The figure stands with the finding.</a></p>')
    picture = page.pictures[name]
    drawn = Markup().join(
        inline(svg, f"{name}-{kind}", VARIABLES, classes=f"drawing {kind}", alt=picture.alt)
        for kind, svg in (("for-wide", picture.svg), ("for-narrow", picture.narrow))
    )
    below = Markup("<figcaption>{}</figcaption>").format(caption) if caption else ""
    anchor = Markup(' id="finding-figure"') if first else ""
    return Markup("<figure{}>{}{}</figure>").format(anchor, drawn, below)


def whole_page(title: str, about: str, sections: Sequence[Section], files: Mapping[str, str]) -> bytes:
    """Put sections into the page.

    Parameters
    ----------
    title, about : str
        The heading, and the line below it.
    sections : sequence of Section
        In their order.
    files : mapping of str to str
        SHA-256 of the files beside the page, by name; written into the page's head.

    Returns
    -------
    bytes
        UTF-8; invisible characters of untrusted text are escaped.
    """
    text = template("page.html.j2").render(
        title=title, about=about, sections=sections, files=files, light=LIGHT, dark=DARK
    )
    return visible(text).encode()
