"""The sections of the page of many events, in their order."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pandas as pd
from markupsafe import Markup

from ...render import tables
from ...study.method import AVERAGES_SENTENCES
from ...study.wording import label
from ...windows import Window
from ..section import Section, figure, filled, fingerprints, table
from . import words
from .facts import SHARES
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
    "note": "Note, or why it does not apply",
}
ROLES = {"headline": 0, "secondary": 1, "unadjusted": 2}
MOST_LISTED = 25
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
            "picture": figure(page, f"caar_{number}", f"By {name}; in brackets the number of events."),
            "tables": [
                {"group": group, "table": _day_table(page, part, f"{name}: {group}")}
                for group, part in frame.groupby("group", sort=False)
            ],
        }
        for number, (name, frame) in enumerate(page.facts.days.items(), start=1)
    ]
    body = filled("many_days", table=shown, groups=groups)
    return Section(
        slug="days", title="Day by day", body=body, unit=page.unit, files=("aar", *page.group_files("aar_by"))
    )


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
    formats: dict[str, tables.Formatter] = {"n": COUNT, "n_effective": NUMBER, "mean_car": page.amount, "se": page.size}
    formats |= {"interval": str, "p": P, "calendar_p": P, "alpha_p": P}
    title = f"Averages weighted by {page.facts.result.specification['event_weights']}"
    shown = frame.assign(interval=_interval(page, frame, "low", "high"))[list(headings)]
    body = filled("many_explained", listed=[{"title": title, "table": table(shown, formats, headings, title)}])
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
        title = f"CAR {label} on {', '.join(asked.on)} ({frame['errors'].iloc[0]} errors)"
        listed.append({"title": title, "table": table(frame[list(headings)], formats, headings, title)})
    body = filled("many_explained", listed=listed)
    return Section(slug="explained", title="What explains the reactions", body=body, files=page.regression_files())


def tests(page: Many) -> Section:
    """Build the table of every test with its role and reason."""
    frame = page.facts.result.tests
    whole = frame[frame["market"].astype(str) == ""] if len(frame) else frame
    whole = whole.iloc[whole["role"].map(ROLES).to_numpy().argsort(kind="stable")]
    formats: dict[str, tables.Formatter] = {"n": COUNT, "statistic": NUMBER, "p": P}
    shown = [
        {"window": window, "table": table(part[list(TEST_HEADINGS)[1:]], formats, TEST_HEADINGS, f"Tests of {window}")}
        for window, part in whole.groupby("window", sort=False)
    ]
    body = filled("many_tests", averages=_window_table(page, page.facts.averages, "Averages by window"), windows=shown)
    return Section(slug="tests", title="Every test", body=body, unit=page.unit, files=("tests", "cars"))


def distribution(page: Many) -> Section:
    """Build the distribution of the cumulative abnormal returns."""
    frame = page.facts.distribution
    quantiles = {f"q{share}": f"{share} %" for share in SHARES}
    headings = {"window": "Window", "n": "n", **quantiles}
    headings |= {"deviation": "Deviation", "skewness": "Skewness", "kurtosis": "Kurtosis"}
    formats: dict[str, tables.Formatter] = dict.fromkeys(quantiles, page.amount)
    formats |= {"n": COUNT, "deviation": page.size, "skewness": NUMBER, "kurtosis": NUMBER}
    picture = figure(
        page, "distribution", f"CAR{page.facts.window.label}: how many events. The outermost bars hold all beyond them."
    )
    body = filled("many_distribution", picture=picture, table=table(frame, formats, headings, "Quantiles of the CARs"))
    return Section(slug="distribution", title="How the reactions differ", body=body, unit=page.unit, files=("events",))


def extremes(page: Many) -> Section | None:
    """Build the list of the most extreme events."""
    frame = page.facts.extremes
    if frame.empty:
        return None
    shown = [
        {
            "title": str(row.get("title") or row["event_id"]),
            "id": str(row["event_id"]),
            "url": _address(row.get("url")),
            "market": label(str(row["symbol"]), page.facts.result.instruments),
            "day": tables.NOTHING if pd.isna(row["session"]) else tables.day(row["session"]),
            "car": page.amount(row["car"]),
            "t": NUMBER(row["t"]),
        }
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]
    body = filled("many_extremes", events=shown, window=page.facts.window.label)
    return Section(slug="extremes", title="The most extreme events", body=body, unit=page.unit, files=("events",))


def _address(url: object) -> str:
    """Return a web address; nothing for what is none, since a page must not run what a list holds."""
    try:
        parts = urlsplit(str(url or ""))
    except ValueError:
        return ""
    return str(url) if parts.scheme in ("http", "https") and parts.netloc else ""


def sample(page: Many) -> Section:
    """Build what was studied, left out, and overlaps."""
    result, counts = page.facts.result, page.facts.result.outcome_counts
    total, lost = sum(counts.values()), sum(counts.values()) - counts.get("ok", 0)
    headings = {"outcome": "Outcome", "count": "Pairs", "detail": "The first, in words"}
    formats: dict[str, tables.Formatter] = {"count": COUNT}
    names = {"event_id": "Event", "market": "Market", "outcome": "Outcome", "detail": "Reason"}
    listed = result.first_lost(MOST_LISTED)[list(names)]
    body = filled(
        "many_sample",
        studied=f"{len(result.estimates):,}",
        total=f"{total:,}",
        dropped=table(page.facts.dropped, formats, headings, "Pairs left out, by reason") if lost else "",
        listed=table(listed, {}, names, "Pairs left out") if lost else "",
        more=lost - len(listed),
        windows=page.facts.lost_windows,
        overlaps=page.facts.overlaps,
    )
    files = ("outcomes", "overlaps")
    return Section(slug="sample", title="What was studied, and what was left out", body=body, files=files)


def oddities(page: Many) -> Section:
    """Build what is odd in the data: counted by kind, with the first of each."""
    frame = page.facts.result.oddities
    grouped = frame.groupby("kind", sort=False)
    counted = grouped.agg(count=("market", "size"), markets=("market", "nunique"), detail=("detail", "first"))
    headings = {"kind": "Kind", "count": "Rows", "markets": "Markets", "detail": "The first, in words"}
    shown = counted.reset_index()
    shown["kind"] = shown["kind"].astype(str).str.replace("_", " ")
    formats: dict[str, tables.Formatter] = {"count": COUNT, "markets": COUNT}
    body = filled(
        "many_oddities", table=table(shown, formats, headings, "What is odd in the data") if len(shown) else ""
    )
    return Section(slug="data", title="What is odd in the data", body=body, files=("oddities",))


def method(page: Many) -> Section:
    """Build how it was computed."""
    body = filled("many_method", method=(*page.facts.result.method, *AVERAGES_SENTENCES))
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
