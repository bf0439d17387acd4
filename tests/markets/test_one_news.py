"""Sessions given by hand for one event: over the date line and holidays, but not weeks apart."""

import pandas as pd
import pytest

from eventstudy.errors import UsageError
from eventstudy.instruments.catalogue import Instruments
from eventstudy.markets.alignment.one_news import refuse_apart


def rows(*pairs, event="e"):
    markets, days = zip(*pairs, strict=True)
    return pd.DataFrame({"event_id": event, "market": markets, "session": pd.to_datetime(list(days))})


@pytest.mark.parametrize(
    "pairs",
    [
        (("^GSPC", "2020-01-15"), ("^N225", "2020-01-16")),
        (("^GSPC", "2020-01-17"), ("^N225", "2020-01-21")),
        # Shanghai opened on 3 February 2020 after the Lunar New Year, New York on 17 September 2001.
        (("^GSPC", "2020-01-24"), ("000001.SS", "2020-02-03")),
        (("^FTSE", "2001-09-11"), ("^GSPC", "2001-09-17")),
        (("MINE", "2020-01-15"), ("OTHER", "2020-01-17")),
        (("MINE", None), ("OTHER", "2020-01-17")),
    ],
)
def test_a_weekend_the_date_line_or_a_closure_is_no_mistake(pairs):
    refuse_apart(rows(*pairs), Instruments())


def test_weeks_are_a_mistake_told_with_its_rows():
    events = rows(("^GSPC", "2020-01-15"), ("^N225", "2020-01-16"), ("^FTSE", "2020-01-22"))
    with pytest.raises(UsageError, match=r"row 0: \^GSPC on 2020-01-15; .* row 2: \^FTSE on 2020-01-22"):
        refuse_apart(events, Instruments())
    with pytest.raises(UsageError, match="more than two weekdays apart"):
        refuse_apart(rows(("MINE", "2020-01-15"), ("OTHER", "2020-01-21")), Instruments())


def test_events_of_their_own_may_be_anywhere():
    refuse_apart(rows(("A", "2020-01-15"), ("B", "2020-06-15"), event=["e", "f"]), Instruments())
