"""The summary of many pairs names a few and counts the rest."""

from eventstudy.study.summary import first_lines


def test_lines_beyond_the_most_are_counted():
    lines = [f"pair {number}" for number in range(1_203)]
    more = "and 1,200 more such pairs: see the table of outcomes"
    assert first_lines(lines, 3) == ["pair 0", "pair 1", "pair 2", more]
    assert first_lines(lines[:3], 3) == lines[:3] and first_lines([], 3) == []
