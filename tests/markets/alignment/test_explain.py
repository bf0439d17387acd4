"""Alignments in words."""

import pytest

from eventstudy.markets.alignment.explain import explain
from eventstudy.markets.alignment.sessions import align


@pytest.mark.parametrize(
    ("instant", "market", "sentence"),
    [
        (
            "2020-01-07T22:30Z",
            "CL=F",
            "WTI crude was in its daily break at 22:30 UTC on 7 January 2020; it reopened at 23:00 UTC; "
            "the first settlement after the event is that of 8 January 2020, 19:30 UTC, "
            "the last before it was on 7 January 2020, 19:30 UTC.",
        ),
        (
            "2020-01-08T04:30Z",
            "^HSI",
            "Hang Seng was in its midday break at 04:30 UTC on 8 January 2020; it reopened at 05:00 UTC; "
            "the first close after the event is that of 8 January 2020, 08:00 UTC, "
            "the last before it was on 7 January 2020, 08:00 UTC.",
        ),
        (
            "2019-09-14T01:00Z",
            "^N225",
            "Nikkei 225 was closed at 01:00 UTC on 14 September 2019; it opened at 00:00 UTC on 17 September 2019; "
            "the first close after the event is that of 17 September 2019, 06:00 UTC, "
            "the last before it was on 13 September 2019, 06:00 UTC.",
        ),
        (
            "2020-01-07T22:30Z",
            "^NZ50",
            "NZX 50 was trading at 22:30 UTC on 7 January 2020; "
            "the first close after the event is that of 8 January 2020, 03:45 UTC, "
            "the last before it was on 7 January 2020, 03:45 UTC.",
        ),
    ],
)
def test_a_row_in_words(instant, market, sentence):
    assert explain(align(instant, market)) == [sentence]


def test_a_row_beyond_the_calendar_says_so():
    said = explain(align(["2020-01-07T22:30Z", "2030-01-07T22:30Z"], "^N225"))
    assert said[1] == "Nikkei 225: 22:30 UTC on 7 January 2030 lies outside what is known of its calendar (XTKS)."
