"""What the page of many events writes once in place of in every note."""

import pandas as pd

from eventstudy.report.many.words import rates_apart

COUNTED = "9 events in 3 clusters of shared days, counted as independent: "


def test_the_caution_of_a_measured_test_becomes_its_rates():
    notes = [f"one-sided; {COUNTED}with 12 on one date", f"{COUNTED}not measured", "one-sided", None]
    found = rates_apart(pd.DataFrame({"test": ["bmp", "my own test", "bmp", "sign_flip"], "note": notes}))
    # bmp rejects 39.7 and 62.0 % where 12 events share a date, as the table of docs/validity.md has it.
    assert found["rates"].tolist() == ["40 to 62", "", "", ""]
    assert found["note"].tolist() == ["one-sided", notes[1], "one-sided", ""]
