"""Averages by day and group, group comparisons and regressions of a result, against plain loops and statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from matplotlib.figure import Figure
from scipy import stats

from eventstudy import EventStudy
from eventstudy.errors import UnknownNameError, UsageError
from eventstudy.study import pairs
from eventstudy.study.headline import headline_sentence
from eventstudy.study.tables import read_first

DAYS, SECURITIES, EVENTS = 700, 9, 60


def market(seed=5):
    rng = np.random.default_rng(seed)
    days = pd.bdate_range("2016-01-01", periods=DAYS)
    index = rng.normal(0, 0.01, DAYS)
    values = index[:, None] + rng.normal(0, 0.02, (DAYS, SECURITIES))
    return pd.DataFrame(values, index=days, columns=[f"s{i}" for i in range(SECURITIES)]).assign(index=index)


def listed(frame, *, dates=20):
    """Three securities on each of the dates, with a size each."""
    rng = np.random.default_rng(8)
    sessions = frame.index[np.linspace(90, DAYS - 15, dates).astype(int)]
    lines = [(f"e{i}", f"s{(i // dates * 2 + i) % SECURITIES}", sessions[i % dates]) for i in range(EVENTS)]
    events = pd.DataFrame(lines, columns=["event_id", "symbol", "session"])
    return events, pd.DataFrame({"size": rng.normal(size=EVENTS), "kind": list("abc") * 20}, index=events["event_id"])


STUDY = EventStudy(model="market", benchmark="index", estimation=(-80, -11), windows=[(0, 1), (-2, 2)], tests=())


@pytest.fixture(scope="module")
def made():
    frame = market()
    events, facts = listed(frame)
    return STUDY.run(events, returns=frame), events, facts


def test_the_days_are_means_of_the_abnormal_returns(made):
    result, _, _ = made
    table = result.aar.set_index("tau")
    by_day = result.ar.groupby("tau")["ar"]
    np.testing.assert_allclose(table["aar"], by_day.mean().to_numpy(), rtol=1e-12)
    np.testing.assert_allclose(table["caar"], result.ar.groupby("tau")["car"].mean().to_numpy(), rtol=1e-10)
    assert table.index.tolist() == [-2, -1, 0, 1, 2]


def test_a_group_is_a_study_of_its_events(made):
    result, events, facts = made
    table = result.aar_by(facts["kind"])
    assert table["group"].unique().tolist() == ["a", "b", "c"]
    for name in "abc":
        alone = STUDY.run(events[facts["kind"].to_numpy() == name], returns=market()).aar
        mine = table[table["group"] == name].drop(columns="group").reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, alone, rtol=1e-12)
    cars = result.average_cars(facts["kind"]).set_index(["group", "window"])
    car = result.events.set_index("event_id").query("window == '[-2,2]'")["car"]
    assert cars.loc[("b", "[-2,2]"), "mean_car"] == pytest.approx(car[(facts["kind"] == "b")[car.index]].mean())


def test_blocks_give_the_same_averages(made, monkeypatch):
    result, events, facts = made
    whole, groups = result.aar, result.aar_by(facts["kind"])
    monkeypatch.setattr(pairs, "KEPT", 12)
    monkeypatch.setattr(pairs, "BLOCK", 7)
    blocks = STUDY.run(events, returns=market())
    assert len(blocks.pairs.blocks.blocks) > 3
    pd.testing.assert_frame_equal(blocks.aar, whole, rtol=1e-9, atol=1e-14)
    pd.testing.assert_frame_equal(blocks.aar_by(facts["kind"]), groups, rtol=1e-9, atol=1e-14)


def test_groups_are_compared_by_welch_and_by_clustered_wald(made):
    result, _, facts = made
    table = result.compare_groups(facts["kind"]).set_index(["window", "test"])
    car = result.events.query("window == '[0,1]'").set_index("event_id")["car"]
    data = facts.assign(car=car, date=result.alignment.set_index("event_id")["session"].astype(str))
    fit = smf.ols("car ~ kind", data).fit(cov_type="cluster", cov_kwds={"groups": data["date"]}, use_t=True)
    wald = fit.f_test("kind[T.b] = kind[T.c] = 0")
    row = table.loc[("[0,1]", "compare_groups_clustered")]
    assert row["statistic"] == pytest.approx(float(np.squeeze(wald.fvalue)), rel=1e-9)
    assert row["p"] == pytest.approx(float(wald.pvalue), rel=1e-9) and row["distribution"] == "F(2, 19)"
    two = facts["kind"].where(facts["kind"] != "c")
    welch = stats.ttest_ind(*(car[two[two == name].index] for name in "ab"), equal_var=False)
    row = result.compare_groups(two).set_index(["window", "test"]).loc[("[0,1]", "compare_groups")]
    assert (row["statistic"], row["p"]) == (pytest.approx(welch.statistic), pytest.approx(welch.pvalue))


def test_regressions_are_those_of_statsmodels(made):
    result, _, facts = made
    car = result.events.query("window == '[0,1]'").set_index("event_id")
    data = facts.assign(car=car["car"], weight=car["se"] ** -2.0)
    date = result.alignment.set_index("event_id")["session"].astype(str)[data.index]
    clustered = smf.ols("car ~ size + kind", data).fit(cov_type="cluster", cov_kwds={"groups": date}, use_t=True)
    found = result.regress_cars(facts, (0, 1))
    assert found["term"].tolist() == ["const", "size", "kind=b", "kind=c"] and set(found["errors"]) == {"clustered"}
    order = ["Intercept", "size", "kind[T.b]", "kind[T.c]"]
    np.testing.assert_allclose(found["coefficient"], clustered.params[order], rtol=1e-9)
    np.testing.assert_allclose(found["se"], clustered.bse[order], rtol=1e-9)
    weighted = smf.wls("car ~ size", data, weights=data["weight"]).fit(cov_type="HC3", use_t=True)
    found = result.regress_cars(facts[["size"]], (0, 1), weights="precision", errors="HC3")
    np.testing.assert_allclose(found["se"], weighted.bse, rtol=1e-9)
    np.testing.assert_allclose(found["p"], weighted.pvalues, rtol=1e-7)


def test_columns_of_the_events_are_characteristics_too(made):
    result, _, _ = made
    found = result.regress_cars(["sigma"], (-2, 2), errors="HC1")
    table = result.events.query("window == '[-2,2]'")
    fit = smf.ols("car ~ sigma", table).fit(cov_type="HC1", use_t=True)
    np.testing.assert_allclose(found["coefficient"], fit.params, rtol=1e-9)


def test_the_key_columns_of_the_events_group_and_cluster_too(made):
    result, events, facts = made
    assert result.average_cars("symbol")["group"].nunique() == SECURITIES
    found = result.regress_cars(facts[["size"]], (0, 1), errors="clustered", clusters="symbol")
    car = result.events.query("window == '[0,1]'").set_index("event_id")
    data = facts.assign(car=car["car"], symbol=events.set_index("event_id")["symbol"])
    fit = smf.ols("car ~ size", data).fit(cov_type="cluster", cov_kwds={"groups": data["symbol"]}, use_t=True)
    np.testing.assert_allclose(found["se"], fit.bse, rtol=1e-9)
    with pytest.raises(UsageError, match="column symbol: 60 pairs without a weight of zero or more"):
        result.regress_cars(facts[["size"]], weights="symbol")


def test_a_valid_test_is_named_where_the_first_to_read_was_not_asked_for(made):
    columns = ["test", "window", "role", "market", "p", "note", "smallest_p"]
    lines = [("bmp", "unadjusted", 0.01), ("wild_cluster", "secondary", 0.2), ("kp_bmp", "secondary", 0.3)]
    tests = pd.DataFrame([(test, "own", role, "", p, "", np.nan) for test, role, p in lines], columns=columns)
    said = headline_sentence(tests, "own", 0.01, 5, "simple")
    assert said == (
        "Mean CAR over own windows +1.00 % over 5 (wild_cluster: p = .200; the test to read first was not asked for)."
    )
    first = read_first(tests)
    assert first["test"].tolist() == ["wild_cluster", "kp_bmp"]
    assert read_first(tests.assign(role=["unadjusted", "secondary", "headline"]))["test"].tolist() == ["kp_bmp"]
    none = headline_sentence(tests[:1], "own", 0.01, 5, "simple")
    assert none.endswith("(no test that is valid for this design was made).")


def test_one_date_is_ranked_among_the_days_before():
    frame = market()
    names = [f"s{i}" for i in range(SECURITIES)]
    events = pd.DataFrame({"event_id": names, "symbol": names, "session": frame.index[300]})
    result = STUDY.run(events, returns=frame)
    facts = pd.DataFrame({"size": np.arange(SECURITIES) / 4.0}, index=names)
    found = result.regress_cars(facts, (0, 1))
    assert set(found["errors"]) == {"one-date ols"} and found["days"].gt(30).all()
    x = np.column_stack([np.ones(SECURITIES), facts["size"]])
    car = result.events.query("window == '[0,1]'")["car"].to_numpy()
    np.testing.assert_allclose(found["coefficient"], np.linalg.lstsq(x, car, rcond=None)[0], rtol=1e-9)
    with pytest.raises(UsageError, match="weights do not go"):
        result.regress_cars(facts, weights="precision")
    lines = result.compare_groups(pd.Series(["a", "b", "a"] * 3, index=names))
    assert lines["p"].isna().all() and lines["note"].str.contains("one date").all()


def test_wrong_columns_windows_and_groups_are_named(made):
    result, _, facts = made
    with pytest.raises(UnknownNameError, match="group"):
        result.aar_by("group")
    with pytest.raises(UnknownNameError, match=r"\[0,9\]"):
        result.regress_cars(facts, (0, 9))
    with pytest.raises(UsageError, match="at most 50"):
        result.aar_by(pd.Series(range(EVENTS), index=facts.index))
    with pytest.raises(UsageError, match="a list of columns"):
        result.regress_cars("size")


def test_plots_draw_their_frames(made):
    result, _, facts = made
    figure = Figure()
    ax = result.plot_caar(figure.add_subplot())
    np.testing.assert_allclose(ax.lines[0].get_ydata(), 100 * result.aar["caar"])
    ax = result.plot_caar(Figure().add_subplot(), by=facts["kind"])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a (20)", "b (20)", "c (20)"]
    ax = result.plot_car_distribution((0, 1), Figure().add_subplot())
    assert sum(bar.get_height() for bar in ax.patches) == EVENTS
    ax = result.plot_car(event_id="all", ax=Figure().add_subplot())
    np.testing.assert_allclose(ax.lines[EVENTS].get_ydata(), 100 * result.aar["caar"], rtol=1e-9)
