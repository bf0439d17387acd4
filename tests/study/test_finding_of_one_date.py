"""The sentence of many pairs: each window says the test that is read first, also where that is one of each market."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import EventStudy

DAYS = pd.bdate_range("2019-02-01", periods=260)
AT = 230


def returns(count):
    rng = np.random.default_rng(count)
    common = rng.normal(0, 0.006, len(DAYS))
    return pd.DataFrame({f"F{i}": common + rng.normal(0, 0.008, len(DAYS)) for i in range(count)}, index=DAYS)


def firms(frame):
    return pd.DataFrame(
        {"event_id": [f"law of {name}" for name in frame], "symbol": frame.columns, "session": DAYS[AT]}
    )


def test_several_firms_with_news_of_their_own_on_one_date_have_their_tests_in_the_finding():
    frame = returns(7)
    frame.iloc[AT, 4] += 0.08
    result = EventStudy(windows=[(0, 0)]).run(firms(frame), returns=frame)
    made = result.tests[(result.tests["test"] == "step_down") & (result.tests["window"] == "[0,0]")]
    # The shock is ten standard deviations: larger than the largest of each of 200 placebo days.
    assert made.set_index("market")["p"].idxmin() == "F4" and made["p"].min() == pytest.approx(1 / 201, rel=1e-12)
    assert (
        "(step_down, adjusted for the number of markets: p = .005 for F4; no p below .005 is possible)"
        in (result.finding()[1])
    )


@pytest.mark.parametrize("count", [60, 210])
def test_a_declared_portfolio_of_many_firms_is_tested(count):
    frame = returns(count)
    law = firms(frame).assign(event_id="law")
    study = EventStudy(windows=[(0, 0)], weights=dict.fromkeys(frame.columns, 1 / count))
    made = study.run(law, returns=frame).tests.set_index("test")
    before, day = frame.mean(axis=1).iloc[AT - 210 : AT - 10], frame.mean(axis=1).iloc[AT]
    # The rank of the portfolio's deviation among those of the estimation days, its mean taken over all of them.
    every = np.append(before, day) - np.append(before, day).mean()
    assert made.loc["portfolio", "p"] == pytest.approx((np.abs(every) >= abs(every[-1])).sum() / 201, rel=1e-12)
    assert made.loc["double_standardised", "role"] == "headline"


def test_a_market_that_a_family_names_and_that_could_not_be_used_is_named_beside_the_family():
    frame = returns(4)
    frame.iloc[: AT - 5, 3] = np.nan
    law = firms(frame).assign(event_id="law")
    families = {"steel": ["F0", "F3"], "coal": ["F1", "F2"]}
    tests = EventStudy(windows=[(0, 0)], families=families).run(law, returns=frame).tests
    notes = tests[(tests["test"] == "max_t")].set_index("market")["note"]
    assert "without F3, which could not be used" in notes["steel"] and "without" not in notes["coal"]


def test_where_one_of_several_events_is_left_the_finding_is_of_that_one():
    frame = returns(1)
    events = pd.DataFrame({"event_id": ["early", "late"], "symbol": "F0", "session": [DAYS[5], DAYS[AT]]})
    result = EventStudy(windows=[(0, 0)]).run(events, returns=frame)
    assert result.outcomes["outcome"].tolist() == ["too_few_observations", "ok"]
    (lead, *_), day = result.finding(), DAYS[AT]
    assert f"of day 0, {day.day} {day:%B %Y}" in lead
    assert any(line.startswith("left out: early, F0: too_few_observations") for line in result.summary().left_out)
