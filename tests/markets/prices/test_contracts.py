"""Contracts held under a stated roll, and spreads by formula, beside loops written here."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import read_contracts
from eventstudy.errors import InputError, UsageError
from eventstudy.instruments.catalogue import find_instrument
from eventstudy.markets.calendars.schedule import schedule
from eventstudy.markets.prices.bars import Bars, BarSet
from eventstudy.markets.prices.contracts import Contracts
from eventstudy.markets.prices.rolls import expiries
from eventstudy.markets.prices.spreads import parse_formula, spread_bars, with_formulas


def sessions(first, last):
    return schedule(find_instrument("CL=F"), first, last).sessions


@pytest.fixture(scope="module")
def crude():
    """Four contracts of crude with prices of their own, from October 2019 to January 2020."""
    days = sessions(pd.Timestamp("2019-10-01").date(), pd.Timestamp("2020-01-21").date())
    last_days = expiries("CL=F", np.datetime64("2019-10-01"), np.datetime64("2020-01-31"))
    rng = np.random.default_rng(5)
    common = 55 + np.cumsum(rng.normal(0, 0.6, days.size))
    parts = [
        pd.DataFrame(
            {
                "contract": f"CL{number}",
                "expiry": last_day,
                "date": days[days <= last_day],
                "close": (common + number + rng.normal(0, 0.05, days.size))[days <= last_day],
            }
        )
        for number, last_day in enumerate(last_days)
    ]
    return pd.concat(parts, ignore_index=True).astype({"expiry": "M8[s]", "date": "M8[s]"})


@pytest.mark.parametrize("roll", [0, 1, 5, 10])
def test_the_return_is_that_of_the_contract_held(crude, roll):
    """Exact: the loop takes the same two prices."""
    held = Contracts(symbol="CL=F", frame=crude).held(roll)
    days = list(sessions(pd.Timestamp("2019-10-01").date(), pd.Timestamp("2020-01-21").date()))
    price = crude.set_index(["contract", "date"])["close"]
    order = crude.drop_duplicates("contract").set_index("contract")["expiry"].sort_values()
    for at, day in enumerate(days):
        left = {name: days.index(expiry.to_numpy().astype("M8[D]")) - at for name, expiry in order.items()}
        able = [name for name in order.index if left[name] >= roll]
        label = pd.Timestamp(day)
        if not able:
            assert label not in held.frame.index
            continue
        assert held.frame.loc[label, "contract"] == able[0]
        assert held.frame.loc[label, "close"] == price[able[0], label]
        if at:
            before = price[able[0], pd.Timestamp(days[at - 1])]
            assert held.returns("change")[label] == price[able[0], label] - before
            assert held.returns("log")[label] == np.log(price[able[0], label] / before)


def test_no_return_of_a_held_contract_touches_a_roll(crude):
    held = Contracts(symbol="CL=F", frame=crude).held(5)
    pd.testing.assert_series_equal(held.returns(rolls="exclude"), held.returns())
    assert held.returns().iloc[1:].notna().all()
    assert held.source == "memory, roll 5"


def test_a_missing_price_of_the_contract_held_leaves_a_gap(crude):
    day = pd.Timestamp("2019-11-06")
    front = crude["contract"] == "CL1"
    held = Contracts(symbol="CL=F", frame=crude[~(front & (crude["date"] == day))]).held(5)
    assert day not in held.frame.index and pd.isna(held.returns()[pd.Timestamp("2019-11-07")])


def test_files_of_contracts(tmp_path, crude):
    path = tmp_path / "crude.csv"
    crude.assign(symbol="CL=F")[["symbol", "contract", "expiry", "date", "close"]].to_csv(path, index=False)
    read = read_contracts(path)["CL=F"]
    pd.testing.assert_frame_equal(
        read.held(5).frame, Contracts(symbol="CL=F", frame=crude).held(5).frame, check_index_type=False
    )


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("CLF20,2019-12-19,2019-12-18,60.9\nCLF20,2019-12-19,2019-12-18,60.8", "has two rows on 2019-12-18"),
        ("CLF20,2019-12-19,2019-12-17,60.9\nCLF20,2019-12-18,2019-12-18,60.8", "has two expiries"),
        ("CLF20,2019-12-19,2019-12-20,60.9", "after its expiry, on 2019-12-20"),
        ("CLF20,19.12.2019,2019-12-18,60.9", "is not a date written YYYY-MM-DD"),
    ],
)
def test_contracts_that_contradict_themselves(tmp_path, lines, words):
    path = tmp_path / "c.csv"
    rows = "\n".join(f"CL=F,{line}" for line in lines.splitlines())
    path.write_text(f"symbol,contract,expiry,date,close\n{rows}\n", encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_contracts(path)


def test_a_roll_that_leaves_nothing(crude):
    with pytest.raises(UsageError, match="roll later"):
        Contracts(symbol="CL=F", frame=crude).held(500)
    with pytest.raises(UsageError, match="roll = -1"):
        Contracts(symbol="CL=F", frame=crude).held(-1)


@pytest.mark.parametrize(
    "text", ["", "CL=F -", "- CL=F", "CL=F BZ=F", "CL=F - CL=F", "CL=F - x * BZ=F", "2 CL=F", "CL=F + -"]
)
def test_formulas_that_are_none(text):
    with pytest.raises(UsageError, match="write a sum"):
        parse_formula(text)


def test_symbols_with_signs_in_them_are_read():
    assert dict(parse_formula("^N225 - 0.5 * EURUSD=X + BRK-B")) == {"^N225": 1.0, "EURUSD=X": -0.5, "BRK-B": 1.0}


def test_the_sample_spread(sample_bars):
    """Closes to the cent as recorded: 68.27 - 62.70 and 65.44 - 59.61."""
    spread = with_formulas(sample_bars, ["BZ-CL", "^HSI"])["BZ-CL"]
    before, day = pd.Timestamp("2020-01-07"), pd.Timestamp("2020-01-08")
    np.testing.assert_allclose(spread.frame.loc[[before, day], "close"], [5.57, 5.83], atol=1e-12)
    assert spread.returns("change")[day] == pytest.approx(0.26, abs=1e-12)
    both = sample_bars["BZ=F"].rolled_rows() | sample_bars["CL=F"].rolled_rows()
    assert spread.returns("change", "exclude").isna().sum() == both.sum() + 1


def test_a_crack_on_rows_that_one_leg_lacks():
    days = pd.bdate_range("2020-02-03", periods=6)
    rng = np.random.default_rng(2)
    frames = {name: pd.DataFrame({"close": rng.uniform(1, 60, 6)}, index=days) for name in ("RB=F", "HO=F", "CL=F")}
    frames["HO=F"] = frames["HO=F"].drop(days[3])
    crack = spread_bars("CRACK-321", find_instrument("CRACK-321").formula, BarSet.from_frames(frames))
    for day in days.delete(3):
        price = {name: frame.loc[day, "close"] for name, frame in frames.items()}
        value = (2 * 42 * price["RB=F"] + 42 * price["HO=F"] - 3 * price["CL=F"]) / 3
        assert crack.frame.loc[day, "close"] == pytest.approx(value, rel=1e-13)


def test_a_spread_of_held_contracts_has_their_changes(crude):
    """The change of the spread is the sum of the changes held, over a row that the other leg lacks too."""
    held = Contracts(symbol="CL=F", frame=crude).held(5)
    other = pd.DataFrame({"close": np.linspace(60, 70, len(held.frame))}, index=held.frame.index).drop(held.index[10])
    bars = BarSet(bars={"CL=F": held, "BZ=F": Bars(symbol="BZ=F", frame=other)})
    change = spread_bars("X", "BZ=F - CL=F", bars).returns("change")
    own = held.returns("change")
    assert change.iloc[5] == pytest.approx(other["close"].diff().iloc[5] - own.iloc[5], abs=1e-12)
    assert change.iloc[10] == pytest.approx(other["close"].diff().iloc[10] - own.iloc[10] - own.iloc[11], abs=1e-12)
