"""Dating costs no more than in proportion to the length of a text, whatever it is made of.

Costs are CPU time of this process, compared within it: four times the text costs 4 times as much where the cost is
linear and 16 times where it is quadratic. The bound of 8 lies between the two; below the floor nothing is compared.
"""

from __future__ import annotations

import time

import pytest

from eventstudy.news.dating.dating import date_article
from eventstudy.news.reading.article import Article

SHORT, GROWTH, FLOOR = 2_000, 4, 0.01
FAMILIES = {
    "dots": ".",
    "exclamation marks": "!",
    "digits": "7",
    "numbers": "12 ",
    "colons": ":",
    "open brackets": "(",
    "closed brackets": ")]",
    "clocks": "1:30 ",
    "clocks in brackets": "(1:30 GMT) ",
    "clocks with strokes": "1:30/",
    "clocks of halves": "5 p.m. ",
    "weekdays": "Monday ",
    "weekdays with commas": "Monday, ",
    "offsets": "+03:00 ",
    "dates": "May 5, ",
    "ISO dates": "2020-01-02T",
    "quotes": '"',
    "closing quotes": "”",
    "apostrophes": "'",
    "abbreviations": "a. ",
    "one long line": "a ",
    "capitals": "Ab ",
    "line ends": "\n",
    "short lines": "1:30\n\n",
    "places and clocks": "London 1:30 ",
    "distances": "two hours ago ",
    "sayings": "said on Monday ",
}


def cost(text: str) -> float:
    article = Article.of(text, published="2020-01-08T12:00:00Z")
    began = time.process_time()
    date_article(article)
    return time.process_time() - began


def repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


@pytest.mark.parametrize("family", FAMILIES)
def test_four_times_the_text_costs_no_sixteen_times_as_much(family: str) -> None:
    unit = FAMILIES[family]
    long = cost(repeated(unit, GROWTH * SHORT))
    if long < 8 * FLOOR:
        return
    short = cost(repeated(unit, SHORT))
    # What else the machine does can only add: measure again before the cost counts as too high.
    assert long < 8 * max(short, FLOOR) or cost(repeated(unit, GROWTH * SHORT)) < 8 * max(short, FLOOR)
