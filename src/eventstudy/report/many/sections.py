"""The sections of the page of many events, in their order."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from markupsafe import Markup

from ...render import tables
from ...render.average_plots import BANDS
from ...study.method import AVERAGES_SENTENCES, OF_PAIRS, is_of_pairs
from ...study.wording import car_name
from ...text import shortened
from ...windows import Window
from ..section import Section, figure, filled, fingerprints, table
from . import words
from .facts import SHARES
from .listings import MOST_LISTED, extremes, oddities, sample
from .page_of_many import Many

P, COUNT, NUMBER, SHARE = tables.p_value, tables.number(0), tables.number(), tables.size(0)
DAY_HEADINGS = {
    "tau": "Day",
    "n": "n",
    "aar": "AAR",
    "median": "Median",
    "positive": "Positive, %",
    "se": "s.e.",
    "statistic": "Statistic",
    "p": "p",
    "caar": "CAAR",
    "interval": "95 % interval",
    "caar_p": "p of CAAR",
}
WINDOW_HEADINGS = {
    "group": "Group",
    "window": "Window",
    "n": "n",
    "mean_car": "Mean CAR",
    "median_car": "Median CAR",
    "positive": "Positive, %",
    "se": "s.e.",
    "interval": "95 % interval",
    "test": "Test",
    "p": "p",
}
TEST_HEADINGS = {
    "window": "Window",
    "test": "Test",
    "role": "Role",
    "n": "n",
    "statistic": "Statistic",
    "distribution": "Distribution",
    "p": "p",
    "rates": "Rejects, %",
    "note": "Note",
}
ABOUT_WEIGHTS = (
    "Effective n is the number of equal weights with the same concentration. The p is that of weighted_t, whose errors "
    "come from the events themselves. The calendar-time t takes the variance of ordinary days and finds too much where "
    "the events make returns more volatile; calendar-time alpha allows for that."
)
ROLES = {"headline": 0, "secondary": 1, "unadjusted": 2}
# Statistics from here on are written without decimals.
WHOLE = 10_000
FRACTIONS = "Coefficients of fractions: 0.01 is a return of 1 %."
Builder = Callable[[Many], Section | None]


def finding(page: Many) -> Section:
    """Give the headline, what it allows, and the average path."""
    said = words.finding(page.facts)
    doubts = [{"text": text, "to": to} for text, to in words.doubts(page.facts)]
    picture = figure(
        page, "caar", f"Cumulative average abnormal return with its 95 % interval. {_about_intervals(page)}"
    )
    body = filled("many_finding", sentences=said, doubts=doubts, picture=picture)
    return Section(slug="finding", title="Finding", body=body)


def _about_intervals(page: Many) -> str:
    """Say what the errors of the figure allow for."""
    kinds = set(page.facts.result.aar["caar_errors"]) - {""}
    said = {
        "cross-section": "events counted as independent",
        "clustered": "events of common days may move together",
        "correlated": "the correlation of events with common days is allowed for",
        "forecast": "forecast error of one event",
    }
    return f"Errors: {'; '.join(text for kind, text in said.items() if kind in kinds)}."


def days(page: Many) -> Section:
    """Build the table by event day, also by group."""
    shown = _day_table(page, page.facts.result.aar, "Average abnormal returns by event day")
    groups = [
        {
            "name": name,
            "picture": figure(page, f"caar_{number}", f"By {name}; in brackets the number of events. {_bands(frame)}"),
            "tables": [
                {"group": short, "table": _day_table(page, part, f"{name}: {short}")}
                for group, part in frame.groupby("group", sort=False)
                for short in [shortened(str(group), words.LONGEST)]
            ],
        }
        for number, (name, frame) in enumerate(page.facts.days.items(), start=1)
    ]
    body = filled("many_days", table=shown, groups=groups)
    return Section(
        slug="days", title="Day by day", body=body, unit=page.unit, files=("aar", *page.group_files("aar_by"))
    )


def _bands(frame: pd.DataFrame) -> str:
    """Say how a figure of groups shows the intervals."""
    banded = frame["group"].nunique() <= BANDS
    return "Bands: 95 % intervals." if banded else "Bars on the right: the 95 % interval of each group's last day."


def _interval(page: Many, frame: pd.DataFrame, low: str, high: str) -> pd.Series:
    """Write both ends of an interval."""
    amount = page.amount
    ends = zip(frame[low], frame[high], strict=True)
    return pd.Series(
        [tables.NOTHING if pd.isna(a) else f"{amount(a)} to {amount(b)}" for a, b in ends], index=frame.index
    )


def _day_table(page: Many, frame: pd.DataFrame, name: str) -> Markup:
    """Write the days of one sample."""
    shown = frame.assign(interval=_interval(page, frame, "caar_low", "caar_high"))[list(DAY_HEADINGS)]
    formats: dict[str, tables.Formatter] = dict.fromkeys(("aar", "median", "caar"), page.amount)
    formats |= {"tau": COUNT, "n": COUNT, "positive": SHARE, "se": page.size, "statistic": NUMBER, "interval": str}
    return table(shown, formats | dict.fromkeys(("p", "caar_p"), P), DAY_HEADINGS, name)


def groups(page: Many) -> Section | None:
    """Build the comparison of groups."""
    if not page.facts.groups:
        return None
    listed = [
        {"name": name, "table": _window_table(page, frame, name), "compared": _compared(page, name)}
        for name, frame in page.facts.group_averages.items()
    ]
    files = (*page.group_files("cars_by"), *page.group_files("compared_by"))
    body = filled("many_groups", groups=listed)
    return Section(slug="groups", title="Groups", body=body, unit=page.unit, files=files)


def _window_table(page: Many, frame: pd.DataFrame, name: str) -> Markup:
    """Write the windows of one or several samples."""
    columns = [column for column in WINDOW_HEADINGS if column in frame or column == "interval"]
    shown = frame.assign(interval=_interval(page, frame, "low", "high"))[columns]
    if "group" in shown:
        shown = shown.assign(group=[shortened(str(group), words.LONGEST) for group in shown["group"]])
    formats: dict[str, tables.Formatter] = dict.fromkeys(("mean_car", "median_car"), page.amount)
    formats |= {"n": COUNT, "positive": SHARE, "se": page.size, "interval": str, "p": P}
    return table(shown, formats, WINDOW_HEADINGS, name)


def _compared(page: Many, name: str) -> Markup:
    """Write the tests whether the groups have one mean."""
    headings = {"window": "Window", "test": "Test", "statistic": "Statistic", "distribution": "Distribution", "p": "p"}
    headings |= {"n": "n", "note": "Note"}
    formats: dict[str, tables.Formatter] = {"statistic": NUMBER, "p": P, "n": COUNT}
    made = page.facts.compared[name]
    # The note of a test that was made gives the means, which stand in the table above.
    shown = made.assign(note=made["note"].where(made["p"].isna(), ""))[list(headings)]
    return table(shown, formats, headings, f"Are the means of {name} equal?")


def weighted(page: Many) -> Section | None:
    """Build the weighted averages."""
    frame = page.facts.asked_for.get("weighted")
    if frame is None:
        return None
    headings = {"window": "Window", "n": "n", "n_effective": "Effective n", "mean_car": "Weighted mean CAR"}
    headings |= {"se": "s.e.", "interval": "95 % interval", "p": "p", "errors": "Errors"}
    headings |= {"calendar_p": "p, calendar-time t", "alpha_p": "p, calendar-time alpha"}
    formats: dict[str, tables.Formatter] = {
        "n": COUNT,
        "n_effective": tables.number(1),
        "mean_car": page.amount,
        "se": page.size,
    }
    formats |= {"interval": str, "p": P, "calendar_p": P, "alpha_p": P}
    title = f"Averages weighted by {page.facts.result.specification['event_weights']}"
    shown = frame.assign(interval=_interval(page, frame, "low", "high"))[list(headings)]
    listed = [{"title": title, "about": ABOUT_WEIGHTS, "table": table(shown, formats, headings, title)}]
    body = filled("many_explained", listed=listed)
    files = ("weighted", "weighted_days")
    return Section(slug="weighted", title="Weighted averages", body=body, unit=page.unit, files=files)


def explained(page: Many) -> Section | None:
    """Build the regressions."""
    if not page.facts.regressions:
        return None
    headings = {"term": "Term", "coefficient": "Coefficient", "se": "s.e.", "t": "t", "p": "p", "n": "n"}
    formats: dict[str, tables.Formatter] = dict.fromkeys(("coefficient", "se"), tables.number(5))
    formats |= {"t": NUMBER, "p": P, "n": COUNT}
    listed = []
    for asked, frame in zip(page.facts.regressions, page.facts.explained, strict=True):
        window = asked.options.get("window")
        label = page.facts.window.label if window is None else Window.of(window).label
        title = f"{car_name(label)} on {', '.join(asked.on)} ({frame['errors'].iloc[0]} errors)"
        listed.append({"title": title, "about": "", "table": table(frame[list(headings)], formats, headings, title)})
    body = filled("many_explained", listed=listed)
    return Section(
        slug="explained",
        title="What explains the reactions",
        body=body,
        unit=page.unit if page.returns == "change" else FRACTIONS,
        files=page.regression_files(),
    )


def tests(page: Many) -> Section:
    """Build the table of every test with its role and reason."""
    frame = page.facts.result.tests
    whole = frame[frame["market"].astype(str) == ""] if len(frame) else frame
    whole = words.rates_apart(whole.iloc[whole["role"].map(ROLES).to_numpy().argsort(kind="stable")])
    columns = [name for name in list(TEST_HEADINGS)[1:] if name != "rates" or (whole["rates"] != "").any()]
    formats: dict[str, tables.Formatter] = {"n": COUNT, "statistic": _statistic, "p": P}
    shown = []
    for window in page.facts.result.windows:
        part, name = whole[whole["window"] == window.label], car_name(window.label)
        if len(part):
            made = table(part[columns], formats, TEST_HEADINGS, f"Tests of {name}")
            shown.append({"window": name, "table": made})
    # The test that leads, and its p, stand in the tables below.
    means = page.facts.averages.drop(columns=["test", "p"])
    body = filled(
        "many_tests",
        averages=_window_table(page, means, "Averages by window"),
        windows=shown,
        rates="rates" in columns,
    )
    return Section(slug="tests", title="Every test", body=body, unit=page.unit, files=("tests", "cars"))


def _statistic(value: float) -> str:
    """Write a statistic; sums of ranks are whole numbers."""
    return COUNT(value) if abs(value) >= WHOLE else NUMBER(value)


def distribution(page: Many) -> Section:
    """Build the distribution of the cumulative abnormal returns."""
    frame = page.facts.distribution
    quantiles = {f"q{share}": f"{share} %" for share in SHARES}
    headings = {"window": "Window", "n": "n", **quantiles}
    headings |= {"deviation": "Deviation", "skewness": "Skewness", "kurtosis": "Kurtosis"}
    formats: dict[str, tables.Formatter] = dict.fromkeys(quantiles, page.amount)
    formats |= {"n": COUNT, "deviation": page.size, "skewness": NUMBER, "kurtosis": NUMBER}
    about = f"{car_name(page.facts.window.label)}: how many events. The outermost bars hold all beyond them."
    picture = figure(page, "distribution", about)
    body = filled("many_distribution", picture=picture, table=table(frame, formats, headings, "Quantiles of the CARs"))
    return Section(slug="distribution", title="How the reactions differ", body=body, unit=page.unit, files=("events",))


def method(page: Many) -> Section:
    """Build how it was computed."""
    said = page.facts.result.method
    if not set(page.facts.result.tests.query("role == 'headline'")["test"]) & OF_PAIRS:
        said = tuple(sentence for sentence in said if not is_of_pairs(sentence))
    body = filled("many_method", method=(*said, *AVERAGES_SENTENCES))
    return Section(slug="method", title="How it was computed", body=body)


def reproduction(page: Many) -> Section:
    """Build how to compute it again."""
    inputs = page.record["inputs"]
    body = filled(
        "many_reproduction",
        record=page.record,
        files=page.files,
        inputs=fingerprints(dict(list(inputs.items())[:MOST_LISTED])),
        more=max(len(inputs) - MOST_LISTED, 0),
    )
    return Section(slug="reproduction", title="How to compute it again", body=body)


SECTIONS: tuple[Builder, ...] = (
    finding,
    days,
    groups,
    weighted,
    explained,
    tests,
    distribution,
    extremes,
    sample,
    oddities,
    method,
    reproduction,
)
