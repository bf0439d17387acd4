"""A list of hundreds of events from a study file to page and tables, against loops over the prices."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

FIRMS, DAYS, EVENTS = 12, 330, 300
STUDY = """title = "Announcements <script>alert(0)</script>"
events = "events.csv"
prices = "prices.csv"
layout = {shape = "wide"}
adjusted = false
groups = ["sign"]
[study]
model = "market-adjusted"
benchmark = "INDEX"
returns = "simple"
calendar = "XNYS"
estimation = [-60, -11]
windows = [[0, 0], [-1, 2]]
min_observations = 20
"""
# Titles and addresses as a list from elsewhere may have them; every event has one of each.
TITLES = [
    "<script>alert(1)</script>",
    "\u202egnp.exe\u200b \x1b[31mred\x07",
    "\"'><img src=x onerror=alert(1)>",
    "=1+1",
    "Plain",
]
ADDRESSES = [
    'https://example.org/a?b=1&c="><script>',
    *(
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>1</script>",
        "//a.org",
    ),
    *("https://[::1", "https:///no-host", "file:///etc/passwd", "https://example.org/\u202e"),
]
GOOD = {ADDRESSES[0], r"https://example.org/\u202e"}


@pytest.fixture(scope="module")
def made():
    """Closes with holes and a run of equal ones, and a list of events at random, some beyond the prices."""
    rng = np.random.default_rng(7)
    days = pd.bdate_range("2018-01-02", periods=DAYS + 20)
    spring = ["2018-01-15", "2018-02-19", "2018-03-30", "2018-05-28", "2019-01-21", "2019-02-18", "2019-04-19"]
    autumn = ["2018-07-04", "2018-09-03", "2018-11-22", "2018-12-05", "2018-12-25", "2019-01-01"]
    holidays = pd.to_datetime([*spring, *autumn])
    days = days.difference(holidays)[:DAYS]
    names = ["INDEX", *(f"F{i:02d}" for i in range(FIRMS))]
    closes = pd.DataFrame(50 * np.exp(rng.normal(0, 0.02, (DAYS, FIRMS + 1)).cumsum(axis=0)), index=days, columns=names)
    closes.iloc[40:46, 3] = closes.iloc[40, 3]
    closes.iloc[:150, 5] = np.nan
    closes.iloc[200, 7] = np.nan
    at = np.append(rng.integers(5, DAYS, EVENTS - 6), np.repeat([DAYS - 1, DAYS - 2], 3))
    events = pd.DataFrame({"symbol": rng.choice(names[1:], EVENTS), "session": days[at].strftime("%Y-%m-%d")})
    events = events.drop_duplicates().assign(sign=lambda table: rng.choice(["beat", "<b>miss</b>"], len(table)))
    events["title"] = [TITLES[at % len(TITLES)] for at in range(len(events))]
    events["url"] = [ADDRESSES[at % len(ADDRESSES)] for at in range(len(events))]
    return closes.round(6), events.assign(event_id=events["symbol"] + " " + events["session"])


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    """The report of the study, made by the command."""
    from eventstudy.cli.main import main

    closes, events = made
    here = tmp_path_factory.mktemp("announcements")
    closes.to_csv(here / "prices.csv", index_label="date")
    events.to_csv(here / "events.csv", index=False)
    (here / "study.toml").write_text(STUDY, encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["run", str(here / "study.toml")])
    assert stop.value.code == 0
    return here


def expected(closes, events):
    """Return for every event its abnormal returns of days -1 to 2; None where it cannot be studied."""
    found = {}
    for row in events.itertuples():
        close = closes[row.symbol].dropna()
        index = closes["INDEX"].reindex(close.index)
        excess = (close / close.shift(1) - index / index.shift(1)).to_numpy()
        at = close.index.get_indexer([pd.Timestamp(row.session)])[0]
        before = excess[max(at - 60, 0) : max(at - 10, 0)]
        usable = at >= 0 and np.isfinite(excess[at]) and np.isfinite(before).sum() >= 20
        days = excess[at - 1 : at + 3] if usable else []
        found[row.event_id] = [*days, *[np.nan] * (4 - len(days))] if usable else None
    return found


def test_the_averages_by_day_and_group_are_those_of_a_loop(made, folder):
    by_hand = expected(*made)
    table = pd.read_csv(folder / "tables/aar_by_1.csv").set_index(["group", "tau"])
    for sign, group in made[1].groupby("sign"):
        rows = np.array([by_hand[one] for one in group["event_id"] if by_hand[one] is not None])
        means, counts = np.nanmean(rows, axis=0), np.isfinite(rows).sum(axis=0)
        # Two divisions and a mean of fractions in another order.
        np.testing.assert_allclose(table.loc[sign, "aar"].loc[-1:2], means, rtol=0, atol=1e-15)
        assert table.loc[sign, "n"].loc[-1:2].tolist() == counts.tolist()


def test_every_event_has_an_outcome_and_those_near_the_end_say_what_is_missing(made, folder):
    by_hand = expected(*made)
    outcomes = pd.read_csv(folder / "tables/outcomes.csv").set_index("event_id")
    assert (outcomes["outcome"] == "ok").to_dict() == {name: days is not None for name, days in by_hand.items()}
    last = made[0].index[-1]
    late = [name for name, days in by_hand.items() if days is not None and pd.Timestamp(name[4:]) >= made[0].index[-2]]
    assert late
    for name in late:
        short = 2 if pd.Timestamp(name[4:]) == last else 1
        said = f"provisional: the prices end with {last:%Y-%m-%d}, {short} of the rows after day 0 are not there yet"
        assert said in outcomes.loc[name, "detail"]


def test_the_run_of_equal_closes_is_listed(folder):
    odd = pd.read_csv(folder / "tables/oddities.csv")
    stale = odd[odd["kind"] == "stale_close"]
    assert stale["market"].tolist() == ["F02"] and stale["detail"].str.startswith("6 equal closes").all()


def test_the_page_is_small_whatever_the_number_of_events(folder):
    assert (folder / "report.html").stat().st_size < 1_000_000


class Page(HTMLParser):
    """Tags, attributes and words of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.words.append(data)


