"""Standardised placebos, families and clusters of real panels against loops written from their definitions."""

import math
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from panels import estimation_of, make_panel, study

from eventstudy.errors import UnknownNameError
from eventstudy.inference.models.market import ConstantMean
from eventstudy.inference.significance import families
from eventstudy.inference.significance.clusters import Clusters
from eventstudy.inference.significance.placebo_ranks import volatility_p
from eventstudy.inference.significance.placebos import placebos
from eventstudy.inference.significance.resampling import unlike_regime
from eventstudy.inference.significance.sample import Sample
from eventstudy.inference.significance.stepdown import step_down
from eventstudy.inference.significance.time_of_day import slot_variance
from eventstudy.inference.significance.volatility import robust_variance
from eventstudy.windows import Window

DAY = Window(0, 0)


@pytest.mark.parametrize("window", [Window(2, 2), Window(0, 2), Window(-3, 4)])
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_placebos_are_sums_over_what_was_known_before(window, missing):
    panel = make_panel(3, missing=missing)
    found = placebos(study(panel), window)
    before, at = panel.at(estimation_of(panel)), panel.at(window)
    for i in range(3):
        y, x = panel.returns[i], panel.factors[i, :, 0]
        used = np.isfinite(y) & np.isfinite(x)
        seen = used[before]
        design = sm.add_constant(x[before][seen])
        fit = sm.OLS(y[before][seen], design).fit()
        e = np.where(used, y - fit.params[0] - fit.params[1] * np.where(used, x, 0.0), np.nan)
        h = robust_variance(e[None, : at.start], before.stop)[0]
        inverse, place = np.linalg.inv(design.T @ design), np.cumsum(seen) - 1
        expected = []
        for s in range(before.stop - window.length + 1):
            days = [t for t in range(s, s + window.length) if seen[t]]
            if 2 * len(days) < window.length or not days:
                expected.append(math.nan)
                continue
            total = design[place[days]].sum(axis=0)
            square = h[s] * (len(days) - total @ inverse @ total)
            expected.append(e[days].sum() / math.sqrt(square))
        np.testing.assert_allclose(found.sums[i], expected, rtol=1e-9)
        days = [t for t in range(at.start, at.stop) if used[t]]
        if days:
            total = np.array([len(days), x[days].sum()])
            unit = math.sqrt(h[-1] * (len(days) + total @ inverse @ total))
            assert found.unit[i] == pytest.approx(unit, rel=1e-9)
            assert found.event[i] == pytest.approx(e[days].sum() / unit, rel=1e-8)
            assert found.regime[i] == pytest.approx(math.sqrt(h[-1] / fit.mse_resid), rel=1e-9)


def test_a_wild_spell_is_flagged_and_a_new_one_is_remarked():
    panel = make_panel(2)
    gap = slice(panel.at(DAY).start - 5, panel.at(DAY).start)
    panel.returns[0, gap] = panel.factors[0, gap, 0] + 0.3
    found = placebos(study(panel), DAY)
    assert unlike_regime(found.regime).tolist() == [True, False]
    assert np.isfinite(found.recent).tolist() == [True, False]


def news(n=6, **options):
    panel = make_panel(n, **options)
    panel.rows["event_id"] = "e"
    return study(panel)


def test_markets_are_joined_by_event_time_and_families_adjusted_apart():
    result = news(missing=0.05)
    found = placebos(result, DAY)
    for rows, declared in (([[0, 1, 2, 3, 4, 5]], None), ([[0, 3], [1], [2, 4, 5]], {"a": ["m0", "m3"], "b": ["m1"]})):
        made = families.step_down(result, DAY, families=declared)
        for part in rows:
            expected = step_down(found.event[part], found.sums[part])
            p = [made[i].p for i in part]
            np.testing.assert_allclose(p, np.fmax(expected, np.where(np.isnan(expected), np.nan, found.p[part])))
    members = {"markets": ["m0", "m3"]}
    assert families.max_t(result, DAY, event_id="e", **members).p == min(
        one.p for one in families.step_down(result, DAY, families={"a": ["m0", "m3"]})[0::3]
    )


def test_a_family_goes_on_without_a_market_that_could_not_be_used():
    panel = make_panel(3)
    panel.rows["event_id"] = "e"
    panel.returns[1, panel.at(estimation_of(panel))] = np.nan
    result = study(panel)
    found = families.max_t(result, DAY, event_id="e", markets=["m0", "m1"])
    assert (found.n, found.notes[-1]) == (1, "without m1, which could not be used")
    assert not families.max_t(result, DAY, event_id="e", markets=["m1"]).applicable
    with pytest.raises(UnknownNameError, match="unknown market 'm9'"):
        families.max_t(result, DAY, event_id="e", markets=["m9"])


def test_pairs_of_different_events_on_one_date_are_one_family():
    made = families.step_down(study(make_panel(4)), DAY)
    assert {one.n for one in made} == {4}
    apart = families.step_down(study(make_panel(4, dates=[0, 0, 9, 9])), DAY)
    assert [one.n for one in apart] == [2, 2, 2, 2]


