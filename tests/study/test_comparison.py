"""Several studies side by side: the numbers of each, and what cannot be compared."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eventstudy import EventStudy, compare, variants
from eventstudy.errors import UnknownNameError, UsageError
from eventstudy.inference.models.factors import LaggedMarket
from eventstudy.render.comparison_plot import plot_comparison

DAYS = pd.bdate_range("2019-01-01", periods=150)


@pytest.fixture(scope="module")
def returns():
    rng = np.random.default_rng(3)
    return pd.DataFrame(rng.normal(0, 0.01, (len(DAYS), 3)), index=DAYS, columns=["A", "B", "M"])


@pytest.fixture(scope="module")
def results(returns):
    one = pd.DataFrame({"event_id": "e", "symbol": ["A", "B"], "session": DAYS[120]})
    many = pd.DataFrame({"event_id": ["e", "f"], "symbol": ["A", "B"], "session": DAYS[[120, 130]]})
    mean = EventStudy(estimation=(-80, -11), windows=[(0, 1), (-1, 1)])
    market = EventStudy(estimation=(-80, -11), windows=[(0, 1)], model="market", benchmark="M")
    return {
        "mean": mean.run(one, returns=returns),
        "market": market.run(one, returns=returns),
        "many": mean.run(many, returns=returns),
    }


def test_every_number_is_that_of_its_study(results, returns):
    table = compare(results)
    assert table[["market", "window", "study"]].agg(" ".join, axis=1).tolist() == [
        *("A [0,1] mean", "A [0,1] market", "A [-1,1] mean", "B [0,1] mean", "B [0,1] market", "B [-1,1] mean"),
        *(" [0,1] many", " [-1,1] many"),
    ]
    before, after = returns["A"].iloc[40:110], returns["A"].iloc[120:122]
    found = table.query("study == 'mean' and market == 'A' and window == '[0,1]'").iloc[0]
    # The sum over two days less twice the mean of seventy.
    assert found["car"] == pytest.approx(after.sum() - 2 * before.mean(), rel=1e-10)
    assert found["se"] == pytest.approx(before.std() * np.sqrt(2 + 4 / 70), rel=1e-10)
    averages = results["many"].average_cars().set_index("window")
    mean = table[table["study"] == "many"].set_index("window")
    assert mean["n"].tolist() == [2, 2]
    pd.testing.assert_series_equal(mean["car"], averages["mean_car"], check_names=False)
    pd.testing.assert_series_equal(mean["p"], averages["p"], check_names=False)
    own = results["market"].car.query("market == 'B' and window == '[0,1]'").iloc[0]
    assert table.query("study == 'market' and market == 'B'").iloc[0]["p"] == own["headline_p"]


def test_what_has_other_units_is_refused(results, returns):
    changes = EventStudy(estimation=(-80, -11), windows=[(0, 1)], returns="change")
    one = pd.DataFrame({"event_id": ["e"], "symbol": "A", "session": DAYS[120]})
    with pytest.raises(UsageError, match=r"different units \(mean: log, changes: change\)"):
        compare({"mean": results["mean"], "changes": changes.run(one, returns=returns)})
    with pytest.raises(UsageError, match="no study is given"):
        compare({})
    by_the_bar, the_same = (
        replace(results["mean"], specification={**results["mean"].specification, "bars": length})
        for length in ("15min", "900s")
    )
    assert len(compare({"15 min": by_the_bar, "900 s": the_same})) == 8
    with pytest.raises(UsageError, match=r"different rows \(mean: sessions, night: 15min\)"):
        compare({"mean": results["mean"], "night": by_the_bar})


def test_the_figure_has_a_lane_for_every_row(results):
    table = compare(results)
    ax = plot_comparison(table)
    assert next(text.get_text() for text in ax.get_yticklabels()) == "A  [0,1]  mean"
    long = plot_comparison(table.assign(study="a-study-with-a-name-of-more-than-32-letters", market="a market" * 5))
    first = next(text.get_text() for text in long.get_yticklabels())
    assert first.startswith("a market") and "  [0,1]  a-study-with" in first
    (points,) = [line for line in ax.lines if len(line.get_xdata()) == len(table)]
    assert points.get_xdata() == pytest.approx(100 * table["car"].to_numpy(), rel=1e-12)


def test_the_command_writes_table_and_figure(study_file, main, tmp_path):
    first, second = study_file(), study_file("estimation = [-120, -11]", folder="other")
    code, out, err = main("compare", first, second.parent, "--out", tmp_path / "both", "--json")
    assert code == 0, err
    rows = json.loads(out)
    assert {row["study"] for row in rows} == {"question", "other"}
    stored = pd.read_csv(tmp_path / "both/comparison.csv")
    assert stored["car"].tolist() == [row["car"] for row in rows]
    assert (tmp_path / "both/comparison.svg").read_bytes().startswith(b"<?xml")
    code, _, err = main("compare", first, second, "--out", tmp_path / "both")
    assert code == 5 and "comparison.csv" in err
    assert main("compare", first, first)[0] == 2
    code, _, err = main("compare", first, first.parent)  # one study, by its file and by its folder
    assert code == 2 and "named twice" in err


def test_one_study_under_several_models_and_windows(results, returns):
    one = pd.DataFrame({"event_id": "e", "symbol": ["A", "B"], "session": DAYS[120]})
    study = EventStudy(estimation=(-80, -11), windows=[(0, 1)], model="market", benchmark="M", min_observations=30)
    made = variants(study, models=["constant-mean", "market"], windows=[(0, 1), (-1, 1)])
    table = compare({name: each.run(one, returns=returns) for name, each in made.items()})
    assert table["model"].tolist() == ["constant-mean", "market"] * 4
    # The numbers are those of studies written out.
    for model, name in (("constant-mean", "mean"), ("market", "market")):
        expected = compare({name: results[name]}).query("window == '[0,1]'")
        found = table[(table["model"] == model) & (table["window"] == "[0,1]")]
        np.testing.assert_allclose(found[["car", "se", "p"]], expected[["car", "se", "p"]], rtol=1e-12)
    own = EventStudy(model=LaggedMarket(benchmark="M", lags=2, leads=0))
    kept = variants(own, models=["market-adjusted", "dimson"])
    assert kept["dimson"] == own and kept["market-adjusted"].benchmark == "M"
    assert variants(study) == {"market": study}
    with pytest.raises(UnknownNameError, match="unknown model 'markt'"):
        variants(study, models=["markt"])
    with pytest.raises(UsageError, match="duplicate model"):
        variants(study, models=["market", "market"])


def test_the_command_takes_models_and_windows(study_file, main, tmp_path):
    study = study_file()
    code, out, err = main(
        "compare", study, "--models", "mean-adjusted,garch", "--windows=0:0,-1:2", "--out", tmp_path, "--json"
    )
    assert code == 0, err
    rows = pd.DataFrame(json.loads(out))
    assert set(rows["study"]) == {"mean-adjusted", "garch"} and set(rows["window"]) == {"[0,0]", "[-1,2]"}
    assert len(pd.read_csv(tmp_path / "comparison.csv")) == len(rows)
    code, out, err = main("compare", study, "--windows=[0,1]", "--json")
    assert code == 0 and {row["study"] for row in json.loads(out)} == {"question"}, err
    code, _, err = main("compare", study)
    assert code == 2 and "one study is given; name two or more, or choose --models or --windows" in err
    for text in ("0", "0:1,x", "1:0"):
        code, _, err = main("compare", study, f"--windows={text}")
        assert code == 2 and len(err.strip().splitlines()) == 1
    code, _, err = main("compare", study, "--models=mean")
    assert code == 2 and "unknown model" in err