def test_hostile_words_of_the_list_stay_words_and_only_web_addresses_are_links(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not {"script", "img", "b", "iframe", "form", "base"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    links = [value for tag, name, value in page.attributes if (tag, name) == ("a", "href")]
    outside = {value for value in links if not value.startswith("#") and not (folder / value).is_file()}
    assert outside == GOOD
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00-\x08\x0b-\x1f\x7f]", text)
    said = " ".join(page.words)
    shown = (TITLES[0], r"\u202egnp.exe\u200b \x1b[31mred\x07", TITLES[2], "<b>miss</b>", "<script>alert(0)</script>")
    assert [words for words in shown if words not in said] == []
    for name in ("caar", "caar_1", "distribution"):
        assert not re.search("<(script|b|img)\\b", (folder / f"figures/{name}.svg").read_text(encoding="utf-8"))


def test_the_titles_of_the_list_are_in_the_rows_beside_the_page_and_none_is_a_formula(made, folder):
    rows = pd.read_csv(folder / "tables/events.csv").drop_duplicates("event_id").set_index("event_id")
    titles = made[1].set_index("event_id")["title"].loc[rows.index]
    assert rows["title"].tolist() == [f"'{title}" if title.startswith("=") else title for title in titles]


@pytest.fixture
def one_date(made, tmp_path):
    """A ruling that meets every firm on one day, of which the list gives the session; groups with long names."""
    closes, _ = made
    closes.drop(columns="F04").to_csv(tmp_path / "prices.csv", index_label="date")
    firms = [name for name in closes.columns[1:] if name != "F04"]
    ruling = pd.DataFrame({"event_id": "ruling", "symbol": firms, "session": f"{closes.index[250]:%Y-%m-%d}"})
    size, sign = np.arange(len(firms)), np.where(np.arange(len(firms)) % 2, "x" * 300, "small")
    ruling.assign(size=size, sign=sign).to_csv(tmp_path / "events.csv", index=False)
    text = STUDY + '[[regressions]]\non = ["size"]\nerrors = "portfolio"\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_one_date_and_a_dozen_firms_by_session_with_groups_and_a_regression(one_date, main):
    code, _, err = main("run", one_date / "study.toml")
    assert code == 0, err
    page = (one_date / "report.html").read_text(encoding="utf-8")
    assert "event study of 1 event." in page and "CAR[0,0] on size (portfolio ols errors)" in page
    slope = pd.read_csv(one_date / "tables/regression_1.csv").set_index("term")["coefficient"]
    cars = pd.read_csv(one_date / "tables/events.csv").query("window == '[0,0]'")
    # The same least squares through another routine.
    assert slope["size"] == pytest.approx(np.polyfit(cars["size"], cars["car"], 1)[0], rel=1e-9)
    # A long name of a group is cut on the page, and whole in the tables.
    assert "x" * 79 + "…" in page and "x" * 80 not in page
    assert "x" * 300 in (one_date / "tables/cars_by_1.csv").read_text(encoding="utf-8")


def test_an_unknown_format_is_refused_before_anything_is_read(one_date, main):
    (one_date / "prices.csv").write_text("no prices", encoding="utf-8")
    code, _, err = main("run", one_date / "study.toml", "--format", "excel")
    assert code == 2 and "unknown format 'excel'" in err


def test_a_measure_does_not_go_with_returns(one_date, main):
    text = (one_date / "study.toml").read_text(encoding="utf-8").replace('returns = "simple"', 'measure = "volume"')
    text = text.replace('prices = "prices.csv"', 'returns_file = "prices.csv"').replace("adjusted = false\n", "")
    (one_date / "study.toml").write_text(text, encoding="utf-8")
    code, _, err = main("run", one_date / "study.toml")
    assert code == 2 and "give `prices` in place of `returns_file`" in err