def labels(dates, window, ids=None):
    panel = make_panel(len(dates), dates=dates)
    if ids is not None:
        panel.rows["event_id"] = ids
    return Clusters.of_pairs(study(panel), window)


@pytest.mark.parametrize(
    ("dates", "window", "ids", "label", "chained"),
    [
        ([0, 0, 5, 5], DAY, None, [0, 0, 1, 1], False),
        ([0, 1, 2, 9], DAY, None, [0, 1, 2, 3], False),
        ([0, 1, 2, 9], Window(0, 1), None, [0, 0, 0, 1], True),
        # One piece of news over the date line, and another on the second of its two dates.
        ([0, 1], DAY, ["e", "e"], [0, 0], False),
        ([0, 1, 1], DAY, ["e", "e", "f"], [0, 0, 0], False),
        ([0, 1, 1, 2, 2], DAY, ["e", "e", "f", "f", "g"], [0, 0, 0, 0, 0], True),
    ],
)
def test_clusters(dates, window, ids, label, chained):
    found = labels(dates, window, ids)
    assert (found.label.tolist(), found.chained) == (label, chained)
    assert (found.size == np.bincount(label)).all()


def test_a_pair_without_a_return_is_in_no_cluster():
    panel = make_panel(3)
    panel.returns[1, panel.at(DAY)] = np.nan
    found = Clusters.of_pairs(study(panel), DAY)
    assert (found.label.tolist(), found.count, found.first.tolist()) == ([0, -1, 0], 1, [0])


@pytest.mark.parametrize("window", [DAY, Window(-1, 5)])
def test_overlap_is_the_mean_of_the_products_of_the_weights(window):
    result = study(make_panel(5, dates=[0, 2, 2, 30, 60], missing=0.1), ConstantMean())
    at = result.columns(window)
    weights = []
    for i in range(5):
        own = dict.fromkeys(result.sessions[i, at][np.isfinite(result.ar[i, at])], 1.0)
        seen = result.estimation_sessions[i]
        weights.append(own | dict.fromkeys(seen, -len(own) / len(seen)))
    size = [math.sqrt(sum(x * x for x in w.values())) for w in weights]
    there = [i for i in range(5) if any(x > 0 for x in weights[i].values())]
    products = [
        sum(x * weights[j].get(day, 0.0) for day, x in weights[i].items()) / size[i] / size[j]
        for i in there
        for j in there
        if i != j
    ]
    assert Sample.of(result, window).shared == pytest.approx(np.mean(products), rel=1e-10, abs=1e-14)


def test_one_piece_of_news_over_the_date_line_is_wholly_shared():
    """Tokyo's day 0 is labelled a day after New York's; their returns of the same news are correlated."""
    panel = make_panel(2)
    # Weekday labels, so that the day before is one row before.
    weekdays = np.busday_offset(np.datetime64("2019-01-01"), np.arange(panel.returns.shape[1]))
    panel = replace(panel, sessions=np.stack([weekdays, np.busday_offset(weekdays, 1)]))
    panel.rows["event_id"], panel.rows["session"] = "e", panel.sessions[:, -panel.tau[0]]
    panel.returns[1] = panel.returns[0] + np.random.default_rng(0).normal(0, 0.002, len(panel.tau))
    sample = Sample.of(study(panel), DAY)
    assert sample.shared == pytest.approx(1.0, rel=1e-12)
    assert sample.residual_correlation > 0.9


def test_the_scale_of_a_bar_is_that_of_its_time_of_day():
    rng = np.random.default_rng(6)
    clock = np.tile([570.0, 600.0, 630.0], 20)
    e = rng.standard_normal(60) * np.tile([3.0, 1.0, 2.0], 20)
    e[7] = np.nan
    found = slot_variance(e, clock, 48)
    level, z2 = 1.0, []
    for t in range(60):
        others = [e[s] ** 2 for s in range(48) if clock[s] == clock[t] and s != t and np.isfinite(e[s])]
        assert found.slot[t] == pytest.approx(np.mean(others), rel=1e-12)
        assert found.level[t] == pytest.approx(level, rel=1e-10)
        if np.isfinite(e[t]):
            z2.append(e[t] ** 2 / found.slot[t])
        if t % 3 == 2:
            level, z2 = 0.8 * level + 0.2 * np.mean(z2), []
    assert np.isnan(slot_variance(e[:12], clock[:12], 12).slot).all()


def test_bars_at_the_open_are_ranked_in_units_of_the_open():
    """U-shaped volatility, sd 3 at the open: without its scale 31 % of openings are called unusual."""
    rng = np.random.default_rng(12)
    shape, days = np.array([3.0, 1.0, 0.7, 0.7, 1.0, 2.0]), 36
    rejected = 0
    for _ in range(250):
        e = rng.standard_normal((days, 6)) * shape
        clock = np.tile(np.arange(6.0), days)
        row = e.ravel()[: 35 * 6 + 1]
        known = slot_variance(row, clock[: len(row)], 35 * 6)
        z = row / np.sqrt(known.slot * known.level)
        rejected += volatility_p(z[-1:], z[None, :-1], 1)[0] <= 0.05
    assert 0.008 <= rejected / 250 <= 0.095
