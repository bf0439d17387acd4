"""Figures of one number beside many: what is drawn, and what is said of it."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from eventstudy.errors import UsageError
from eventstudy.render import curve_plot, spread_plots
from eventstudy.render.style import DOWN, EVENT, INK, PAPER, UP
from eventstudy.report import alternatives
from eventstudy.report.beside import Beside
from eventstudy.report.export import part_tables
from eventstudy.report.figures import beside_figures
from eventstudy.report.section import Page
from eventstudy.report.sections import firm

FIRM = pd.DataFrame(
    {
        "variant": ["declared", "60 rows", "at $x_1$", "without B", "declared"],
        "kind": ["declared", "estimation", "reading", "markets", "declared"],
        "market": ["A", "A", "A", "A", "B"],
        "ar": [-0.05, -0.04, 0.01, -0.05, 0.5],
        "p": [0.025, 0.03, 0.5, 0.025, 0.9],
    }
)


@pytest.fixture
def ax():
    return Figure().subplots()


def words(texts):
    assert not any(each.get_parse_math() for each in texts)
    return [each.get_text() for each in texts]


def words_are_legible(ax):
    every = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label, ax.yaxis.label]
    return min(each.get_fontsize() for each in every) >= 9


def test_day_zero_among_ordinary_days(ax):
    days = pd.DataFrame({"market": ["A$x$", "A$x$", "A$x$", "B"], "ar": [0.01, -0.03, 0.02, 0.001]})
    events = pd.DataFrame({"market": ["A$x$", "B"], "ar": [-0.02, 0.04]})
    spread_plots.plot_placebos(days, events, ax)
    ticks = [line.get_xydata().reshape(-1, 3, 2) for line in ax.lines[1:]]
    assert [tick[:, 0, 0].tolist() for tick in ticks] == [[1.0, -3.0, 2.0], [0.1]]
    assert all(np.isnan(tick[:, 2, 1]).all() for tick in ticks)
    assert words(ax.texts) == ["−2.0 (2/3)", "+4.0 (0/1)"] and words(ax.get_yticklabels()) == ["A$x$", "B"]
    up, down = ax.collections
    assert np.allclose(up.get_offsets(), [[4, 0]]) and np.allclose(down.get_offsets(), [[-2, 1]])
    assert mpl.colors.to_hex(up.get_facecolor()[0]) == UP and mpl.colors.to_hex(down.get_facecolor()[0]) == DOWN
    assert words_are_legible(ax)


def test_the_rank_that_is_drawn_is_the_p(sample_result):
    """Of 200 ordinary days, those as large as day 0 are the rank of the standardised placebo test."""
    for row in sample_result.reaction.itertuples():
        larger, days = spread_plots.as_large(sample_result.placebo_days, row.market, row.ar)
        assert (1 + larger) / (1 + days) == pytest.approx(row.headline_p, rel=1e-12) and days == row.placebo_dates
    assert "WTI crude −5.09, as large on 4 of 200" in alternatives.placebos(sample_result)


def test_the_departures_that_are_drawn(ax):
    spread_plots.plot_sensitivities(FIRM, ax)
    departures, declared = ax.collections
    assert np.allclose(declared.get_offsets(), [[-5, 2]]) and np.allclose(departures.get_offsets(), [[-4, 1], [1, 0]])
    assert mpl.colors.to_hex(declared.get_facecolor()[0]) == EVENT
    assert [list(line.get_xdata()) for line in ax.lines] == [[0, 0], [-5.0, -5.0]]
    assert words(ax.texts) == ["−5.0 (p .025)", "−4.0 (p .030)", "+1.0 (p .500)"]
    assert words(ax.get_yticklabels()) == ["declared", "60 rows", "at $x_1$"] and words_are_legible(ax)


def test_departures_of_another_market_or_of_none(ax):
    spread_plots.plot_sensitivities(FIRM, ax, market="B", unit="change")
    assert words(ax.texts) == ["+0.5 (p .900)"]
    with pytest.raises(UsageError, match="no abnormal return of C"):
        spread_plots.plot_sensitivities(FIRM, ax, market="C")
    with pytest.raises(UsageError, match="no abnormal return of any market"):
        spread_plots.plot_sensitivities(FIRM.iloc[:0], ax)


def test_what_is_said_of_the_departures(sample_result):
    frame = FIRM.assign(market=sample_result.leading["market"])
    said = alternatives.sensitivities(sample_result, frame)
    assert "of WTI crude" in said and "declared −5.00 (p .025); 60 rows −4.00 (p .030); at $x_1$ +1.00" in said


def test_the_heat_map_that_is_drawn(ax):
    frame = pd.DataFrame(
        {"market": ["A$x$", "A$x$", "B", "B"], "tau": [-1, 0, -1, 0], "ar": [0.0, -0.05, np.nan, 0.02]}
    )
    spread_plots.plot_heat(frame, ax)
    mesh = ax.collections[0]
    assert np.allclose(mesh.get_array().filled(9), [[0, -5], [9, 2]]) and mesh.get_clim() == (-5, 5)
    assert words(ax.texts) == ["0.0", "−5.0", "+2.0"] and words(ax.get_yticklabels()) == ["A$x$", "B"]
    assert [mpl.colors.to_hex(text.get_color()) for text in ax.texts] == [INK, PAPER, INK]
    assert [mpl.colors.to_hex(mesh.cmap(at)) for at in (0.0, 1.0)] == [DOWN, UP] and words_are_legible(ax)
    assert ax.yaxis_inverted() and [tick.get_text() for tick in ax.get_xticklabels()] == ["−1", "0"]


def test_a_wide_heat_map_has_no_numbers(ax):
    frame = pd.DataFrame({"market": "A", "tau": range(40), "ar": 0.01})
    spread_plots.plot_heat(frame, ax)
    assert not ax.texts and 0 < len(ax.get_xticklabels()) <= 14


def test_the_reliability_that_is_drawn(ax):
    spread_plots.plot_reliability(pd.DataFrame({"predicted": [0.6, 0.9], "observed": [0.5, 0.9], "n": [10, 1000]}), ax)
    bars, dots = ax.collections
    assert dots.get_offsets().tolist() == [[0.6, 0.5], [0.9, 0.9]] and words(ax.texts) == ["10", "1,000"]
    # Wilson's interval of 5 of 10 in closed form.
    z = 1.959963984540054
    centre, half = (5 + z**2 / 2) / (10 + z**2), z / (10 + z**2) * np.sqrt(10 * 0.25 + z**2 / 4)
    assert np.allclose(bars.get_segments()[0], [[0.6, centre - half], [0.6, centre + half]]) and words_are_legible(ax)


CURVE = pd.DataFrame(
    {
        "event_id": "e",
        "market": "A",
        "first": [-20, -20, -10, -10],
        "last": -2,
        "returns": ["log", "simple", "log", "simple"],
        "outliers": [np.inf, 3.0, np.inf, 3.0],
        "ar": [0.02, -0.01, 0.01, 0.03],
        "z": [2.0, -1.0, 1.0, 3.0],
        "p": [0.04, 0.3, 0.2, 0.01],
        "joint_p": 0.125,
    }
)


def test_the_curve_that_is_drawn(ax):
    curve_plot.plot_curve(CURVE, ax, declared=0.02)
    clear, others = ax.collections
    assert np.allclose(others.get_offsets(), [[0, -1], [1, 1]]) and np.allclose(clear.get_offsets(), [[2, 2], [3, 3]])
    assert mpl.colors.to_hex(clear.get_facecolor()[0]) == INK and mpl.colors.to_hex(others.get_facecolor()[0]) == PAPER
    assert ax.lines[0].get_ydata() == [2.0, 2.0]
    lower = ax.figure.axes[1]
    # The order is that of the numbers: -0.01 (from -20), 0.01 (from -10), 0.02 (from -20), 0.03 (from -10).
    taken = {
        label.get_text(): marks.get_offsets()[:, 0].tolist()
        for label, marks in zip(lower.get_yticklabels(), lower.collections, strict=True)
    }
    assert taken == {
        "from row −20": [0, 2],
        "from row −10": [1, 3],
        "log returns": [1, 2],
        "simple returns": [0, 3],
        "all days": [1, 2],
        "within 3 s.d.": [0, 3],
    }
    assert words_are_legible(ax) and words_are_legible(lower)


def test_a_curve_needs_numbers_and_a_grid():
    with pytest.raises(UsageError, match="no abnormal return of B"):
        curve_plot.plot_curve(CURVE, Figure().subplots(), market="B")
    with pytest.raises(UsageError, match="needs Axes of a grid"):
        curve_plot.plot_curve(CURVE, Figure().add_axes((0, 0, 1, 1)))


def test_the_curve_on_the_page(sample_result):
    beside = Beside(curve=CURVE.assign(market=sample_result.leading["market"]))
    pictures = beside_figures(sample_result, beside)
    page = Page(result=sample_result, title="T", others=(), pictures=pictures, record={}, files={}, beside=beside)
    shown = firm.section(page)
    assert shown.title == "How firm is it?" and shown.files == ("curve",) and list(pictures) == ["curve"]
    assert "Under 4 specifications at once day 0 of WTI crude has a joint p of .125" in shown.body
    assert "4 specifications from −1.00 to +3.00, median +1.50; p of 5 % or less in 2." in shown.body
    assert "The declared specification first" not in shown.body and list(part_tables(beside)) == ["curve"]


def test_a_page_without_other_specifications_has_no_such_section(sample_result):
    page = Page(result=sample_result, title="T", others=(), pictures={}, record={}, files={}, beside=Beside())
    assert firm.section(page) is None
