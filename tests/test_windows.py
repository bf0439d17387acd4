"""Windows in event time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstudy import Window
from eventstudy.errors import UsageError
from eventstudy.windows import LONGEST, check_disjoint

bounds = st.integers(-300, 300)
windows = st.tuples(bounds, bounds).map(sorted).map(lambda pair: Window(*pair))


@given(windows)
def test_length_and_label_count_both_ends(window):
    assert window.length == len(range(window.first, window.last + 1))
    assert Window.of([int(text) for text in window.label.strip("[]").split(",")]) == window


@given(windows, windows)
def test_overlap_is_a_shared_row(one, other):
    shared = set(range(one.first, one.last + 1)) & set(range(other.first, other.last + 1))
    assert one.overlaps(other) == other.overlaps(one) == bool(shared)


@pytest.mark.parametrize("bounds", [(0.5, 1), (float("nan"), 1), (0, float("inf")), (True, 1), ("0", "1"), (None, 1)])
def test_bounds_are_whole_numbers(bounds):
    with pytest.raises(UsageError, match="whole numbers of price rows"):
        Window(*bounds)


@pytest.mark.parametrize("pair", [[0], [0, 1, 2], "01", 7, None, {0: 1, 1: 2}, [[[[]]]]])
def test_a_window_is_a_pair(pair):
    with pytest.raises(UsageError, match="give two whole numbers"):
        Window.of(pair)


def test_order_and_size_are_checked():
    with pytest.raises(UsageError, match="swap them"):
        Window(1, -1)
    Window(-LONGEST, LONGEST)
    with pytest.raises(UsageError, match="within"):
        Window(0, LONGEST + 1)


def test_touching_windows_overlap_and_neighbours_do_not():
    check_disjoint(Window(-210, -11), [Window(-10, 5), Window(6, 7)])
    with pytest.raises(UsageError, match=r"\[-11,5\] overlaps the estimation window \[-210,-11\]"):
        check_disjoint(Window(-210, -11), [Window(0, 0), Window(-11, 5)])
