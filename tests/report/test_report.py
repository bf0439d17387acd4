"""The report: numbers read back to the bit, hostile words stay words, and the page asks nobody for anything."""

import csv
import dataclasses
import io
import json
import math
import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from importlib.metadata import version

import matplotlib as mpl
import pandas as pd
import pytest

from eventstudy import Event, EventStudy, When, write_report
from eventstudy.errors import OutputError
from eventstudy.report.export import csv_bytes
from eventstudy.report.named import differing
from places_of_tests import DATA, STRIKE, report_of

READ_FIRST = "headline_p step_down_p headline_mde80 family_mde80 placebo_dates regime_ratio"
COLUMNS = {
    "alignment": "market session state first_tradable_utc reference_utc observation_utc",
    "reaction": f"market return simple_return change ar se t df p placebo_p holm_p mde80 {READ_FIRST}",
    "car": f"market window car se t p placebo_p outcome detail {READ_FIRST}",
    "ar": "market tau session return expected ar se car band band_simultaneous",
    "anatomy": "market reference open_gap high low range close retraced_from_high retraced_from_low",
    "anatomy_tests": "market statistic value larger days p step_down_p flat rolls stale",
    "episodes": "market kind after until from_utc to_utc start_utc end_utc start_price end_price return cumulative ar "
    "larger stretches p step_down_p resolved holds note",
    "first_to_trade": "market first_tradable_utc state wait_minutes first_seen_utc first_seen first_return "
    "observation_utc return p",
    "outcomes": "market session outcome observations detail",
    "oddities": "market session kind detail",
}
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)><svg onload=alert(1)>",
    "</style><script src=https://example.org/x.js></script>",
    "\"'><a href='javascript:alert(1)'>",
    r"$\frac{$ $61 to $65 {{ 7*7 }} {% for x in y %}",
    "\u202egnp.exe \u200b\x1b[31mred\x07",
    "原油 \U0001f6e2 \ud7ff",
    "x" * 10_000,
]
# Several at once, since each report takes a second; what may break the setting of a formula stands alone.
ALTERNATIVES = {
    "sessions": "When each market trades",
    "anatomy": "Range and close of day 0",
    "first": "First price after the event",
    "car": "Cumulative abnormal returns",
    "placebos": "Abnormal return of day 0 among",
}
GROUPS = {"markup": " ".join(HOSTILE[:4]), "formula": HOSTILE[4], "signs": " ".join(HOSTILE[5:])}


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, content):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []
        self.feed(content.decode())

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attributes]

    def handle_data(self, data):
        self.text.append(data)


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def words_of(page):
    return " ".join(" ".join(page.text).split())


@pytest.fixture(scope="module")
def page(folder):
    return Page((folder / "report.html").read_bytes())


@pytest.fixture(scope="module")
def small_result(sample_bars):
    """Two markets, one window."""
    study = EventStudy(windows=[(-1, 1)], markets=("CL=F", "^N225"), rolls="keep")
    return study.run(Event.at(STRIKE, id="strike", title="The strike"), sample_bars)


# -- what is written --------------------------------------------------------------------------------------------------


def test_the_files(folder):
    names = {"report.html", "run.json"}
    names |= {f"tables/{name}.csv" for name in (*COLUMNS, "ar", "tests")}
    names |= {f"figures/{name}.svg" for name in ALTERNATIVES}
    assert set(tree(folder)) == names
    assert (folder / "report.html").stat().st_size < 3_000_000


def test_two_runs_write_the_same_bytes_whatever_the_users_settings_of_figures(folder, sample_run, tmp_path):
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "svg.hashsalt": "x", "text.parse_math": True}):
        report_of(sample_run, tmp_path)
    assert tree(tmp_path) == tree(folder)


