"""Was day 0 abnormal: the tests of every market and window, and what they can and cannot say."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from ...panel import each_row
from ...render import tables
from ...study import narrative
from ...study.formats import CAR_FORMATS, REACTION_FORMATS, in_units
from ...study.wording import SUBJECTS, unit_sentence
from ...windows import Window
from ..section import Page, Section, figure, filled, named, table

READ_FIRST = ("market", "simple_return", "return", "change", "ar", "headline_p", "step_down_p", "headline_mde80")
# Columns of prices, which a study of another measure does not show.
MOVES = ("return", "simple_return", "change")
HEADINGS = {
    "market": "Market",
    "window": "Window",
    "simple_return": "Simple, %",
    "return": "Return",
    "change": "Change",
    "ar": "AR",
    "car": "CAR",
    "se": "s.e.",
    "df": "df",
    "p": "p of t",
    "mde80": "mde80 of t",
    "placebo_p": "Placebo p",
    "holm_p": "Holm p of t",
    "headline_p": "p (std. placebo)",
    "step_down_p": "Step-down p",
    "headline_mde80": "mde80 of p",
    "family_mde80": "mde80 of step-down p",
    "placebo_dates": "Placebo dates",
    "regime_ratio": "Regime ratio",
}
UNITS = {
    "log": "log points, 100 times the log return",
    "simple": "per cent",
    "change": "each market's own unit",
    **{kind: unit_sentence(kind) for kind in SUBJECTS},
}
CAR_CAPTION = (
    "Abnormal returns cumulated from the first row of the event windows, with two 95 % bands around zero. Inner band: "
    "pointwise, for one day chosen beforehand (forecast error of t). Outer band: simultaneous, for the whole path at "
    "once (among paths of ordinary days); judge the path by this one. Dashed: day 0."
)

PLACEBO_CAPTION = (
    "Day 0 among ordinary days: the abnormal return of every estimation day, in the volatility expected for day 0. At "
    "the right: day 0 and, in brackets, on how many of all ordinary days the number was as large, up or down. The p "
    "(std. placebo) is that rank."
)


def section(page: Page) -> Section:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section
    """
    result = page.result
    body = filled(
        "tests",
        verdicts=[] if not result.course.empty else result.finding(),
        reaction=_reaction(page, READ_FIRST, "Day 0: the tests to read first"),
        rest=_reaction(page, _rest(result.reaction), "Day 0: standard errors, t and further p-values"),
        placebos=figure(page, "placebos", PLACEBO_CAPTION),
        limits=limits(page),
        picture=figure(page, "car", CAR_CAPTION),
        car=_car(page),
        car_full=_car_full(page),
    )
    unit = f"AR, CAR, s.e. and mde80: {UNITS[page.returns]}."
    return Section(
        slug="tests", title="Was it abnormal?", body=body, unit=unit, files=("reaction", "car", "ar", "tests")
    )


def limits(page: Page) -> list[str]:
    """Return what the tests can and cannot say, in sentences.

    Parameters
    ----------
    page : Page

    Returns
    -------
    list of str
    """
    result, known = page.result, page.result.instruments
    sentences = (
        narrative.affected_sentence(result.benchmark, known),
        narrative.ahead_sentence(result.benchmark, known),
        narrative.joint_sentence(result.tests),
        narrative.regime_sentence(result.tests, known),
        narrative.smallest_sentence(result.tests),
        narrative.clustering_sentence(len(result.markets)),
    )
    return [sentence for sentence in sentences if sentence]


def _rest(reaction: pd.DataFrame) -> tuple[str, ...]:
    """Columns of day 0 that are not in the first table."""
    return ("market", *(str(name) for name in reaction if name not in (*READ_FIRST, "event_id")))


def _reaction(page: Page, columns: tuple[str, ...], name: str) -> Markup:
    """Table of day 0, with the change in each market's own unit."""
    result = page.result
    frame = named(result, result.reaction)
    units = [each.unit if (each := result.instruments.get(market)) else "" for market in result.reaction["market"]]
    change = [
        tables.NOTHING if pd.isna(value) else f"{tables.change()(value)} {unit}".strip()
        for value, unit in zip(frame["change"], units, strict=True)
    ]
    dropped = {"log": (), "simple": ("return",), "change": ("return", "simple_return")}.get(page.returns, MOVES)
    shown = frame.assign(change=change)[[each for each in columns if each not in dropped]]
    formats: dict[str, tables.Formatter] = {**in_units(REACTION_FORMATS, result.specification), "change": str}
    return table(shown, formats, HEADINGS, name)


def _car(page: Page) -> Markup:
    """Markets down, windows across: CAR with the p to read first in brackets."""
    formats = in_units(CAR_FORMATS, page.result.specification)
    frame = named(page.result, page.result.car)
    text = [
        tables.NOTHING if pd.isna(row.car) else f"{formats['car'](row.car)} ({tables.p_value(row.headline_p)})"
        for row in each_row(frame)
    ]
    wide = frame.assign(text=text).set_index(["market", "window"])["text"].unstack()  # noqa: PD010
    ordered = wide.loc[frame["market"].unique(), [window.label for window in page.result.windows]]
    headings = {"market": "Market"} | {window.label: f"CAR{shown_window(window)}" for window in page.result.windows}
    shown = {window.label: str for window in page.result.windows}
    return table(ordered.reset_index(), shown, headings, "Cumulative abnormal returns by window")


def shown_window(window: Window) -> str:
    """Write a window with real minus signs.

    Parameters
    ----------
    window : Window

    Returns
    -------
    str

    Examples
    --------
    >>> shown_window(Window(-3, 0))
    '[−3,0]'
    """
    return window.label.replace("-", tables.MINUS)


def _car_full(page: Page) -> Markup:
    """Every number of every window."""
    frame = named(page.result, page.result.car)
    shown = frame.assign(window=frame["window"].str.replace("-", tables.MINUS))
    formats = in_units(CAR_FORMATS, page.result.specification)
    blank = [name for name in ("outcome", "detail") if shown[name].replace("ok", "").eq("").all()]
    return table(shown.drop(columns=blank), formats, HEADINGS, "Every number of every window")
