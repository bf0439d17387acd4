"""A study in blocks gives what it gives in one piece: every frame, and every test to 1e-12 or rounding of its sums."""

import gc
import weakref
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.api import OLS, add_constant

from eventstudy import EventStudy
from eventstudy.inference import direct, direct_loops, direct_returns
from eventstudy.inference.abnormal import AbnormalReturns
from eventstudy.inference.compiled import compiled
from eventstudy.inference.significance import rank_loops, rank_sums
from eventstudy.study import pairs

DAYS, SECURITIES, EVENTS = 260, 8, 70
FRAMES = ("events", "outcomes", "reaction", "car", "ar", "overlaps")
TESTS = (
    *("bmp", "kp_bmp", "skewness_t", "corrado", "grank_t", "sign_flip", "cluster_t_rank"),
    *("calendar_time_t", "calendar_time_alpha", "two_way_clustered_t"),
)


def data(own_rows):
    """Returns with gaps, one security without a benchmark's day, and random events, two of them impossible."""
    rng = np.random.default_rng(11)
    days = pd.bdate_range("2019-01-01", periods=DAYS)
    market = rng.normal(0, 0.01, DAYS)
    values = market[:, None] + rng.normal(0, 0.02, (DAYS, SECURITIES))
    values[rng.random(values.shape) < 0.01] = np.nan
    frame = pd.DataFrame(values, index=days, columns=[f"s{i}" for i in range(SECURITIES)]).assign(market=market)
    sessions = days[rng.integers(85, DAYS - 5, EVENTS)].tolist()
    sessions[3], sessions[9] = pd.Timestamp("2019-01-05"), pd.Timestamp("2030-01-01")
    events = pd.DataFrame(
        {
            "event_id": [f"e{i // 2}" if own_rows else f"e{i}" for i in range(EVENTS)],
            "symbol": [f"s{i % SECURITIES}" for i in range(EVENTS)],
            "session": [sessions[i // 2 * 2] if own_rows else sessions[i] for i in range(EVENTS)],
        }
    )
    return frame, events


@pytest.mark.parametrize("overlap", ["keep", "exclude", "drop"])
@pytest.mark.parametrize("several", [False, True], ids=["one market an event", "two markets an event"])
def test_blocks_give_what_one_piece_gives(overlap, several, monkeypatch):
    frame, events = data(several)
    study = EventStudy(
        model="market", benchmark="market", estimation=(-80, -11), windows=[(-1, 2)], overlap=overlap, tests=TESTS
    )
    whole = study.run(events, returns=frame)
    frames = {name: getattr(whole, name) for name in FRAMES}
    monkeypatch.setattr(pairs, "KEPT", 10)
    monkeypatch.setattr(pairs, "BLOCK", 16)
    blocks = study.run(events, returns=frame)
    assert len(blocks.pairs.blocks.blocks) > 3
    for name, expected in frames.items():
        pd.testing.assert_frame_equal(getattr(blocks, name), expected, rtol=1e-12, atol=1e-15, check_dtype=False)
    key = ["test", "window", "event_id", "market"]
    found, expected = (one.sort_values(key).reset_index(drop=True) for one in (blocks.tests, whole.tests))
    pd.testing.assert_frame_equal(found[[*key, "n"]], expected[[*key, "n"]])
    np.testing.assert_allclose(found["statistic"], expected["statistic"], rtol=1e-10)


def test_pairs_in_blocks_go_at_once_when_nothing_refers_to_them(monkeypatch):
    frame, events = data(False)
    monkeypatch.setattr(pairs, "KEPT", 10)
    result = EventStudy(estimation=(-80, -11), windows=[(-1, 2)], tests=("bmp",)).run(events, returns=frame)
    held = weakref.ref(result.pairs)
    gc.disable()
    try:
        del result
        assert held() is None
    finally:
        gc.enable()


def test_windows_of_their_own_pass_through_the_blocks(monkeypatch):
    frame, events = data(False)
    rng = np.random.default_rng(3)
    own = events.assign(estimation_first=-80, window_first=-rng.integers(0, 3, EVENTS), size=np.arange(EVENTS) / 4)
    own = own.assign(estimation_last=-rng.integers(11, 30, EVENTS), window_last=rng.integers(0, 4, EVENTS))
    study = EventStudy(model="market", benchmark="market", estimation=(-80, -11), windows=[(0, 1)], tests=("t", "bmp"))
    whole = study.run(own, returns=frame)
    frames = {name: getattr(whole, name) for name in FRAMES}
    monkeypatch.setattr(pairs, "KEPT", 10)
    monkeypatch.setattr(pairs, "BLOCK", 16)
    blocks = EventStudy(
        model="market", benchmark="market", estimation=(-80, -11), windows=[(0, 1)], tests=("bmp",)
    ).run(own, returns=frame)
    for name, expected in frames.items():
        pd.testing.assert_frame_equal(getattr(blocks, name), expected, rtol=1e-12, atol=1e-15, check_dtype=False)
    made = [one.tests.query("test == 'bmp' and window == 'own'")["statistic"].item() for one in (whole, blocks)]
    assert made[1] == pytest.approx(made[0], rel=1e-10)
    first = whole.events[whole.events["window"] == "own"]
    half = np.where(np.arange(EVENTS) < EVENTS / 2, "a", "b")
    by = dict(zip(own["event_id"], half, strict=True))
    means = first.groupby(half)["car"].mean()
    for one in (whole, blocks):
        found = one.average_cars(by).query("window == 'own'").set_index("group")["mean_car"]
        np.testing.assert_allclose(found, means, rtol=1e-10)
        assert one.average_cars()["window"].tolist() == ["own", "[0,1]"]
    assert first["size"].tolist() == (np.arange(EVENTS) / 4).tolist()
    short = first[first["outcome"] == "incomplete_window"]
    assert len(short) and short["detail"].str.startswith("window own: ").all()
    lengths = (own["estimation_last"] - own["estimation_first"] + 1).to_numpy()
    assert (first["L"].dropna() <= lengths[first["L"].notna()]).all()


def test_without_tests_there_is_no_line():
    frame, events = data(False)
    study = EventStudy(model="market", benchmark="market", estimation=(-80, -11), windows=[(-1, 2)], tests=())
    assert study.run(events, returns=frame).tests.empty


@pytest.fixture
def plain_loops(monkeypatch):
    """Run the loops for numba as plain Python, in place of the arrays of NumPy."""
    for module in (direct, direct_returns, rank_sums):
        if hasattr(module, "use_loops"):
            monkeypatch.setattr(module, "use_loops", lambda pairs: True)
        monkeypatch.setattr(module, "compiled", lambda loop, *helpers: loop)
    monkeypatch.setattr(direct, "PIECE", 9)


def in_blocks(study, monkeypatch, several=False):
    monkeypatch.setattr(pairs, "KEPT", 10)
    monkeypatch.setattr(pairs, "BLOCK", 16)
    frame, events = data(several)
    return study.run(events, returns=frame)


def same_frames(found, expected):
    for name in FRAMES:
        # Sums of at most 70 numbers, added in another order.
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("share", [0.0, 0.7, 1.0])
def test_pairs_are_made_directly_as_by_panels(share, monkeypatch, request):
    study = EventStudy(
        model="market",
        benchmark="market",
        estimation=(-80, -11),
        windows=[(-1, 2), (3, 4)],
        tests=TESTS,
        min_observations=68,
        min_window_share=share,
    )
    panels = in_blocks(study, monkeypatch)
    request.getfixturevalue("plain_loops")
    loops = in_blocks(study, monkeypatch)
    kinds = {type(block) for block in loops.pairs.blocks}, {type(block) for block in panels.pairs.blocks}
    assert kinds == ({direct_returns.DirectReturns}, {AbnormalReturns})
    counts = panels.outcomes["outcome"].value_counts()
    assert counts["ok"] > 40 and counts["too_few_observations"] > 0
    same_frames(loops, panels)
    pd.testing.assert_frame_equal(loops.tests, panels.tests, rtol=1e-10, atol=1e-12)


def test_several_markets_an_event_and_blocks_with_other_values_are_made_directly(monkeypatch, request):
    study = EventStudy(model="market", benchmark="market", estimation=(-80, -11), windows=[(-1, 2)], tests=TESTS)
    panels = in_blocks(study, monkeypatch, several=True)
    request.getfixturevalue("plain_loops")
    loops = in_blocks(study, monkeypatch, several=True)
    same_frames(loops, panels)
    pd.testing.assert_frame_equal(loops.tests, panels.tests, rtol=1e-10, atol=1e-12)
    for ours, theirs in zip(loops.pairs.blocks, panels.pairs.blocks, strict=True):
        emptied = replace(ours, ar=ours.ar * np.nan)
        assert np.isnan(emptied.sar).all() and np.array_equal(emptied.column("market"), ours.rows["market"])
        for field in fields(AbnormalReturns):
            if field.name not in ("rows", "outcomes", "fitted", "model", "estimation", "span"):
                # 1e-15 of a return: a residual is near zero where it is the difference of two returns.
                np.testing.assert_allclose(
                    np.nan_to_num(nothing_as_zero(getattr(ours, field.name)).astype(float)),
                    np.nan_to_num(nothing_as_zero(getattr(theirs, field.name)).astype(float)),
                    rtol=1e-12,
                    atol=1e-15,
                    err_msg=field.name,
                )
        pd.testing.assert_frame_equal(ours.rows, theirs.rows.reset_index(drop=True), check_dtype=False)
        pd.testing.assert_frame_equal(ours.outcomes, theirs.outcomes.reset_index(drop=True), check_dtype=False)


def nothing_as_zero(value):
    return np.asarray(0 if value is None else value)


def test_ranks_by_loops_are_those_of_arrays(monkeypatch, request):
    tests = ("corrado", "corrado_zivney", "corrado_zivney_sign", "corrado_cumulative", "grank_t", "grank_z")
    study = EventStudy(model="market", benchmark="market", estimation=(-80, -11), windows=[(-1, 2)], tests=tests)
    arrays = in_blocks(study, monkeypatch).tests
    request.getfixturevalue("plain_loops")
    # The arrays add fractions, the loops whole numbers.
    pd.testing.assert_frame_equal(in_blocks(study, monkeypatch).tests, arrays, rtol=1e-13, atol=1e-15)


def test_a_market_model_by_loops_is_that_of_statsmodels():
    rng = np.random.default_rng(5)
    x = rng.normal(0.001, 0.01, 120)
    y = 0.002 + 1.3 * x + rng.normal(0, 0.02, 120)
    y[7] = np.nan
    start, label = np.array([0, 6]), np.array([0, 6])
    fit = direct_loops.fit_rows(y, start, x, label, 90)
    car, se, days = direct_loops.sum_rows(y, start, x, label, fit, np.array([[95, 105]]))
    assert days.tolist() == [[10], [10]]
    for pair, first in enumerate(start):
        used = np.arange(first, first + 90)[np.isfinite(y[first : first + 90])]
        known = OLS(y[used], add_constant(x[used])).fit()
        z, ahead = add_constant(x[first + 95 : first + 105]), y[first + 95 : first + 105]
        np.testing.assert_allclose(fit[pair, :2], known.params, rtol=1e-12)
        np.testing.assert_allclose(fit[pair, direct_loops.SIGMA] ** 2, known.scale, rtol=1e-12)
        variance = known.scale * (np.eye(10) + z @ known.normalized_cov_params @ z.T).sum()
        np.testing.assert_allclose(car[pair, 0], (ahead - known.predict(z)).sum(), rtol=1e-11)
        np.testing.assert_allclose(se[pair, 0], np.sqrt(variance), rtol=1e-12)


def ranked(rng):
    """Residuals and two families of values, all with ties and gaps, and what `family_sums` takes beside them."""
    residuals, x = rng.integers(0, 12, (30, 15)).astype(float), rng.integers(0, 12, (30, 5)).astype(float)
    residuals[rng.random(residuals.shape) < 0.1] = np.nan
    x[rng.random(x.shape) < 0.2] = np.nan
    order, whole = np.argsort(residuals, axis=1), np.array([False, True])
    return residuals, order, np.full(30, 2.0), x, np.array([0, 4, 5]), whole, whole


def test_ranks_count_smaller_numbers_and_half_of_equal_ones():
    residuals, *rest = ranked(np.random.default_rng(6))
    x = rest[2]
    sums, last, days, tied = rank_loops.family_sums(residuals, *rest)
    for family, (values, by) in enumerate([(x[:, :4], 1.0), (x[:, 4:], 2.0)]):
        every = np.concatenate([residuals / by, values], axis=1)
        below, equal = ((compare(every[:, :, None], every[:, None])).sum(axis=1) for compare in (np.less, np.equal))
        present = np.isfinite(every).sum(axis=1)
        scaled = np.where(np.isnan(every), np.nan, (0.5 + below + equal / 2) / (present + 1)[:, None] - 0.5)
        if family:
            scaled[np.isnan(values[:, 0])] = np.nan
        np.testing.assert_array_equal(tied[family], (equal > 1).any(axis=1))
        np.testing.assert_array_equal(days[family], present)
        np.testing.assert_array_equal(last[family], scaled[:, -1])
        np.testing.assert_allclose(sums[family, 0, : every.shape[1]], np.nansum(scaled, axis=0), atol=1e-14)
        np.testing.assert_array_equal(sums[family, 1, : every.shape[1]], np.isfinite(scaled).sum(axis=0))
    assert not sums[0, 2].any()


def test_compiled_loops_give_what_plain_python_gives():
    pytest.importorskip("numba")
    rng = np.random.default_rng(8)
    given = ranked(rng)
    given[0][::2] += rng.normal(size=given[0][::2].shape)
    given[3][::2] += 0.5
    given = (given[0], np.argsort(given[0], axis=1), *given[2:])
    plain = rank_loops.family_sums(*given)
    assert plain[0][0, 2].any()
    for found, expected in zip(compiled(rank_loops.family_sums, *rank_loops.HELPERS)(*given), plain, strict=True):
        np.testing.assert_array_equal(found, expected)
    series = rng.normal(size=60), np.array([0, 3]), rng.normal(size=60), np.array([0, 3])
    series[0][[1, 47]] = np.nan
    fit = direct_loops.fit_rows(*series, 40)
    fits, sums = (compiled(loop, *direct_loops.HELPERS) for loop in (direct_loops.fit_rows, direct_loops.sum_rows))
    # A compiler may join a multiplication and an addition.
    np.testing.assert_allclose(fits(*series, 40), fit, rtol=1e-12)
    bounds = np.array([[45, 50]])
    for found, expected in zip(sums(*series, fit, bounds), direct_loops.sum_rows(*series, fit, bounds), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
