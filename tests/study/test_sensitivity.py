"""Departures from the declared specification and the curve of many, beside full studies and known figures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eventstudy import Event, EventStudy, read_events, read_study, run_study
from eventstudy.study.config import study_toml
from eventstudy.study.run import run_curve, run_sensitivities
from places_of_tests import DATA, STRIKE

EVENT = Event.at(STRIKE, id="strike")
STUDY = EventStudy(markets=["CL=F", "^N225", "^HSI"], rolls="keep", windows=[(0, 0)])


@pytest.fixture(scope="module")
def table(sample_bars):
    return STUDY.sensitivities(EVENT, sample_bars, others=read_events(DATA / "events.csv")).set_index(
        ["variant", "market"]
    )


def test_the_declared_study_comes_first(table, sample_bars):
    full = STUDY.run(EVENT, sample_bars).reaction.set_index("market")
    declared = table.loc["declared"]
    for ours, theirs in {"ar": "ar", "t_p": "p", "p": "headline_p", "step_down_p": "step_down_p"}.items():
        assert declared[ours].tolist() == full[theirs].tolist()


def test_abqaiq_decides_the_p_of_crude(table):
    """The attack of September 2019 lies inside the longer windows: figures of another program."""
    found = [round(table.loc[(name, "CL=F"), "t_p"], 3) for name in ("60 rows", "120 rows", "declared")]
    assert found == [0.003, 0.036, 0.023]
    crude = table.xs("CL=F", level="market")
    assert crude.loc["without outliers", "sigma"] < crude.loc["declared", "sigma"]
    assert crude.loc["without outliers", "rows"] == 198


def test_a_variant_is_the_study_with_other_options(table, sample_bars):
    full = replace(STUDY, estimation=(-70, -11), windows=[(0, 0)]).run(EVENT, sample_bars).reaction
    assert table.loc["60 rows", "p"].tolist() == full["headline_p"].tolist()
    shifted = STUDY.run(Event.at("2020-01-08T22:30:00Z", id="strike"), sample_bars).reaction
    assert table.loc["1 day later", "ar"].tolist() == shifted["ar"].tolist()


def test_a_market_left_out_changes_the_joint_p_alone(table):
    without, declared = table.loc["without ^HSI"], table.loc["declared"]
    assert list(without.index) == ["CL=F", "^N225"]
    assert (without["p"] == declared["p"].drop("^HSI")).all()
    assert (without["step_down_p"] <= declared["step_down_p"].drop("^HSI")).all()


def test_days_of_listed_events_are_left_out(table):
    # Of the listed events those of December before row -11 fall into the estimation window.
    assert table.loc[("without days of listed events", "CL=F"), "rows"] == 194


def test_another_reading_and_one_without_prices(sample_bars):
    later = Event.at("2021-06-01T12:00:00Z", id="reading")
    table = STUDY.sensitivities(EVENT, sample_bars, readings=[later])
    row = table[table["kind"] == "reading"].iloc[0]
    assert (
        np.isnan(row["ar"])
        and "lies outside the prices" in row["note"]
        and row["variant"] == "read as 2021-06-01 12:00 UTC"
    )


@pytest.mark.parametrize("number", [1, 2])
def test_the_other_reading_is_not_the_studied_one(study_file, number):
    path = study_file(at=None, article='"two.md"', event=number, markets='["CL=F"]', sensitivities="true")
    text = "A mine collapsed in Lima on Monday. A bridge collapsed in Lima on Tuesday morning.\n"
    path.with_name("two.md").write_text(f"---\npublished: 2020-01-08T12:00:00Z\n---\n{text}", encoding="utf-8")
    done = run_study(read_study(path))
    table = run_sensitivities(done)
    (read,) = table.loc[table["kind"] == "reading", "variant"]
    (other,) = {"2020-01-06 05:00 to", "2020-01-07 11:00 to"} - {str(done.event.when)[:19]}
    assert read.startswith(f"read as {other}")


def test_the_curve_has_the_declared_specification(sample_bars):
    curve = replace(STUDY, markets=["CL=F"]).specification_curve(EVENT, sample_bars)
    assert len(curve) >= 60
    full = STUDY.run(EVENT, sample_bars)
    line = curve[
        (curve["first"] == -210) & (curve["last"] == -11) & (curve["returns"] == "log") & np.isinf(curve["outliers"])
    ].iloc[0]
    reaction = full.reaction.iloc[0]
    assert line["p"] == reaction["headline_p"] and line["ar"] == pytest.approx(reaction["ar"], rel=1e-12)
    assert curve["ar"].is_monotonic_increasing and curve["joint_p"].eq(curve["joint_p"].iloc[0]).all()


def test_a_study_file_asks_for_the_curve(study_file):
    path = study_file(curve="true", markets='["CL=F"]')
    done = run_study(read_study(path))
    assert "curve = true" in study_toml(done.file) and run_sensitivities(done) is None
    found = run_curve(done)
    assert len(found) >= 60 and done.result.reaction["ar"].iloc[0] in found["ar"].tolist()
    assert run_curve(replace(done, file=replace(done.file, curve=False))) is None
    assert run_curve(replace(done, prices=None)) is None


def test_the_joint_p_of_the_curve_on_quiet_days():
    """Independent returns: the joint p rejects 5 % of true nulls (99.9 % band)."""
    days = pd.bdate_range("2015-01-01", periods=1400)
    rng, cases = np.random.default_rng(8), 60
    frames = {f"M{k}": np.exp(np.cumsum(0.01 * rng.standard_normal(len(days)))) for k in range(cases)}
    prices = pd.DataFrame(frames, index=days)
    study = EventStudy(calendar="XNYS", estimation=(-90, -11), windows=[(0, 0)])
    curve = study.specification_curve(Event.at("2019-06-05T12:00:00Z"), prices)
    rejected = (curve.groupby("market")["joint_p"].first() <= 0.05).sum()
    assert len(curve) == cases * 120 and rejected / cases < 0.05 + 3.3 * np.sqrt(0.05 * 0.95 / cases)
