"""The figures: what is drawn, its contrast, and the same bytes under any settings of the user's."""

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from eventstudy.render import plots
from eventstudy.render.style import DARK, DOWN, LIGHT, UP
from eventstudy.report.figures import own_settings

TEXTS = ("ink", "muted", "event", "up", "down")
MARKS = ("lane", "edge", "green", "purple")


def luminance(colour):
    """Relative luminance of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_contrast_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21) and contrast("#777777", "#ffffff") == pytest.approx(
        4.48, abs=0.005
    )


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_and_words_stand_out_from_their_paper(palette):
    assert all(contrast(palette[name], palette["paper"]) >= 4.5 for name in TEXTS)
    assert all(contrast(palette[name], palette["paper"]) >= 3 for name in MARKS)
    assert len(set(palette.values())) == len(palette) and palette.keys() == LIGHT.keys()


@pytest.fixture
def ax():
    return Figure().subplots()


def test_the_anatomy_that_is_drawn(ax):
    frame = pd.DataFrame(
        {"market": ["A$x$", "B"], "open_gap": [0.01, np.nan], "high": [0.03, 0.001], "low": [-0.02, -0.05],
         "close": [0.02, -0.04]}
    )  # fmt: skip
    plots.plot_anatomy(frame, ax)
    bars = [segment.tolist() for segment in ax.collections[0].get_segments()]
    assert np.allclose(bars, [[[-2, 1], [3, 1]], [[-5, 0], [0.1, 0]]], atol=1e-12)
    up, down = (each for each in ax.collections[2:])
    assert np.allclose(up.get_offsets(), [[2, 1]]) and np.allclose(down.get_offsets(), [[-4, 0]])
    assert mpl.colors.to_hex(up.get_facecolor()[0]) == UP and mpl.colors.to_hex(down.get_facecolor()[0]) == DOWN
    assert [text.get_text() for text in ax.texts] == ["−2.0", "−5.0", "+3.0", "+0.1"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A$x$", "B"]
    assert not any(label.get_parse_math() for label in ax.get_yticklabels())


def test_the_bands_that_are_drawn(ax):
    path = pd.DataFrame({"tau": [0, 1], "car": [0.01, -0.02], "band": [0.02, 0.03], "band_simultaneous": [0.03, 0.05]})
    plots.plot_car(path, ax)
    drawn = {tuple(np.round(line.get_ydata(), 9)) for line in ax.lines if len(line.get_xdata()) == 2}
    assert {(1.0, -2.0), (2.0, 3.0), (-2.0, -3.0), (3.0, 5.0), (-3.0, -5.0)} <= drawn


def test_no_word_is_smaller_than_nine_points(sample_result):
    with own_settings():
        for width in (7.6, 3.9):
            ax = Figure(figsize=(width, 4)).subplots()
            sample_result.plot_sessions(ax)
            words = [
                *ax.texts,
                *ax.get_xticklabels(),
                *ax.get_yticklabels(),
                ax.xaxis.label,
                *ax.get_legend().get_texts(),
            ]
            assert min(each.get_fontsize() for each in words) >= 9


def test_no_word_of_a_written_figure_is_smaller_than_nine_pixels(folder):
    svg = (folder / "figures/sessions.svg").read_bytes()
    sizes = {float(each) for each in re.findall(rb"font(?:-size)?: *([\d.]+)px", svg)}
    assert sizes and min(sizes) >= 9