@pytest.mark.parametrize("name", COLUMNS)
def test_the_columns_of_the_tables(folder, name):
    text = (folder / f"tables/{name}.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0].split(",") == COLUMNS[name].split() and "\r" not in text


@pytest.mark.parametrize("name", ["reaction", "car", "anatomy", "ar"])
def test_numbers_read_back_to_the_same_bits(folder, sample_result, name):
    frame = getattr(sample_result, name)
    with (folder / f"tables/{name}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len(frame)
    for column in frame.select_dtypes("float"):
        for row, value in zip(rows, frame[column], strict=True):
            assert row[column] == "" if math.isnan(value) else float(row[column]) == value


def test_instants_and_days_in_the_tables(folder):
    rows = list(csv.reader((folder / "tables/alignment.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[1] == [
        "CL=F", "2020-01-08", "break", "2020-01-07T23:00:00Z", "2020-01-07T19:30:00Z", "2020-01-08T19:30:00Z",
    ]  # fmt: skip


def test_formulas_are_defused_and_negative_numbers_are_not():
    texts = ["=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-1", "\tx", "\rx", "^N225", "[0,1]", "a=b"]
    frame = pd.DataFrame({"text": texts, "number": [-1.5] * len(texts)})
    again = pd.read_csv(io.BytesIO(csv_bytes(frame)), lineterminator="\n")
    assert again["text"].tolist() == [f"'{text}" for text in texts[:6]] + texts[6:]
    assert again["number"].eq(-1.5).all()


def test_run_json(folder, sample_run):
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["study"] == sample_run.file.study.specification() and record["seed"] == 0
    assert record["inputs"] == sample_run.inputs and len(record["inputs"]) == 3 + 12
    assert {"python", "pandas", "numpy", "exchange_calendars"} <= set(record["versions"])
    assert record["versions"]["market-eventstudy"] == version("market-eventstudy")
    assert record["calendars"]["exchange_calendars"] == version("exchange_calendars")
    assert record["outcomes"] == {"ok": 12}
    (event,) = record["events"]
    assert (event["start_utc"], event["precision"], event["basis"]) == (STRIKE, "minute", "occurred")
    text = (folder / "run.json").read_text(encoding="utf-8")
    assert str(DATA) not in text and "NaN" not in text


def test_output_in_the_way(folder, small_result):
    before = tree(folder)
    with pytest.raises(OutputError, match="already there"):
        write_report(small_result, folder)
    assert tree(folder) == before


def test_the_page_names_the_hashes_of_the_other_files(folder, tmp_path):
    assert differing(folder) == [] and differing(tmp_path) == []
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    named = re.findall(r'content="(\S+) sha256:', (copy / "report.html").read_text(encoding="utf-8"))
    assert sorted([*named, "report.html"]) == sorted(tree(folder))
    (copy / "tables/ar.csv").write_text("torn")
    (copy / "run.json").unlink()
    assert differing(copy) == ["run.json", "tables/ar.csv"]


def test_several_events_get_the_page_for_many(sample_bars, tmp_path):
    events = [Event.at(time, id=time) for time in (STRIKE, "2019-12-16T12:00:00Z")]
    result = EventStudy(windows=[(0, 1)], markets=("CL=F",), rolls="keep").run(events, sample_bars)
    write_report(result, tmp_path / "out")
    assert "event study of 2 events" in (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert differing(tmp_path / "out") == []


def test_one_event_of_which_the_session_is_known_gets_the_page_for_many(sample_bars, tmp_path):
    session = pd.DataFrame({"event_id": ["a"], "symbol": ["CL=F"], "session": ["2020-01-08"]})
    result = EventStudy(windows=[(0, 1)], rolls="keep").run(session, sample_bars)
    write_report(result, tmp_path / "out")
    assert "event study of 1 event." in (tmp_path / "out/report.html").read_text(encoding="utf-8")


# -- what the page says -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "WTI crude fell 4.93 % from its last settlement before the event",
        "−5.05 log points, −5.09 abnormal, p = .025 against ordinary days of its own volatility",
        "The high of that session lies 4.70 % above the same reference",
        "After allowing for the markets of each declared family (oil, equities and other) by step-down max-T, WTI",
        "Day 0 of WTI crude contains other news as well",
        "is not the effect of this event alone",
        "3 January 2020 (row −3:",
        "CAR[−3,−1] +2.34",
        "CAR[−3,0] −2.75 log points",
        "no cross-sectional t, Patell or BMP statistic",
        "−3.09 US dollars a barrel",
        "The salvo began at about 1:30 a.m.",
        "7 January 2020, 22:30 UTC",
        "Nothing was repaired.",
        "The only time known is when the event occurred",
    ],
)
def test_what_the_page_says(page, words):
    text = words_of(page)
    if "dollars a barrel" in words:
        assert re.search(r"−3\.09 \S*(USD|US\$|dollars)\S*", text)
    else:
        assert words in text


def test_the_strike_itself_is_not_among_what_else_happened(sample_run):
    elsewhere = sample_run.result.what_else(sample_run.others)
    studied = {"iran-strike", "iran-strike-reported"}
    assert studied <= {other.id for other in sample_run.others} and not studied & set(elsewhere["other_id"])
    day = elsewhere[(elsewhere["market"] == "CL=F") & (elsewhere["tau"] == 0)]
    assert day["title"].str.contains("address|messages|stocks", regex=True).sum() >= 2


# -- what the page does not do ----------------------------------------------------------------------------------------


def test_the_page_requests_nothing(page, folder):
    assert not {"script", "link", "iframe", "object", "embed", "base", "form", "audio", "video"} & set(page.tags)
    ids = {value for _, name, value in page.attributes if name == "id"}
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in ("src", "srcset", "action", "data", "poster"):
            raise AssertionError((tag, name, value[:80]))
        if name in ("href", "xlink:href"):
            assert value[1:] in ids if value.startswith("#") else (folder / value).is_file(), (tag, value)
    style = re.search(rb"<style>(.*?)</style>", (folder / "report.html").read_bytes(), re.DOTALL)[1]
    assert b"url(" not in style and b"@import" not in style
    policy = next(value for tag, name, value in page.attributes if tag == "meta" and value.startswith("default-src"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def test_the_pictures_are_the_figures(folder):
    """Each drawing of the page has the texts and outlines of its file; only names, colours and sizes are the page's."""
    text = (folder / "report.html").read_text(encoding="utf-8")
    for name in ALTERNATIVES:
        file = (folder / f"figures/{name}.svg").read_text(encoding="utf-8")
        opening = text.index(f'aria-label="{ALTERNATIVES[name]}')
        shown = text[opening : text.index("</svg>", opening)]

        for pattern in (r"<text[^>]*>([^<]*)</text>", r' d="([^"]*)"'):
            assert [" ".join(each.split()) for each in re.findall(pattern, shown)] == [
                " ".join(each.split()) for each in re.findall(pattern, file)
            ]
        assert "<script" not in file and not re.search(r'href="(?!#)', file.replace("http://www.w3.org", ""))


def test_every_colour_of_a_drawing_follows_the_page(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) == 2 * len(ALTERNATIVES) and not [
        each for each in drawings if re.search(r"#[0-9a-f]{6}\b", each)
    ]
    assert all("var(--ink)" in each and "var(--paper)" in each for each in drawings)


def test_alternative_texts_have_the_numbers(page, sample_result):
    spoken = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert len(spoken) == 2 * len(ALTERNATIVES) and all(len(each) > 80 for each in spoken)
    low, high, close = sample_result.anatomy.set_index("market").loc["CL=F", ["low", "high", "close"]]
    words = f"WTI crude {100 * low:+.1f} to {100 * high:+.1f}, close {100 * close:+.1f};".replace("-", "\N{MINUS SIGN}")
    assert any(words in each for each in spoken)


@pytest.fixture(scope="module")
def harmless(small_result, tmp_path_factory):
    """Tags of the page of the same study with harmless words."""
    other = Event(id="other", title="T", public=When.instant("2020-01-08T04:00:00Z"), evidence="T")
    out = write_report(small_result, tmp_path_factory.mktemp("harmless"), title="T", others=[other])
    return Counter(Page(out.read_bytes()).tags)


@pytest.mark.parametrize("text", GROUPS.values(), ids=GROUPS)
def test_hostile_words_stay_words(small_result, harmless, tmp_path, text):
    event = dataclasses.replace(small_result.dated[0], title=text, evidence=text, warnings=(text,))
    result = dataclasses.replace(small_result, dated=(event,))
    other = Event(id="other", title=text, public=When.instant("2020-01-08T04:00:00Z"), evidence=text)
    out = write_report(result, tmp_path, title=text, others=[other], inputs={text: "00"})
    page = Page(out.read_bytes())
    assert page.tags.count("script") == 0
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    for tag, count in {"img": 0, "style": 1, "svg": 2 * len(ALTERNATIVES)}.items():
        assert page.tags.count(tag) == harmless[tag] == count
    assert page.tags.count("a") == harmless["a"]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00-\x08\x0b-\x1f\x7f]", out.read_text(encoding="utf-8"))
    visible = [part for part in text.split() if part.isprintable() and part.isascii()]
    assert all(part in words_of(page) for part in visible)
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["title"] == text


@pytest.mark.parametrize("text", [HOSTILE[0], HOSTILE[4], "$61 to $65", "{" * 3_000, "x" * 10_000])
def test_hostile_titles_break_no_figure(small_result, text):
    from matplotlib.figure import Figure

    from eventstudy.render.plots import plot_car

    figure = Figure()
    plot_car(small_result.ar[small_result.ar["market"] == "CL=F"], figure.subplots(), title=text)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg")
    assert buffer.tell() > 1_000
