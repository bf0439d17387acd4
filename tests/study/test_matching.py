"""Peers by characteristics, against a loop over all pairs of securities."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import EventStudy, read_study, run_study
from eventstudy.errors import InputError, UnknownNameError, UsageError
from eventstudy.inference.models.matched import MatchedPeers
from eventstudy.panel import Outcome
from eventstudy.study.config import study_toml
from eventstudy.study.matching import read_characteristics

DAYS = pd.bdate_range("2019-01-02", periods=150)
FIRMS = [f"F{k}" for k in range(12)]
RNG = np.random.default_rng(8)
TABLE = pd.DataFrame({"size": RNG.normal(5, 2, 12), "book_to_market": RNG.uniform(0, 2, 12)}, index=FIRMS)
RETURNS = pd.DataFrame(RNG.normal(0, 0.01, (150, 12)), index=DAYS, columns=FIRMS)
EVENTS = pd.DataFrame({"event_id": ["e", "f"], "symbol": ["F3", "F7"], "session": DAYS[[130, 140]]})
OPTIONS = {"windows": [(-1, 2)], "estimation": (-100, -11), "returns": "simple"}


def peers_of(own, nearest):
    sd = TABLE.std()
    distance = {other: (((TABLE.loc[own] - TABLE.loc[other]) / sd) ** 2).sum() for other in FIRMS if other != own}
    return sorted(distance, key=distance.get)[:nearest]


def test_the_abnormal_return_is_that_over_the_mean_of_the_nearest():
    returns = RETURNS.copy()
    gone = peers_of("F3", 3)[0]
    returns.loc[DAYS[131], gone] = np.nan
    model = MatchedPeers.nearest(TABLE, nearest=3)
    result = EventStudy(model=model, **OPTIONS).run(EVENTS, returns=returns)
    assert result.markets == ["F3", "F7"]
    for event, firm, row in (("e", "F3", 130), ("f", "F7", 140)):
        excess = returns[firm] - returns[peers_of(firm, 3)].mean(axis=1)
        line = result.car[result.car["event_id"] == event].iloc[0]
        before = excess.iloc[row - 100 : row - 10]
        # Sums of returns of size .01: rounding is 1e-17 a term.
        assert line["car"] == pytest.approx(excess.iloc[row - 1 : row + 3].sum(), rel=1e-10, abs=1e-15)
        assert line["se"] == pytest.approx(np.sqrt(4 * (before**2).mean()), rel=1e-10)
    assert "the 3 securities nearest in size, book_to_market" in result.method[1]


def test_peers_on_other_days_are_joined_over_the_market_s_own_rows():
    """The market keeps a holiday: its next return stands beside the peers' return over both days."""
    prices = 50 * np.exp(RETURNS[["F0", "F1", "F2"]].cumsum())
    own = prices["F0"].drop(DAYS[125])
    bars = {"F0": own.to_frame("close"), **{name: prices[[name]].set_axis(["close"], axis=1) for name in ("F1", "F2")}}
    study = EventStudy(
        model=MatchedPeers(matches={"F0": ["F1", "F2"]}), markets=["F0"], calendar="XNYS", windows=[(0, 0)],
        estimation=(-90, -11), returns="simple",
    )  # fmt: skip
    result = study.run(pd.DataFrame({"event_id": ["e"], "symbol": ["F0"], "session": DAYS[[126]]}), bars)
    over = [prices[name].iloc[126] / prices[name].iloc[124] - 1 for name in ("F0", "F1", "F2")]
    assert result.reaction["ar"].iloc[0] == pytest.approx(over[0] - np.mean(over[1:]), rel=1e-9)


def test_a_market_without_characteristics_is_an_outcome():
    table = TABLE.copy()
    table.loc["F7", "size"] = np.nan
    result = EventStudy(model=MatchedPeers.nearest(table, nearest=2), **OPTIONS).run(EVENTS, returns=RETURNS)
    assert result.outcomes.set_index("market")["outcome"]["F7"] != Outcome.OK
    assert all("F7" not in peers for peers in MatchedPeers.nearest(table, nearest=5).matches.values())


@pytest.fixture
def folder(tmp_path):
    TABLE.rename_axis("symbol").to_csv(tmp_path / "firms.csv")
    RETURNS.rename_axis("date").to_csv(tmp_path / "returns.csv")
    EVENTS.to_csv(tmp_path / "events.csv", index=False)
    text = """
        events = "events.csv"
        returns_file = "returns.csv"
        [study]
        returns_kind = "simple"
        estimation = [-100, -11]
        windows = [[-1, 2]]
        model = {name = "matched-peers", parameters = {characteristics = "firms.csv", columns = ["size"], nearest = 4}}
    """
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_study_file_names_the_table_of_characteristics(folder):
    file = read_study(folder / "study.toml")
    assert file.study.model == MatchedPeers.nearest(TABLE, columns=["size"], nearest=4)
    found = run_study(file).result.car
    direct = EventStudy(model=file.study.model, **OPTIONS).run(EVENTS, returns=RETURNS).car
    # The returns went through decimal text of seventeen digits.
    np.testing.assert_allclose(found["car"], direct["car"], rtol=1e-12)
    (folder / "again.toml").write_text(study_toml(file), encoding="utf-8")
    assert read_study(folder / "again.toml").study == file.study


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("nearest = 4", "nearest = 0", UsageError, "write a number of peers, 1 or more"),
        ("nearest = 4", "nearest = 12", UsageError, "there are 12 securities"),
        ("nearest = 4", "nearst = 4", UnknownNameError, "did you mean 'nearest'"),
        ('["size"]', '["siz"]', UnknownNameError, "unknown characteristic 'siz'; did you mean 'size'"),
        ("firms.csv", "none.csv", InputError, "none.csv"),
    ],
)
def test_a_wrong_table_is_one_line(folder, old, new, error, message):
    path = folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(error, match=message) as caught:
        read_study(path)
    assert "\n" not in str(caught.value)


def test_wrong_cells_have_their_line(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("symbol,size\nA,1\nB,big\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"c.csv:3: size is 'big'"):
        read_characteristics(path)
    path.write_text("name,size\nA,1\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column symbol"):
        read_characteristics(path)
    with pytest.raises(InputError, match="A stands twice"):
        MatchedPeers.nearest(pd.DataFrame({"x": [1.0, 2.0]}, index=["A", "A"]))
    with pytest.raises(UsageError, match="does not vary"):
        MatchedPeers.nearest(pd.DataFrame({"x": [1.0, 1.0]}, index=["A", "B"]))
    with pytest.raises(UsageError, match="among its own peers"):
        MatchedPeers(matches={"A": ["A"]})
    with pytest.raises(UnknownNameError, match="unknown peer 'X'"):
        EventStudy(model=MatchedPeers(matches={"F3": ["X"]}), **OPTIONS).run(EVENTS[:1], returns=RETURNS)
